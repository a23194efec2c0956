package pg

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// sizeCache keeps the size of the tables for a while: every scrape asks.
type sizeCache struct {
	mu   sync.Mutex
	at   time.Time
	size int64
}

// sizeFresh is how old a size may be.
const sizeFresh = time.Minute

const sqlSize = `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class WHERE relkind='r' AND relnamespace=current_schema()::regnamespace`

// Size returns the bytes of all tables with their indexes, at most a minute old;
// 0 if they cannot be read.
func (s *session) Size() int64 {
	s.size.mu.Lock()
	defer s.size.mu.Unlock()
	if time.Since(s.size.at) > sizeFresh {
		if s.number(sqlSize, &s.size.size) == nil {
			s.size.at = time.Now()
		}
	}
	return s.size.size
}

// number reads one number.
func (s *session) number(sql string, to *int64) error {
	return s.read(func(rows pgx.Rows) error { return rows.Scan(to) }, sql)
}

// Stats measures the tables, and counts rows if deep is set.
func (s *session) Stats(deep bool) (st store.Stats, err error) {
	if err := s.number(sqlSize, &st.Bytes); err != nil || !deep {
		return st, err
	}
	var items, stories, known int64
	err = errors.Join(s.number(`SELECT count(*) FROM item`, &items), s.number(`SELECT count(*) FROM story`, &stories),
		s.number(`SELECT (pg_total_relation_size('known')+pg_total_relation_size('address'))::bigint`, &known))
	st.Items, st.Stories, st.KnownUsed, st.KnownSize = int(items), int(stories), int(known), int(known)
	return st, err
}

// Path names the database to people.
func (s *session) Path() string { return s.where }

// Free returns 0: the server sees to space.
func (s *session) Free() int64 { return 0 }

// Full reports false: what the server says of its disk comes with each write.
func (s *session) Full() bool { return false }

// FillReserve does nothing: a full disk is the server's.
func (s *session) FillReserve() error { return nil }

// MendOutbox does nothing: indexes are the server's.
func (s *session) MendOutbox() (bool, error) { return false, nil }

// Damaged lists nothing: no rows are set aside here.
func (s *session) Damaged() ([]store.Damaged, error) { return nil, nil }

// Forget finds nothing.
func (s *session) Forget(string) (bool, error) { return false, nil }

// errBackup says whose business a backup is.
var errBackup = errors.New("a store in PostgreSQL is backed up with the tools of the database (pg_dump, or its provider's); newswatch store copy makes a file of it")

// Backup refuses, and says what does it.
func (s *session) Backup(io.Writer) (int64, error) { return 0, errBackup }

// pruneStep is how many rows one transaction removes.
const pruneStep = 1000

// Prune forgets what is older than before: archived items with their
// addresses, stories, settled rows of the outbox, gaps and totals. It works in
// short transactions and returns how many rows it removed.
func (s *session) Prune(before time.Time) (removed int, err error) {
	for _, step := range [...]func(time.Time) (int, error){s.pruneItems, s.pruneStories, s.pruneOutbox, s.pruneLedger} {
		for {
			n, err := step(before)
			removed += n
			if err != nil {
				return removed, err
			}
			if n == 0 {
				break
			}
		}
	}
	return removed, nil
}

// DropTexts takes the texts out of items, see store.Maintainer.
func (s *session) DropTexts(before time.Time) (dropped int, err error) {
	for more := true; more && err == nil; {
		n := 0
		n, more, err = s.dropTexts(int64(monitor.FirstID(before)))
		dropped += n
	}
	return dropped, err
}

// dropTexts looks at some items with IDs below end. One that was changed since it
// was read stays as it is.
func (s *session) dropTexts(end int64) (dropped int, more bool, err error) {
	from := make([]byte, 8)
	if err := s.read(func(rows pgx.Rows) error { return rows.Scan(&from) }, `SELECT body FROM note WHERE name=$1`, store.TextsNote); err != nil {
		return 0, false, err
	}
	var ids []int64
	var was, bare [][]byte
	var enc store.ItemEncoder
	seen, next := 0, end
	err = s.read(func(rows pgx.Rows) error {
		var body []byte
		if err := rows.Scan(&next, &body); err != nil {
			return err
		}
		seen++
		rec, err := store.DecodeItem(body)
		if err != nil || !rec.DropTexts() { // a damaged one is met by who needs it
			return nil
		}
		packed, err := enc.Encode(rec)
		ids, was, bare = append(ids, next), append(was, body), append(bare, slices.Clone(packed))
		return err
	}, `SELECT id, body FROM item WHERE id>=$1 AND id<$2 ORDER BY id LIMIT $3`, int64(binary.BigEndian.Uint64(from)), end, store.DropStep)
	if err != nil || seen == 0 {
		return 0, false, err
	}
	if more = seen == store.DropStep; more {
		next++
	} else {
		next = end
	}
	w := s.batch()
	w.Queue(`UPDATE item i SET body=x.body FROM unnest($1::bigint[], $2::bytea[], $3::bytea[]) x(id, was, body) WHERE i.id=x.id AND i.body=x.was`, ids, was, bare)
	w.Queue(sqlPutNote, store.TextsNote, binary.BigEndian.AppendUint64(nil, uint64(next)))
	return len(ids), more, s.lead(w)
}

func (s *session) pruneItems(before time.Time) (int, error) {
	recs, err := s.items(`id<$1 ORDER BY id LIMIT $2`, int64(monitor.FirstID(before)), pruneStep)
	if err != nil || len(recs) == 0 {
		return 0, err
	}
	var ids, keys, of []int64
	for _, rec := range recs {
		ids = append(ids, int64(rec.ID))
		for _, key := range rec.Addresses() {
			keys, of = append(keys, int64(key)), append(of, int64(rec.ID))
		}
	}
	w := s.batch()
	w.Queue(`DELETE FROM address WHERE (key, item) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))`, keys, of)
	w.Queue(`DELETE FROM item WHERE id=ANY($1)`, ids)
	w.Queue(`DELETE FROM words WHERE last<=$1`, ids[len(ids)-1])
	return len(ids), s.lead(w)
}

// remove runs one statement that returns how many rows it has removed.
func (s *session) remove(sql string, args ...any) (n int, err error) {
	w := s.batch()
	w.Queue(sql, args...).QueryRow(func(r pgx.Row) error { return r.Scan(&n) })
	return n, s.lead(w)
}

func (s *session) pruneStories(before time.Time) (int, error) {
	return s.remove(`WITH gone AS (DELETE FROM story WHERE id IN (SELECT id FROM story WHERE last<$1 LIMIT $2) RETURNING 1) SELECT count(*) FROM gone`,
		nanos(before), pruneStep)
}

func (s *session) pruneOutbox(before time.Time) (int, error) {
	return s.remove(`WITH gone AS (DELETE FROM notice WHERE (destination, key) IN (SELECT destination, key FROM notice
			WHERE at<$1 AND state NOT IN ('pending', 'unknown', 'inflight') ORDER BY at LIMIT $2) RETURNING destination, key),
		told AS (DELETE FROM tell t USING gone g WHERE t.destination=g.destination AND t.key=g.key) SELECT count(*) FROM gone`, nanos(before), pruneStep)
}

func (s *session) pruneLedger(before time.Time) (int, error) {
	return s.remove(`WITH g AS (DELETE FROM gap WHERE until<$1 RETURNING 1), d AS (DELETE FROM day WHERE day<$2 RETURNING 1)
		SELECT (SELECT count(*) FROM g)+(SELECT count(*) FROM d)`, nanos(before), int(before.Unix()/86400))
}
