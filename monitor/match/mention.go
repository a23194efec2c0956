package match

import (
	"slices"
	"sort"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// A reason is what decided a mention; see the table in the comment of the package.
type reason uint8

const (
	isName      reason = iota // a long name
	besideName                // a long name elsewhere in the item
	definesOwn                // introduced by its own long form
	supported                 // and nothing against it
	conflicting               // support and against
	alone                     // neither
	refuted                   // against, no support
	definesElse               // introduced by another long form
	elsewhere                 // another long form is introduced elsewhere in the item
	voided                    // inside a phrase of not
)

// A mention is a place where an entity seems to be named.
type mention struct {
	start, end int32
	v          Verdict // None is rejected or void
	why        reason
	acronym    bool
	atom       uint32 // what was looked for
	feed       bool   // supported by the feed's tag
	for_       span32 // the support found, if any
	against    span32 // what speaks against it, or voids or defines it
}

// A span32 is a row of words; end < start is none.
type span32 struct{ start, end int32 }

var nowhere = span32{0, -1}

func (s span32) none() bool { return s.end < s.start }

// An entState holds an entity's mentions in the document of its generation.
type entState struct {
	gen      uint32
	mentions []mention
}

// maxMentions bounds how many places of an entity are judged in one document.
const maxMentions = 4096

// entity returns the judged mentions of an entity.
func (m *matcher) entity(id uint32) *entState {
	st := &m.ents[id]
	if st.gen != m.gen {
		st.gen, st.mentions = m.gen, st.mentions[:0]
		if e := &m.set.entities[id]; m.has(e.raw) {
			m.judge(e, st)
		}
	}
	return st
}

// verdict returns the best mention within a zone.
func (st *entState) verdict(m *matcher, z text.Zone) Verdict {
	v := None
	mask := spread(0xf, z)
	for i := range st.mentions {
		if k := &st.mentions[i]; k.v > v && m.tokens[k.start].mask&mask != 0 {
			v = k.v
		}
	}
	return v
}

// judge finds and judges the mentions of e.
func (m *matcher) judge(e *entity, st *entState) {
	base := len(m.hits)
	m.gather(e, st)
	m.void(e, st)
	named, other := m.defined(e, st)
	feed := slices.ContainsFunc(e.feeds, func(id uint32) bool { return m.tagGen[id] == m.gen })
	var lists *contexts
	for i := range st.mentions {
		k := &st.mentions[i]
		switch {
		case k.why == voided || k.why == isName || k.why == definesOwn || k.why == definesElse:
		case named:
			k.v, k.why = Strong, besideName
		case other && k.acronym:
			k.v, k.why = None, elsewhere
		default:
			if lists == nil {
				lists = m.context(e)
			}
			m.weigh(e, k, lists, feed)
		}
	}
	m.hits = m.hits[:base]
}

// gather collects names, acronyms and words. A doubtful one inside a name is
// part of the name.
func (m *matcher) gather(e *entity, st *entState) {
	base := len(m.hits)
	m.soughtHits(e.names)
	slices.SortFunc(m.hits[base:], byPlace)
	for _, h := range m.hits[base:] {
		if n := len(st.mentions); n > 0 && h.end <= st.mentions[n-1].end || n >= maxMentions {
			continue
		}
		st.mentions = append(st.mentions, mention{start: h.start, end: h.end, v: Strong, why: isName, atom: h.atom, for_: nowhere, against: nowhere})
	}
	names := len(st.mentions)
	for i, doubtful := range [...]rows{e.acronyms, e.words} {
		m.hits = m.hits[:base]
		m.soughtHits(doubtful)
		for _, h := range m.hits[base:] {
			if len(st.mentions) < maxMentions && !within(st.mentions[:names], h) {
				st.mentions = append(st.mentions, mention{start: h.start, end: h.end, why: alone, acronym: i == 0, atom: h.atom, for_: nowhere, against: nowhere})
			}
		}
	}
	m.hits = m.hits[:base]
	slices.SortStableFunc(st.mentions, func(a, b mention) int { return int(a.start - b.start) })
}

// within reports whether h lies inside one of the mentions, which are sorted
// and do not overlap.
func within(list []mention, h hit) bool {
	i := sort.Search(len(list), func(i int) bool { return list[i].end >= h.end })
	return i < len(list) && list[i].start <= h.start
}

// void marks the mentions inside phrases of not.
func (m *matcher) void(e *entity, st *entState) {
	base := len(m.hits)
	m.soughtHits(e.not)
	for _, h := range m.hits[base:] {
		i := sort.Search(len(st.mentions), func(i int) bool { return st.mentions[i].start >= h.start })
		for ; i < len(st.mentions) && st.mentions[i].start <= h.end; i++ {
			if k := &st.mentions[i]; k.end <= h.end {
				k.v, k.why, k.against = None, voided, span32{h.start, h.end}
			}
		}
	}
	m.hits = m.hits[:base]
}

// contexts are the places of support and against, sorted.
type contexts struct{ from, mid, to int } // of matcher.hits

// context pushes the places of support and against of e.
func (m *matcher) context(e *entity) *contexts {
	from := len(m.hits)
	m.soughtHits(e.support)
	mid := len(m.hits)
	m.soughtHits(e.against)
	slices.SortFunc(m.hits[from:mid], byPlace)
	slices.SortFunc(m.hits[mid:], byPlace)
	m.context_ = contexts{from, mid, len(m.hits)}
	return &m.context_
}

// weigh judges a doubtful mention by what stands around it.
func (m *matcher) weigh(e *entity, k *mention, c *contexts, feed bool) {
	k.for_ = m.nearestTo(k, m.hits[c.from:c.mid], m.hits[c.mid:c.to], e.near, true)
	k.against = m.nearestTo(k, m.hits[c.mid:c.to], m.hits[c.from:c.mid], e.far, false)
	if k.against.none() {
		k.against = m.writtenOtherwise(k)
	}
	k.feed = feed && k.for_.none()
	yes, no := feed || !k.for_.none(), !k.against.none()
	switch {
	case yes && !no:
		k.v, k.why = Strong, supported
	case yes:
		k.v, k.why = Weak, conflicting
	case no:
		k.v, k.why = None, refuted
	default:
		k.v, k.why = Weak, alone
	}
}

// nearestTo returns the hit nearest to a mention within a number of words of
// its text, or, with title, one in the title if none is near. Hits inside the
// mention itself or inside a longer hit of the other list prove nothing.
func (m *matcher) nearestTo(k *mention, list, other []hit, within int32, title bool) span32 {
	best, found := within+1, nowhere
	text := m.textOf(k.start)
	try := func(h hit) {
		d := max(h.start-k.end, k.start-h.end, 0)
		if d < best && m.textOf(h.start) == text && !covered(h, k, other) {
			best, found = d, span32{h.start, h.end}
		}
	}
	i := sort.Search(len(list), func(i int) bool { return list[i].start > k.end })
	for j := i; j < len(list) && list[j].start-k.end < best; j++ {
		try(list[j])
	}
	for j := i - 1; j >= 0 && k.start-list[j].start < best+query.MaxPhrase; j-- {
		try(list[j])
	}
	if found.none() && title && text != 0 {
		for _, h := range list {
			if m.textOf(h.start) == 0 && !covered(h, k, other) {
				return span32{h.start, h.end}
			}
		}
	}
	return found
}

// covered reports whether h lies inside the mention or a longer hit of other.
func covered(h hit, k *mention, other []hit) bool {
	if k.start <= h.start && h.end <= k.end {
		return true
	}
	i := sort.Search(len(other), func(i int) bool { return other[i].start > h.start })
	for j := i - 1; j >= 0 && h.start-other[j].start < query.MaxPhrase; j-- {
		if o := other[j]; o.end >= h.end && o.end-o.start > h.end-h.start {
			return true
		}
	}
	return false
}
