package match

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"newswatch/monitor/query"
)

// operatorSamples holds for every operator a query of it alone, a document for
// which it holds and one for which it does not.
var operatorSamples = map[query.Op]struct {
	query, holds, fails string
	placed              bool // it is found at places or in fields, which are its evidence
}{
	query.OpTerm:      {"fence", "The fence stands", "The wall stands", true},
	query.OpEntity:    {"{ice}", "Immigration and Customs Enforcement raid", "Ice on the road", true},
	query.OpAnd:       {"fence wall", "A fence and a wall", "A fence", true},
	query.OpOr:        {"fence OR wall", "A wall", "A road", true},
	query.OpNot:       {"fence AND NOT wall", "A fence", "A fence and a wall", true},
	query.OpNear:      {"fence NEAR/2 wall", "A wall, a fence", "A wall of stone and a fence", true},
	query.OpBefore:    {"fence BEFORE/2 wall", "A fence, a wall", "A wall, a fence", true},
	query.OpSent:      {"fence SENT wall", "A wall of stone and a fence.", "The wall stands. The fence fell.", true},
	query.OpCount:     {"count(fence)>=2", "A fence, a fence", "A fence", true},
	query.OpOf:        {"2 OF (fence, wall, road)", "A road, a wall", "A road", true},
	query.OpAmount:    {"amount>=1M", "It cost $2M", "It cost $2", true},
	query.OpAge:       {"age<2h", "new", "old", false},
	query.OpPublished: {"published>=2026-03-01", "new", "old", false},
	query.OpField:     {"site:example.org", "new", "old", false},
	query.OpTyped:     {"agency:{ice}", "new", "old", true},
	query.OpDeadline:  {"deadline<14d", "new", "old", true},
}

// TestEveryOperatorIsWhole fails for an operator that is missing where queries
// are read, written, compiled, chosen, judged, proved or explained. That the
// language page shows it, a test of package query holds.
func TestEveryOperatorIsWhole(t *testing.T) {
	for op := range query.Op(query.NumOps) {
		sample, ok := operatorSamples[op]
		if !ok || operators[op] == nil || op.String() == "" {
			t.Errorf("operator %d has no sample, no engine or no name", op)
			continue
		}
		t.Run(sample.query, func(t *testing.T) {
			n, _, mistake := query.Parse(sample.query)
			if mistake != nil || find(n, op) == nil {
				t.Fatalf("read as %+v, %v", n, mistake)
			}
			reading, problems := Check(vectorEntities(), sample.query)
			if again, _ := Check(vectorEntities(), reading.Query); len(reading.Query) == 0 || again.Query != reading.Query {
				t.Errorf("written as %s, which is written as %s: %v", reading.Query, again.Query, problems)
			}
			s, _ := Compile(vectorEntities(), []Rule{{Name: "w", Match: sample.query}})
			holds, fails := operatorDoc(sample.holds), operatorDoc(sample.fails)
			got := s.Match(holds)
			if len(got) != 1 || got[0].Verdict != Strong || len(s.Match(fails)) > 0 {
				t.Fatalf("%+v on %q, %+v on %q", got, holds.Title, s.Match(fails), fails.Title)
			}
			if !reflect.DeepEqual(got, s.matchNaively(holds)) {
				t.Errorf("%+v by candidates, %+v by judging all", got, s.matchNaively(holds))
			}
			if (len(got[0].Evidence) > 0) != sample.placed {
				t.Errorf("evidence %+v", got[0].Evidence)
			}
			x := s.Explain(0, holds)
			if clause := x.Root.of(op.String()); clause == nil || x.Verdict != Strong || !strings.Contains(x.String(), "✓") {
				t.Errorf("explained as %s", x)
			}
		})
	}
}

// operatorDoc returns a document with a title; the facts about it are those
// that samples ask for unless the title is "old".
func operatorDoc(title string) *Doc {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	if title == "old" {
		return &Doc{Title: title, URL: "https://example.com/", Now: now, Published: now.AddDate(0, -1, 0), Fields: &Fields{Deadline: now.AddDate(0, 1, 0)}}
	}
	return &Doc{Title: title, URL: "https://example.org/", Now: now, Published: now.Add(-time.Hour),
		Fields: &Fields{Deadline: now.AddDate(0, 0, 9), Texts: map[string]string{"agency": "U.S. Immigration and Customs Enforcement"}}}
}

// find returns a node of an operator.
func find(n *query.Node, op query.Op) *query.Node {
	if n.Op == op {
		return n
	}
	for _, k := range n.Kids {
		if found := find(k, op); found != nil {
			return found
		}
	}
	return nil
}

// of returns a clause of an operator.
func (c *Clause) of(op string) *Clause {
	if c.Op == op {
		return c
	}
	for i := range c.Clauses {
		if found := c.Clauses[i].of(op); found != nil {
			return found
		}
	}
	return nil
}
