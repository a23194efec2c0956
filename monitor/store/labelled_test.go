package store

import (
	"errors"
	"slices"
	"testing"

	"newswatch/monitor"
)

type notes map[string][]byte

func (n notes) Note(name string) ([]byte, error) { return n[name], nil }

func (n notes) PutNote(name string, v []byte) error { n[name] = v; return nil }

func TestLabelled(t *testing.T) {
	l, walks := Labelled{Notes: notes{}}, 0
	add := func(ids ...monitor.ItemID) {
		t.Helper()
		for _, id := range ids {
			if err := l.Add(id); err != nil {
				t.Fatal(err)
			}
		}
	}
	items := func(archive ...monitor.ItemID) []monitor.ItemID {
		t.Helper()
		got, err := l.Items(func(yield func(monitor.ItemID)) error {
			walks++
			for _, id := range archive {
				yield(id)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	add(7)
	broken := errors.New("broken")
	if _, err := l.Items(func(func(monitor.ItemID)) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a walk that failed: %v", err)
	}
	if got, want := items(9, 7, 5), []monitor.ItemID{5, 9, 7}; !slices.Equal(got, want) {
		t.Errorf("with what was labelled before: %v, want %v", got, want)
	}
	add(11, 5)
	if got, want := items(), []monitor.ItemID{9, 7, 11, 5}; !slices.Equal(got, want) || walks != 1 {
		t.Errorf("%v after %d walks, want %v after one", got, walks, want)
	}
	long := labelledItems{Whole: true}
	for id := range monitor.ItemID(mostLabelled) {
		long.Items = append(long.Items, id+1)
	}
	if err := l.write(long); err != nil {
		t.Fatal(err)
	}
	add(mostLabelled + 1)
	if got := items(); len(got) != mostLabelled || got[0] != 2 || got[len(got)-1] != mostLabelled+1 {
		t.Errorf("%d items from %v on, want %d from 2 on", len(got), got[0], mostLabelled)
	}
	l.Notes.(notes)[labelledNote] = []byte("{")
	if err := l.Add(1); err == nil {
		t.Error("a damaged list is written over")
	}
}
