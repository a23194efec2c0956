package store

import (
	"fmt"
	"slices"
	"sync"

	"newswatch/monitor"
)

// Labelled knows which items readers labelled, so that nobody reads the archive
// for them. The list is a note: an item is entered before its label is committed
// and stays when that is taken back, so it may name an item too many, and one
// too few only beyond the 4,096 labelled last. It is safe for concurrent use; a
// store has one in each process.
type Labelled struct {
	Notes Notes
	mu    sync.Mutex
}

// labelledNote is the name of the note.
const labelledNote = "labels.items"

// mostLabelled bounds the items listed.
const mostLabelled = 4 << 10

// labelledItems is what the note says. A store that was labelled before there was
// such a note has labels that it does not list, until Items was called.
type labelledItems struct {
	Whole bool             `json:"whole"`
	Items []monitor.ItemID `json:"items"` // that labelled last at the end
}

// Add enters an item.
func (l *Labelled) Add(id monitor.ItemID) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	list, err := l.read()
	if err != nil {
		return err
	}
	list.Items = append(slices.DeleteFunc(list.Items, func(o monitor.ItemID) bool { return o == id }), id)
	return l.write(list)
}

// Items returns the items listed, the one labelled last at the end. The first
// call in the life of a store has walk, which calls yield with every labelled
// item of the archive from the newest on, say what was labelled before.
func (l *Labelled) Items(walk func(yield func(monitor.ItemID)) error) ([]monitor.ItemID, error) {
	l.mu.Lock()
	list, err := l.read()
	l.mu.Unlock()
	if err != nil || list.Whole {
		return list.Items, err
	}
	var before []monitor.ItemID
	if err := walk(func(id monitor.ItemID) { before = append(before, id) }); err != nil {
		return nil, err
	}
	slices.Reverse(before)
	l.mu.Lock()
	defer l.mu.Unlock()
	if list, err = l.read(); err != nil {
		return nil, err
	}
	before = slices.DeleteFunc(before, func(id monitor.ItemID) bool { return slices.Contains(list.Items, id) })
	list = labelledItems{Whole: true, Items: append(before, list.Items...)}
	return list.Items, l.write(list)
}

func (l *Labelled) read() (list labelledItems, err error) {
	text, err := l.Notes.Note(labelledNote)
	if err != nil || text == nil {
		return list, err
	}
	if err := DecodeJSON(text, &list); err != nil {
		return list, fmt.Errorf("the list of labelled items cannot be read: %w", err)
	}
	return list, nil
}

func (l *Labelled) write(list labelledItems) error {
	list.Items = list.Items[max(0, len(list.Items)-mostLabelled):]
	text, err := EncodeJSON(list)
	if err != nil {
		return err
	}
	return l.Notes.PutNote(labelledNote, text)
}
