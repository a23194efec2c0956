package daemon

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/wire"
	"newswatch/monitor/identity"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store/pg"
)

// A helper makes exchanges for the leader. It decides nothing: what it knows of a
// feed only spares it reading entries, and what it loses is fetched by the leader.
type helper struct {
	client  feeds.Fetcher
	db      *pg.DB
	store   *pg.Store // to read
	log     *slog.Logger
	slots   int
	network schedule.Network
	down    time.Time // until when our own network is taken to be down
}

// How often jobs are asked for: soon while there are some, seldom while there are
// none. While nobody answers us, others do better.
const (
	helpLeast = jobsEvery
	helpMost  = 250 * time.Millisecond
	helpRests = time.Minute
)

// run takes jobs until ctx ends.
func (h *helper) run(ctx context.Context) error {
	results := make(chan pg.Job, h.slots)
	busy, wait := 0, helpLeast
	for {
		select {
		case <-ctx.Done():
			for range busy { // each ends with ctx
				<-results
			}
			return nil
		case <-time.After(wait):
		}
		wait = min(2*wait, helpMost)
		done := drained(results)
		busy -= len(done)
		if err := h.deliver(ctx, done); err != nil {
			wait = helpMost // the leader makes them itself
			continue
		}
		if busy >= h.slots || time.Now().Before(h.down) {
			continue
		}
		jobs, err := h.db.Claim(ctx, wire.Version, h.slots-busy)
		if err != nil {
			continue // whoever announces this daemon says so
		}
		for _, j := range jobs {
			busy++
			go func() { results <- h.make(ctx, j) }()
		}
		if len(jobs)+len(done) > 0 || busy > 0 {
			wait = helpLeast
		}
	}
}

// drained takes what is there.
func drained(results chan pg.Job) (out []pg.Job) {
	for range len(results) {
		out = append(out, <-results)
	}
	return out
}

// deliver hands over results. Those without a body came to nothing of the feed's
// making.
func (h *helper) deliver(ctx context.Context, done []pg.Job) error {
	var out []pg.Job
	for _, r := range done {
		if r.Body == nil {
			h.down = time.Now().Add(helpRests)
		} else {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return h.db.Deliver(ctx, out)
}

// make makes an exchange. The result has no body if our own network failed, or
// nothing can be said.
func (h *helper) make(ctx context.Context, j pg.Job) pg.Job {
	f, st, err := wire.DecodeJob(j.Body)
	if err != nil {
		h.log.Error("the leader's job cannot be read", "err", err)
		return pg.Job{ID: j.ID}
	}
	res, err := h.client.Fetch(ctx, f, st, func(int) (feeds.Hashes, error) {
		seen, err := h.store.Seen(f.ID())
		return identity.ListedHashes(seen), err
	})
	if h.network.Observe(f.URL, err, time.Now()) == schedule.Ours || ctx.Err() != nil {
		return pg.Job{ID: j.ID}
	}
	body, err := wire.EncodeOutcome(res, err)
	if err != nil && !errors.Is(err, context.Canceled) {
		h.log.Error("exchange for the leader not made", "feed", f.Name, "err", err)
	}
	return pg.Job{ID: j.ID, Body: body}
}
