package match

import (
	"sort"

	"newswatch/monitor/text"
)

// A sentence is a row of words of one text, and its bytes.
type sentence struct {
	first, last int32
	start, end  int
	tidy        text.Tidiness
}

// sentences returns the sentences of the document, found once.
func (m *matcher) sentences() []sentence {
	if m.cut {
		return m.breaks
	}
	m.cut, m.breaks = true, m.breaks[:0]
	for z, src := range m.texts {
		from, to := m.zoneAt[z], m.zoneAt[z+1]
		if from == to {
			continue
		}
		s := sentence{first: from, start: 0}
		for i := from; i+1 < to; i++ {
			a, b := &m.tokens[i], &m.tokens[i+1]
			if src[a.end-1] != '.' && text.RunsOn(src[a.end:b.start]) {
				continue
			}
			if at := text.SentenceBreak(src, int(a.start), int(a.end), int(b.start)); at > 0 {
				s.last, s.end = i, at
				m.breaks = append(m.breaks, s)
				s = sentence{first: i + 1, start: at}
			}
		}
		s.last, s.end = to-1, len(src)
		m.breaks = append(m.breaks, s)
	}
	return m.breaks
}

// sentenceOf returns the sentence word i is in.
func (m *matcher) sentenceOf(i int32) *sentence {
	list := m.sentences()
	return &list[sort.Search(len(list)-1, func(k int) bool { return list[k].last >= i })]
}

// sentenceEnd returns the last word of the sentence word i is in.
func (m *matcher) sentenceEnd(i int32) int32 { return m.sentenceOf(i).last }
