package daemon

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	systemd "github.com/coreos/go-systemd/v22/daemon"

	"newswatch/cmd/newswatch/config"
)

// reloadOnSignal reloads the configuration at every signal that asks for it.
func reloadOnSignal(ctx context.Context, signals <-chan os.Signal, reload func(context.Context) ([]string, error)) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-signals:
			_, _ = reload(ctx) // it has logged what became of it
		}
	}
}

// reload reads the configuration again and swaps it in, or keeps the old one
// and says what is wrong with the new. It returns what changed.
func (d *Daemon) reload(ctx context.Context) ([]string, error) {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	_, _ = systemd.SdNotify(false, systemd.SdNotifyReloading+"\n"+systemd.SdNotifyMonotonicUsec())
	defer systemd.SdNotify(false, systemd.SdNotifyReady)
	cfg, report := config.Load(d.cfg.File, os.LookupEnv)
	if !report.OK() {
		err := report.Err()
		d.Log.Error("configuration refused, the old one goes on", "config", d.cfg.File, "err", err)
		d.metrics.Reloaded(false)
		return nil, err
	}
	changes := config.Diff(d.cfg, cfg)
	if err := d.swap(ctx, cfg); err != nil {
		d.Log.Error("configuration refused, the old one goes on", "config", d.cfg.File, "err", err)
		d.metrics.Reloaded(false)
		return nil, err
	}
	d.metrics.Reloaded(true)
	d.Log.Info("configuration reloaded", "config", cfg.File, "changes", len(changes), "what", strings.Join(changes, "; "))
	return changes, nil
}

// swap puts a valid configuration into force. Everything that can fail is done
// before anything is changed.
func (d *Daemon) swap(ctx context.Context, cfg *config.Config) error {
	sources, err := sourcesOf(cfg)
	if err != nil {
		return err
	}
	channels, err := Channels(cfg, d.Out)
	if err != nil {
		return err
	}
	if err := d.client.use(cfg.Fetch); err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	d.Monitor.SetRules(cfg.Rules())
	d.poller.reload(ctx, sources)
	d.digests.replace(cfg.Digests)
	d.cfg = cfg
	d.team.use(cfg)
	return d.delivery.Replace(channels)
}

// pollNow has a feed, "" for all, polled as soon as its host takes it.
func (d *Daemon) pollNow(ctx context.Context, feed string) ([]string, error) {
	names := []string{feed}
	if feed == "" {
		names = slices.Sorted(maps.Keys(d.Monitor.Rules().Feeds))
	}
	return names, d.poller.pollNow(ctx, feed)
}
