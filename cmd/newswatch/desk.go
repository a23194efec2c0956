package main

import (
	"context"
	"encoding/json"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// A desk is where commands on live data are answered: in the daemon, which
// owns the store, or in the command's own process if no daemon runs. Both
// answer through the same functions.
type desk struct {
	store   reader
	monitor *monitor.Monitor
	started time.Time                               // zero outside the daemon
	plans   func() []plan                           // digests
	reload  func(context.Context) ([]string, error) // nil outside the daemon
	wake    func()                                  // lets deliverers look at the outbox
}

// An errand is one command on live data. It emits its results one by one, as
// values that become lines of JSON.
type errand func(ctx context.Context, d *desk, args json.RawMessage, emit func(any) error) error

// errands are the commands on live data by name.
func errands() map[string]errand {
	return map[string]errand{
		"status":         runStatus,
		"feeds list":     runFeeds,
		"stories":        runStories,
		"story split":    runSplit,
		"story merge":    runMerge,
		"search":         runSearch,
		"explain":        runExplain,
		"digest":         runDigest,
		"outbox list":    runOutboxList,
		"outbox retry":   runOutboxRetry,
		"outbox drop":    runOutboxDrop,
		"silence add":    runSilenceAdd,
		"silence list":   runSilenceList,
		"silence expire": runSilenceExpire,
		"store backup":   runBackup,
		"store stats":    runStoreStats,
		"reload":         runReload,
	}
}

// decodeArgs reads an errand's arguments.
func decodeArgs[T any](raw json.RawMessage) (args T, err error) {
	if len(raw) == 0 {
		return args, nil
	}
	err = json.Unmarshal(raw, &args)
	return args, err
}

// reader is the store with what has happened since its last commit: a poll that
// changed nothing waits for the next checkpoint to be written down.
type reader struct {
	*store.Store
	monitor *monitor.Monitor
}

// Feeds returns what is known of all feeds at this moment.
func (r reader) Feeds() ([]monitor.FeedRecord, error) {
	recs, err := r.Store.Feeds()
	if err == nil {
		r.monitor.Freshen(recs)
	}
	return recs, err
}
