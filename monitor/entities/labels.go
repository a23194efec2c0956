package entities

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"newswatch/monitor/match"
)

// ReadLabels reads labels as JSON Lines.
func ReadLabels(r io.Reader) ([]match.Label, error) {
	var out []match.Label
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		if len(strings.TrimSpace(sc.Text())) == 0 {
			continue
		}
		var l match.Label
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

// WriteScores writes scores as a table, for strong and weak together and for
// strong alone.
func WriteScores(w io.Writer, scores []match.Score) error {
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
