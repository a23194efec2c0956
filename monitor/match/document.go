package match

import (
	"newswatch/monitor/text"
	"strings"
)

// A tok is a word of the document.
type tok struct {
	start, end uint32
	from       uint32 // its links: from to from+n-1
	n          uint16
	mask       uint16 // one bit: its zone and class of case
}

// A link is an occurrence of a form.
type link struct {
	form      uint32 // with isPlural set if a plural of it occurs
	tok, next int32
}

// A wordKey is what the table knows a word by.
type wordKey struct {
	key uint64
	tag uint32
	tok uint32 // with isPlural set if it is the word without its s
}

// begun is a prefix that a word begins with.
type begun struct {
	form uint32
	tok  int32
}

// A formState is where a form occurs in the document, if it does.
type formState struct {
	head, tail int32 // of links
	masks            // of the words
}

// counts reports whether a form occurs as accepted.
func (st *formState) counts(a accept) bool {
	k := &accepted[a]
	return st.own&k.own|st.plural&k.plural != 0
}

// located is an amount with its words.
type located struct {
	value float64
	hit
}

// headWords is how much of a body without a summary counts as the lead.
const headWords = 60

// wordAt reports whether word i is as wanted.
func (m *matcher) wordAt(w wanted, i int32) bool {
	t := &m.tokens[i]
	for at := t.from; at < t.from+uint32(t.n); at++ {
		if l := &m.links[at]; l.form&^isPlural == w.form {
			return m.counts(l, w.accept)
		}
	}
	return false
}

// counts reports whether an occurrence is as accepted.
func (m *matcher) counts(l *link, a accept) bool {
	if l.form&isPlural != 0 {
		return m.tokens[l.tok].mask&accepted[a].plural != 0
	}
	return m.tokens[l.tok].mask&accepted[a].own != 0
}

// exactAt reports whether the words from i on have the very letters of a, of
// which the last may be a beginning.
func (m *matcher) exactAt(a *atom, i int32) bool {
	want := m.set.exacts[a.exact-1]
	begins := m.set.begins(a)
	for k, w := range want {
		got := m.text(i+int32(k), i+int32(k))
		if got != w && !(begins && k == len(want)-1 && strings.HasPrefix(got, w)) {
			return false
		}
	}
	return true
}

// phraseAt reports whether the words of a stand in a row from word i on.
func (m *matcher) phraseAt(a *atom, i int32) bool {
	n := int32(a.n)
	if i < 0 || i+n > int32(len(m.tokens)) || m.textOf(i) != m.textOf(i+n-1) {
		return false
	}
	for k := range n {
		if !m.wordAt(m.set.words[a.first+uint32(k)], i+k) {
			return false
		}
	}
	return a.exact == 0 || m.exactAt(a, i)
}

// occursAs reports whether a form occurs as it is wanted.
func (m *matcher) occursAs(w wanted) bool {
	return m.occurred(w.form) && m.forms[w.form].counts(w.accept)
}

func (m *matcher) occurred(f uint32) bool { return m.here.has(f) }

// textOf returns the text, 0 to 2, that word i is in.
func (m *matcher) textOf(i int32) int {
	switch {
	case i < m.zoneAt[1]:
		return 0
	case i < m.zoneAt[2]:
		return 1
	}
	return 2
}

// Text returns the original text from word i to word j.
func (m *matcher) text(i, j int32) string {
	return m.texts[m.textOf(i)][m.tokens[i].start:m.tokens[j].end]
}

// zonesOf returns the zones the words of text z are in.
func (m *matcher) zonesOf(z int) text.Zone {
	switch {
	case z < 2:
		return 1 << z
	case m.zoneAt[1] != m.zoneAt[2]:
		return text.InBody
	case m.zoneAt[3]-m.zoneAt[2] <= headWords:
		return text.InHead
	}
	return text.InBody | text.InHead
}

// capital reports whether word i begins with a capital.
func (m *matcher) capital(i int32) bool {
	mask := m.tokens[i].mask
	return mask&0x1111 == 0
}

// foldWord appends the folded word i to buf.
func (m *matcher) foldWord(i int32, buf []byte) []byte {
	var sc text.Scanner
	sc.Reset(m.text(i, i))
	for sc.Next() {
		buf = append(buf, sc.Bytes()...)
	}
	return buf
}

var zoneNames = [...]string{"title", "summary", "body"}

func (m *matcher) quote(s span32) string {
	return `"` + strings.Join(strings.Fields(m.text(s.start, s.end)), " ") + `"`
}
