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
	hinted                    // neither, but for one hint
	taken                     // neither, and the entity says what that means
	recalled                  // neither, and the memory was asked
	refuted                   // against, no support
	definesElse               // introduced by another long form
	elsewhere                 // another long form is introduced elsewhere in the item
	voided                    // inside a phrase of not
)

// A judge tells which mentions of entities in a document count. What carries
// another generation is stale: it is of a document before.
type judge struct {
	finder
	gen      uint32
	feedTags []uint32 // the last generation of a document with the tag
	ents     []entState
	mentions mentions // of entities, one after the other
	readings []reading
}

func (m *judge) read(doc *Doc) {
	m.finder.read(doc)
	m.gen++
	m.mentions, m.readings = m.mentions[:0], m.readings[:0]
	m.tag(doc.Feed)
	for _, t := range doc.FeedTags {
		m.tag(t)
	}
}

func (m *judge) tag(name string) {
	if id, ok := m.set.tags[name]; ok {
		m.feedTags[id] = m.gen
	}
}

// tagged reports whether the document's feed has a tag.
func (m *judge) tagged(id uint32) bool { return m.feedTags[id] == m.gen }

// A mention is a place where an entity seems to be named.
type mention struct {
	start, end int32
	v          Verdict // None is rejected or void
	why        reason
	acronym    bool
	atom       uint32    // what was looked for
	feed       bool      // supported by the feed's tag
	rival      bool      // what speaks against it is the name of a rival
	said       string    // recalled: by what
	support    wordRange // the support found, if any
	against    wordRange // what speaks against it, or voids or defines it
}

// A wordRange is a row of words; end < start is none.
type wordRange struct{ start, end int32 }

var noWords = wordRange{0, -1}

func (s wordRange) none() bool { return s.end < s.start }

type mentions []mention

// An entState says which of judge.mentions are those of an entity in the document
// of its generation.
type entState struct {
	gen uint32
	rows
}

// maxMentions bounds how many places of an entity are judged in one document.
const maxMentions = 4096

// entity returns the judged mentions of an entity.
func (m *judge) entity(id uint32) mentions {
	st := &m.ents[id]
	if st.gen != m.gen {
		from := len(m.mentions)
		m.judgeMentions(&m.set.entities[id])
		*st = entState{m.gen, rows{uint32(from), uint32(len(m.mentions))}}
	}
	return m.mentions[st.from:st.to]
}

// verdict returns the best mention within a zone.
func (list mentions) verdict(m *matcher, z text.Zone) Verdict {
	v := None
	mask := spread(0xf, z)
	for i := range list {
		if k := &list[i]; k.v > v && m.tokens[k.start].mask&mask != 0 {
			v = k.v
		}
	}
	return v
}

// judgeMentions finds and judges the mentions of e.
func (m *judge) judgeMentions(e *entity) {
	base := len(m.hits)
	list := m.gather(e)
	if len(list) == 0 {
		return
	}
	m.void(e, list)
	rival := m.rivals(e, list)
	named, other := m.introduced(e, list)
	feed := slices.ContainsFunc(m.set.supporters[e.feeds.from:e.feeds.to], m.tagged)
	var around context
	known := false
	for i := range list {
		k := &list[i]
		switch {
		case k.why == isName || k.why == definesOwn || k.why == definesElse || k.why == voided && k.rival:
		case named && k.why != voided:
			k.v, k.why = Strong, besideName
		case other && k.acronym && k.why != voided:
			k.v, k.why = None, elsewhere
		default:
			if !known {
				around, known = m.findContext(e), true
			}
			if k.why == voided {
				m.soften(k, around)
			} else {
				m.weigh(e, k, around, feed, rival)
			}
		}
	}
	m.hits = m.hits[:base]
}

// gather appends the names, acronyms and words to the mentions and returns them. A
// doubtful one inside a name is part of the name.
func (m *judge) gather(e *entity) mentions {
	base, list := len(m.hits), m.mentions[len(m.mentions):]
	m.soughtHits(e.part(namesPart))
	slices.SortFunc(m.hits[base:], byPlace)
	for _, h := range m.hits[base:] {
		if n := len(list); n > 0 && h.end <= list[n-1].end || n >= maxMentions {
			continue
		}
		list = append(list, mention{start: h.start, end: h.end, v: Strong, why: isName, atom: h.atom, support: noWords, against: noWords})
	}
	names := len(list)
	for _, doubtful := range [...]part{acronymsPart, wordsPart} {
		m.hits = m.hits[:base]
		m.soughtHits(e.part(doubtful))
		for _, h := range m.hits[base:] {
			if len(list) < maxMentions && !within(list[:names], h) {
				list = append(list, mention{start: h.start, end: h.end, why: alone, acronym: doubtful == acronymsPart, atom: h.atom, support: noWords, against: noWords})
			}
		}
	}
	m.hits = m.hits[:base]
	slices.SortStableFunc(list, func(a, b mention) int { return int(a.start - b.start) })
	m.mentions = append(m.mentions, list...)
	return m.mentions[len(m.mentions)-len(list):]
}

// within reports whether h lies inside one of the mentions, which are sorted
// and do not overlap.
func within(list []mention, h hit) bool {
	i := sort.Search(len(list), func(i int) bool { return list[i].end >= h.end })
	return i < len(list) && list[i].start <= h.start
}

// void marks the mentions inside phrases of not.
func (m *judge) void(e *entity, list mentions) {
	base := len(m.hits)
	m.soughtHits(e.part(notPart))
	for _, h := range m.hits[base:] {
		i := sort.Search(len(list), func(i int) bool { return list[i].start >= h.start })
		for ; i < len(list) && list[i].start <= h.end; i++ {
			if k := &list[i]; k.end <= h.end {
				k.v, k.why, k.against = None, voided, wordRange{h.start, h.end}
			}
		}
	}
	m.hits = m.hits[:base]
}

// rivals voids the mentions inside a longer name of a rival, and returns a place
// where one is named, if there is any.
func (m *judge) rivals(e *entity, list mentions) wordRange {
	base, found := len(m.hits), noWords
	for _, id := range m.set.rivals[e.rivals.from:e.rivals.to] {
		m.soughtHits(m.set.entities[id].part(namesPart))
	}
	for _, h := range m.hits[base:] {
		inside := false
		for i := range list {
			k := &list[i]
			switch {
			case k.why == isName && k.start <= h.start && h.end <= k.end:
				inside = true // a part of our own name
			case h.start <= k.start && k.end <= h.end:
				k.v, k.why, k.against, k.rival = None, voided, wordRange{h.start, h.end}, true
			}
		}
		if found.none() && !inside {
			found = wordRange{h.start, h.end}
		}
	}
	m.hits = m.hits[:base]
	return found
}

// context holds the places of support, against and hints of an entity, each
// sorted.
type context struct{ support, against, hints []hit }

// findContext pushes the places of support, against and hints of e.
func (m *judge) findContext(e *entity) (c context) {
	find := func(p part) []hit {
		from := len(m.hits)
		m.soughtHits(e.part(p))
		slices.SortFunc(m.hits[from:], byPlace)
		return m.hits[from:]
	}
	c.support = find(supportPart)
	c.against = find(againstPart)
	c.hints = find(hintsPart)
	return c
}

// softVoid is within how many words of a phrase of not support makes the
// mention inside it a conflict.
const softVoid = 12

// soften takes a void mention for a conflict if support stands near the phrase
// that voids it.
func (m *judge) soften(k *mention, c context) {
	phrase := *k
	phrase.start, phrase.end = k.against.start, k.against.end
	if near := m.nearestTo(&phrase, c.support, c.against, softVoid, false); !near.none() {
		k.v, k.why, k.support = Weak, conflicting, near
	}
}

// weigh judges a doubtful mention by what stands around it, and one in a title
// that decides nothing by the text below. rival is where a rival is named.
func (m *judge) weigh(e *entity, k *mention, c context, feed bool, rival wordRange) {
	near, far := int32(e.near), int32(e.far)
	k.support = m.nearestTo(k, c.support, c.against, near, true)
	k.against = m.nearestTo(k, c.against, c.support, far, false)
	if k.against.none() {
		k.against = m.writtenOtherwise(k)
	}
	if k.support.none() && k.against.none() && m.textOf(k.start) == 0 {
		k.support, k.against = m.below(k, c.support, c.against, near), m.below(k, c.against, c.support, far)
	}
	if k.against.none() && !rival.none() {
		k.against, k.rival = rival, true
	}
	if k.against.none() {
		k.against = m.namesake(e, k)
	}
	k.feed = feed && k.support.none()
	yes, no := feed || !k.support.none(), !k.against.none()
	if !yes && len(c.hints) > 0 {
		var two bool
		k.support, two = m.hintsNear(k, c.hints, near)
		yes = two || !k.support.none() && no
		if !yes && !k.support.none() {
			k.why = hinted
		}
	}
	switch {
	case yes && !no:
		k.v, k.why = Strong, supported
	case yes:
		k.v, k.why = Weak, conflicting
	case no:
		k.v, k.why = None, refuted
	default:
		m.alone(e, k)
	}
}

// hintsNear returns a hint within a number of words of a mention or in the
// title, and whether there are two different ones.
func (m *judge) hintsNear(k *mention, list []hit, within int32) (first wordRange, two bool) {
	first = noWords
	atom, text := uint32(0), m.textOf(k.start)
	from := sort.Search(len(list), func(i int) bool { return list[i].start >= k.start-within-query.MaxPhrase })
	for i := 0; i < len(list) && list[i].start <= k.end+within && !two; i++ {
		h, at := &list[i], m.textOf(list[i].start)
		switch {
		case i < from && (at > 0 || text == 0):
			i = from - 1
		case at == text && k.start-h.end > within || at > 0 && at != text || k.start <= h.start && h.end <= k.end:
		default:
			two = !first.none() && h.atom != atom
			if first.none() || at > m.textOf(first.start) {
				first, atom = wordRange{h.start, h.end}, h.atom
			}
		}
	}
	return first, two
}

// nearestTo returns the hit nearest to a mention within a number of words of
// its text, or, with title, one in the title if none is near. Hits inside the
// mention itself or inside a longer hit of the other list prove nothing.
func (m *judge) nearestTo(k *mention, list, other []hit, within int32, title bool) wordRange {
	best, found := within+1, noWords
	text := m.textOf(k.start)
	try := func(h hit) {
		d := max(h.start-k.end, k.start-h.end, 0)
		if d < best && m.textOf(h.start) == text && !covered(h, k, other) {
			best, found = d, wordRange{h.start, h.end}
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
				return wordRange{h.start, h.end}
			}
		}
	}
	return found
}

// below returns the first hit among that many words under the title.
func (m *judge) below(k *mention, list, other []hit, within int32) wordRange {
	for _, h := range list {
		if z := m.textOf(h.start); z != 0 && h.start < m.zoneAt[z]+within && !covered(h, k, other) {
			return wordRange{h.start, h.end}
		}
	}
	return noWords
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
