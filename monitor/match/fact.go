package match

import (
	"net/url"
	"sort"
	"strings"
	"time"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// newFact compiles a question about the document.
func newFact(n *query.Node) fact {
	f := fact{field: n.Field, value: strings.ToLower(n.Value)}
	switch {
	case n.Op == query.OpPublished:
		f.clock = n.Day.UnixNano()
	case n.Field == "site":
		f.value = siteName(n.Value)
	case n.Field == "author" || n.Field == "tag":
		f.words = query.WordsOf(n.Value)
	}
	return f
}

// siteName reduces what people write for a site to its domain.
func siteName(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	s, _, _ = strings.Cut(s, "/")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "*."), "www.")
	return strings.Trim(s, ".")
}

// evalFact answers a question about the document. A document without a date
// counts as published now, when it was seen.
func (m *matcher) evalFact(in *inst) bool {
	d := m.doc
	switch in.op {
	case query.OpAge:
		return in.rel.Holds(float64(m.age()), m.set.amounts[in.arg])
	case query.OpPublished:
		at := m.now()
		if !d.Published.IsZero() {
			at = d.Published
		}
		return m.published(in, at)
	}
	f := &m.set.facts[in.arg]
	switch f.field {
	case "url":
		return strings.Contains(strings.ToLower(d.URL), f.value)
	case "site":
		return onSite(d.URL, f.value)
	case "author":
		return anyHolds(d.Authors, f.words)
	case "tag":
		return anyHolds(d.Tags, f.words) || anyIs(d.FeedTags, f.value)
	case "feed":
		return strings.EqualFold(d.Feed, f.value) || anyIs(d.FeedTags, f.value)
	case "class":
		return strings.EqualFold(d.Class, f.value)
	case "lang":
		lang := strings.ToLower(d.Lang)
		return lang == f.value || strings.HasPrefix(lang, f.value+"-") || strings.HasPrefix(lang, f.value+"_")
	}
	return false
}

func (m *matcher) age() time.Duration {
	if m.doc.Published.IsZero() {
		return 0
	}
	return max(m.now().Sub(m.doc.Published), 0)
}

// published compares whole days where the query names a day: published=... is
// that day, published>... after it.
func (m *matcher) published(in *inst, at time.Time) bool {
	want := time.Unix(0, m.set.facts[in.arg].clock).UTC()
	at = at.UTC()
	if want.Equal(want.Truncate(24 * time.Hour)) {
		at = at.Truncate(24 * time.Hour)
	}
	return in.rel.Holds(float64(at.Compare(want)), 0)
}

// onSite reports whether an address is on a domain or one below it.
func onSite(address, site string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	return host == site || strings.HasSuffix(host, "."+site)
}

func anyIs(list []string, value string) bool {
	for _, s := range list {
		if strings.EqualFold(s, value) {
			return true
		}
	}
	return false
}

// anyHolds reports whether one of the texts has the words in a row, whatever
// the case.
func anyHolds(texts []string, words []query.Word) bool {
	for _, t := range texts {
		have := query.WordsOf(t)
		for i := 0; i+len(words) <= len(have); i++ {
			k := 0
			for k < len(words) && have[i+k].Fold == words[k].Fold {
				k++
			}
			if k == len(words) && k > 0 {
				return true
			}
		}
	}
	return false
}

// sums returns the amounts of the document with their words, found once.
func (m *matcher) sums() []located {
	if m.counted {
		return m.amounts
	}
	m.counted, m.amounts = true, m.amounts[:0]
	var found []text.Amount
	for z, src := range m.texts {
		toks := m.tokens[m.zoneAt[z]:m.zoneAt[z+1]]
		found = text.AppendAmounts(found[:0], src)
		for _, a := range found {
			i := sort.Search(len(toks), func(i int) bool { return int(toks[i].end) > a.Start })
			j := sort.Search(len(toks), func(i int) bool { return int(toks[i].start) >= a.End }) - 1
			if i <= j {
				m.amounts = append(m.amounts, located{a.Value, hit{start: m.zoneAt[z] + int32(i), end: m.zoneAt[z] + int32(j), v: Strong}})
			}
		}
	}
	return m.amounts
}

func (m *matcher) evalAmount(in *inst) Verdict {
	for _, a := range m.sums() {
		if m.tokens[a.start].mask&spread(0xf, in.zone) != 0 && in.rel.Holds(a.value, m.set.amounts[in.arg]) {
			return Strong
		}
	}
	return None
}

// amountHits pushes the amounts that satisfy the comparison at pc.
func (m *matcher) amountHits(pc uint32) {
	in := &m.set.code[pc]
	for _, a := range m.sums() {
		if m.tokens[a.start].mask&spread(0xf, in.zone) != 0 && in.rel.Holds(a.value, m.set.amounts[in.arg]) {
			a.pc = pc
			m.hits = append(m.hits, a.hit)
		}
	}
}
