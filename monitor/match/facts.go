package match

import (
	"slices"
	"time"

	"newswatch/monitor/facts"
	"newswatch/monitor/text"
)

// Facts returns the facts of a document.
func (s *Set) Facts(d *Doc) facts.Facts {
	m := s.pool.Get().(*matcher)
	defer m.release()
	m.read(d)
	var f facts.Facts
	for id := range s.entities {
		switch e := &s.entities[id]; m.entity(uint32(id)).verdict(m, text.AnyZone) {
		case Strong:
			f.Strong = append(f.Strong, e.name)
		case Weak:
			f.Weak = append(f.Weak, e.name)
		}
	}
	inSum := map[int32]bool{}
	for _, a := range m.sums() {
		f.Amounts = append(f.Amounts, a.value)
		for i := a.start; i <= a.end; i++ {
			inSum[i] = true
		}
	}
	for i := range int32(len(m.tokens)) {
		if !inSum[i] {
			f.Word(string(m.foldWord(i, nil)), m.capital(i))
		}
	}
	if d.Fields != nil {
		addFields(&f, d.Fields)
	}
	f.Sort()
	return f
}

// addFields adds what typed fields say and the text may not.
func addFields(f *facts.Facts, t *Fields) {
	if t.Amount != nil && !slices.Contains(f.Amounts, *t.Amount) {
		f.Amounts = append(f.Amounts, *t.Amount)
	}
	if !t.Deadline.IsZero() {
		f.Dates = append(f.Dates, t.Deadline.Format(time.DateOnly))
	}
}
