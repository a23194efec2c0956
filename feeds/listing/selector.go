// Package listing turns a page's list of links into items, and a region of a
// page into items that tell how it changed, both by CSS selectors; and it finds
// the list on a page by itself.
//
// It takes bytes and fetches nothing. Which items are new is decided elsewhere.
package listing

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"newswatch/feeds/htmltree"
)

// A selector is CSS with an attribute to read behind it: "time@datetime". Its
// cost is bounded by the page: every step from one element to others is one walk,
// where libraries try all ancestors for every part and so take exponential time
// on pages nested deep.
type selector struct {
	text      string
	chains    [][]step // alternatives
	attribute string   // "" for the text
	costly    bool     // compares siblings with siblings
}

// A step is a compound selector and how its elements stand to those before:
// ' ' below, '>' child, '+' next and '~' later sibling.
type step struct {
	combinator byte
	match      cascadia.Sel
}

var attributeSuffix = regexp.MustCompile(`^(.*?)\s*@([A-Za-z_][\w:.-]*)$`)

// parseSelector reads text, or says with a caret where it cannot.
func parseSelector(text string) (s selector, err error) {
	const longest = 200
	s.text = strings.TrimSpace(text)
	if len(s.text) > longest {
		return s, fmt.Errorf("longer than %d characters", longest)
	}
	css := s.text
	if m := attributeSuffix.FindStringSubmatch(css); m != nil {
		css, s.attribute = m[1], strings.ToLower(m[2])
	}
	if css == "" && s.attribute != "" {
		return s, nil // of the item itself
	}
	s.costly = strings.Contains(css, ":nth-") || strings.Contains(css, "-of-type") || strings.Contains(css, "-child") || strings.Contains(css, "~")
	chain, combinator := []step{}, byte(' ')
	for _, p := range cut(css) {
		switch p.text {
		case ">", "+", "~", " ":
			if p.text != " " {
				combinator = p.text[0]
			}
			continue
		case ",":
			if len(chain) == 0 {
				return s, pointed(css, p.at, "a selector is missing before the comma")
			}
			s.chains, chain, combinator = append(s.chains, chain), []step{}, ' '
			continue
		}
		match, err := compound(p.text)
		if err != nil {
			return s, pointed(css, p.at, err.Error())
		}
		chain, combinator = append(chain, step{combinator, match}), ' '
	}
	if len(chain) == 0 || combinator != ' ' {
		return s, pointed(css, len(css), "a selector is missing")
	}
	s.chains = append(s.chains, chain)
	return s, nil
}

// compound parses a selector of one element. What has selectors in it may have
// only one level of them.
func compound(text string) (cascadia.Sel, error) {
	if inner := strings.IndexByte(text, '('); inner >= 0 && strings.Contains(text[inner:], ":has(") && strings.Contains(text[:inner], ":") {
		if strings.Count(text, ":has(") > 1 || !strings.HasSuffix(text[:inner], ":has") {
			return nil, errors.New(":has within another is refused, since its cost has no bound")
		}
	}
	if m := nested.FindString(text); m != "" {
		return nil, fmt.Errorf("%s: only one element within brackets, since the cost of more has no bound", m)
	}
	sel, err := cascadia.Parse(text)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "cascadia: "))
	}
	return sel, nil
}

// nested finds :has, :not and :haschild with ways in them.
var nested = regexp.MustCompile(`:(has|haschild|not)\(\s*[^()"']*[^\s()"'>+~,][\s>+~]+[^\s()"'>+~,][^()"']*\)`)

func pointed(css string, at int, problem string) error {
	return fmt.Errorf("%s\n  %s\n  %s^", problem, css, strings.Repeat(" ", min(at, len(css))))
}

type piece struct {
	text string
	at   int
}

// cut takes CSS apart at commas and combinators outside of brackets and quotes.
func cut(css string) (pieces []piece) {
	begin, open, quote := -1, 0, byte(0)
	end := func(at int) {
		if begin >= 0 {
			pieces = append(pieces, piece{css[begin:at], begin})
			begin = -1
		}
	}
	for i := 0; i < len(css); i++ {
		c := css[i]
		switch {
		case c == '\\':
			if begin < 0 {
				begin = i
			}
			i++
			continue
		case quote != 0:
			if c == quote {
				quote = 0
			}
			continue
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[':
			open++
		case c == ')' || c == ']':
			open--
		case open > 0:
		case c == ' ' || c == '\t' || c == '\n':
			end(i)
			continue
		case c == ',' || c == '>' || c == '+' || c == '~':
			end(i)
			pieces = append(pieces, piece{string(c), i})
			continue
		}
		if begin < 0 {
			begin = i
		}
	}
	end(len(css))
	return pieces
}

// find returns the elements below root that s selects, in their order.
func (s selector) find(root *html.Node) []*html.Node {
	if s.chains == nil {
		return []*html.Node{root}
	}
	chosen := map[*html.Node]bool{}
	for _, chain := range s.chains {
		var last map[*html.Node]bool
		for i, st := range chain {
			last = st.from(root, last, i == 0)
		}
		for n := range last {
			chosen[n] = true
		}
	}
	var found []*html.Node
	htmltree.Each(root, func(n *html.Node) bool {
		if chosen[n] {
			found = append(found, n)
		}
		return true
	})
	return found
}

// from takes one step from the elements before.
func (st step) from(root *html.Node, before map[*html.Node]bool, first bool) map[*html.Node]bool {
	found := map[*html.Node]bool{}
	if !first && len(before) == 0 {
		return found
	}
	var visit func(n *html.Node, below bool)
	visit = func(n *html.Node, below bool) {
		previous, later := (*html.Node)(nil), false
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode {
				continue
			}
			stands := below
			switch st.combinator {
			case '>':
				stands = before[n] || first && n == root
			case '+':
				stands = previous != nil && before[previous]
			case '~':
				stands = later
			}
			if stands && st.match.Match(c) {
				found[c] = true
			}
			visit(c, below || before[c])
			previous, later = c, later || before[c]
		}
	}
	visit(root, first)
	return found
}

// value reads what s says of item: an attribute, or the text in one line.
func (s selector) value(item *html.Node) string {
	for _, n := range s.find(item) {
		text := strings.TrimSpace(htmltree.Attribute(n, s.attribute))
		if s.attribute == "" {
			text = strings.Join(htmltree.Paragraphs(n), " ")
		}
		if text != "" {
			return text
		}
	}
	return ""
}

// affordable bounds what comparing siblings costs.
func affordable(doc *html.Node, selectors ...selector) error {
	const most = 20_000_000
	costly := false
	for _, s := range selectors {
		costly = costly || s.costly
	}
	if !costly {
		return nil
	}
	work := 0
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		children := 0
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			children++
			visit(c)
		}
		work += children * children
	}
	if visit(doc); work > most {
		return errors.New("elements with too many children for selectors that count them")
	}
	return nil
}
