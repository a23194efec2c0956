package fetch

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"newswatch/feeds"
)

// One at a time and a spacing apart; whoever must wait is told until when, and
// may start then.
func TestBeginSpaces(t *testing.T) {
	c, _ := client(t, feeds.Settings{})
	feed := func(n int) feeds.Feed { return feeds.Feed{URL: fmt.Sprintf("https://harbour.example/%d", n)} }
	release, _ := c.Begin(feed(0), feeds.State{}, noon)
	if release == nil {
		t.Fatal("the first request must wait")
	}
	for n := 1; n <= 3; n++ {
		got, wait := c.Begin(feed(n), feeds.State{}, noon)
		if want := time.Duration(n) * time.Second; got != nil || wait != want {
			t.Errorf("feed %d: wait %v, want %v", n, wait, want)
		}
	}
	if got, wait := c.Begin(feed(2), feeds.State{}, noon.Add(time.Second/2)); got != nil || wait != 3*time.Second/2 {
		t.Errorf("asking early: wait %v, want the rest of the slot's", wait)
	}
	if got, wait := c.Begin(feed(1), feeds.State{}, noon.Add(time.Second)); got != nil || wait < time.Second {
		t.Errorf("wait %v while a request runs, want a second at least", wait)
	}
	release()
	release() // twice is once
	if got, wait := c.Begin(feed(2), feeds.State{}, noon.Add(2*time.Second)); got == nil {
		t.Errorf("at its slot, feed 2 must wait %v", wait)
	}
	elsewhere := feeds.Feed{URL: "https://ferry.example/"}
	if got, wait := c.Begin(elsewhere, feeds.State{}, noon); got == nil {
		t.Errorf("another host must wait %v", wait)
	}
}

// A settled move counts at the host it leads to.
func TestBeginKnowsMoves(t *testing.T) {
	c, _ := client(t, feeds.Settings{})
	f := feeds.Feed{URL: "https://old.example/feed"}
	st := feeds.State{Of: feeds.Hash([]byte(f.URL)), Moved: "https://harbour.example/feed", Settled: true}
	if release, _ := c.Begin(f, st, noon); release == nil {
		t.Fatal("the first request must wait")
	}
	if release, _ := c.Begin(feeds.Feed{URL: "http://harbour.example/2"}, feeds.State{}, noon); release != nil {
		t.Error("two at a time on the new host")
	}
	if release, _ := c.Begin(feeds.Feed{URL: "https://old.example/2"}, feeds.State{}, noon); release == nil {
		t.Error("the old host is kept busy")
	}
}

// A thousand feeds of one host that come at once are served in a thousand
// slots, each asking a few times only, however long requests take.
func TestBeginThousandFeeds(t *testing.T) {
	tests := map[string]time.Duration{"at once": 0, "within the spacing": 300 * time.Millisecond, "slower than the spacing": 2500 * time.Millisecond}
	for name, lasts := range tests {
		t.Run(name, func(t *testing.T) {
			asked, took := simulate(t, newHosts(1, time.Second), 1000, lasts)
			step := max(time.Second, lasts+time.Second)
			if limit := time.Duration(1050) * step; took > limit {
				t.Errorf("all served after %v, want %v at most", took, limit)
			}
			if limit := 1000 * int(2+2*lasts/time.Second+2); asked > limit {
				t.Errorf("asked %d times, want %d at most", asked, limit)
			}
		})
	}
}

// simulate lets n feeds begin on one host from the same moment on, each coming
// back when it was told, and checks the rules at every start.
func simulate(t interface{ Fatalf(string, ...any) }, hs *hosts, n int, lasts time.Duration) (asked int, took time.Duration) {
	due := map[int]time.Time{}
	for i := range n {
		due[i] = noon
	}
	var last, now time.Time
	var running []time.Time // ends
	var releases []func()
	for len(due) > 0 {
		first := -1
		for i, at := range due {
			if first < 0 || at.Before(due[first]) || at.Equal(due[first]) && i < first {
				first = i
			}
		}
		now = later(now, due[first].Add(time.Millisecond)) // timers are late
		for len(running) > 0 && !running[0].After(now) {
			releases[0]()
			running, releases = running[1:], releases[1:]
		}
		asked++
		release, wait := hs.begin("h", fmt.Sprint(first), now)
		if release == nil {
			if wait <= 0 {
				t.Fatalf("refused with a wait of %v", wait)
			}
			due[first] = now.Add(wait)
			continue
		}
		if gap := now.Sub(last); gap < hs.spacing {
			t.Fatalf("started %v after the one before", gap)
		}
		if len(running) >= hs.most {
			t.Fatalf("%d at a time", len(running)+1)
		}
		last = now
		running, releases = append(running, now.Add(lasts)), append(releases, release)
		delete(due, first)
	}
	return asked, now.Sub(noon)
}

// Whatever the settings, the rules hold and everyone is served.
func TestBeginHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 4).Draw(t, "most")
		spacing := time.Duration(rapid.IntRange(1, 5000).Draw(t, "spacing")) * time.Millisecond
		lasts := time.Duration(rapid.IntRange(0, 8000).Draw(t, "lasts")) * time.Millisecond
		simulate(t, newHosts(most, spacing), rapid.IntRange(1, 40).Draw(t, "feeds"), lasts)
	})
}

// Hosts that are done with are forgotten, and so are slots nobody came for.
func TestBeginForgets(t *testing.T) {
	hs := newHosts(1, time.Second)
	for i := range 100 {
		release, _ := hs.begin(fmt.Sprint(i), "a", noon)
		hs.begin(fmt.Sprint(i), "b", noon)
		release()
	}
	hs.silence("quiet", noon.Add(24*time.Hour))
	hs.begin("new", "a", noon.Add(time.Hour))
	if len(hs.byKey) != 2 {
		t.Errorf("%d hosts kept, want the silenced and the new one", len(hs.byKey))
	}
}
