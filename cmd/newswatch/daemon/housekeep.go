package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
	"github.com/robfig/cron/v3"

	"newswatch/monitor"
	"newswatch/monitor/report"
)

// housekeep does what comes round by the clock: digests, checkpoints,
// forgetting, the heartbeat. cron is only the ticker; what was done when is in
// the store, so that a run missed is made good and none is done twice.
func (d *Daemon) housekeep(ctx context.Context) error {
	c, disk, damage := newCron(d.Log), &diskWatch{}, damageWatch{}
	for spec, job := range map[string]func(){
		"@every 10s": func() { disk.check(d, time.Now()); damage.check(d) },
		"@every 1m":  func() { d.digests.tick(time.Now()) },
		"@every 2m":  func() { d.indexWords(ctx) },
		"@every 5m":  d.checkpoint,
		"@every 30m": d.lookUnusual,
		"17 4 * * *": d.forget,
	} {
		if _, err := c.AddFunc(spec, job); err != nil {
			return fmt.Errorf("housekeeping %q: %w", spec, err)
		}
	}
	if hb := d.cfg.Heartbeat; hb.URL != "" {
		beats := &heartbeat{daemon: d, to: hb.URL}
		if _, err := c.AddFunc("@every "+hb.Every.String(), func() { beats.beat(ctx, time.Now()) }); err != nil {
			return fmt.Errorf("heartbeat: %w", err)
		}
	}
	var mending sync.WaitGroup
	defer mending.Wait()
	mending.Go(d.mend)
	mending.Go(d.lookUnusual)
	d.digests.tick(time.Now()) // slots missed while newswatch was down
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}

// newCron makes a ticker whose jobs neither overlap nor take the process with
// them. Recover must come last, or a job that panicked once is taken to be
// running for ever (robfig/cron#366).
func newCron(log *slog.Logger) *cron.Cron {
	l := cronLog{log}
	return cron.New(cron.WithLogger(l), cron.WithChain(cron.SkipIfStillRunning(l), cron.Recover(l)))
}

// cronLog keeps cron's chatter for debugging.
type cronLog struct{ log *slog.Logger }

// Info is what cron says of its own doing.
func (l cronLog) Info(msg string, kv ...any) { l.log.Debug("cron: "+msg, kv...) }

// Error is a job that panicked.
func (l cronLog) Error(err error, msg string, kv ...any) {
	l.log.Error("job panicked", append([]any{"err", err}, kv...)...)
}

func (d *Daemon) checkpoint() {
	if err := d.Monitor.Checkpoint(); err != nil {
		d.Log.Error("checkpoint failed", "err", err)
	}
}

// betweenIndexing is how long others have the store between two transactions.
const betweenIndexing = 50 * time.Millisecond

// indexWords has searches find what was archived since it was called last.
func (d *Daemon) indexWords(ctx context.Context) {
	for ctx.Err() == nil && !d.Store.Full() {
		more, err := d.Store.IndexWords()
		if err != nil {
			d.Log.Error("the index of words is behind: searches take longer", "err", err)
		}
		if !more || err != nil {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(betweenIndexing):
		}
	}
}

// lookUnusual looks which watches find far more than usual or nothing, for the
// page, and tells those who want to hear of it at once.
func (d *Daemon) lookUnusual() {
	now := time.Now()
	found, err := report.Unusual(d.reader(), d.Monitor.Rules(), now)
	if err != nil {
		d.Log.Error("what is unusual is not known", "err", err)
		return
	}
	d.unusual.Store(&found)
	for _, u := range found {
		told, err := d.tellUnusual(u, now)
		if err != nil {
			d.Log.Error("unusual day not told", "watch", u.Watch, "entity", u.Entity, "err", err)
		} else if told {
			d.Log.Info("unusual day told", "watch", u.Watch, "entity", u.Entity, "kind", u.Kind)
		}
	}
}

// tellUnusual tells it unless that was done today.
func (d *Daemon) tellUnusual(u monitor.Unusual, now time.Time) (bool, error) {
	now = now.In(cmp.Or(d.Monitor.Rules().Zone, time.UTC))
	slot, mark := u.Slot(now)
	if last, err := d.Store.Slot(slot); err != nil || last == mark {
		return false, err
	}
	return d.Monitor.TellUnusual(u, now)
}

// mend has the outbox find every notice that is owed, whatever was damaged.
func (d *Daemon) mend() {
	switch mended, err := d.Store.MendOutbox(); {
	case err != nil:
		d.Log.Error("indexes of the outbox not held against its rows", "err", err)
	case mended:
		d.Log.Error("the indexes of the outbox were damaged and are made anew")
		d.delivery.Wake()
	}
}

// forget drops what is older than store.keep, and texts older than store.archive.
func (d *Daemon) forget() {
	d.mend()
	n, err := d.Store.Prune(time.Now().Add(-cmp.Or(d.Monitor.Rules().Keep, 400*24*time.Hour)))
	if err != nil {
		d.Log.Error("forgetting failed", "err", err)
	} else if n > 0 {
		d.Log.Info("forgot old rows", "rows", n)
	}
	after := d.Monitor.Rules().Archive
	if after == 0 {
		return
	}
	n, err = d.Store.DropTexts(time.Now().Add(-after))
	if err != nil {
		d.Log.Error("dropping old texts failed", "err", err)
	} else if n > 0 {
		d.Log.Info("dropped old texts", "items", n)
	}
}

// stuckAfter is how long the poller may be still before the watchdog starves.
const stuckAfter = 3 * pulse

// supervise tells systemd that the daemon is ready, and feeds its watchdog for
// as long as the poller moves and the store answers.
func supervise(ctx context.Context, log *slog.Logger, alive func(now time.Time) error) error {
	if _, err := systemd.SdNotify(false, systemd.SdNotifyReady); err != nil {
		log.Warn("systemd not told", "err", err)
	}
	every, err := systemd.SdWatchdogEnabled(false)
	if err != nil {
		return fmt.Errorf("watchdog: %w", err)
	}
	if every == 0 {
		<-ctx.Done()
		return nil
	}
	t := time.NewTicker(every / 2)
	defer t.Stop()
	for {
		if err := alive(time.Now()); err != nil {
			log.Error("watchdog not fed", "err", err)
		} else if _, err := systemd.SdNotify(false, systemd.SdNotifyWatchdog); err != nil {
			log.Warn("systemd not told", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// alive reports what has stopped moving for good, nil if nothing has.
func (d *Daemon) alive(now time.Time) error {
	if still := now.Sub(time.Unix(0, d.poller.beat.Load())); d.poller.beat.Load() != 0 && still > stuckAfter {
		return fmt.Errorf("the poller has not moved for %v", still.Round(time.Second))
	}
	done := make(chan error, 1)
	go func() { done <- d.checkStore() }()
	select {
	case err := <-done:
		return errors.Join(err, d.delivery.Stopped(now))
	case <-time.After(10 * time.Second):
		return errors.New("the store does not answer")
	}
}
