package listing

import (
	"cmp"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newswatch/feeds"
	"newswatch/feeds/htmltree"
)

// A Proposal is a list found on a page, ready to be read again by its Select.
type Proposal struct {
	Select feeds.Select
	Items  []feeds.Item // what it yields
	score  int
}

const (
	proposals    = 5
	tried        = 12 // groups
	leastLinks   = 3  // different addresses of a list
	leastWords   = 3  // of their texts in the mean
	steps        = 4  // elements of a link's way that tell its group
	leastCovered = 8  // of ten items of a group, for a selector to stand for it
)

// Find proposes the lists of a page, the best first: links whose ways from the
// page are alike, with texts like headlines. None is not an error; a page beyond
// the bounds is.
func Find(page []byte, o Options) ([]Proposal, error) {
	doc, err := htmltree.Parse(page, o.ContentType)
	if err != nil {
		return nil, err
	}
	htmltree.RemoveHidden(doc)
	var found []Proposal
	groups := groupsOf(doc, baseOf(doc, o.URL))
	for _, g := range groups[:min(len(groups), tried)] {
		p, ok := g.proposal(doc, o)
		if ok && !slices.ContainsFunc(found, func(q Proposal) bool { return q.Select.Items == p.Select.Items }) {
			found = append(found, p)
		}
	}
	slices.SortStableFunc(found, func(a, b Proposal) int { return cmp.Compare(b.score, a.score) })
	return found[:min(len(found), proposals)], nil
}

// A group is links whose ways are alike.
type group struct {
	links     []*html.Node
	addresses map[string]int
	words     int
	headlines int // links in headings
	dated     bool
}

// groupsOf returns the groups that may be lists, those with most words first.
func groupsOf(doc *html.Node, base *url.URL) []*group {
	byWay := map[string]*group{}
	var ways []string
	htmltree.Each(doc, func(n *html.Node) bool {
		switch {
		case n.DataAtom == atom.Nav || n.DataAtom == atom.Footer || n.DataAtom == atom.Script || n.DataAtom == atom.Form:
			return false
		case !isLink(n):
			return true
		}
		u, err := base.Parse(htmltree.Attribute(n, "href"))
		text := htmltree.Words(strings.Join(htmltree.Paragraphs(n), " "))
		foreign := err == nil && !strings.EqualFold(u.Host, base.Host)
		if err != nil || foreign && !inHeading(n) || text == 0 || strings.Trim(u.Path, "/") == "" && u.RawQuery == "" {
			return true
		}
		way := wayTo(n)
		g := byWay[way]
		if g == nil {
			g = &group{addresses: map[string]int{}}
			byWay[way] = g
			ways = append(ways, way)
		}
		g.links = append(g.links, n)
		if inHeading(n) {
			g.headlines++
		}
		if g.addresses[u.String()]++; g.addresses[u.String()] == 1 {
			g.words += text
		}
		return true
	})
	var groups []*group
	for _, way := range ways {
		g := byWay[way]
		// What stands in headings may be short.
		if len(g.addresses) >= leastLinks && (g.words >= leastWords*len(g.addresses) || g.headlines == len(g.links)) {
			groups = append(groups, g)
		}
	}
	slices.SortStableFunc(groups, func(a, b *group) int { return cmp.Compare(b.words, a.words) })
	return groups
}

// isAside reports whether n stands in what a page says beside the matter itself.
func isAside(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.DataAtom == atom.Aside {
			return true
		}
	}
	return false
}

// inHeading tells links that are headlines; those of pages that comment on others
// lead to other sites.
func inHeading(n *html.Node) bool {
	for _, e := range []*html.Node{n.Parent, n.FirstChild} {
		if e != nil {
			switch e.DataAtom {
			case atom.H1, atom.H2, atom.H3, atom.H4, atom.Dt:
				return true
			}
		}
	}
	return false
}

// wayTo names an element by itself and those around it.
func wayTo(n *html.Node) string {
	var b strings.Builder
	for range steps {
		if n == nil || n.Type != html.ElementNode {
			break
		}
		b.WriteString(n.Data)
		for _, class := range stableClasses(n) {
			b.WriteString("." + class)
		}
		b.WriteByte('<')
		n = n.Parent
	}
	return b.String()
}

// className is what can stand in a selector as it is.
var className = regexp.MustCompile(`^-?[A-Za-z_][\w-]*$`)

// stableClasses leaves out classes that number, mark or style single elements.
func stableClasses(n *html.Node) (classes []string) {
	for class := range strings.FieldsSeq(htmltree.Attribute(n, "class")) {
		if className.MatchString(class) && !strings.ContainsAny(class, "0123456789") && !positions[strings.ToLower(class)] && len(classes) < 3 {
			classes = append(classes, class)
		}
	}
	return classes
}

var positions = map[string]bool{"first": true, "last": true, "odd": true, "even": true, "active": true, "featured": true, "sticky": true}

// proposal finds a selector for the boxes of a group's links: the largest there
// are, or where these are not alike, as on a page that parts its list by days,
// those that are as near to their links as the nearest.
func (g *group) proposal(doc *html.Node, o Options) (Proposal, bool) {
	for _, alike := range [...]bool{false, true} {
		if p, ok := g.proposalOf(g.boxes(alike), doc, o); ok {
			return p, true
		}
	}
	return Proposal{}, false
}

// proposalOf finds a selector for boxes. It reports false where none selects these
// and not much else.
func (g *group) proposalOf(boxes []*html.Node, doc *html.Node, o Options) (Proposal, bool) {
	if len(boxes) < leastLinks {
		return Proposal{}, false
	}
	chosen := map[*html.Node]bool{}
	for _, box := range boxes {
		chosen[box] = true
	}
	for _, css := range selectorsOf(boxes) {
		l, err := New(feeds.Select{Items: css})
		if err != nil {
			continue
		}
		selected := l.items.find(doc)
		hits := 0
		for _, n := range selected {
			if chosen[n] {
				hits++
			}
		}
		if 10*hits < leastCovered*len(boxes) || len(selected) > 3*len(boxes) {
			continue
		}
		// Beside those of the group there may be boxes of another build.
		p, err := l.read(doc, o)
		if err != nil || len(p.Items) < leastLinks || 10*(len(p.Items)+p.Repeats) < leastCovered*len(innermost(selected)) {
			continue
		}
		score := 0
		for _, it := range p.Items {
			score += htmltree.Words(it.Title)
			if !it.Published.IsZero() {
				g.dated = true
			}
		}
		if g.dated {
			score *= 2
		}
		if isAside(g.links[0]) {
			score /= 2
		}
		return Proposal{feeds.Select{Items: css}, p.Items, score}, true
	}
	return Proposal{}, false
}

// boxes returns for every link the largest element around it that has no other
// link of the group within; if they are to be alike, none is further from its link
// than the nearest.
func (g *group) boxes(alike bool) (boxes []*html.Node) {
	const most = 500
	count := map[*html.Node]map[string]bool{}
	links := g.links[:min(len(g.links), most)]
	for _, a := range links {
		for p := a; p != nil && p.Type == html.ElementNode; p = p.Parent {
			if count[p] == nil {
				count[p] = map[string]bool{}
			}
			count[p][htmltree.Attribute(a, "href")] = true
		}
	}
	up := func(a *html.Node, limit int) (box *html.Node, n int) {
		box = a
		for p := a.Parent; p != nil && len(count[p]) == 1 && n < limit; p = p.Parent {
			box, n = p, n+1
		}
		return box, n
	}
	limit := math.MaxInt
	if alike {
		for _, a := range links {
			_, n := up(a, limit)
			limit = min(limit, n)
		}
	}
	seen := map[*html.Node]bool{}
	for _, a := range links {
		if box, _ := up(a, limit); !seen[box] {
			seen[box] = true
			boxes = append(boxes, box)
		}
	}
	return boxes
}

// selectorsOf returns selectors that may choose the boxes, the plainest first.
func selectorsOf(boxes []*html.Node) (selectors []string) {
	common := commonName(boxes)
	parents := make([]*html.Node, 0, len(boxes))
	for _, box := range boxes {
		if box.Parent != nil && box.Parent.Type == html.ElementNode {
			parents = append(parents, box.Parent)
		}
	}
	if len(parents) == 0 {
		return nil
	}
	if strings.Contains(common, ".") {
		_, classes, _ := strings.Cut(common, ".")
		selectors = append(selectors, "."+classes, common)
	}
	around := commonName(parents)
	selectors = append(selectors, around+" > "+common)
	if id := htmltree.Attribute(parents[0], "id"); className.MatchString(id) {
		selectors = append(selectors, "#"+id+" > "+common)
	}
	for p := parents[0].Parent; p != nil && p.Type == html.ElementNode && len(selectors) < 8; p = p.Parent {
		name := commonName([]*html.Node{p})
		if id := htmltree.Attribute(p, "id"); className.MatchString(id) {
			selectors = append(selectors, "#"+id+" "+around+" > "+common, "#"+id+" "+common)
		} else if strings.Contains(name, ".") {
			selectors = append(selectors, name+" "+around+" > "+common)
		}
	}
	return selectors
}

// commonName returns the element name and the classes that all have.
func commonName(nodes []*html.Node) string {
	name, classes := nodes[0].Data, stableClasses(nodes[0])
	for _, n := range nodes[1:] {
		if n.Data != name {
			name = "*"
		}
		has := strings.Fields(htmltree.Attribute(n, "class"))
		classes = slices.DeleteFunc(classes, func(c string) bool { return !slices.Contains(has, c) })
	}
	for _, c := range classes {
		name += "." + c
	}
	return name
}
