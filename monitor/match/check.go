package match

import (
	"fmt"
	"strings"

	"newswatch/monitor/query"
)

// A Reading is how a query is understood.
type Reading struct {
	Query string   `json:"query"` // with every AND and bracket written out
	Terms []string `json:"terms"` // what each term matches, one line each
	Cover []string `json:"cover"` // the terms of which one must occur; none if every item is judged
}

// Check compiles one query alone and tells how it is read. Offsets of problems
// of the query are under the path "query"; those of entities are left out. The
// reading is zero if the query has a mistake.
func Check(entities map[string]Entity, q string) (Reading, []Problem) {
	rule := Rule{Name: "query", Match: q}
	c := newCompiler(Used(entities, []Rule{rule}), 1)
	c.entities()
	c.problems = nil
	c.rule(0, rule)
	var out []Problem
	sound := true
	for _, p := range c.problems {
		p.Path = "query"
		sound = sound && p.Warning
		out = append(out, p)
	}
	n, _, err := query.Parse(q)
	if err != nil || !sound {
		return Reading{}, out
	}
	var r Reading
	r.Query = query.Format(q, n)
	seen := map[string]bool{}
	r.terms(q, n, seen)
	if n, err = c.resolve(n); err == nil {
		for _, it := range c.requiredAtoms(n).items {
			if l := c.label(it.atom); l != "" {
				r.Cover = append(r.Cover, l)
			}
		}
	}
	return r, out
}

// label names an atom for people.
func (v *vocabulary) label(id uint32) string {
	for _, e := range v.set.entities {
		if e.raw == id {
			return "{" + e.name + "}"
		}
	}
	a := v.set.atoms[id]
	if a.kind != atomGroup {
		return v.kept(a.label)
	}
	var all []string
	for _, m := range v.set.members[a.first : a.first+min(a.n, 5)] {
		all = append(all, v.label(m))
	}
	if a.n > 5 {
		all = append(all, fmt.Sprintf("%d more", a.n-5))
	}
	return strings.Join(all, ", ")
}

// terms describes the terms below n, each once.
func (r *Reading) terms(src string, n *query.Node, seen map[string]bool) {
	for _, k := range n.Kids {
		r.terms(src, k, seen)
	}
	if n.Op != query.OpTerm || seen[n.Term.Text] {
		return
	}
	seen[n.Term.Text] = true
	r.Terms = append(r.Terms, n.Term.Text+": "+n.Term.Describe())
}
