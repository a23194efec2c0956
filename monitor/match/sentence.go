package match

import (
	"slices"

	"newswatch/monitor/text"
)

// A sentence is a row of words of one text, and its bytes.
type sentence struct {
	first, last int32
	start, end  int

	// what is found out when the sentence is shown
	isTidy, looked bool
}

// sentenceOf returns the sentence word i is in, which is found when it is first
// asked for.
func (d *document) sentenceOf(i int32) *sentence {
	if !d.isCut {
		d.isCut, d.cut = true, d.cut[:0]
		d.cutAt = slices.Grow(d.cutAt[:0], len(d.tokens))[:len(d.tokens)]
		clear(d.cutAt)
	}
	if n := d.cutAt[i]; n > 0 {
		return &d.cut[n-1]
	}
	z := d.textOf(i)
	s := sentence{first: i, last: i, end: len(d.texts[z])}
	for ; s.first > d.zoneAt[z]; s.first-- {
		if s.start = d.breakBehind(z, s.first-1); s.start > 0 {
			break
		}
	}
	for ; s.last < d.zoneAt[z+1]-1; s.last++ {
		if at := d.breakBehind(z, s.last); at > 0 {
			s.end = at
			break
		}
	}
	d.cut = append(d.cut, s)
	for k := s.first; k <= s.last; k++ {
		d.cutAt[k] = int32(len(d.cut))
	}
	return &d.cut[len(d.cut)-1]
}

// breakBehind returns the byte where a sentence of text z ends behind word i,
// which is not its last; 0 if none does.
func (d *document) breakBehind(z int, i int32) int {
	src, a, b := d.texts[z], &d.tokens[i], &d.tokens[i+1]
	if src[a.end-1] != '.' && text.RunsOn(src[a.end:b.start]) {
		return 0
	}
	return text.SentenceBreak(src, int(a.start), int(a.end), int(b.start))
}

// sentenceEnd returns the last word of the sentence word i is in.
func (d *document) sentenceEnd(i int32) int32 { return d.sentenceOf(i).last }

// tidy is text.Tidy of a sentence of text z, found once: many matches show the
// same sentence. Words are tidy, what stands between them may not be.
func (d *document) tidy(z int, s *sentence) bool {
	if s.looked {
		return s.isTidy
	}
	src, at := d.texts[z][:s.end], uint32(s.start)
	s.isTidy, s.looked = true, true
	for i := s.first; i <= s.last && s.isTidy; i++ {
		t := &d.tokens[i]
		s.isTidy = t.start == at+1 && src[at] == ' ' || text.Tidy(src[at:t.start])
		at = t.end
	}
	s.isTidy = s.isTidy && text.Tidy(src[at:])
	return s.isTidy
}
