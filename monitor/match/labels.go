package match

import (
	"fmt"
	"slices"
	"strings"

	"newswatch/monitor/text"
)

// A Label is one line of text of which a person said whether it means an
// entity.
type Label struct {
	ID       string `json:"id"`
	Entity   string `json:"entity"`
	Text     string `json:"text"`
	Title    string `json:"title"` // of the article the text is from; may be ""
	Relevant bool   `json:"relevant"`
	Sense    string `json:"sense"`
}

// A Score is how well a Set tells the mentions of one entity from others.
type Score struct {
	Entity string
	Known  bool // the Set has an entity of this name
	Lines  int
	Found  Tally
	Strong Tally // counting strong verdicts alone
	Wrong  []Judged
}

// A Tally counts labelled lines by what was found.
type Tally struct{ Hit, False, Missed int }

// A Judged is a label with the verdict that contradicts it.
type Judged struct {
	Label
	Verdict Verdict
	Why     string
}

// Precision returns the share of what was found that is relevant.
func (t Tally) Precision() float64 { return ratio(t.Hit, t.Hit+t.False) }

// Recall returns the share of what is relevant that was found.
func (t Tally) Recall() float64 { return ratio(t.Hit, t.Hit+t.Missed) }

// F1 returns the harmonic mean of precision and recall.
func (t Tally) F1() float64 { return ratio(2*t.Hit, 2*t.Hit+t.False+t.Missed) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

func (t *Tally) count(found, relevant bool) {
	switch {
	case found && relevant:
		t.Hit++
	case found:
		t.False++
	case relevant:
		t.Missed++
	}
}

// Score judges labelled lines, entity by entity in order of their names. The
// entities of labels are found by name whatever the case.
func (s *Set) Score(labels []Label) []Score {
	byEntity := map[string]*Score{}
	for _, l := range labels {
		key := strings.ToLower(l.Entity)
		sc := byEntity[key]
		if sc == nil {
			sc = &Score{Entity: l.Entity}
			byEntity[key] = sc
		}
		v, why, known := s.judgeLabel(l)
		sc.Lines++
		sc.Known = sc.Known || known
		sc.Found.count(v != None, l.Relevant)
		sc.Strong.count(v == Strong, l.Relevant)
		if (v != None) != l.Relevant {
			sc.Wrong = append(sc.Wrong, Judged{l, v, why})
		}
	}
	var out []Score
	for _, sc := range byEntity {
		out = append(out, *sc)
	}
	slices.SortFunc(out, func(a, b Score) int { return strings.Compare(a.Entity, b.Entity) })
	return out
}

// judgeLabel returns the verdict of the entity of a label on its text.
func (s *Set) judgeLabel(l Label) (v Verdict, why string, known bool) {
	d := &Doc{Title: l.Text}
	if l.Title != "" {
		d = &Doc{Title: l.Title, Summary: l.Text}
	}
	m := s.pool.Get().(*matcher)
	defer m.release()
	m.read(d)
	for id := range s.entities {
		e := &s.entities[id]
		if !strings.EqualFold(e.name, l.Entity) {
			continue
		}
		st := m.entity(uint32(id))
		m.evidence, m.from = m.evidence[:0], 0
		m.proveEntity(uint32(id), text.AnyZone)
		for _, ev := range m.evidence {
			why += fmt.Sprintf("%q %s: %s; ", ev.Text, ev.Strength, ev.Why)
		}
		return st.verdict(m, text.AnyZone), strings.TrimSuffix(why, "; "), true
	}
	return None, "no such entity", false
}
