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
	"newswatch/notify"
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
	left, inForce, err := d.swap(ctx, cfg)
	switch {
	case !inForce:
		d.Log.Error("configuration refused, the old one goes on", "config", d.cfg.File, "err", err)
		d.metrics.Reloaded(false)
		return nil, err
	case err != nil:
		err = fmt.Errorf("the new configuration is in force, but what is owed to destinations that left it was not set aside: %w; reload again", err)
		d.Log.Error("configuration in force, its last step failed", "config", cfg.File, "err", err)
		d.metrics.Reloaded(false)
		return nil, err
	}
	for _, e := range left {
		changes = append(changes, e.Content().Headline)
	}
	d.metrics.Reloaded(true)
	d.Log.Info("configuration reloaded", "config", cfg.File, "changes", len(changes), "what", strings.Join(changes, "; "))
	return changes, nil
}

// swap puts a valid configuration into force, and returns the destinations that
// left and are owed something. All but the last step that can fail is done before
// anything is changed.
func (d *Daemon) swap(ctx context.Context, cfg *config.Config) (left []notify.Event, inForce bool, err error) {
	sources, err := sourcesOf(cfg)
	if err != nil {
		return nil, false, err
	}
	channels, err := Channels(cfg, d.Out)
	if err != nil {
		return nil, false, err
	}
	if err := d.client.use(cfg.Fetch); err != nil {
		return nil, false, fmt.Errorf("fetch: %w", err)
	}
	d.articles.reader.Use(readSettings(cfg))
	d.copies.use(cfg)
	d.Monitor.SetRules(cfg.Rules())
	d.poller.reload(ctx, sources)
	d.digests.replace(cfg.Digests)
	d.cfg = cfg
	d.team.use(cfg)
	left, err = d.delivery.Replace(channels)
	return left, true, err
}

// pollNow has a feed, "" for all, polled as soon as its host takes it.
func (d *Daemon) pollNow(ctx context.Context, feed string) ([]string, error) {
	names := []string{feed}
	if feed == "" {
		names = slices.Sorted(maps.Keys(d.Monitor.Rules().Feeds))
	}
	return names, d.poller.pollNow(ctx, feed)
}
