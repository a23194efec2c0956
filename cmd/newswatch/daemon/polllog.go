package daemon

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"newswatch/monitor"
)

// A pollLog logs polls: trouble and matches at info and above, the rest for
// debugging. While our own network is
// down it says so once instead of feed by feed. The zero value is ready; it is
// safe for concurrent use.
type pollLog struct {
	mu      sync.Mutex
	down    bool
	answers int // in a row since the network was down
}

// backAfter is how many answers in a row make the network be back: a single
// one may come from this machine.
const backAfter = 3

func (l *pollLog) write(log *slog.Logger, feed string, out monitor.PollResult) {
	switch went, came := l.network(out); {
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
func (l *pollLog) network(out monitor.PollResult) (went, came bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case out.Down:
		went, l.down, l.answers = !l.down, true, 0
	case !l.down:
	case out.Err != nil:
		l.answers = 0
	default:
		if l.answers++; l.answers >= backAfter {
			came, l.down, l.answers = true, false, 0
		}
	}
	return went, came
}
