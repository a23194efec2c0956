package config

import (
	"os"
	"testing"

	"newswatch/monitor/match"
)

// The shipped entities tell what they are about from its namesakes in several
// hundred invented headlines of many senses and languages. Most were written
// before the definitions that they test; what is read wrongly is logged.
func TestShippedEntitiesTellSensesApart(t *testing.T) {
	cfg, _ := Load(reference, environ())
	if cfg == nil {
		t.Fatal("the shipped configuration is refused")
	}
	f, err := os.Open("testdata/senses.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	labels, err := match.ReadLabels(f)
	if err != nil {
		t.Fatal(err)
	}
	scores := cfg.Set.Score(labels)
	if len(scores) < 11 {
		t.Errorf("%d entities are tested", len(scores))
	}
	for _, s := range scores {
		for _, w := range s.Wrong {
			t.Logf("%s is %s, and relevant is %v: %s (%s)", w.Entity, w.Verdict, w.Relevant, w.Text, w.Why)
		}
		if f1 := s.Found.F1(); !s.Known || f1 < 0.95 {
			t.Errorf("%s: F1 %.3f on %d lines, want 0.95", s.Entity, f1, s.Lines)
		}
		if p := s.Strong.Precision(); p < 0.95 {
			t.Errorf("%s: %.3f of what is strong is relevant, want 0.95", s.Entity, p)
		}
	}
}
