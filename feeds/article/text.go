package article

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newswatch/feeds/htmltree"
)

// allParagraphs returns the text of every p of doc: too much, but the article
// is among it.
func allParagraphs(doc *html.Node) (paragraphs []string) {
	htmltree.Each(doc, func(n *html.Node) bool {
		switch n.DataAtom {
		case atom.P:
			paragraphs = append(paragraphs, htmltree.Paragraphs(n)...)
			return false
		case atom.Nav, atom.Footer, atom.Aside, atom.Form:
			return false
		}
		return true
	})
	return paragraphs
}

// tidied leaves out what is no sentence of the text: the title once more, bare
// addresses and numbers of pictures, and paragraphs of some length that were
// there before, as pages without end load them twice.
func tidied(paragraphs []string, title string) []string {
	const short = 8 // words, which may well be said twice
	seen := map[string]bool{}
	kept := paragraphs[:0]
	for _, p := range paragraphs {
		address := strings.HasPrefix(p, "http") && !strings.Contains(p, " ")
		silent := len(p) < 40 && !strings.ContainsFunc(p, unicode.IsLetter)
		if p == title || address || silent || ofThePage(p) || seen[p] && htmltree.Words(p) >= short {
			continue
		}
		seen[p] = true
		kept = append(kept, p)
	}
	return kept
}

// boilerplate are paragraphs by which a page talks of itself.
var boilerplate = regexp.MustCompile(`(?i)^(advert(isement)?s?|advertising|this slideshow requires javascript|loading|comments?|share this( article| story| post)?|(scroll down|article continues below|story continues below).{0,40}|\[/?[a-z_]+( [^\]]*)?\])[.:…]*$`)

// asks are what a page asks of its readers in a paragraph of its own: to follow,
// to subscribe, to write.
var asks = regexp.MustCompile(`(?i)\bfollow (him|her|them|us|me) on (twitter|facebook|instagram|threads|bluesky)\b|\b(may|can) be reached at \S+@\S+|` +
	`\b(subscribe to|sign up for) .{0,60}newsletters?\b|\bright in your inbox\b|^if you purchase a product .{0,80}\blinks\b|\bpost may contain affiliate\b`)

// longestAsk is how many words such a paragraph has at most: longer ones say
// something else too.
const longestAsk = 60

// ofThePage reports whether a paragraph is about the page and not part of the text.
func ofThePage(p string) bool {
	return boilerplate.MatchString(p) || asks.MatchString(p) && htmltree.Words(p) <= longestAsk
}

func words(paragraphs []string) (n int) {
	for _, p := range paragraphs {
		n += htmltree.Words(p)
	}
	return n
}

// beginning joins paragraphs as far as walls speak.
func beginning(paragraphs []string) string {
	const enough = 4 << 10
	var b strings.Builder
	for _, p := range paragraphs {
		if b.Len() > enough {
			break
		}
		b.WriteString(p)
		b.WriteByte(' ')
	}
	return b.String()
}
