package story

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"encoding/json"
)

// variant retells a report in one of the ways in which news is copied.
func (p *press) variant(r Report) Report {
	sentences := strings.SplitAfter(r.Content, ". ")
	r.Outlet, r.URL = r.Outlet+" again", ""
	switch p.IntN(6) {
	case 0: // agency line, typography, footer
		r.Content = "PORT ELLERY (AP) — " + strings.NewReplacer("'", "’", " - ", " – ").Replace(r.Content) + " Copyright. All rights reserved. Subscribe to our newsletter."
	case 1: // cut
		keep := max(1, len(sentences)*(40+p.IntN(31))/100)
		r.Content = strings.Join(sentences[:keep], "")
	case 2:
		r = p.edited(r, 5)
	case 3:
		r = p.edited(r, 15)
	case 4: // another lead, the rest shuffled
		rest := slices.Clone(sentences[1:])
		p.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
		r.Content = p.sentence(24, []string{"Today"}) + ". " + strings.Join(rest, "")
	case 5: // summary
		r.Content = strings.Join(sentences[:min(2, len(sentences))], "")
	}
	return r
}

// edited changes a share of the common words, and the headline.
func (p *press) edited(r Report, percent int) Report {
	ws := strings.Fields(r.Content)
	for i, w := range ws {
		if p.IntN(100) < percent && w[0] >= 'a' {
			ws[i] = p.word()
		}
	}
	r.Content = strings.Join(ws, " ")
	r.Title = p.sentence(8, []string{strings.Fields(r.Title)[0]})
	return r
}

// The score of near copies on invented texts, and on real ones where there are
// any: every fourth text gets up to six variants, and templated notes that
// differ in names and numbers alone are the hard ones to keep apart.
func TestNearCopies(t *testing.T) {
	p := newPress(3)
	var texts []Report
	for i := range 300 {
		texts = append(texts, p.report(uint64(i+1), 60+p.IntN(600)))
	}
	if dir := os.Getenv("NEWSWATCH_SHARED"); dir != "" {
		texts = realTexts(t, filepath.Join(dir, "data/corpora"))
	}
	type told struct {
		Report
		group int
	}
	var all []told
	for g, r := range texts {
		all = append(all, told{r, g})
		if g%4 == 0 && len(strings.Fields(r.Content)) > 60 {
			for range 1 + p.IntN(6) {
				all = append(all, told{p.variant(r), g})
			}
		}
	}
	for i := range len(texts) / 2 {
		n := []string{p.name(), p.name(), p.name()}
		all = append(all, told{p.note(n), len(texts) + i})
	}
	p.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })

	x := NewIndex(0)
	group := make(map[uint64]int)
	var right, wrong, missed int
	seen := make(map[int]bool)
	for i, v := range all {
		v.ID, v.Published, v.URL = uint64(i+1), day, ""
		q := step(x, v.Report)
		group[v.ID] = v.group
		copied := q.p.Role == Reprint || q.p.Role == Repeat
		switch {
		case copied && group[q.p.Of] == v.group:
			right++
		case copied:
			wrong++
		case seen[v.group]:
			missed++
		}
		seen[v.group] = true
	}
	precision, recall := float64(right)/float64(right+wrong), float64(right)/float64(right+missed)
	f1 := 2 * precision * recall / (precision + recall)
	t.Logf("%d texts in %d groups: precision %.3f, recall %.3f, F1 %.3f; %d linked falsely", len(all), len(seen), precision, recall, f1, wrong)
	if f1 < 0.95 {
		t.Errorf("F1 %.3f, want 0.95 at least", f1)
	}
}

// note is an earnings note: all of its words but names and numbers are those
// of every other.
func (p *press) note(names []string) Report {
	num := func() string {
		return strings.TrimLeft(strings.Repeat(string(rune('1'+p.IntN(9))), 1+p.IntN(3)), " ") + string(rune('0'+p.IntN(10)))
	}
	return Report{
		Title:  names[0] + " quarterly profit rises",
		Outlet: names[1],
		Content: names[0] + " " + names[1] + " said net profit for the three months to the end of March rose to " + num() + "." + num() +
			" million from " + num() + "." + num() + " million a year earlier, while revenue came to " + num() + "." + num() +
			" million, or " + num() + " cents a share. Chief executive " + names[2] + " said the results for the quarter were in line with what the company expects for the year.",
	}
}

func realTexts(t *testing.T, dir string) []Report {
	var texts []Report
	seen := make(map[string]bool)
	err := readLines(filepath.Join(dir, "bbc_news_2004.jsonl.gz"), func(line []byte) error {
		var v struct{ Title, Body string }
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		if !seen[v.Body] {
			texts = append(texts, Report{Title: v.Title, Content: strings.ReplaceAll(v.Body, "\n", " "), Outlet: v.Title})
		}
		seen[v.Body] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}
