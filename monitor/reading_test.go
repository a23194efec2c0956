package monitor_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/schedule"
)

// tagged is a web whose server sends an ETag, answers those who have it that
// nothing has changed, and may be told what else to do before it answers.
type tagged struct {
	*web
	etag   string
	before func() error // nil for nothing
}

func (w *tagged) Fetch(ctx context.Context, f feeds.Feed, st feeds.State, known feeds.Known) (feeds.Result, error) {
	if w.before != nil {
		if err := w.before(); err != nil {
			st.Wait++ // something of the state changes with an error too
			return feeds.Result{State: st}, err
		}
	}
	if st.ETag == w.etag {
		st.Wait++
		return feeds.Result{State: st, Unchanged: true}, nil
	}
	res, err := w.web.Fetch(ctx, f, st, known)
	res.State.ETag = w.etag
	return res, err
}

// A poll under way while the commit of the one before it fails does not write the
// validators of that one: the item is told after all.
func TestPollBesideAFailedCommit(t *testing.T) {
	for name, failing := range map[string]error{"not changed": nil, "failed": errors.New("503")} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			w := &tagged{web: b.web, etag: "1"}
			b.mon.Fetcher = w
			b.prime("wire")
			b.show("wire", b.item("new", "A contract nobody may miss"), b.item("old-wire", "Nothing in particular at wire"))
			w.etag = "2"
			pace := schedule.Pace{Start: 15 * time.Minute}
			if _, err := b.mon.Poll(t.Context(), *b.rules.Feeds["wire"], pace); err != nil {
				t.Fatal(err)
			}
			b.mon.Absorb() // judged, and not committed
			w.before = func() error {
				b.fault.full = true
				if err := b.mon.Settle(); !errors.Is(err, errFull) {
					t.Errorf("commit: %v", err)
				}
				b.fault.full = false
				return failing
			}
			if _, err := b.mon.Poll(t.Context(), *b.rules.Feeds["wire"], pace); err != nil {
				t.Fatal(err)
			}
			w.before = nil
			if err := b.mon.Settle(); err != nil {
				t.Fatal(err)
			}
			if err := b.mon.Checkpoint(); err != nil {
				t.Fatal(err)
			}
			if rec := b.feedRecord("wire"); rec.State.ETag != "1" {
				t.Errorf("the ETag is %s, of a document that was never committed", rec.State.ETag)
			}
			b.poll("wire")
			b.want(1, 0, 0)
		})
	}
}

// A push beside a poll of its feed, whichever is judged first: each item is told
// once, and known afterwards.
func TestPushBesideAPoll(t *testing.T) {
	for name, settle := range map[string]bool{"committed": true, "not committed": false} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			w := &tagged{web: b.web, etag: "1"}
			b.mon.Fetcher = w
			b.prime("wire")
			pushed := b.item("pushed", "A contract that is pushed")
			pushed.URL, pushed.Link = "", ""
			b.show("wire", b.item("polled", "A deal that is polled"), pushed, b.item("old-wire", "Nothing in particular at wire"))
			w.etag = "2"
			w.before = func() error {
				if _, err := b.mon.Push(t.Context(), *b.rules.Feeds["wire"], feeds.Document{Items: []feeds.Item{pushed}}); err != nil {
					t.Error(err)
				}
				b.mon.Absorb()
				if settle {
					return b.mon.Settle()
				}
				return nil
			}
			b.poll("wire")
			w.before = nil
			for range 2 {
				b.pass(15 * time.Minute)
				b.poll("wire")
			}
			b.want(2, 0, 0)
			if n := b.archived(); n != 3 {
				t.Errorf("%d items archived, want 3", n)
			}
		})
	}
}
