package match

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"newswatch/monitor/query"
)

// An Explanation is how one rule judged one document.
type Explanation struct {
	Watch   string  `json:"watch"`
	Query   string  `json:"query"`
	Verdict Verdict `json:"verdict"`
	Unread  bool    `json:"unread,omitempty"` // the rule does not read the document's feed
	Root    Clause  `json:"root"`
}

// A Clause is one part of a query and what became of it.
type Clause struct {
	Text     string     `json:"text"` // as written
	Op       string     `json:"op"`   // query.Op.String
	Verdict  Verdict    `json:"verdict"`
	Note     string     `json:"note,omitempty"`     // why, in one line
	Evidence []Evidence `json:"evidence,omitempty"` // mentions of an entity and places of a term
	Clauses  []Clause   `json:"clauses,omitempty"`
}

// Explain tells part by part why a rule holds for a document or does not. The
// rule is its index among those given to Compile.
func (s *Set) Explain(rule int, d *Doc) Explanation {
	m := s.pool.Get().(*matcher)
	defer m.release()
	m.read(d)
	ru := &s.rules[rule]
	x := Explanation{Watch: s.text(ru.name), Query: s.text(ru.query), Unread: !m.reads(ru.feeds)}
	if int(ru.from) >= len(s.code) {
		x.Root = Clause{Text: x.Query, Note: "the query has a mistake"}
		return x
	}
	x.Root = m.clause(ru, ru.from)
	if !x.Unread {
		x.Verdict = x.Root.Verdict
	}
	return x
}

// clause explains the node at pc.
func (m *matcher) clause(ru *rule, pc uint32) Clause {
	in, at := &m.set.code[pc], m.set.places[pc]
	c := Clause{Op: in.op.String(), Verdict: m.eval(pc), Text: m.set.text(ru.query)[at.pos:at.end]}
	m.evidence, m.from = m.evidence[:0], 0
	if in.end == pc+1 { // the evidence of others is that of their parts
		m.prove(pc, c.Verdict)
	}
	c.Note = operators[in.op].note(m, pc, in, c.Verdict)
	switch {
	case in.op == query.OpEntity:
		c.Text = m.set.text(in.label)
	case in.op == query.OpTerm && c.Text == "":
		c.Text = m.set.text(m.set.atoms[in.arg].label)
	}
	c.Evidence = slices.Clone(m.evidence)
	return m.children(ru, pc, c)
}

// children explains the parts of the node at pc in the order they are written.
func (m *matcher) children(ru *rule, pc uint32, c Clause) Clause {
	type part struct {
		pos uint32
		c   Clause
	}
	var parts []part
	for k := pc + 1; k < m.set.code[pc].end; k = m.set.code[k].end {
		parts = append(parts, part{m.set.places[k].pos, m.clause(ru, k)})
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.pos, b.pos) })
	for _, p := range parts {
		c.Clauses = append(c.Clauses, p.c)
	}
	return c
}

// String returns the explanation as lines for a terminal.
func (x Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", x.Watch, x.Verdict)
	if x.Unread {
		b.WriteString(" (the watch does not read this feed)")
	}
	b.WriteByte('\n')
	x.Root.write(&b, 1)
	return b.String()
}

var signsOf = [...]string{"✗", "~", "✓"}

func (c *Clause) write(b *strings.Builder, depth int) {
	indent := strings.Repeat("  ", depth)
	text := c.Text
	if len(c.Clauses) > 0 && (c.Op == "and" || c.Op == "or") {
		text = strings.ToUpper(c.Op)
	}
	fmt.Fprintf(b, "%s%s %s", indent, signsOf[c.Verdict], text)
	if c.Note != "" {
		fmt.Fprintf(b, "  (%s)", c.Note)
	}
	b.WriteByte('\n')
	for _, e := range c.Evidence {
		fmt.Fprintf(b, "%s    %s %q: %s, %s\n", indent, strings.TrimPrefix(e.Place(), "the "), e.Text, e.Strength, e.Why)
	}
	for i := range c.Clauses {
		c.Clauses[i].write(b, depth+1)
	}
}
