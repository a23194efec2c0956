package main

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/web"
)

// page is what listens for people and machines: the local page, the API,
// metrics and health. The zero page listens to nobody.
type page struct {
	listener net.Listener
	server   *web.Server
}

// openPage opens http.listen, if it is set. A port in use fails here, before
// anything runs.
func openPage(d *daemon) (*page, error) {
	if d.cfg.HTTP.Listen == "" {
		return &page{}, nil
	}
	l, err := web.Listen(d.cfg.HTTP.Listen)
	if err != nil {
		return nil, err
	}
	s := &web.Server{Reader: reader{d.store, d.monitor}, Rules: d.monitor.Rules, Metrics: d.metrics, Version: version(), Started: d.started, Log: d.log,
		Ready: func() error { return d.alive(time.Now()) }, Listen: d.cfg.HTTP.Listen, PublicURL: d.cfg.HTTP.PublicURL,
		FreeBytes: d.store.Free, Lag: func() time.Duration { return max(0, time.Duration(d.poller.late.Load())) },
		Silence: d.silence, Retry: d.retry, Drop: d.drop}
	if d.hubs != nil {
		s.WebSub = d.hubs.subscriber
	}
	return &page{l, s}, nil
}

// serve answers until ctx ends.
func (p *page) serve(ctx context.Context, d *daemon) error {
	if p.listener == nil {
		return nil
	}
	var warm sync.WaitGroup
	defer warm.Wait()
	warm.Go(func() {
		if err := p.server.Warm(); err != nil {
			d.log.Warn("page not warmed", "err", err)
		}
	})
	return web.Serve(ctx, p.listener, p.server.Handler(), d.log)
}

// silence is what the page and the buttons ask for.
func (d *daemon) silence(q monitor.Silence) error {
	if q.ID == "" {
		q.Created = time.Now().UTC()
		q.ID = q.Name()
	}
	return d.monitor.Silence(q)
}

func (d *daemon) retry(dest, key string) error { return d.order(runOutboxRetry, dest, key, "") }

func (d *daemon) drop(dest, key, reason string) error {
	return d.order(runOutboxDrop, dest, key, reason)
}

// order carries out one order on one row of the outbox.
func (d *daemon) order(do errand, dest, key, reason string) error {
	args := mustJSON(outboxArgs{Destination: dest, Keys: []string{key}, Reason: reason})
	return do(context.Background(), d.desk(), args, func(any) error { return nil })
}

// errNoStory is the answer to a button under a message that tells no story.
var errNoStory = errors.New("this message tells no single story")
