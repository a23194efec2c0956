package pg

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// noticeColumns are rows of the outbox on their way into the database.
type noticeColumns struct {
	dests, keys, states, parents []string
	due, created, attempts, revs []int64
	bodies                       [][]byte
	stories                      []int64 // that are told, with the rows that do so
	storyDests, storyKeys        []string
}

func columnsOf(ns []monitor.Notice, at time.Time) (c noticeColumns, err error) {
	for _, n := range ns {
		doc, err := store.EncodeJSON(store.NoticeRow{Notice: n, At: at})
		if err != nil {
			return c, err
		}
		c.dests, c.keys, c.states, c.parents = append(c.dests, n.Destination), append(c.keys, n.Key), append(c.states, string(n.Delivery.State)), append(c.parents, n.Parent)
		c.due, c.created, c.attempts = append(c.due, nanos(n.Delivery.Due)), append(c.created, nanos(n.Created)), append(c.attempts, int64(n.Delivery.Attempts))
		c.revs, c.bodies = append(c.revs, int64(n.Delivery.Rev)), append(c.bodies, doc)
		for _, id := range n.Tells() {
			c.stories, c.storyDests, c.storyKeys = append(c.stories, int64(id)), append(c.storyDests, n.Destination), append(c.storyKeys, n.Key)
		}
	}
	return c, nil
}

// insert queues rows with the revision given, and what is to be done with one
// whose key is there.
func (c noticeColumns) insert(w *pgx.Batch, rev int, at time.Time, conflict string) {
	w.Queue(`INSERT INTO notice AS o (destination, key, state, due, created, parent, attempts, body, rev, at)
		SELECT *, $9::bigint, $10::bigint FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::bytea[])
		ON CONFLICT (destination, key) `+conflict, c.dests, c.keys, c.states, c.due, c.created, c.parents, c.attempts, c.bodies, rev, nanos(at))
	c.tell(w)
}

// tell queues which rows tell which stories. One that came to nothing is found
// out when it is read.
func (c noticeColumns) tell(w *pgx.Batch) {
	if len(c.stories) > 0 {
		w.Queue(`INSERT INTO tell SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`, c.stories, c.storyDests, c.storyKeys)
	}
}

func byNoticeKey(a, b monitor.Notice) int {
	return cmp.Or(cmp.Compare(a.Destination, b.Destination), cmp.Compare(a.Key, b.Key))
}

// queueNotices queues new notices, and replaces those pending and untried. Of
// several with one key each replaces the one before: they go in rounds.
func queueNotices(w *pgx.Batch, b monitor.Batch) error {
	now := time.Now()
	for rest := b.Notices; len(rest) > 0; {
		var round, later []monitor.Notice
		met := map[[2]string]bool{}
		for _, n := range rest {
			if k := [2]string{n.Destination, n.Key}; met[k] {
				later = append(later, n)
			} else {
				met[k] = true
				round = append(round, n)
			}
		}
		slices.SortFunc(round, byNoticeKey)
		c, err := columnsOf(round, now)
		if err != nil {
			return err
		}
		c.insert(w, 1, now, `DO UPDATE SET state=excluded.state, due=excluded.due, created=excluded.created, parent=excluded.parent,
			attempts=excluded.attempts, body=excluded.body, at=excluded.at, rev=o.rev+1 WHERE o.state='pending' AND o.attempts=0`)
		rest = later
	}
	return nil
}

// Update writes all rows or none. A row with Rev 0 is new, and ignored if its
// key exists; any other must have the stored row's Rev, or ErrStale is
// returned. Rev is set to what is now stored. It needs no term: Rev guards it.
func (s *Store) Update(ns []monitor.Notice) error {
	if len(ns) == 0 {
		return nil
	}
	var fresh, known []monitor.Notice
	for _, n := range ns {
		if n.Delivery.Rev == 0 {
			fresh = append(fresh, n)
		} else {
			known = append(known, n)
		}
	}
	w := s.batch()
	if err := queueChanges(w, known); err != nil {
		return err
	}
	revs, err := queueNew(w, fresh)
	if err != nil {
		return err
	}
	if err := s.send(w); hasCode(err, codeStale) {
		return monitor.ErrStale
	} else if err != nil {
		return err
	}
	for i := range ns {
		if d := &ns[i].Delivery; d.Rev == 0 {
			d.Rev = revs[[2]string{ns[i].Destination, ns[i].Key}]
		} else {
			d.Rev++
		}
	}
	return nil
}

// queueChanges queues new states of rows, and an error unless each is the row it
// was. The logarithm is that error: it tells the server to undo all.
func queueChanges(w *pgx.Batch, ns []monitor.Notice) error {
	if len(ns) == 0 {
		return nil
	}
	now := time.Now()
	slices.SortFunc(ns, byNoticeKey)
	c, err := columnsOf(ns, now)
	if err != nil {
		return err
	}
	// The rows are locked in order before they are changed.
	w.Queue(`WITH x AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::bytea[], $9::bigint[])
			AS x(destination, key, state, due, created, parent, attempts, body, rev)),
		held AS MATERIALIZED (SELECT destination, key FROM notice WHERE (destination, key) IN (SELECT destination, key FROM x) ORDER BY destination, key FOR UPDATE),
		u AS (UPDATE notice o SET state=x.state, due=x.due, created=x.created, parent=x.parent, attempts=x.attempts, body=x.body, rev=o.rev+1, at=$10
			FROM x JOIN held USING (destination, key) WHERE o.destination=x.destination AND o.key=x.key AND o.rev=x.rev RETURNING 1)
		SELECT ln(CASE WHEN (SELECT count(*) FROM u)=$11 THEN 1 ELSE 0 END)`,
		c.dests, c.keys, c.states, c.due, c.created, c.parents, c.attempts, c.bodies, c.revs, nanos(now), len(ns))
	c.tell(w)
	return nil
}

// queueNew queues rows whose keys are new, and the question which revisions
// then are stored.
func queueNew(w *pgx.Batch, ns []monitor.Notice) (map[[2]string]uint32, error) {
	if len(ns) == 0 {
		return nil, nil
	}
	now := time.Now()
	slices.SortFunc(ns, byNoticeKey)
	c, err := columnsOf(ns, now)
	if err != nil {
		return nil, err
	}
	c.insert(w, 1, now, `DO NOTHING`)
	revs := map[[2]string]uint32{}
	w.Queue(`SELECT destination, key, rev FROM notice WHERE (destination, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))`, c.dests, c.keys).Query(func(rows pgx.Rows) error {
		var k [2]string
		var rev int64
		_, err := pgx.ForEachRow(rows, []any{&k[0], &k[1], &rev}, func() error { revs[k] = uint32(rev); return nil })
		return err
	})
	return revs, nil
}

// notices reads rows of the outbox.
func (s *Store) notices(sql string, args ...any) (out []monitor.Notice, err error) {
	err = s.read(func(rows pgx.Rows) error {
		r, err := scanNotice(rows)
		out = append(out, r.Notice)
		return err
	}, `SELECT destination, key, rev, body FROM notice n WHERE `+sql, args...)
	return out, err
}

// scanNotice reads a row of the outbox. Its revision is the column's.
func scanNotice(rows pgx.Rows) (r store.NoticeRow, err error) {
	var dest, key string
	var rev int64
	var body []byte
	if err := rows.Scan(&dest, &key, &rev, &body); err != nil {
		return r, err
	}
	err = decode("outbox", dest+" "+key, body, &r)
	if err == nil && (r.Destination != dest || r.Key != key) {
		err = damaged("outbox", dest+" "+key, errors.New("it is the row of another key"))
	}
	r.Delivery.Rev = uint32(rev)
	return r, err
}

// Due lists notices that are pending or unknown and due by now, in order of
// due time, then of creation. One with a parent is left out while the parent
// is itself under way.
func (s *Store) Due(dest string, now time.Time, max int) ([]monitor.Notice, error) {
	return s.notices(`destination=$1 AND state IN ('pending', 'unknown') AND due<=$2 AND NOT EXISTS (SELECT 1 FROM notice p WHERE
		p.destination=n.destination AND n.parent<>'' AND p.key=n.parent AND p.state IN ('pending', 'unknown', 'inflight'))
		ORDER BY due, created, key LIMIT $3`, dest, nanos(now), max)
}

// Inflight lists the rows of a destination that an attempt was begun for and
// that were not settled.
func (s *Store) Inflight(dest string) ([]monitor.Notice, error) {
	return s.notices(`destination=$1 AND state='inflight' ORDER BY key`, dest)
}

// Next returns the earliest due time of a destination, zero if nothing waits.
func (s *Store) Next(dest string) (t time.Time, err error) {
	err = s.read(func(rows pgx.Rows) error {
		var due int64
		err := rows.Scan(&due)
		t = time.Unix(0, due).UTC()
		return err
	}, `SELECT due FROM notice WHERE destination=$1 AND state IN ('pending', 'unknown') ORDER BY due LIMIT 1`, dest)
	return t, err
}

// Notice returns one row.
func (s *Store) Notice(dest, key string) (n monitor.Notice, ok bool, err error) {
	ns, err := s.notices(`destination=$1 AND key=$2`, dest, key)
	if err != nil || len(ns) == 0 {
		return n, false, err
	}
	return ns[0], true, nil
}

// Breaker returns what was learned about a destination.
func (s *Store) Breaker(dest string) (g monitor.Breaker, err error) {
	err = s.read(func(rows pgx.Rows) error { return scanJSON(rows, "gates", dest, &g) }, `SELECT body FROM breaker WHERE destination=$1`, dest)
	return g, err
}

// SetBreaker stores what was learned about a destination.
func (s *Store) SetBreaker(dest string, g monitor.Breaker) error {
	doc, err := store.EncodeJSON(g)
	if err != nil {
		return err
	}
	w := s.batch()
	w.Queue(`INSERT INTO breaker VALUES ($1, $2) ON CONFLICT (destination) DO UPDATE SET body=excluded.body`, dest, doc)
	return s.lead(w)
}

// Counts returns how many rows every destination has in every state.
func (s *Store) Counts() (map[string]map[monitor.State]int, error) {
	out := map[string]map[monitor.State]int{}
	err := s.read(func(rows pgx.Rows) error {
		var dest, state string
		var n int
		err := rows.Scan(&dest, &state, &n)
		if out[dest] == nil {
			out[dest] = map[monitor.State]int{}
		}
		out[dest][monitor.State(state)] = n
		return err
	}, `SELECT destination, state, count(*) FROM notice GROUP BY destination, state`)
	return out, err
}

// The parts of a list of the outbox, in its order.
var listParts = [...]string{
	`state='inflight' AND %s ORDER BY destination, key`,
	`state IN ('pending', 'unknown') AND %s ORDER BY destination, due, created, key`,
	`state NOT IN ('pending', 'unknown', 'inflight') AND %s ORDER BY at DESC, destination DESC, key DESC`,
}

// List returns rows of the outbox: first what is under way, by destination and
// due time, then the rest, newest first.
func (s *Store) List(q monitor.NoticeFilter) (out []monitor.Notice, err error) {
	q.Limit = cmp.Or(q.Limit, 1000)
	const wanted = `($1='' OR destination=$1) AND at>=$2 AND (cardinality($3::text[])=0 OR state=ANY($3))`
	states := []string{}
	for _, st := range q.States {
		states = append(states, string(st))
	}
	if q.Story != 0 {
		out, err = s.notices(wanted+` AND (destination, key) IN (SELECT destination, key FROM tell WHERE story=$5) ORDER BY destination, key LIMIT $4`,
			q.Destination, nanos(q.Since), states, q.Limit, int64(q.Story))
		return slices.DeleteFunc(out, func(n monitor.Notice) bool { return !slices.Contains(n.Tells(), q.Story) }), err
	}
	for _, part := range listParts {
		if len(out) == q.Limit {
			break
		}
		ns, err := s.notices(fmt.Sprintf(part, wanted)+` LIMIT $4`, q.Destination, nanos(q.Since), states, q.Limit-len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, ns...)
	}
	return out, nil
}

// FailedDeliveries returns what did not reach its destination as it should,
// newest first, since t.
func (s *Store) FailedDeliveries(t time.Time) ([]monitor.Notice, error) {
	counts, err := s.Counts()
	if err != nil {
		return nil, err
	}
	var among []string // for the index of destinations and states, which spares a walk over all that arrived
	for dest, n := range counts {
		if n[monitor.Dead]+n[monitor.Unconfirmed] > 0 {
			among = append(among, dest)
		}
	}
	if among == nil {
		return nil, nil
	}
	return s.notices(`destination=ANY($1) AND state IN ('dead', 'unconfirmed') AND at>=$2 ORDER BY at DESC, destination DESC, key DESC LIMIT 100`, among, nanos(t))
}
