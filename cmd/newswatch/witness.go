package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"newswatch/feeds"
)

// A witness is the feeds.Witness of a store: a file beside it with a note for
// each document being read. The file is mapped into memory, so that a note
// costs nothing and outlives the process, though not the machine. A feed whose
// note is found at a start was being read when the process before ended, and
// gets a strike. With one it is read alone, with two not for a day; a document
// read to its end takes them away.
type witness struct {
	alone sync.RWMutex // held by readers; for writing by the reader of a suspect

	mu    sync.Mutex
	notes []note
	file  []byte // notes as the next process will find them
}

// A note is what the file holds of one feed. The zero value is a free place.
type note struct {
	Feed    uint64 // hash of its address
	Strikes uint32
	Reading uint32 // 1 while it is being read
	Until   int64  // end of its quarantine, Unix seconds; 0 for none
}

// The rules of the quarantine.
const (
	quarantineAfter = 2 // strikes
	quarantine      = 24 * time.Hour
	notePlaces      = 128 // far more than are ever read at a time
)

var noteSize = binary.Size(note{})

// openWitness reads the notes that the process before left, if any, and counts
// them as strikes.
func openWitness(path string) (*witness, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("notes of what is being read: %w", err)
	}
	defer f.Close() // the mapping stays
	raw := make([]byte, notePlaces*noteSize)
	if _, err := io.ReadFull(f, raw); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("notes of what is being read: %w", err)
	}
	w := &witness{notes: make([]note, notePlaces)}
	if _, err := binary.Decode(raw, binary.LittleEndian, w.notes); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	judge(w.notes, time.Now())
	// Written, not only made longer: a mapped page without room on the disk
	// would end the process.
	if raw, err = binary.Append(nil, binary.LittleEndian, w.notes); err == nil {
		_, err = f.WriteAt(raw, 0)
	}
	if err == nil {
		w.file, err = syscall.Mmap(int(f.Fd()), 0, len(raw), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: notes of what is being read: %w", path, err)
	}
	return w, nil
}

// judge turns the notes of a process that has ended into strikes.
func judge(notes []note, now time.Time) {
	for i := range notes {
		n := &notes[i]
		if n.Reading != 0 {
			n.Reading = 0
			if n.Strikes++; n.Strikes >= quarantineAfter {
				n.Until = now.Add(quarantine).Unix()
			}
		}
		if n.Strikes == 0 {
			*n = note{}
		}
	}
}

// Quarantined implements feeds.Witness.
func (w *witness) Quarantined(f feeds.Feed) error {
	feed := hashOf(f)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.notes {
		if n.Feed == feed && n.Until > time.Now().Unix() {
			return fmt.Errorf("newswatch ended %d times while it read this feed, so it is left alone until %s; please report the feed",
				n.Strikes, time.Unix(n.Until, 0).UTC().Format("2 Jan 15:04 UTC"))
		}
	}
	return nil
}

// Reading implements feeds.Witness.
func (w *witness) Reading(f feeds.Feed) (done func(whole bool)) {
	i, suspect := w.begin(hashOf(f))
	if suspect {
		w.alone.Lock()
	} else {
		w.alone.RLock()
	}
	return func(whole bool) {
		if suspect {
			w.alone.Unlock()
		} else {
			w.alone.RUnlock()
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		n := w.notes[i]
		if n.Reading = 0; whole || !suspect {
			n = note{}
		}
		w.write(i, n)
	}
}

// begin makes a note in a free place, or in the one the feed has already.
func (w *witness) begin(feed uint64) (place int, suspect bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, n := range w.notes {
		if n.Feed == feed && n.Reading == 0 {
			n.Reading = 1
			w.write(i, n)
			return i, true
		}
	}
	place = max(slices.Index(w.notes, note{}), 0)
	w.write(place, note{Feed: feed, Reading: 1})
	return place, false
}

// write makes n note i, in the file too.
func (w *witness) write(i int, n note) {
	w.notes[i] = n
	at := w.file[i*noteSize:]
	binary.LittleEndian.PutUint64(at, n.Feed)
	binary.LittleEndian.PutUint32(at[8:], n.Strikes)
	binary.LittleEndian.PutUint32(at[12:], n.Reading)
	binary.LittleEndian.PutUint64(at[16:], uint64(n.Until))
}

// close ends the notes; a nil witness has none.
func (w *witness) close() error {
	if w == nil {
		return nil
	}
	return syscall.Munmap(w.file)
}

func hashOf(f feeds.Feed) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(f.URL))
	return max(h.Sum64(), 1)
}
