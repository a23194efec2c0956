package query

import "testing"

// Quotes that are mixed are refused with what to write; apostrophes are not
// taken for quotes.
func TestMixedQuotes(t *testing.T) {
	for q, want := range map[string]string{
		`'task order'`:               `write "task order"`,
		`ice AND ('task order')`:     `write "task order"`,
		`'task order' OR contract`:   `write "task order"`,
		`"task order'`:               `it ends with ': close it with "`,
		`"task order' OR contract`:   `it ends with ': close it with "`,
		`'task order"`:               `the phrase begins with ': write "task order"`,
		`ice ('task order")`:         `the phrase begins with ': write "task order"`,
		`"task order`:                `close it with "`,
		`"o'neill`:                   `close it with "`,
		`rock 'n' roll`:              "",
		`'90s and '80s`:              "",
		`'s-Hertogenbosch mayors'`:   `write "s-Hertogenbosch mayors"`,
		`'Hertogenbosch "city hall"`: "",
		`"rock 'n' roll"`:            "",
		`dogs' owners'`:              "",
	} {
		_, _, err := Parse(q)
		if got := hint(err); got != want {
			t.Errorf("Parse(%s) proposes %q, want %q", q, got, want)
		}
	}
}

func hint(m *Mistake) string {
	if m == nil {
		return ""
	}
	return m.Hint
}

// A sum among the words gets a remark with the comparison that is meant.
func TestSumAsText(t *testing.T) {
	for q, want := range map[string]string{
		"contracts over $1M":        "write amount>=1M for sums of that size",
		"contract $30 million":      "write amount>=30million for sums of that size",
		"contract under €900,000":   "write amount<900,000 for sums of that size",
		"contract less than £2.5bn": "write amount<2.5bn for sums of that size",
		`"$1M contract"`:            "",
		"$TSLA":                     "",
		"amount>=$1M":               "",
		"contract 747":              "",
		"=$1M":                      "",
	} {
		_, notes, err := Parse(q)
		if err != nil {
			t.Errorf("Parse(%s): %v", q, err)
			continue
		}
		got := ""
		if len(notes) > 0 {
			got = notes[0].Hint
		}
		if got != want || len(notes) > 1 {
			t.Errorf("Parse(%s) remarks %+v, want %q", q, notes, want)
		}
		if want != "" {
			if _, _, err := Parse(want[len("write ") : len(want)-len(" for sums of that size")]); err != nil {
				t.Errorf("the proposal of %s is refused: %v", q, err)
			}
		}
	}
}
