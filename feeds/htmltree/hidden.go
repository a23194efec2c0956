package htmltree

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// RemoveHidden takes out what a reader of a page cannot see, as far as the page
// says so itself: scripts and what stands in place of them, and elements hidden by
// their attributes or by a simple rule of the page's own style sheets.
func RemoveHidden(doc *html.Node) {
	names := map[string]bool{} // classes ("."...) and ids ("#"...)
	Each(doc, func(n *html.Node) bool {
		if n.DataAtom == atom.Style && n.FirstChild != nil {
			hidingRules(n.FirstChild.Data, names)
		}
		return true
	})
	Each(doc, func(n *html.Node) bool {
		if isHidden(n, names) {
			n.Parent.RemoveChild(n)
			return false
		}
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
