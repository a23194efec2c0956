package daemon

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/report"
	"newswatch/notify"
)

// server returns what answers the page and commands: in the daemon, or in the
// command's own process if no daemon runs. It reloads nothing.
func (r *components) server(version string, log *slog.Logger, plans func() []config.Digest) *api.Server {
	return &api.Server{Reader: r.reader(), Rules: r.Monitor.Rules, Labelled: r.labelled, Version: version, Log: log, Maintainer: r.Store, Articles: r.articles.status,
		Orders: api.Orders{Silence: r.silence, Retry: r.retry, Drop: r.drop, Split: r.Monitor.SplitStory, Merge: r.Monitor.MergeStories,
			Label: r.label, Claim: r.Monitor.Claim, Tally: r.Monitor.Tally,
			Digest: func(o api.DigestOrder) (monitor.Notice, error) { return r.digest(plans(), o) }}}
}

// reader is the store with what has happened since its last commit: a poll that
// changed nothing waits for the next checkpoint to be written down.
type reader struct {
	Store
	monitor *monitor.Monitor // nil where none judges
	client  *fetcher         // knows which hosts asked for silence; nil for none
}

func (r *components) reader() reader { return reader{r.Store, r.Monitor, r.client} }

// Feed returns what is known of a feed at this moment, without what was seen of
// it where that is newer than the store's.
func (r reader) Feed(id string) (monitor.FeedRecord, error) {
	rec, err := r.Store.Feed(id)
	if err == nil {
		r.freshen(&rec)
	}
	return rec, err
}

// Feeds calls fn for every feed of a set as it is known at this moment; which of
// them are in the set was decided by the last commit.
func (r reader) Feeds(which monitor.FeedSet, fn func(monitor.FeedRecord) bool) error {
	return r.Store.Feeds(which, func(rec monitor.FeedRecord) bool {
		r.freshen(&rec)
		return fn(rec)
	})
}

// freshen brings a record read from the store up to this moment.
func (r reader) freshen(rec *monitor.FeedRecord) {
	if r.monitor != nil {
		r.monitor.Freshen(rec)
	}
	if r.client != nil {
		sayHeld(rec, r.monitor.Rules().Feeds, r.client.Load().Silence, time.Now())
	}
}

// sayHeld says of a feed whose host asked for silence, perhaps when another
// feed was polled, that this is so and when it is really polled next.
func sayHeld(rec *monitor.FeedRecord, byName map[string]*feeds.Feed, silence func(feeds.Feed) time.Time, now time.Time) {
	f, ok := byName[rec.Name]
	if !ok || f.ID() != rec.ID {
		return
	}
	if until := silence(*f); until.After(now) && until.After(rec.Poll.Next) {
		rec.Poll.Next = until
		rec.Held = "its host asked for silence until " + until.UTC().Format("2 Jan 15:04 UTC")
	}
}

// silence starts a silence, or ends one.
func (r *components) silence(q monitor.Silence) error {
	if q.ID == "" {
		q.Created = time.Now().UTC()
		q.ID = q.Name()
	}
	return r.Monitor.Silence(q)
}

// retry has a row tried again at once. One whose destination is not configured
// nobody would try.
func (r *components) retry(n monitor.Notice) (monitor.Notice, error) {
	if !r.Monitor.Rules().Configured(n.Destination) {
		return n, api.Refuse(http.StatusConflict, "notice %s: its destination %s is not configured: it goes out by itself once one is named so again (if it was renamed, give it that name back); newswatch outbox drop gives it up",
			n.Key, n.Destination)
	}
	return r.rewrite(notify.Requeue(n, time.Now().UTC()))
}

func (r *components) drop(n monitor.Notice, reason string) (monitor.Notice, error) {
	return r.rewrite(notify.Drop(n, reason))
}

// rewrite stores a row as an order left it, and has the deliverers look at it.
func (r *components) rewrite(n monitor.Notice, err error) (monitor.Notice, error) {
	if err != nil {
		return n, err
	}
	ns := []monitor.Notice{n}
	if err := r.Store.Update(ns); err != nil {
		return n, fmt.Errorf("notice %s: %w", n.Key, err)
	}
	r.wake()
	return ns[0], nil
}

// digest makes a digest of the time since the last slot.
func (r *components) digest(plans []config.Digest, o api.DigestOrder) (n monitor.Notice, err error) {
	p, err := r.plan(plans, o.Name)
	if err != nil {
		return n, err
	}
	now := time.Now()
	period, err := recent(p, o.Since, now)
	if err != nil {
		return n, err
	}
	made, err := report.BuildDigest(r.reader(), r.Monitor.Rules(), p.Plan(), period)
	if err != nil {
		return n, err
	}
	if o.Send {
		if err := r.Monitor.SendDigest(p.Plan(), made); err != nil {
			return n, err
		}
	}
	return monitor.Notice{Kind: monitor.DigestKind, Created: now, Content: monitor.Content{Headline: made.Headline(), Digest: made}}, nil
}

// plan returns the digest of a name, or the first; without any, one over all
// watches every morning.
func (r *components) plan(plans []config.Digest, name string) (config.Digest, error) {
	for _, p := range plans {
		if name == "" || p.Name == name {
			return p, nil
		}
	}
	if name != "" {
		return config.Digest{}, api.Refuse(http.StatusBadRequest, "no digest is named %q", name)
	}
	zone := cmp.Or(r.Monitor.Rules().Zone, time.Local)
	slots, err := config.ParseSlots("0 7 * * *", zone)
	return config.Digest{Name: "digest", Zone: zone, Slots: slots}, err
}

// recent is the period of a preview: since the last slot sent, up to now.
func recent(p config.Digest, since, now time.Time) (report.Period, error) {
	slot, at := p.Slots.Last(now)
	if at.IsZero() {
		at, slot = now.AddDate(0, 0, -1), now.Format(config.SlotForm)
	}
	if !since.IsZero() {
		at = since
	}
	if at.After(now) {
		return report.Period{}, fmt.Errorf("--since lies in the future")
	}
	return report.Period{Slot: slot, From: at, To: now}, nil
}
