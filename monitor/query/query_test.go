package query

import (
	"fmt"
	"testing"
)

// verdict matches one query on one document.
func verdict(t *testing.T, q string, d *Doc) Verdict {
	t.Helper()
	s, problems := Compile(vectorEntities(), []Rule{{Name: "w", Match: q}})
	for _, p := range problems {
		if !p.Warning {
			t.Fatalf("Compile(%s): %+v", q, p)
		}
	}
	if m := s.Match(d); len(m) > 0 {
		return m[0].Verdict
	}
	return None
}

func TestConcurrent(t *testing.T) {
	c := newCorpus()
	s := compiled(t, c, 500)
	docs := c.articles(8)
	want := make([]string, len(docs))
	for i, d := range docs {
		want[i] = fmt.Sprint(s.Match(d))
	}
	done := make(chan string)
	for range 4 {
		go func() {
			bad := ""
			for i, d := range docs {
				if got := fmt.Sprint(s.Match(d)); got != want[i] {
					bad = d.Title
				}
			}
			done <- bad
		}()
	}
	for range 4 {
		if bad := <-done; bad != "" {
			t.Errorf("%q matched differently beside others", bad)
		}
	}
}
