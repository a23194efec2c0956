package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"newswatch/monitor"
)

// A tale tells of polls what an operator would tell a colleague at info:
// trouble and matches; the rest is for debugging. While our own network is
// down it says so once instead of feed by feed. The zero value is ready; it is
// safe for concurrent use.
type tale struct {
	mu      sync.Mutex
	down    bool
	answers int // in a row since the network was down
}

// backAfter is how many answers in a row make the network be back: a single
// one may come from this machine.
const backAfter = 3

func (t *tale) tell(log *slog.Logger, feed string, out monitor.Polled) {
	switch went, came := t.network(out); {
	case went:
		log.Warn("network seems down", "err", "hardly any server answers: check this machine's network and DNS",
			"note", "feeds are tried again every minute or two, and nothing counts against them")
	case came:
		log.Info("network is back")
	}
	switch {
	case out.Err != nil:
		level := slog.LevelWarn
		if out.Down {
			level = slog.LevelDebug
		}
		log.Log(context.Background(), level, "feed not read", "feed", feed, "err", out.Err, "pause", time.Until(out.Poll.Next).Round(time.Second))
	case out.Matched > 0:
		log.Info("feed polled", "feed", feed, "new", out.New, "matched", out.Matched)
	default:
		log.Debug("feed polled", "feed", feed, "result", out.Result, "new", out.New)
	}
}

// network notes a poll and reports whether our network has just gone, or come
// back.
func (t *tale) network(out monitor.Polled) (went, came bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case out.Down:
		went, t.down, t.answers = !t.down, true, 0
	case !t.down:
	case out.Err != nil:
		t.answers = 0
	default:
		if t.answers++; t.answers >= backAfter {
			came, t.down, t.answers = true, false, 0
		}
	}
	return went, came
}
