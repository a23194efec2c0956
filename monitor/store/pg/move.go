package pg

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"newswatch/monitor"
	"newswatch/monitor/senses"
	"newswatch/monitor/store"
)

var _ store.Mover = (*Store)(nil)

func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func toNumber(b []byte) (int64, error) {
	if len(b) < 8 {
		return 0, fmt.Errorf("%d bytes are no number", len(b))
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

// A table is how the rows of one kind are read and written. scan reads what the
// query selects; restore queues rows of it.
type table struct {
	query   string
	scan    func(pgx.Rows) (key, body []byte, err error)
	restore func(w *pgx.Batch, rows []store.Row) error
}

// plain is a table of a text or, with binary keys, a bigint, and a body.
func plain(name, key string, numbers bool) table {
	typ := "text"
	if numbers {
		typ = "bigint"
	}
	t := table{query: fmt.Sprintf(`SELECT %s, body FROM %s`, key, name)}
	t.scan = func(rows pgx.Rows) (k, body []byte, err error) {
		if numbers {
			var n int64
			err = rows.Scan(&n, &body)
			return number(n), body, err
		}
		var s string
		err = rows.Scan(&s, &body)
		return []byte(s), body, err
	}
	t.restore = func(w *pgx.Batch, rows []store.Row) error {
		keys, bodies, err := keysAndBodies(rows, numbers)
		w.Queue(fmt.Sprintf(`INSERT INTO %s (%s, body) SELECT * FROM unnest($1::%s[], $2::bytea[])`, name, key, typ), keys, bodies)
		return err
	}
	return t
}

func keysAndBodies(rows []store.Row, numbers bool) (keys any, bodies [][]byte, err error) {
	texts, ns := []string{}, []int64{}
	for _, r := range rows {
		bodies = append(bodies, r.Body)
		if numbers {
			n, bad := toNumber(r.Key)
			err = errors.Join(err, bad)
			ns = append(ns, n)
		} else {
			texts = append(texts, string(r.Key))
		}
	}
	if numbers {
		return ns, bodies, err
	}
	return texts, bodies, err
}

// decoded is a table that is restored as what its rows mean, by Commit's way.
func decoded[T any](query string, scan func(pgx.Rows) (key, body []byte, err error), put func(*monitor.Batch, T), queue func(*pgx.Batch, monitor.Batch) error) table {
	return table{query, scan, func(w *pgx.Batch, rows []store.Row) error {
		var b monitor.Batch
		for _, r := range rows {
			var v T
			if err := decode(r.Table, r.Key, r.Body, &v); err != nil {
				return err
			}
			put(&b, v)
		}
		return queue(w, b)
	}}
}

// tables are how each kind is moved, by store.Tables.
var tables = map[string]table{
	"feeds": decoded(`SELECT id, body FROM feed`, plain("feed", "id", false).scan,
		func(b *monitor.Batch, r monitor.FeedRecord) { b.Feeds = append(b.Feeds, r) }, queueRecords),
	"known":     plain("known", "id", false),
	"polls":     {`SELECT id, last, success, next, polls FROM poll`, scanPollRow, restorePolls},
	"items":     plain("item", "id", true),
	"addresses": {`SELECT key, item FROM address`, scanAddressRow, restoreAddresses},
	"stories": decoded(`SELECT id, body FROM story`, plain("story", "id", true).scan,
		func(b *monitor.Batch, s monitor.Story) { b.Stories = append(b.Stories, s) }, queueStories),
	"outbox": {`SELECT destination, key, rev, body FROM notice`, scanNoticeRow, restoreNotices},
	"gates":  plain("breaker", "destination", false),
	"gaps": decoded(`SELECT until, feed, body FROM gap`, scanGapRow,
		func(b *monitor.Batch, g monitor.Gap) { b.Gaps = append(b.Gaps, g) }, queueLedger),
	"days": decoded(`SELECT day, polls, items, fresh, matched, notices FROM day`, scanDayRow,
		func(b *monitor.Batch, d monitor.DayTotal) { b.Days = append(b.Days, d) }, queueLedger),
	"slots": {`SELECT digest, convert_to(slot, 'UTF8') FROM slot`, plain("slot", "digest", false).scan, restoreSlots},
	"silences": decoded(`SELECT id, body FROM silence`, plain("silence", "id", false).scan,
		func(b *monitor.Batch, q monitor.Silence) { b.Silences = append(b.Silences, q) }, queueSilences),
	"notes": plain("note", "name", false),
	"senses": decoded(`SELECT key, body FROM sense`, scanBytesRow,
		func(b *monitor.Batch, r senses.Row) { b.Senses = append(b.Senses, r) }, queueSenses),
	"reads": decoded(`SELECT item, body FROM owed`, plain("owed", "item", true).scan,
		func(b *monitor.Batch, r monitor.Read) { b.Reads = append(b.Reads, r) }, queueReads),
}

func scanBytesRow(rows pgx.Rows) (key, body []byte, err error) {
	err = rows.Scan(&key, &body)
	return bytes.Clone(key), body, err
}

func scanPollRow(rows pgx.Rows) (key, body []byte, err error) {
	var id string
	var p pollColumns
	err = rows.Scan(&id, &p.last, &p.success, &p.next, &p.polls)
	return []byte(id), store.EncodePoll(p.times()), err
}

func restorePolls(w *pgx.Batch, rows []store.Row) error {
	var b monitor.Batch
	for _, r := range rows {
		b.Polls = append(b.Polls, monitor.FeedPoll{ID: string(r.Key), Poll: store.DecodePoll(r.Body)})
	}
	return queueFeeds(w, b)
}

func scanAddressRow(rows pgx.Rows) (key, body []byte, err error) {
	var k, id int64
	err = rows.Scan(&k, &id)
	return number(k), number(id), err
}

func restoreAddresses(w *pgx.Batch, rows []store.Row) error {
	b := monitor.Batch{URLs: map[uint64]monitor.ItemID{}}
	for _, r := range rows {
		key, err := toNumber(r.Key)
		id, bad := toNumber(r.Body)
		if err = errors.Join(err, bad); err != nil {
			return err
		}
		b.URLs[uint64(key)] = monitor.ItemID(id)
	}
	return queueAddresses(w, b)
}

func scanNoticeRow(rows pgx.Rows) (key, body []byte, err error) {
	r, err := scanNotice(rows)
	if err != nil {
		return nil, nil, err
	}
	body, err = store.EncodeJSON(r)
	return []byte(r.Destination + "\x00" + r.Key), body, err
}

func restoreNotices(w *pgx.Batch, rows []store.Row) error {
	for _, row := range rows {
		var r store.NoticeRow
		if err := decode(row.Table, row.Key, row.Body, &r); err != nil {
			return err
		}
		c, err := columnsOf([]monitor.Notice{r.Notice}, r.At)
		if err != nil {
			return err
		}
		c.insert(w, int(r.Delivery.Rev), r.At, `DO NOTHING`)
	}
	return nil
}

func scanGapRow(rows pgx.Rows) (key, body []byte, err error) {
	var until int64
	var feed string
	err = rows.Scan(&until, &feed, &body)
	return append(number(until), feed...), body, err
}

func scanDayRow(rows pgx.Rows) (key, body []byte, err error) {
	var d monitor.DayTotal
	if err := rows.Scan(&d.Day, &d.Polls, &d.Items, &d.New, &d.Matched, &d.Notices); err != nil {
		return nil, nil, err
	}
	body, err = store.EncodeJSON(d)
	return binary.BigEndian.AppendUint16(nil, d.Day), body, err
}

func restoreSlots(w *pgx.Batch, rows []store.Row) error {
	b := monitor.Batch{Slots: map[string]string{}}
	for _, r := range rows {
		b.Slots[string(r.Key)] = string(r.Body)
	}
	return queueLedger(w, b)
}

// dumpPatience is how long reading one table may take.
const dumpPatience = 2 * time.Hour

// Dump calls fn with every row, table by table.
func (s *Store) Dump(fn func(store.Row) error) error {
	ctx, stop := context.WithTimeout(context.Background(), dumpPatience)
	defer stop()
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return s.explain(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `SET statement_timeout=0`); err != nil {
		return s.explain(err)
	}
	defer conn.Exec(ctx, `RESET statement_timeout`)
	for _, name := range store.Tables {
		rows, err := conn.Query(ctx, tables[name].query)
		if err != nil {
			return s.explain(err)
		}
		for rows.Next() && err == nil {
			r := store.Row{Table: name}
			if r.Key, r.Body, err = tables[name].scan(rows); err == nil {
				r.Body = bytes.Clone(r.Body)
				err = fn(r)
			}
		}
		rows.Close()
		if err != nil {
			return err
		}
		if err := rows.Err(); err != nil {
			return s.explain(err)
		}
	}
	return nil
}

// Restore writes rows of one table that holds none of their keys.
func (s *Store) Restore(name string, rows []store.Row) error {
	w := s.batch()
	if err := tables[name].restore(w, rows); err != nil {
		return err
	}
	return s.lead(w)
}

// Moved has every daemon refuse the database from now on.
func (s *Store) Moved(to string) error {
	w := s.batch()
	w.Queue(`UPDATE meta SET moved=$1`, to)
	return s.lead(w)
}

// Check decodes every row. It returns one error for each fault.
func (s *Store) Check() (faults []error) {
	if err := s.Dump(func(r store.Row) error {
		if err := r.Check(); err != nil {
			faults = append(faults, err)
		}
		return nil
	}); err != nil {
		faults = append(faults, err)
	}
	return faults
}
