package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/web"
	"newswatch/notify"
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
			Log:    d.Log,
			Orders: api.Orders{Silence: d.silence, Retry: d.retry, Drop: d.drop}, Maintainer: d.Store},
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

func (d *Daemon) retry(n monitor.Notice) (monitor.Notice, error) {
	return d.rewrite(notify.Requeue(n, time.Now().UTC()))
}

func (d *Daemon) drop(n monitor.Notice, reason string) (monitor.Notice, error) {
	return d.rewrite(notify.Drop(n, reason))
}

// rewrite stores a row as an order left it, and has the deliverers look at it.
func (d *Daemon) rewrite(n monitor.Notice, err error) (monitor.Notice, error) {
	if err != nil {
		return n, err
	}
	ns := []monitor.Notice{n}
	if err := d.Store.Update(ns); err != nil {
		return n, fmt.Errorf("notice %s: %w", n.Key, err)
	}
	d.delivery.Wake()
	return ns[0], nil
}

// errNoStory is the answer to a button under a message that tells no story.
var errNoStory = errors.New("this message tells no single story")
