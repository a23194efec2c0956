package match

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// A corpus makes news-like text and watches from one fixed seed. Words follow
// Zipf's law: rank one in sixteen, then ever rarer.
type corpus struct {
	rnd   *rand.Rand
	zipf  *rand.Zipf
	words []string
	names []string
}

func newCorpus() *corpus {
	r := rand.New(rand.NewPCG(7, 11))
	c := &corpus{rnd: r}
	for w := range text.CommonWords() {
		c.words = append(c.words, w)
	}
	// The map's order is random: sort by share, then by name.
	sortCommon(c.words)
	for len(c.words) < 30000 {
		c.words = append(c.words, c.invent(2+r.IntN(3)))
	}
	for range 60000 {
		n := c.invent(2 + r.IntN(2))
		c.names = append(c.names, strings.ToUpper(n[:1])+n[1:])
	}
	c.zipf = rand.NewZipf(r, 1.07, 3, uint64(len(c.words)-1))
	return c
}

func sortCommon(words []string) {
	for i := range words {
		for j := i; j > 0; j-- {
			a, b := words[j-1], words[j]
			if text.Share(a) > text.Share(b) || text.Share(a) == text.Share(b) && a < b {
				break
			}
			words[j-1], words[j] = b, a
		}
	}
}

func (c *corpus) invent(syllables int) string {
	var b strings.Builder
	for range syllables {
		b.WriteByte("bcdfghklmnprstvw"[c.rnd.IntN(16)])
		b.WriteByte("aeiou"[c.rnd.IntN(5)])
		if c.rnd.IntN(3) == 0 {
			b.WriteByte("lnrst"[c.rnd.IntN(5)])
		}
	}
	return b.String()
}

func (c *corpus) word() string { return c.words[c.zipf.Uint64()] }

// topic is a word that watches are about: neither too common nor unheard of.
func (c *corpus) topic() string { return c.words[400+c.rnd.IntN(min(12000, len(c.words)-400))] }

// name is one to three capitalised words, a few of them much talked about.
func (c *corpus) name() string {
	pick := func() string {
		if c.rnd.IntN(16) == 0 {
			return c.names[c.rnd.IntN(min(300, len(c.names)))]
		}
		return c.names[c.rnd.IntN(len(c.names))]
	}
	n := pick()
	for range (c.rnd.IntN(10) + 5) / 6 {
		n += " " + pick()
	}
	return n
}

func (c *corpus) text(words int) string {
	var b strings.Builder
	start := true
	for i := range words {
		w := c.word()
		if c.rnd.IntN(14) == 0 {
			w = c.name()
		}
		if start {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		b.WriteString(w)
		start = c.rnd.IntN(18) == 0 || i == words-1
		switch {
		case start:
			b.WriteString(". ")
		case c.rnd.IntN(12) == 0:
			b.WriteString(", ")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func (c *corpus) articles(n int) []*Doc {
	docs := make([]*Doc, n)
	for i := range docs {
		docs[i] = &Doc{Title: c.text(9), Body: c.text(480)}
	}
	return docs
}

func (c *corpus) headlines(n int) []*Doc {
	docs := make([]*Doc, n)
	for i := range docs {
		docs[i] = &Doc{Title: c.text(8), Summary: c.text(28)}
	}
	return docs
}

// watches are 40 % lists of names, 15 % entities with context, 20 % boolean,
// 10 % NEAR, 8 % prefix, 7 % headline only.
func (c *corpus) watches(n int) (map[string]Entity, []Rule) {
	entities := map[string]Entity{}
	rules := make([]Rule, n)
	for i := range rules {
		q := ""
		switch k := c.rnd.IntN(100); {
		case k < 40:
			var names []string
			for range 1 + c.rnd.IntN(4) {
				names = append(names, `"`+c.name()+`"`)
			}
			q = strings.Join(names, " OR ")
		case k < 55:
			name := fmt.Sprintf("e%d", i)
			e := Entity{Names: []string{c.name() + " " + c.name()}, Words: []string{c.names[c.rnd.IntN(len(c.names))]}}
			for range 8 {
				e.Support.Any = append(e.Support.Any, c.topic())
				e.Against.Any = append(e.Against.Any, c.topic())
			}
			entities[name], q = e, "{"+name+"}"
		case k < 75:
			q = fmt.Sprintf(`"%s" (%s OR %s) -%s`, c.name(), c.topic(), c.topic(), c.topic())
		case k < 85:
			q = fmt.Sprintf("\"%s\" NEAR/8 \"%s\"", c.topic(), c.names[c.rnd.IntN(len(c.names))])
		case k < 93:
			t := c.topic()
			for len(t) < 4 {
				t = c.topic()
			}
			q = fmt.Sprintf("%s* AND %s AND %s", t[:len(t)*3/4+1], c.topic(), c.topic())
			if len(t)*3/4+1 < 4 {
				q = c.topic() + " AND " + c.topic() + " AND " + c.topic()
			}
		default:
			q = fmt.Sprintf(`title:(%s "%s")`, c.topic(), c.name())
		}
		rules[i] = Rule{Name: fmt.Sprint("w", i), Match: q}
	}
	return entities, rules
}

// compiled compiles n generated watches or fails.
func compiled(tb testing.TB, c *corpus, n int) *Set {
	tb.Helper()
	entities, rules := c.watches(n)
	s, problems := Compile(entities, rules)
	for _, p := range problems {
		if !p.Warning {
			tb.Fatalf("%+v", p)
		}
	}
	return s
}

// matchNaively judges every rule, without looking for candidates.
func (s *Set) matchNaively(d *Doc) []Match {
	m := s.pool.Get().(*matcher)
	defer m.release()
	m.read(d)
	var all []pick
	for _, ru := range s.rules {
		if int(ru.from) < len(s.code) { // or the query has a mistake
			all = append(all, pick(ru.from<<1|1))
		}
	}
	return m.judgeAll(all)
}

// reserved are words that mean something else in a query.
var reserved = map[string]bool{"AND": true, "OR": true, "NOT": true, "NEAR": true, "BEFORE": true, "SENT": true, "OF": true, "COUNT": true}

// learn replaces the invented words by those of real texts.
func (c *corpus) learn(docs []*Doc) {
	count := map[string]int{}
	for _, d := range docs {
		for _, w := range query.WordsOf(d.Title + " " + d.Body) {
			count[w.Exact]++
		}
	}
	var words, names []string
	for w := range count {
		if strings.ContainsFunc(w, func(r rune) bool { return r < 'A' || r > 'z' || r > 'Z' && r < 'a' }) || len(w) < 3 || reserved[strings.ToUpper(w)] {
			continue
		}
		if text.IsUpper(w[0]) {
			names = append(names, w)
		} else {
			words = append(words, w)
		}
	}
	byCount := func(list []string) {
		for i := range list {
			list[i] = fmt.Sprintf("%08d%s", 99999999-count[list[i]], list[i])
		}
		slices.Sort(list)
		for i := range list {
			list[i] = list[i][8:]
		}
	}
	byCount(words)
	byCount(names)
	c.words, c.names = words, names
}

func readCorpus(tb testing.TB, path string) []*Doc {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<22)
	var out []*Doc
	for sc.Scan() && len(out) < 2000 {
		var rec struct{ Title, Text, Description, Body, Content string }
		if err := json.Unmarshal(sc.Bytes(), &rec); err != nil {
			tb.Fatal(err)
		}
		out = append(out, &Doc{Title: rec.Title, Body: rec.Text + rec.Description + rec.Body + rec.Content})
	}
	return out
}
