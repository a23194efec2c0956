package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/urls"
	"newswatch/feeds/websub"
	"newswatch/monitor"
	"newswatch/monitor/store"
)

// hubs has feeds pushed by their hubs (WebSub). Polling goes on beside it: a
// push is only the quicker way.
type hubs struct {
	subscriber *websub.Subscriber
	client     *fetcher
	store      store.Store
	monitor    *monitor.Monitor
	log        *slog.Logger

	mu    sync.Mutex // guards what follows
	rules *monitor.Rules
	byID  map[string]*feeds.Feed // those of rules
}

// feed returns the configured feed of an ID.
func (h *hubs) feed(id string) (feeds.Feed, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if rules := h.monitor.Rules(); h.rules != rules {
		h.rules, h.byID = rules, make(map[string]*feeds.Feed, len(rules.Feeds))
		for _, f := range rules.Feeds {
			h.byID[f.ID()] = f
		}
	}
	if f := h.byID[id]; f != nil {
		return *f, true
	}
	return feeds.Feed{}, false
}

// leaseNote is where leases are kept across restarts.
const leaseNote = "websub leases"

// openHubs returns nil unless hubs can reach us.
func openHubs(d *Daemon) (*hubs, error) {
	if d.cfg.HTTP.PublicURL == "" || d.cfg.HTTP.Listen == "" {
		return nil, nil
	}
	h := &hubs{client: d.client, store: d.Store, monitor: d.Monitor, log: d.Log}
	var leases []websub.Lease
	kept, err := d.Store.Note(leaseNote)
	if err == nil && kept != nil {
		err = json.Unmarshal(kept, &leases)
	}
	if err != nil {
		return nil, fmt.Errorf("leases of hubs: %w", err)
	}
	h.subscriber, err = websub.NewSubscriber(d.client.Load, strings.TrimSuffix(d.cfg.HTTP.PublicURL, "/")+"/websub/", leases, h.deliver)
	if err != nil {
		return nil, fmt.Errorf("http.public_url: %w", err)
	}
	return h, nil
}

// deliver takes in what a hub pushed, by the same way as a poll. What cannot be
// read is not worth being pushed again; the next poll will tell.
func (h *hubs) deliver(ctx context.Context, feed string, body []byte, contentType string) error {
	f, ok := h.feed(feed)
	if !ok {
		return fmt.Errorf("no feed is configured at %s any more", urls.Shown(feed))
	}
	doc, err := h.client.Load().Read(ctx, f, body, contentType)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		h.log.Warn("push not read", "feed", f.Name, "err", err)
		return nil
	}
	out, err := h.monitor.Push(ctx, f, doc)
	if err == nil {
		h.log.Debug("feed pushed", "feed", f.Name, "new", out.New, "matched", out.Matched)
	}
	return err
}

// renewEvery is how often leases are looked at.
const renewEvery = time.Minute

// run keeps leases in step with what polls find out about hubs, until ctx
// ends.
func (h *hubs) run(ctx context.Context) error {
	if h == nil {
		return nil
	}
	t := time.NewTicker(renewEvery)
	defer t.Stop()
	for {
		if err := h.renew(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("hubs not asked", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

func (h *hubs) renew(ctx context.Context) error {
	with := map[string]bool{}
	if err := h.store.Feeds(monitor.HubFeeds, func(rec monitor.FeedRecord) bool {
		if f, ok := h.feed(rec.ID); ok {
			with[rec.ID] = true
			h.subscriber.Offer(f, rec.State)
		}
		return true
	}); err != nil {
		return err
	}
	h.subscriber.Keep(with)
	failed := h.subscriber.Renew(ctx)
	kept, err := json.Marshal(h.subscriber.Leases())
	if err != nil {
		return err
	}
	if err := h.store.PutNote(leaseNote, kept); err != nil {
		return err
	}
	return failed
}
