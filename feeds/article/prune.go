package article

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newswatch/feeds/htmltree"
)

const (
	smallBlock = 1500 // bytes of text of a block that its name alone condemns
	linkBlock  = 400  // bytes of text of a block that its links condemn
)

// furniture are names that publishers give to what stands around a text.
var furniture = regexp.MustCompile(`(?i)related|recommend|read-?(more|next|also)|more-?(from|on|stories|news)|newsletter|subscri|sign-?up|share|sharing|social|follow-?us|` +
	`(post-?)?author-?(box|bio|info|card|content)|post-?author|(rollover|hover|pop-?over|pop-?up|tool-?tip)[\w-]*-(block|box|card|content|inner|panel)|about-?(the-)?author|\bbio\b|byline|caption|credit|copyright|disclaimer|comment|promo|sponsor|advert|\bads?\b|\bad-|teaser|trending|popular|` +
	`breadcrumb|\btags?\b|tag-?list|\btopics\b|toolbar|cookie|paywall|donat|outbrain|taboola|dateline-?date|timestamp|post-?meta|article-?meta|entry-?meta|correction-?link|pagination|most-?read`)

// prune removes what readability keeps though no reader would count it to the
// text: captions, boxes and lists of links.
func prune(root *html.Node) {
	htmltree.Each(root, func(n *html.Node) bool {
		if isFurniture(n) {
			n.Parent.RemoveChild(n)
			return false
		}
		return true
	})
}

func isFurniture(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Figcaption, atom.Aside, atom.Nav, atom.Footer, atom.Form, atom.Button:
		return true
	}
	if !htmltree.IsBlock(n.DataAtom) && n.DataAtom != atom.Span {
		return false
	}
	if isRail(n) {
		return true
	}
	named := furniture.MatchString(htmltree.Attribute(n, "class") + " " + htmltree.Attribute(n, "id"))
	if !named && n.DataAtom == atom.Span {
		return false
	}
	all, inLinks := measure(n, false)
	return named && all < smallBlock || all < linkBlock && inLinks*10 > all*7
}

// A rail of other articles has at least railCards cards, of no more than cardWords
// words each.
const (
	railCards = 3
	cardWords = 40
)

// isRail reports whether n shows other articles as a row of cards: boxes of one
// class, each with a headline and a link.
func isRail(n *html.Node) bool {
	boxes, cards, class := 0, 0, ""
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Div, atom.Article, atom.Section:
			boxes++
			own := htmltree.Attribute(c, "class")
			if cards == 0 {
				class = own
			}
			if own != "" && own == class && isCard(c) {
				cards++
			}
		case 0, atom.A, atom.H2, atom.H3, atom.H4:
		default:
			return false // something that is said beside them
		}
	}
	return cards >= railCards && cards*5 >= boxes*4
}

func isCard(n *html.Node) bool {
	link, heading := false, false
	htmltree.Each(n, func(e *html.Node) bool {
		switch e.DataAtom {
		case atom.A:
			link = link || htmltree.Attribute(e, "href") != ""
		case atom.H2, atom.H3, atom.H4, atom.H5:
			heading = true
		}
		return true
	})
	return link && heading && words(htmltree.Paragraphs(n)) <= cardWords
}

// measure returns the bytes of text in n, without white space around, and how
// many of them stand in links.
func measure(n *html.Node, inLink bool) (all, inLinks int) {
	if n.Type == html.TextNode {
		all = len(strings.TrimSpace(n.Data))
		if inLink {
			inLinks = all
		}
		return all, inLinks
	}
	inLink = inLink || n.DataAtom == atom.A
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		a, l := measure(c, inLink)
		all, inLinks = all+a, inLinks+l
	}
	return all, inLinks
}
