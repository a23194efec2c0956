package pg

import (
	"math"
	"sync"

	"github.com/jackc/pgx/v5"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// Searches read only those runs of items of which they may find something, as in
// bolt. A run is the items up to its last one from behind the last one of the run
// before it. What words they have is found out when they are all there, so that
// commits pay next to nothing for it; a run of which an item was written since is
// stale, and read by every search until it is made again.
const sqlStale = `UPDATE words SET stale=true WHERE NOT stale
	AND last IN (SELECT (SELECT last FROM words WHERE last>=x ORDER BY last LIMIT 1) FROM unnest($1::bigint[]) x)`

// runs is what a session knows of them. It is locked while items are written, and
// while it is found out which words they have.
type runs struct {
	sync.Mutex
	last int64             // item of the last run, 0 if that is not known
	enc  store.ItemEncoder // of what is written
}

const (
	runItems    = 64  // in a run
	runsAtOnce  = 16  // that one IndexWords makes
	runsPerRead = 256 // that one query of a search looks at
)

// IndexWords makes some of what searches need of the items that were not looked at
// yet, or were written since. It reports whether there is more to do.
func (s *Store) IndexWords() (more bool, err error) {
	s.runs.Lock()
	defer s.runs.Unlock()
	// A stale run, or else all behind the last run.
	stale, from, to := false, int64(0), int64(math.MaxInt64)
	err = s.read(func(rows pgx.Rows) error { return rows.Scan(&stale, &from, &to) }, `WITH old AS (SELECT last FROM words WHERE stale ORDER BY last LIMIT 1)
		SELECT EXISTS (SELECT FROM old), coalesce((SELECT max(last) FROM words WHERE last<coalesce((SELECT last FROM old), $1)), 0), coalesce((SELECT last FROM old), $1)`, to)
	if err != nil {
		return false, err
	}
	recs, err := s.items(`id>$1 AND id<=$2 ORDER BY id LIMIT $3`, from, to, runItems*runsAtOnce)
	if err != nil {
		return false, err
	}
	w, made := s.batch(), 0
	put := func(last int64, recs []monitor.Record) {
		var keys []uint64
		for i := range recs {
			keys = store.WordsOf(keys, &recs[i])
		}
		w.Queue(`INSERT INTO words VALUES ($1, false, $2) ON CONFLICT (last) DO UPDATE SET stale=false, filter=excluded.filter`, last, []byte(store.NewWordFilter(keys)))
		made++
	}
	if stale {
		put(to, recs)
		return true, s.lead(w)
	}
	for ; len(recs) >= runItems; recs = recs[runItems:] {
		from = int64(recs[runItems-1].ID)
		put(from, recs[:runItems])
	}
	if made > 0 {
		err = s.lead(w)
	}
	if err == nil {
		s.runs.last = from
	}
	return made == runsAtOnce, err
}

// A span is the items behind one ID up to another.
type span struct{ behind, to int64 }

// ItemsWith is ItemsBefore for the items from an ID on, without those of which is
// known that they have not the words.
func (s *Store) ItemsWith(from, before monitor.ItemID, may func(has func(key uint64) bool) bool, fn func(monitor.Record) bool) error {
	rest := span{max(int64(from), 1) - 1, int64(before) - 1}
	if before == 0 {
		rest.to = math.MaxInt64
	}
	for rest.to > rest.behind {
		spans, next, err := s.spans(rest, may)
		if err != nil {
			return err
		}
		for _, sp := range spans {
			if more, err := s.readSpan(sp, fn); err != nil || !more {
				return err
			}
		}
		rest.to = next
	}
	return nil
}

// spans returns what of rest is to be read, the newest first, down to next, where
// another query begins.
func (s *Store) spans(rest span, may func(has func(key uint64) bool) bool) (out []span, next int64, err error) {
	add := func(sp span) {
		if n := len(out); n > 0 && out[n-1].behind == sp.to {
			out[n-1].behind = sp.behind
		} else if sp.to > sp.behind {
			out = append(out, sp)
		}
	}
	wanted, rows := true, 0 // of the run before: what is behind the last run of all is
	next = rest.to
	err = s.read(func(r pgx.Rows) error {
		var last int64
		var stale bool
		var filter []byte
		if err := r.Scan(&last, &stale, &filter); err != nil {
			return err
		}
		if below := min(last, next); wanted {
			add(span{below, next})
		}
		next, wanted = min(last, next), stale || may(store.WordFilter(filter).Has)
		rows++
		return nil
	}, `SELECT last, stale, filter FROM words WHERE last>$1 AND last<=coalesce((SELECT min(last) FROM words WHERE last>=$2), $2) ORDER BY last DESC LIMIT $3`,
		rest.behind, rest.to, runsPerRead+1)
	if err != nil || rows > runsPerRead { // the last one was read for its end alone
		return out, next, err
	}
	if wanted {
		add(span{rest.behind, next})
	}
	return out, rest.behind, nil
}

// readSpan calls fn with the items of a span, newest first, and reports whether it
// wants more.
func (s *Store) readSpan(sp span, fn func(monitor.Record) bool) (more bool, err error) {
	for sp.to > sp.behind {
		recs, err := s.items(`id>$1 AND id<=$2 ORDER BY id DESC LIMIT $3`, sp.behind, sp.to, page)
		if err != nil || len(recs) == 0 {
			return true, err
		}
		for _, rec := range recs {
			if !fn(rec) {
				return false, nil
			}
		}
		sp.to = int64(recs[len(recs)-1].ID) - 1
	}
	return true, nil
}
