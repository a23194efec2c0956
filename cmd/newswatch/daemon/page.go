package daemon

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
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
func openPage(d *Daemon) (*page, error) {
	if d.cfg.HTTP.Listen == "" {
		return &page{}, nil
	}
	l, err := web.Listen(d.cfg.HTTP.Listen)
	if err != nil {
		return nil, err
	}
	s := &web.Server{
		Server: &api.Server{Reader: reader{d.Store, d.Monitor}, Rules: d.Monitor.Rules, Version: d.Version, Started: d.started,
			Log: d.Log, Silence: d.silence, Retry: d.retry, Drop: d.drop},
		Metrics: d.metrics, Ready: func() error { return d.alive(time.Now()) }, Listen: d.cfg.HTTP.Listen, PublicURL: d.cfg.HTTP.PublicURL,
		FreeBytes: d.Store.Free, Quiet: d.delivery.Quiet, Lag: func() time.Duration { return max(0, time.Duration(d.poller.late.Load())) }}
	if d.hubs != nil {
		s.WebSub = d.hubs.subscriber
	}
	return &page{l, s}, nil
}

// Serve answers until ctx ends.
func (p *page) serve(ctx context.Context, d *Daemon) error {
	if p.listener == nil {
		return nil
	}
	var warm sync.WaitGroup
	defer warm.Wait()
	warm.Go(func() {
		if err := p.server.Warm(); err != nil {
			d.Log.Warn("page not warmed", "err", err)
		}
	})
	return web.Serve(ctx, p.listener, p.server.Handler(), d.Log)
}

// silence is what the page and the buttons ask for.
func (d *Daemon) silence(q monitor.Silence) error {
	if q.ID == "" {
		q.Created = time.Now().UTC()
		q.ID = q.Name()
	}
	return d.Monitor.Silence(q)
}

func (d *Daemon) retry(dest, key string) error { return d.order(runOutboxRetry, dest, key, "") }

func (d *Daemon) drop(dest, key, reason string) error {
	return d.order(runOutboxDrop, dest, key, reason)
}

// order carries out one order on one row of the outbox.
func (d *Daemon) order(do handler, dest, key, reason string) error {
	args := mustJSON(OutboxArgs{Destination: dest, Keys: []string{key}, Reason: reason})
	return do(context.Background(), d.handlers(), args, func(any) error { return nil })
}

// errNoStory is the answer to a button under a message that tells no story.
var errNoStory = errors.New("this message tells no single story")
