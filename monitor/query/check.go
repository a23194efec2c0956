package query

import (
	"fmt"
	"strings"
	"unicode/utf8"
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
func Check(entities map[string]Entity, query string) (Reading, []Problem) {
	c := newCompiler(entities, 1)
	c.entities()
	c.problems = nil
	c.rule(0, Rule{Name: "query", Match: query})
	var out []Problem
	sound := true
	for _, p := range c.problems {
		p.Path = "query"
		sound = sound && p.Warning
		out = append(out, p)
	}
	n, _, err := parse(query)
	if err != nil || !sound {
		return Reading{}, out
	}
	var r Reading
	r.Query = written(query, n, opOr)
	seen := map[string]bool{}
	r.terms(query, n, seen)
	if n, err = c.resolve(n); err == nil {
		for _, it := range c.cover(n).items {
			if l := c.label(it.atom); l != "" {
				r.Cover = append(r.Cover, l)
			}
		}
	}
	return r, out
}

// label names an atom for people.
func (c *compiler) label(id uint32) string {
	for _, e := range c.set.entities {
		if e.raw == id {
			return e.clause
		}
	}
	a := c.set.atoms[id]
	if a.kind != atomGroup {
		return c.kept(a.label)
	}
	var all []string
	for _, m := range c.set.members[a.first : a.first+min(a.n, 5)] {
		all = append(all, c.label(m))
	}
	if a.n > 5 {
		all = append(all, fmt.Sprintf("%d more", a.n-5))
	}
	return strings.Join(all, ", ")
}

// written writes n with every operator and bracket.
func written(src string, n *node, outer op) string {
	var parts []string
	for _, k := range n.kids {
		parts = append(parts, written(src, k, n.op))
	}
	s := ""
	switch n.op {
	case opAnd:
		s = strings.Join(parts, " AND ")
	case opOr:
		s = strings.Join(parts, " OR ")
	case opNot:
		return "NOT " + parts[0]
	case opNear:
		s = fmt.Sprintf("%s NEAR/%d %s", parts[0], n.n, parts[1])
	case opBefore:
		s = fmt.Sprintf("%s BEFORE/%d %s", parts[0], n.n, parts[1])
	case opSent:
		s = parts[0] + " SENT " + parts[1]
	case opCount:
		return fmt.Sprintf("count(%s)%s%d", outermost(parts[0]), cmpNames[n.rel], n.n)
	case opOf:
		return fmt.Sprintf("%d OF (%s)", n.n, strings.Join(parts, ", "))
	case opTerm, opEntity:
		return zonePrefix(n.zone) + quotedIfOdd(strings.TrimSpace(src[n.pos:n.end])[prefixLen(src[n.pos:n.end]):])
	default:
		return src[n.pos:n.end]
	}
	if outer != opOr || n.op == opAnd && n.group {
		return "(" + s + ")"
	}
	return s
}

// quotedIfOdd puts a word between quotes that begins with what means something
// else in another place.
func quotedIfOdd(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); strings.ContainsRune(":-–—−!", first) {
		return `"` + s + `"`
	}
	return s
}

// prefixLen returns the length of the zone names in front of a term.
func prefixLen(s string) int {
	n := 0
	for {
		i := strings.IndexByte(s[n:], ':')
		if i < 0 {
			return n
		}
		if _, ok := zones[strings.ToLower(strings.Trim(s[n:n+i], "( "))]; !ok {
			return n
		}
		n += i + 1
	}
}

// zonePrefix writes the zone a term is narrowed to.
func zonePrefix(z zone) string {
	switch z {
	case inTitle:
		return "title:"
	case inSummary:
		return "summary:"
	case leadZone:
		return "lead:"
	case bodyZone:
		return "body:"
	case anyZone:
		return ""
	}
	return "body:lead:"
}

// terms describes the terms below n, each once.
func (r *Reading) terms(src string, n *node, seen map[string]bool) {
	for _, k := range n.kids {
		r.terms(src, k, seen)
	}
	if n.op != opTerm || seen[n.term.text] {
		return
	}
	seen[n.term.text] = true
	r.Terms = append(r.Terms, n.term.text+": "+n.term.describe())
}

// describe says what a term matches.
func (t *term) describe() string {
	if t.re != nil {
		if lit := requiredLiteral(t.re.String()); lit != "" {
			return "a pattern, tried where " + lit + " occurs"
		}
		return "a pattern without a fixed part, tried on every item that may match otherwise"
	}
	var parts []string
	for i, w := range t.words {
		parts = append(parts, w.describe(t.prefix && i == len(t.words)-1))
	}
	return strings.Join(parts, " then ")
}

var ruleNotes = [...]string{"in any case", "with a capital in front", "in capitals", "exactly so"}

// describe says what a word of a term matches.
func (w word) describe(prefix bool) string {
	all := []string{w.fold}
	switch {
	case w.rule == caseExact:
		all[0] = w.exact
	case w.rule == caseUpper:
		all[0] = strings.ToUpper(w.fold)
	}
	if prefix {
		return all[0] + "... " + ruleNotes[w.rule]
	}
	return strings.Join(append(all, w.likely(all[0])...), " or ") + " " + ruleNotes[w.rule]
}

// likely returns the plurals of w, shown as the given text, that somebody may
// write: nobody looks for companys, axeses or thes, though they would be found.
func (w word) likely(shown string) (out []string) {
	s, other := w.plurals()
	if small[w.fold] {
		return nil
	}
	n := len(w.fold)
	plural := n > 3 && w.fold[n-1] == 's' && !strings.HasSuffix(w.fold, "ss") && !strings.HasSuffix(w.fold, "us")
	if other != "" && !plural {
		out = append(out, other)
	}
	name := w.rule == caseInitial && w.fold[n-1] == 'y' // Kennedys
	if s && (other == "" || name || w.fold[n-1] == 'o' || strings.HasSuffix(w.fold, "ch")) {
		out = append(out, shown+"s")
	}
	return out
}
