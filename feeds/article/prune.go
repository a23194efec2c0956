package article

import (
	"regexp"
	"slices"
	"strconv"
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
	`author-?(box|bio|info|card)|about-?(the-)?author|\bbio\b|byline|caption|credit|copyright|disclaimer|comment|promo|sponsor|advert|\bads?\b|\bad-|teaser|trending|popular|` +
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
	named := furniture.MatchString(htmltree.Attribute(n, "class") + " " + htmltree.Attribute(n, "id"))
	if !named && n.DataAtom == atom.Span {
		return false
	}
	all, inLinks := measure(n, false)
	return named && all < smallBlock || all < linkBlock && inLinks*10 > all*7
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

// removeHidden takes out what a reader cannot see, so that no word of it is
// ever matched, and the style attributes that are of no more use. names are the classes ("."...) and ids ("#"...) that the page's
// own style sheets hide.
func removeHidden(doc *html.Node, names map[string]bool) {
	htmltree.Each(doc, func(n *html.Node) bool {
		if isHidden(n, names) {
			n.Parent.RemoveChild(n)
			return false
		}
		n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "style" })
		return true
	})
}

// hides reports whether CSS declarations make an element invisible: not shown,
// without size, or far outside of the page.
func hides(declarations string) bool {
	if !strings.ContainsAny(declarations, ":") {
		return false
	}
	for d := range strings.SplitSeq(strings.ToLower(declarations), ";") {
		property, value, _ := strings.Cut(d, ":")
		value, _, _ = strings.Cut(strings.TrimSpace(value), "!")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(property) {
		case "display":
			if value == "none" {
				return true
			}
		case "visibility":
			if value == "hidden" {
				return true
			}
		case "font-size":
			if strings.TrimRight(value, "pxemr%") == "0" {
				return true
			}
		case "left", "top", "text-indent":
			if n, err := strconv.Atoi(strings.TrimRight(value, "pxemr%")); err == nil && n <= -1000 {
				return true
			}
		}
	}
	return false
}

func isHidden(n *html.Node, names map[string]bool) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template:
		return true
	case atom.Html, atom.Body:
		return false // hidden until a script shows the page
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return a.Val != "until-found"
		case "style":
			if hides(a.Val) {
				return true
			}
		case "id":
			if names["#"+a.Val] {
				return true
			}
		case "class":
			if len(names) > 0 {
				for class := range strings.FieldsSeq(a.Val) {
					if names["."+class] {
						return true
					}
				}
			}
		}
	}
	return false
}

// hidingRules collects the classes and ids that a style sheet hides by a rule
// of their own. What stands within @media and the like depends and is skipped.
func hidingRules(sheet string, into map[string]bool) {
	const most = 1000
	for sheet != "" && len(into) < most {
		selectors, rest, ok := strings.Cut(sheet, "{")
		if !ok {
			return
		}
		if strings.Contains(selectors, "@") {
			sheet = afterBlock(rest)
			continue
		}
		declarations, after, _ := strings.Cut(rest, "}")
		sheet = after
		if !strings.Contains(declarations, "none") && !strings.Contains(declarations, "hidden") || !hides(declarations) {
			continue
		}
		for s := range strings.SplitSeq(selectors, ",") {
			if s = strings.TrimSpace(s); simpleSelector.MatchString(s) {
				into[s] = true
			}
		}
	}
}

var simpleSelector = regexp.MustCompile(`^[.#][A-Za-z_-][\w-]*$`)

// afterBlock returns what follows the brace that closes an open block.
func afterBlock(s string) string {
	open := 1
	for i := range len(s) {
		switch s[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return s[i+1:]
			}
		}
	}
	return ""
}
