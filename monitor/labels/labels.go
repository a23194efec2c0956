// Package labels turns what people said of lines of text, that they mean an
// entity or another of that name, into how well its definition tells them
// apart.
package labels

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"newswatch/monitor/match"
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

// Read reads labels as JSON Lines.
func Read(r io.Reader) ([]Label, error) {
	var out []Label
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		if len(strings.TrimSpace(sc.Text())) == 0 {
			continue
		}
		var l Label
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if l.Entity == "" || l.Text == "" {
			return nil, fmt.Errorf("line %d: a label needs entity, text and relevant", n)
		}
		out = append(out, l)
	}
	return out, sc.Err()
}

// A Score is how well a definition tells the mentions of an entity from others.
type Score struct {
	Entity string
	Known  bool // there is an entity of this name
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
	Verdict match.Verdict
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

// Of judges labelled lines by the definitions of entities, entity by entity in
// order of their names. Those of labels are found by name whatever the case.
func Of(entities map[string]match.Entity, labels []Label) []Score {
	var rules []match.Rule
	byEntity := map[string]*Score{}
	ruleOf := map[string]int{}
	for _, l := range labels {
		key := strings.ToLower(l.Entity)
		if byEntity[key] != nil {
			continue
		}
		byEntity[key] = &Score{Entity: l.Entity}
		for name := range entities {
			if strings.EqualFold(name, l.Entity) {
				byEntity[key].Known, ruleOf[key] = true, len(rules)
				rules = append(rules, match.Rule{Name: name, Match: "{" + name + "}"})
				break
			}
		}
	}
	set, _ := match.Compile(match.Used(entities, rules), rules)
	for _, l := range labels {
		key := strings.ToLower(l.Entity)
		sc := byEntity[key]
		v, why := match.None, "no such entity"
		if sc.Known {
			v, why = judgeLabel(set, ruleOf[key], l)
		}
		sc.Lines++
		sc.Found.count(v != match.None, l.Relevant)
		sc.Strong.count(v == match.Strong, l.Relevant)
		if (v != match.None) != l.Relevant {
			sc.Wrong = append(sc.Wrong, Judged{l, v, why})
		}
	}
	return slices.SortedFunc(func(yield func(Score) bool) {
		for _, sc := range byEntity {
			if !yield(*sc) {
				return
			}
		}
	}, func(a, b Score) int { return strings.Compare(a.Entity, b.Entity) })
}

// judgeLabel returns the verdict of a rule that names an entity on the text of a
// label, and what decided.
func judgeLabel(set *match.Set, rule int, l Label) (v match.Verdict, why string) {
	d := &match.Doc{Title: l.Text}
	if l.Title != "" {
		d = &match.Doc{Title: l.Title, Summary: l.Text}
	}
	x := set.Explain(rule, d)
	for _, ev := range x.Root.Evidence {
		why += fmt.Sprintf("%q %s: %s; ", ev.Text, ev.Strength, ev.Why)
	}
	return x.Verdict, strings.TrimSuffix(why, "; ")
}

// Write writes scores as a table, for strong and weak together and for
// strong alone.
func Write(w io.Writer, scores []Score) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "entity\tlines\tP\tR\tF1\tstrong P\tR\tF1\tfalse\tmissed\t")
	for _, s := range scores {
		if !s.Known {
			fmt.Fprintf(t, "%s\t\tnot defined\t\t\t\t\t\t\t\t\n", s.Entity)
			continue
		}
		fmt.Fprintf(t, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%d\t%d\t\n", s.Entity, s.Lines,
			s.Found.Precision(), s.Found.Recall(), s.Found.F1(),
			s.Strong.Precision(), s.Strong.Recall(), s.Strong.F1(), s.Found.False, s.Found.Missed)
	}
	return t.Flush()
}
