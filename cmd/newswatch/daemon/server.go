package daemon

import (
	"context"
	"encoding/json"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/monitor/store/bolt"
)

// A server answers commands on live data: in the daemon, which owns the store,
// or in the command's own process if no daemon runs.
type server struct {
	store   reader
	monitor *monitor.Monitor
	version string
	started time.Time                               // zero outside the daemon
	plans   func() []config.Digest                  // digests
	reload  func(context.Context) ([]string, error) // nil outside the daemon
	wake    func()                                  // lets deliverers look at the outbox
}

// A handler is one command on live data. It emits its results one by one, as
// values that become lines of JSON.
type handler func(ctx context.Context, d *server, args json.RawMessage, emit func(any) error) error

// handlers are the commands on live data by name.
func handlers() map[string]handler {
	return map[string]handler{
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

// decodeArgs reads a request's arguments.
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
	*bolt.Store
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
