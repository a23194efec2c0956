package pg

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"newswatch/monitor"
	"newswatch/monitor/senses"
	"newswatch/monitor/store"
)

// Commit writes the batch in one transaction: after it returns nil, nothing of
// it is lost.
func (s *Store) Commit(b monitor.Batch) error {
	if len(b.Items) > 0 {
		s.runs.Lock()
		defer s.runs.Unlock()
	}
	w := s.batch()
	for _, step := range [...]func(*pgx.Batch, monitor.Batch) error{
		queueFeeds, s.queueItems, queueAddresses, queueStories, queueNotices, queueLedger, queueSilences, queueSenses, queueReads,
	} {
		if err := step(w, b); err != nil {
			return err
		}
	}
	return s.lead(w)
}

// Rows go in the order of their keys, so that two writers never wait for each
// other, and no key comes twice in a statement, which the server refuses.

// lastOf returns rows by key, the last of each.
func lastOf[K cmp.Ordered, R any](rows []R, key func(*R) K) (keys []K, last []R) {
	keys = make([]K, len(rows))
	sorted := true
	for i := range rows {
		keys[i] = key(&rows[i])
		sorted = sorted && (i == 0 || keys[i-1] < keys[i])
	}
	if sorted {
		return keys, rows
	}
	at := make(map[K]int, len(rows))
	for i, k := range keys {
		at[k] = i
	}
	keys = slices.Sorted(maps.Keys(at))
	last = make([]R, 0, len(keys))
	for _, k := range keys {
		last = append(last, rows[at[k]])
	}
	return keys, last
}

// bodies encodes rows as JSON.
func bodies[R any](rows []R) (out [][]byte, err error) {
	out = make([][]byte, 0, len(rows))
	for i := range rows {
		b, err := store.EncodeJSON(&rows[i])
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func nanos(t time.Time) int64 { return int64(store.Nanos(t)) }

// queueRecords queues the records of feeds, with what was seen of them, without
// the times of their polls.
func queueRecords(w *pgx.Batch, b monitor.Batch) error {
	ids, recs := lastOf(b.Feeds, func(r *monitor.FeedRecord) string { return r.ID })
	if len(recs) == 0 {
		return nil
	}
	docs, err := bodies(recs)
	if err != nil {
		return err
	}
	sets := make([]int16, len(recs))
	var seenIDs []string
	var seen [][]byte
	for i, r := range recs {
		sets[i] = int16(r.Sets())
		if r.Seen != nil {
			seenIDs, seen = append(seenIDs, r.ID), append(seen, store.EncodeKnown(r.Seen))
		}
	}
	w.Queue(`INSERT INTO feed SELECT * FROM unnest($1::text[], $2::smallint[], $3::bytea[])
		ON CONFLICT (id) DO UPDATE SET sets=excluded.sets, body=excluded.body`, ids, sets, docs)
	if len(seen) > 0 {
		w.Queue(`INSERT INTO known SELECT * FROM unnest($1::text[], $2::bytea[]) ON CONFLICT (id) DO UPDATE SET body=excluded.body`, seenIDs, seen)
	}
	return nil
}

func queueFeeds(w *pgx.Batch, b monitor.Batch) error {
	if err := queueRecords(w, b); err != nil {
		return err
	}
	polled := make([]monitor.FeedPoll, 0, len(b.Feeds)+len(b.Polls))
	for i := range b.Feeds {
		polled = append(polled, monitor.FeedPoll{ID: b.Feeds[i].ID, Poll: b.Feeds[i].Poll})
	}
	ids, recs := lastOf(append(polled, b.Polls...), func(p *monitor.FeedPoll) string { return p.ID })
	for len(recs) > 0 {
		n := min(len(recs), 5000)
		times := make([]int64, 4*n)
		last, success, next, polls := times[:n], times[n:2*n], times[2*n:3*n], times[3*n:]
		for i := range recs[:n] {
			p := &recs[i].Poll
			last[i], success[i], next[i], polls[i] = nanos(p.Last), nanos(p.Success), nanos(p.Next), int64(p.Polls)
		}
		w.Queue(`INSERT INTO poll SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
			ON CONFLICT (id) DO UPDATE SET last=excluded.last, success=excluded.success, next=excluded.next, polls=excluded.polls`,
			ids[:n], last, success, next, polls)
		ids, recs = ids[n:], recs[n:]
	}
	return nil
}

func (s *session) queueItems(w *pgx.Batch, b monitor.Batch) error {
	ids, recs := lastOf(b.Items, func(r *monitor.Record) int64 { return int64(r.ID) })
	if len(recs) > 0 {
		packed := make([][]byte, len(recs))
		for i, r := range recs {
			v, err := s.runs.enc.Encode(r)
			if err != nil {
				return err
			}
			packed[i] = slices.Clone(v)
		}
		w.Queue(`INSERT INTO item SELECT * FROM unnest($1::bigint[], $2::bytea[]) ON CONFLICT (id) DO UPDATE SET body=excluded.body`, ids, packed)
		if s.runs.last == 0 || ids[0] <= s.runs.last {
			w.Queue(sqlStale, ids)
		}
	}
	return nil
}

func queueAddresses(w *pgx.Batch, b monitor.Batch) error {
	if len(b.URLs) > 0 {
		keys, items := make([]int64, 0, len(b.URLs)), make([]int64, 0, len(b.URLs))
		for _, key := range slices.Sorted(maps.Keys(b.URLs)) {
			keys, items = append(keys, int64(key)), append(items, int64(b.URLs[key]))
		}
		w.Queue(`INSERT INTO address SELECT * FROM unnest($1::bigint[], $2::bigint[]) ON CONFLICT (key) DO UPDATE SET item=excluded.item`, keys, items)
	}
	return nil
}

func queueStories(w *pgx.Batch, b monitor.Batch) error {
	ids, stories := lastOf(b.Stories, func(s *monitor.Story) int64 { return int64(s.ID) })
	if len(stories) == 0 {
		return nil
	}
	docs, err := bodies(stories)
	if err != nil {
		return err
	}
	last := make([]int64, len(stories))
	for i, s := range stories {
		last[i] = nanos(s.Last)
	}
	w.Queue(`INSERT INTO story SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
		ON CONFLICT (id) DO UPDATE SET last=excluded.last, body=excluded.body`, ids, last, docs)
	return nil
}

func queueLedger(w *pgx.Batch, b monitor.Batch) error {
	for _, g := range b.Gaps {
		doc, err := store.EncodeJSON(g)
		if err != nil {
			return err
		}
		w.Queue(`INSERT INTO gap VALUES ($1, $2, $3) ON CONFLICT (until, feed) DO UPDATE SET body=excluded.body`, nanos(g.To), g.Feed, doc)
	}
	for _, d := range b.Days {
		w.Queue(`INSERT INTO day AS o VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (day) DO UPDATE SET polls=o.polls+excluded.polls,
			items=o.items+excluded.items, fresh=o.fresh+excluded.fresh, matched=o.matched+excluded.matched, notices=o.notices+excluded.notices`,
			int(d.Day), d.Polls, d.Items, d.New, d.Matched, d.Notices)
	}
	for _, digest := range slices.Sorted(maps.Keys(b.Slots)) {
		w.Queue(`INSERT INTO slot VALUES ($1, $2) ON CONFLICT (digest) DO UPDATE SET slot=excluded.slot`, digest, b.Slots[digest])
	}
	return nil
}

func queueSenses(w *pgx.Batch, b monitor.Batch) error {
	keys, rows := lastOf(b.Senses, func(r *senses.Row) string { return string(store.SenseKey(*r)) })
	var put, gone, docs [][]byte
	for i, r := range rows {
		if r.Count.Total() == 0 {
			gone = append(gone, []byte(keys[i]))
			continue
		}
		doc, err := store.EncodeJSON(r)
		if err != nil {
			return err
		}
		put, docs = append(put, []byte(keys[i])), append(docs, doc)
	}
	if len(put) > 0 {
		w.Queue(`INSERT INTO sense SELECT * FROM unnest($1::bytea[], $2::bytea[]) ON CONFLICT (key) DO UPDATE SET body=excluded.body`, put, docs)
	}
	if len(gone) > 0 {
		w.Queue(`DELETE FROM sense WHERE key=ANY($1)`, gone)
	}
	return nil
}

// queueReads writes what is owed to items.
func queueReads(w *pgx.Batch, b monitor.Batch) error {
	_, rows := lastOf(b.Reads, func(r *monitor.Read) string { return r.Key().String() })
	for _, r := range rows {
		if r.Due.IsZero() {
			w.Queue(`DELETE FROM owed WHERE item=$1`, int64(r.Key()))
			continue
		}
		doc, err := store.EncodeJSON(r)
		if err != nil {
			return err
		}
		w.Queue(`INSERT INTO owed VALUES ($1, $2) ON CONFLICT (item) DO UPDATE SET body=excluded.body`, int64(r.Key()), doc)
	}
	return nil
}

func queueSilences(w *pgx.Batch, b monitor.Batch) error {
	for _, q := range b.Silences {
		if q.Until.IsZero() {
			w.Queue(`DELETE FROM silence WHERE id=$1`, q.ID)
			continue
		}
		doc, err := store.EncodeJSON(q)
		if err != nil {
			return err
		}
		w.Queue(`INSERT INTO silence VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET until=excluded.until, body=excluded.body`, q.ID, nanos(q.Until), doc)
	}
	return nil
}
