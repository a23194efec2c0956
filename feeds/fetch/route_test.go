package fetch

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
)

// two starts a server that sends everybody on to another one.
func two(t *testing.T, h http.HandlerFunc) (from, to *script) {
	t.Helper()
	to = serve(t, h)
	from = serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, to.URL+r.URL.Path, http.StatusFound)
	})
	return from, to
}

// A feed that is redirected to another server takes its turn there too, from
// the second exchange on; the first one counts there as a request.
func TestRedirectsTakeTurns(t *testing.T) {
	from, to := two(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(rss("Ferry late"))) })
	c, at := client(t, feeds.Settings{Allow: local})
	feed, other := feeds.Feed{URL: from.URL + "/a"}, feeds.Feed{URL: to.URL + "/b"}
	fetch(t, c, feed.URL, feeds.State{})
	if release, _ := c.Begin(other, feeds.State{}, at.Now()); release != nil {
		t.Error("a request at once after a redirected one")
	}
	at.add(2 * time.Second)
	release, _ := c.Begin(feed, feeds.State{}, at.Now())
	if release == nil {
		t.Fatal("both servers are idle, and the feed must wait")
	}
	at.add(2 * time.Second)
	if release, _ := c.Begin(other, feeds.State{}, at.Now()); release != nil {
		t.Error("two at a time on the server that is redirected to")
	}
	release()
	at.add(2 * time.Second)
	if release, _ := c.Begin(other, feeds.State{}, at.Now()); release == nil {
		t.Error("the server that is redirected to was not released")
	}
}

// A server that asked for silence has it from those who are redirected to it,
// too, and after a restart; the one that redirects is not blamed.
func TestRedirectsRespectSilence(t *testing.T) {
	from, to := two(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	c, at := client(t, feeds.Settings{Allow: local})
	_, first := trouble(t, c, feeds.Feed{URL: from.URL + "/a"}, feeds.State{})
	e, second := trouble(t, c, feeds.Feed{URL: from.URL + "/b"}, feeds.State{})
	if to.paths() != "/a" {
		t.Errorf("asked for %s, want /a alone", to.paths())
	}
	if e.Fault != feeds.Throttled || e.RetryAfter != 10*time.Minute || !strings.Contains(e.Error(), "silence") {
		t.Errorf("%q: %v, want the server's wish", e.Fault, e)
	}
	for name, st := range map[string]feeds.State{"the one that was told": first.State, "the one that was not": second.State} {
		if got := st.NextAllowed(noon).Sub(noon); got != 10*time.Minute {
			t.Errorf("%s waits %v, want ten minutes", name, got)
		}
		fresh, _ := client(t, feeds.Settings{Allow: local})
		fresh.RestorePause(feeds.Feed{URL: from.URL + "/a"}, st)
		if release, wait := fresh.Begin(feeds.Feed{URL: to.URL + "/x"}, feeds.State{}, at.Now()); release != nil || wait < 9*time.Minute {
			t.Errorf("%s: after a restart the server is asked in %v", name, wait)
		}
		if release, _ := fresh.Begin(feeds.Feed{URL: from.URL + "/x"}, feeds.State{}, at.Now()); release == nil {
			t.Errorf("%s: after a restart the server that redirects is spared", name)
		}
	}
}

// A client that takes another's place keeps to what was asked of that.
func TestInheritKeepsPauses(t *testing.T) {
	old, at := client(t, feeds.Settings{})
	f := feeds.Feed{URL: "https://harbour.example/a"}
	old.RestorePause(f, feeds.State{NotBefore: noon.Add(time.Hour)})
	running, _ := old.Begin(feeds.Feed{URL: "https://busy.example/a"}, feeds.State{}, at.Now())
	c, _ := client(t, feeds.Settings{PerHost: 2, Spacing: time.Minute})
	c.Inherit(old)
	if release, wait := c.Begin(f, feeds.State{}, at.Now()); release != nil || wait < time.Hour {
		t.Errorf("the silent server is asked in %v", wait)
	}
	if release, wait := c.Begin(feeds.Feed{URL: "https://busy.example/b"}, feeds.State{}, at.Now()); release != nil || wait < 59*time.Second {
		t.Errorf("a request is under way, and the next may start in %v, want the new spacing", wait)
	}
	running()
}

// What a clock that was years ahead wrote stops a feed for a day at most.
func TestStateFromTheFuture(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(rss("Ferry late"))) })
	c, at := client(t, feeds.Settings{Allow: local})
	f := feeds.Feed{URL: s.URL + "/feed"}
	future := noon.AddDate(10, 0, 0)
	st := feeds.State{Of: feeds.Hash([]byte(f.URL)), ETag: `"1"`, Full: future, NotBefore: future, Moved: s.URL + "/new", MovedSince: future, MovedPolls: 9}
	if got := st.NextAllowed(noon).Sub(noon); got != 24*time.Hour {
		t.Errorf("it is asked in %v, want a day", got)
	}
	c.RestorePause(f, st)
	at.add(24*time.Hour + time.Second)
	if release, wait := c.Begin(f, feeds.State{}, at.Now()); release == nil {
		t.Errorf("after a day its server is silent for another %v", wait)
	}
	fetch(t, c, f.URL, st)
	if s.last(t).Header.Get("If-None-Match") != "" {
		t.Error("it is asked conditionally until the clock has caught up")
	}
	recordMove(&st, st.Moved, noon)
	if st.MovedSince.After(noon) {
		t.Error("a move does not settle until the clock has caught up")
	}
}
