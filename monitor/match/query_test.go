package match

import (
	"fmt"
	"math"
	"reflect"
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

// TestOneMatcherForAll matches documents one after the other with one matcher,
// while its generations begin again, and compares with a fresh one each.
func TestOneMatcherForAll(t *testing.T) {
	c := newCorpus()
	entities, rules := c.watches(600)
	for name, e := range vectorEntities() {
		entities[name] = e
	}
	rules = append(rules, Rule{Match: "{ice}", Feeds: []string{"wire"}}, Rule{Match: "/[aeiou]s[a-z]*s/ -the"}, Rule{Match: "amount>1 OR (ice SENT agent)"})
	s, _ := Compile(entities, rules)
	docs := append(c.headlines(40), c.articles(6)...)
	docs = append(docs, &Doc{}, &Doc{Title: "ICE agent paid $2M", Feed: "wire"}, &Doc{Title: "ICE agent"}, &Doc{Body: "the ice storm"}, &Doc{FeedTags: []string{"wire"}})
	m := newMatcher(s)
	m.gen = math.MaxUint32 - uint32(len(docs))
	for range 3 {
		for _, d := range docs {
			m.read(d)
			got := m.judgeAll(m.picked)
			fresh := newMatcher(s)
			fresh.read(d)
			if want := fresh.judgeAll(fresh.picked); !reflect.DeepEqual(got, want) {
				t.Fatalf("%q: %+v, want %+v", d.Title, got, want)
			}
		}
	}
}
