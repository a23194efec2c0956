package match

import (
	"sort"

	"newswatch/monitor/text"
)

// A sentence is a row of words of one text, and its bytes.
type sentence struct {
	first, last int32
	start, end  int

	// what is found out when the sentence is shown
	isTidy, looked bool
}

// sentences returns the sentences of the document, found once.
func (d *document) sentences() []sentence {
	if d.isCut {
		return d.cut
	}
	d.isCut, d.cut = true, d.cut[:0]
	for z, src := range d.texts {
		from, to := d.zoneAt[z], d.zoneAt[z+1]
		if from == to {
			continue
		}
		s := sentence{first: from, start: 0}
		for i := from; i+1 < to; i++ {
			a, b := &d.tokens[i], &d.tokens[i+1]
			if src[a.end-1] != '.' && text.RunsOn(src[a.end:b.start]) {
				continue
			}
			if at := text.SentenceBreak(src, int(a.start), int(a.end), int(b.start)); at > 0 {
				s.last, s.end = i, at
				d.cut = append(d.cut, s)
				s = sentence{first: i + 1, start: at}
			}
		}
		s.last, s.end = to-1, len(src)
		d.cut = append(d.cut, s)
	}
	return d.cut
}

// sentenceOf returns the sentence word i is in.
func (d *document) sentenceOf(i int32) *sentence {
	list := d.sentences()
	return &list[sort.Search(len(list)-1, func(k int) bool { return list[k].last >= i })]
}

// sentenceEnd returns the last word of the sentence word i is in.
func (d *document) sentenceEnd(i int32) int32 { return d.sentenceOf(i).last }

// tidy is text.Tidy of a sentence of text z, found once: many matches show the
// same sentence.
func (d *document) tidy(z int, s *sentence) bool {
	if !s.looked {
		s.isTidy, s.looked = text.Tidy(d.texts[z][s.start:s.end]), true
	}
	return s.isTidy
}
