package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store/pg"
	"newswatch/monitor/web"
)

// page is what listens for people and machines: the local page, the API,
// metrics and health. The zero page listens to nobody.
type page struct {
	listener net.Listener
	server   *web.Server
}

// openPage opens an address, "" for none. A port in use fails here, before
// anything runs.
func openPage(listen string, s *web.Server) (*page, error) {
	if listen == "" {
		return &page{}, nil
	}
	l, err := web.Listen(listen)
	if err != nil {
		return nil, err
	}
	return &page{l, s}, nil
}

// webServer makes the page of a daemon.
func (d *Daemon) webServer() *web.Server {
	s := &web.Server{
		Server:  d.server,
		Metrics: d.metrics, Ready: func() error { return d.alive(time.Now()) }, Listen: d.cfg.HTTP.Listen, PublicURL: d.cfg.HTTP.PublicURL, Hosts: d.cfg.HTTP.Hosts,
		Unusual: func() []monitor.Unusual {
			if found := d.unusual.Load(); found != nil {
				return *found
			}
			return nil
		},
		Edits: d.cfg.HTTP.Edits(), AuthHeader: d.cfg.HTTP.Auth.Header, AuthFrom: d.cfg.HTTP.Auth.Proxies(),
		FreeBytes: d.Store.Free, Quiet: d.delivery.Quiet, Lag: func() time.Duration { return max(0, time.Duration(d.poller.late.Load())) }}
	if d.hubs != nil {
		s.WebSub = d.hubs.subscriber
	}
	if d.team != nil {
		s.Fence, s.Jobs = d.Store.(*pg.Store).Fence, d.sharing.counts
	}
	return s
}

// close stops listening, if serve does not.
func (p *page) close() error {
	if p.listener == nil {
		return nil
	}
	return p.listener.Close()
}

// serve answers until ctx ends.
func (p *page) serve(ctx context.Context, log *slog.Logger) error {
	if p.listener == nil {
		return nil
	}
	var warm sync.WaitGroup
	defer warm.Wait()
	warm.Go(func() {
		if err := p.server.Warm(); err != nil {
			log.Warn("page not warmed", "err", err)
		}
	})
	return web.Serve(ctx, p.listener, p.server.Handler(), log)
}

// errNoStory is the answer to a button under a message that tells no story.
var errNoStory = errors.New("this message tells no single story")
