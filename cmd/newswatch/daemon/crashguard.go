package daemon

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

// A crashGuard is the fetch.CrashGuard of a store: a file with an entry
// for each document being read. The file is mapped into memory, so that an entry
// costs nothing and outlives the process, though not the machine. A feed whose
// entry is found at a start was being read when the process before ended, and
// gets a strike. With one it is read alone, with two not for a day; a document
// read to its end clears them.
type crashGuard struct {
	alone sync.RWMutex // held by readers; for writing by the reader of a suspect

	mu      sync.Mutex
	entries []entry
	file    []byte // entries as the next process will find them
}

// An entry is what the file holds of one feed. The zero value is a free place.
type entry struct {
	Feed    uint64 // hash of its address
	Strikes uint32
	Reading uint32 // 1 while it is being read
	Until   int64  // end of its quarantine, Unix seconds; 0 for none
}

// The rules of the quarantine.
const (
	quarantineAfter = 2 // strikes
	quarantine      = 24 * time.Hour
	entryPlaces     = 128 // far more than are ever read at a time
)

var entrySize = binary.Size(entry{})

// openCrashGuard reads the entries that the process before left, if any, and
// counts them as strikes.
func openCrashGuard(path string) (*crashGuard, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("list of what is being read: %w", err)
	}
	defer f.Close() // the mapping stays
	raw := make([]byte, entryPlaces*entrySize)
	if _, err := io.ReadFull(f, raw); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("list of what is being read: %w", err)
	}
	g := &crashGuard{entries: make([]entry, entryPlaces)}
	if _, err := binary.Decode(raw, binary.LittleEndian, g.entries); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	countStrikes(g.entries, time.Now())
	// Written, not only made longer: a mapped page without space on the disk
	// would end the process.
	if raw, err = binary.Append(nil, binary.LittleEndian, g.entries); err == nil {
		_, err = f.WriteAt(raw, 0)
	}
	if err == nil {
		g.file, err = syscall.Mmap(int(f.Fd()), 0, len(raw), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: list of what is being read: %w", path, err)
	}
	return g, nil
}

// countStrikes turns the entries of a process that has ended into strikes.
func countStrikes(entries []entry, now time.Time) {
	for i := range entries {
		n := &entries[i]
		if n.Reading != 0 {
			n.Reading = 0
			if n.Strikes++; n.Strikes >= quarantineAfter {
				n.Until = now.Add(quarantine).Unix()
			}
		}
		if n.Strikes == 0 {
			*n = entry{}
		}
	}
}

// Quarantined implements fetch.CrashGuard.
func (g *crashGuard) Quarantined(f feeds.Feed) error {
	feed := hashOf(f)
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, n := range g.entries {
		if n.Feed == feed && n.Until > time.Now().Unix() {
			return fmt.Errorf("newswatch ended %d times while it read this feed, so it is left alone until %s; please report the feed",
				n.Strikes, time.Unix(n.Until, 0).UTC().Format("2 Jan 15:04 UTC"))
		}
	}
	return nil
}

// Reading implements fetch.CrashGuard.
func (g *crashGuard) Reading(f feeds.Feed) (done func(whole bool)) {
	i, suspect := g.begin(hashOf(f))
	if suspect {
		g.alone.Lock()
	} else {
		g.alone.RLock()
	}
	return func(whole bool) {
		if suspect {
			g.alone.Unlock()
		} else {
			g.alone.RUnlock()
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		n := g.entries[i]
		if n.Reading = 0; whole || !suspect {
			n = entry{}
		}
		g.write(i, n)
	}
}

// start makes a note in a free place, or in the one the feed has already.
func (g *crashGuard) begin(feed uint64) (place int, suspect bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, n := range g.entries {
		if n.Feed == feed && n.Reading == 0 {
			n.Reading = 1
			g.write(i, n)
			return i, true
		}
	}
	place = max(slices.Index(g.entries, entry{}), 0)
	g.write(place, entry{Feed: feed, Reading: 1})
	return place, false
}

// write makes n note i, in the file too.
func (g *crashGuard) write(i int, n entry) {
	g.entries[i] = n
	at := g.file[i*entrySize:]
	binary.LittleEndian.PutUint64(at, n.Feed)
	binary.LittleEndian.PutUint32(at[8:], n.Strikes)
	binary.LittleEndian.PutUint32(at[12:], n.Reading)
	binary.LittleEndian.PutUint64(at[16:], uint64(n.Until))
}

// close unmaps the file; a nil crashGuard has none.
func (g *crashGuard) close() error {
	if g == nil {
		return nil
	}
	return syscall.Munmap(g.file)
}

func hashOf(f feeds.Feed) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(f.ID()))
	return max(h.Sum64(), 1)
}
