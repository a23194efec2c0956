package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"newswatch/monitor"
	"newswatch/monitor/senses"
)

// A Row is one row of a store as all backends encode it, so that it can be moved
// between them. Its key begins with the time or ID, if any, big-endian:
//
//	feeds      address        FeedRecord as JSON
//	known      address        EncodeKnown
//	polls      address        EncodePoll
//	items      item ID        ItemEncoder
//	addresses  URL key        item ID
//	stories    story ID       Story as JSON
//	outbox     destination, 0, key   NoticeRow as JSON
//	gates      destination    Breaker as JSON
//	gaps       end, feed      Gap as JSON
//	days       day            DayTotal as JSON
//	slots      digest         the slot
//	silences   ID             Silence as JSON
//	notes      name           opaque
//	senses     SenseKey       senses.Row as JSON
type Row struct {
	Table     string
	Key, Body []byte
}

// Tables are those of rows, in the order in which they are moved.
var Tables = [...]string{"feeds", "known", "polls", "items", "addresses", "stories", "outbox", "gates", "gaps", "days", "slots", "silences", "notes", "senses", "reads"}

// A Mover is a store whose rows can be moved to another. All is at rest.
type Mover interface {
	// Dump calls fn with every row, table by table.
	Dump(fn func(Row) error) error
	// Restore writes rows of one table into a store that has none of these keys,
	// in one transaction.
	Restore(table string, rows []Row) error
	// Moved has the store refused from now on, with the place it was copied to.
	Moved(to string) error
}

// A MovedError means that a store was copied elsewhere and is used there.
type MovedError struct{ From, To string }

// Error says where it went.
func (e *MovedError) Error() string {
	return fmt.Sprintf("the store %s was copied to %s and is not to be used any more: name the new one in the configuration", e.From, e.To)
}

// Check decodes the row. The error, a RowError, says that it cannot be.
func (r Row) Check() error {
	var err error
	switch r.Table {
	case "feeds":
		err = DecodeJSON(r.Body, &monitor.FeedRecord{})
	case "known":
		_, err = DecodeKnown(r.Body)
	case "polls":
		if len(r.Body) != 32 {
			err = fmt.Errorf("%d bytes, not 32", len(r.Body))
		}
	case "items":
		_, err = DecodeItem(r.Body)
	case "stories":
		err = DecodeJSON(r.Body, &monitor.Story{})
	case "outbox":
		err = DecodeJSON(r.Body, &NoticeRow{})
	case "gates":
		err = DecodeJSON(r.Body, &monitor.Breaker{})
	case "gaps":
		err = DecodeJSON(r.Body, &monitor.Gap{})
	case "days":
		err = DecodeJSON(r.Body, &monitor.DayTotal{})
	case "silences":
		err = DecodeJSON(r.Body, &monitor.Silence{})
	case "senses":
		err = DecodeJSON(r.Body, &senses.Row{})
	case "reads":
		err = DecodeJSON(r.Body, &monitor.Read{})
	}
	if err != nil {
		return &RowError{Table: r.Table, Key: r.Key, Cause: err}
	}
	return nil
}

// A Sum tells whether two stores hold the same rows, in whatever order.
type Sum map[string]struct {
	Rows  int
	Check uint64
}

// Add counts a row in.
func (s Sum) Add(r Row) {
	h := xxhash.New()
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(r.Key))))
	_, _ = h.Write(r.Key)
	_, _ = h.Write(r.Body)
	sum := s[r.Table]
	sum.Rows++
	sum.Check += h.Sum64()
	s[r.Table] = sum
}

// SumOf reads a whole store.
func SumOf(m Mover) (Sum, error) {
	sum := Sum{}
	return sum, m.Dump(func(r Row) error { sum.Add(r); return nil })
}

// moveStep is how many rows, and how many of their bytes, are moved at a time.
const (
	moveStep  = 5000
	moveBytes = 4 << 20
)

// errNotEmpty is why a store is not copied into.
var errNotEmpty = errors.New("it holds rows already: name an empty one")

// Copy copies all rows of a store into an empty one, reads them there again, and
// compares. It calls progress, if it is not nil, now and then with the number of rows.
func Copy(from, to Mover, progress func(rows int)) (Sum, error) {
	before, err := SumOf(to)
	if err == nil && len(before) > 0 {
		err = errNotEmpty
	}
	if err != nil {
		return nil, err
	}
	m := mover{to: to, sum: Sum{}, progress: progress}
	if err := from.Dump(m.add); err != nil {
		return nil, err
	}
	if err := m.flush(); err != nil {
		return nil, err
	}
	there, err := SumOf(to)
	if err != nil {
		return nil, err
	}
	for _, table := range Tables {
		if there[table] != m.sum[table] {
			return nil, fmt.Errorf("the copy differs: %s: %d rows with sum %x, copied %d with %x", table, there[table].Rows, there[table].Check, m.sum[table].Rows, m.sum[table].Check)
		}
	}
	return m.sum, nil
}

// A mover gathers rows of one table.
type mover struct {
	to       Mover
	sum      Sum
	progress func(int)
	rows     []Row
	bytes    int
	done     int
}

func (m *mover) add(r Row) error {
	if len(m.rows) > 0 && (m.rows[0].Table != r.Table || len(m.rows) >= moveStep || m.bytes >= moveBytes) {
		if err := m.flush(); err != nil {
			return err
		}
	}
	m.sum.Add(r)
	m.rows = append(m.rows, r)
	m.bytes += len(r.Key) + len(r.Body)
	return nil
}

func (m *mover) flush() error {
	if len(m.rows) == 0 {
		return nil
	}
	if err := m.to.Restore(m.rows[0].Table, m.rows); err != nil {
		return err
	}
	m.done += len(m.rows)
	m.rows, m.bytes = nil, 0
	if m.progress != nil {
		m.progress(m.done)
	}
	return nil
}
