package pg

import (
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/schedule"
	"newswatch/monitor/senses"
	"newswatch/monitor/store"
)

// page is how many records are read at once where a caller takes them one by
// one.
const page = 500

// scanJSON reads a row of one column.
func scanJSON(rows pgx.Rows, table string, key, v any) error {
	var body []byte
	if err := rows.Scan(&body); err != nil {
		return err
	}
	return decode(table, key, body, v)
}

// list reads rows of one column of JSON.
func list[T any](s *Store, table, sql string, args ...any) (out []T, err error) {
	err = s.read(func(rows pgx.Rows) error {
		var v T
		err := scanJSON(rows, table, "", &v)
		out = append(out, v)
		return err
	}, sql, args...)
	return out, err
}

// pollColumns are the times of polls as they are read; nil for none.
type pollColumns struct{ last, success, next, polls *int64 }

func (c *pollColumns) times() (p schedule.PollTimes) {
	if c.last == nil {
		return p
	}
	at := func(ns *int64) time.Time {
		if *ns == 0 {
			return time.Time{}
		}
		return time.Unix(0, *ns).UTC()
	}
	return schedule.PollTimes{Last: at(c.last), Success: at(c.success), Next: at(c.next), Polls: uint64(*c.polls)}
}

func scanFeed(rows pgx.Rows) (rec monitor.FeedRecord, err error) {
	var id string
	var body []byte
	var p pollColumns
	if err := rows.Scan(&id, &body, &p.last, &p.success, &p.next, &p.polls); err != nil {
		return rec, err
	}
	if body != nil {
		if err := decode("feeds", id, body, &rec); err != nil {
			return rec, err
		}
	}
	rec.ID, rec.Poll = id, p.times()
	return rec, nil
}

// Feed returns what is remembered of the feed at an address.
func (s *Store) Feed(id string) (rec monitor.FeedRecord, err error) {
	err = s.read(func(rows pgx.Rows) error {
		rec, err = scanFeed(rows)
		return err
	}, `SELECT i.id, f.body, p.last, p.success, p.next, p.polls FROM (SELECT $1::text COLLATE "C" AS id) i LEFT JOIN feed f USING (id) LEFT JOIN poll p USING (id)`, id)
	return rec, err
}

// Sets returns the sets of the feeds that are in any, by address.
func (s *Store) Sets() (map[string]monitor.FeedSet, error) {
	out := map[string]monitor.FeedSet{}
	err := s.read(func(rows pgx.Rows) error {
		var id string
		var sets int16
		err := rows.Scan(&id, &sets)
		out[id] = monitor.FeedSet(sets)
		return err
	}, `SELECT id, sets FROM feed WHERE sets<>0`)
	return out, err
}

// Feeds calls fn for every feed of a set, by address, until fn returns false.
func (s *Store) Feeds(which monitor.FeedSet, fn func(monitor.FeedRecord) bool) error {
	among := ``
	if which != monitor.AllFeeds {
		among = ` AND f.sets<>0`
	}
	for from := ""; ; {
		var recs []monitor.FeedRecord
		err := s.read(func(rows pgx.Rows) error {
			rec, err := scanFeed(rows)
			recs = append(recs, rec)
			return err
		}, `SELECT f.id, f.body, p.last, p.success, p.next, p.polls FROM feed f LEFT JOIN poll p USING (id)
			WHERE f.id>$1 AND ($2=0 OR f.sets&$2<>0)`+among+` ORDER BY f.id LIMIT $3`, from, int16(which), page)
		if err != nil || len(recs) == 0 {
			return err
		}
		for _, rec := range recs {
			if !fn(rec) {
				return nil
			}
		}
		from = recs[len(recs)-1].ID
	}
}

// Seen returns the entries known of the feed at an address.
func (s *Store) Seen(id string) (known []identity.Seen, err error) {
	err = s.read(func(rows pgx.Rows) error {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return err
		}
		if known, err = store.DecodeKnown(body); err != nil {
			return damaged("known", id, err)
		}
		return nil
	}, `SELECT body FROM known WHERE id=$1`, id)
	return known, err
}

// Polls returns when every feed was polled and is due, by address.
func (s *Store) Polls() (map[string]schedule.PollTimes, error) {
	out := map[string]schedule.PollTimes{}
	err := s.read(func(rows pgx.Rows) error {
		var id string
		var p pollColumns
		err := rows.Scan(&id, &p.last, &p.success, &p.next, &p.polls)
		out[id] = p.times()
		return err
	}, `SELECT id, last, success, next, polls FROM poll`)
	return out, err
}

func scanItem(rows pgx.Rows) (rec monitor.Record, err error) {
	var id int64
	var body []byte
	if err := rows.Scan(&id, &body); err != nil {
		return rec, err
	}
	if rec, err = store.DecodeItem(body); err != nil {
		return rec, damaged("items", id, err)
	}
	return rec, nil
}

func (s *session) items(sql string, args ...any) (out []monitor.Record, err error) {
	err = s.read(func(rows pgx.Rows) error {
		rec, err := scanItem(rows)
		out = append(out, rec)
		return err
	}, `SELECT id, body FROM item WHERE `+sql, args...)
	return out, err
}

// Item returns an archived item.
func (s *Store) Item(id monitor.ItemID) (rec monitor.Record, ok bool, err error) {
	recs, err := s.items(`id=$1`, int64(id))
	if err != nil || len(recs) == 0 {
		return rec, false, err
	}
	return recs[0], true, nil
}

// ItemsFrom calls fn for every archived item whose ID is at least from, oldest
// first, until fn returns false.
func (s *Store) ItemsFrom(from monitor.ItemID, fn func(monitor.Record) bool) error {
	for {
		recs, err := s.items(`id>=$1 ORDER BY id LIMIT $2`, int64(from), page)
		if err != nil || len(recs) == 0 {
			return err
		}
		for _, rec := range recs {
			if !fn(rec) {
				return nil
			}
		}
		from = recs[len(recs)-1].ID + 1
	}
}

// ItemsBefore is ItemsFrom backwards, of the IDs less than before; 0 starts at
// the newest.
func (s *Store) ItemsBefore(before monitor.ItemID, fn func(monitor.Record) bool) error {
	if before == 0 {
		before = math.MaxInt64
	}
	for {
		recs, err := s.items(`id<$1 ORDER BY id DESC LIMIT $2`, int64(before), page)
		if err != nil || len(recs) == 0 {
			return err
		}
		for _, rec := range recs {
			if !fn(rec) {
				return nil
			}
		}
		before = recs[len(recs)-1].ID
	}
}

// LastItem returns the greatest ID stored, 0 for none.
func (s *Store) LastItem() (id monitor.ItemID, err error) {
	err = s.read(func(rows pgx.Rows) error {
		var n int64
		err := rows.Scan(&n)
		id = monitor.ItemID(n)
		return err
	}, `SELECT id FROM item ORDER BY id DESC LIMIT 1`)
	return id, err
}

// ByURL returns the item first seen under a canonical address.
func (s *Store) ByURL(key uint64) (monitor.ItemID, bool, error) {
	found, err := s.addresses([]uint64{key})
	id, ok := found[key]
	return id, ok, err
}

func (s *Store) addresses(keys []uint64) (map[uint64]monitor.ItemID, error) {
	out, asked := map[uint64]monitor.ItemID{}, make([]int64, len(keys))
	for i, k := range keys {
		asked[i] = int64(k)
	}
	err := s.read(func(rows pgx.Rows) error {
		var key, id int64
		err := rows.Scan(&key, &id)
		out[uint64(key)] = monitor.ItemID(id)
		return err
	}, `SELECT key, item FROM address WHERE key=ANY($1)`, asked)
	return out, err
}

// Lookup returns the items first seen under addresses, and all of these and
// those with the IDs. It asks twice: only the leader writes, and it is the one
// that asks.
func (s *Store) Lookup(keys []uint64, ids []monitor.ItemID) (map[uint64]monitor.ItemID, map[monitor.ItemID]monitor.Record, error) {
	byURL, items := map[uint64]monitor.ItemID{}, map[monitor.ItemID]monitor.Record{}
	if len(keys) > 0 {
		var err error
		if byURL, err = s.addresses(keys); err != nil {
			return nil, nil, err
		}
	}
	var asked []int64
	for _, id := range ids {
		asked = append(asked, int64(id))
	}
	for _, id := range byURL {
		asked = append(asked, int64(id))
	}
	if len(asked) == 0 {
		return byURL, items, nil
	}
	recs, err := s.items(`id=ANY($1)`, asked)
	for _, rec := range recs {
		items[rec.ID] = rec
	}
	return byURL, items, err
}

// maxMerges bounds how many merges are followed to a story.
const maxMerges = 32

// Story returns a story, or the one it was merged into.
func (s *Store) Story(id monitor.StoryID) (st monitor.Story, ok bool, err error) {
	for range maxMerges {
		found, err := list[monitor.Story](s, "stories", `SELECT body FROM story WHERE id=$1`, int64(id))
		if err != nil || len(found) == 0 {
			return monitor.Story{}, false, err
		}
		if st = found[0]; st.Into == 0 {
			break
		}
		id = st.Into
	}
	return st, true, nil
}

// StoriesSince returns the stories with a report since t, by ID.
func (s *Store) StoriesSince(t time.Time) ([]monitor.Story, error) {
	return list[monitor.Story](s, "stories", `SELECT body FROM story WHERE last>=$1 ORDER BY id`, nanos(t))
}

// Silences returns those that have not ended by now, by ID.
func (s *Store) Silences(now time.Time) ([]monitor.Silence, error) {
	return list[monitor.Silence](s, "silences", `SELECT body FROM silence WHERE until>$1 ORDER BY id`, nanos(now))
}

// Senses returns the counts of the book of senses.
func (s *Store) Senses() ([]senses.Row, error) {
	return list[senses.Row](s, "senses", `SELECT body FROM sense ORDER BY key`)
}

// Reads returns the articles that are owed, by item.
func (s *Store) Reads() ([]monitor.Read, error) {
	return list[monitor.Read](s, "reads", `SELECT body FROM owed ORDER BY item`)
}

// GapsSince returns the gaps that ended since t, oldest first.
func (s *Store) GapsSince(t time.Time) ([]monitor.Gap, error) {
	return list[monitor.Gap](s, "gaps", `SELECT body FROM gap WHERE until>=$1 ORDER BY until, feed`, nanos(t))
}

// DaysSince returns the totals of the days since t, oldest first.
func (s *Store) DaysSince(t time.Time) (out []monitor.DayTotal, err error) {
	err = s.read(func(rows pgx.Rows) error {
		var d monitor.DayTotal
		err := rows.Scan(&d.Day, &d.Polls, &d.Items, &d.New, &d.Matched, &d.Notices)
		out = append(out, d)
		return err
	}, `SELECT * FROM day WHERE day>=$1 ORDER BY day`, int(uint16(t.Unix()/86400)))
	return out, err
}

// Slot returns the last slot a digest was told for, "" for none.
func (s *Store) Slot(digest string) (slot string, err error) {
	err = s.read(func(rows pgx.Rows) error { return rows.Scan(&slot) }, `SELECT slot FROM slot WHERE digest=$1`, digest)
	return slot, err
}

// Note returns a value, nil for none.
func (s *Store) Note(name string) (v []byte, err error) {
	err = s.read(func(rows pgx.Rows) error { return rows.Scan(&v) }, `SELECT body FROM note WHERE name=$1`, name)
	return v, err
}

const sqlPutNote = `INSERT INTO note VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET body=excluded.body`

// PutNote stores a value; nil removes it.
func (s *Store) PutNote(name string, v []byte) error {
	w := s.batch()
	if v == nil {
		w.Queue(`DELETE FROM note WHERE name=$1`, name)
	} else {
		w.Queue(sqlPutNote, name, v)
	}
	return s.lead(w)
}
