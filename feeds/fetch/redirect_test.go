package fetch

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
)

// Redirects are followed five deep, to http and https only.
func TestFetchRedirects(t *testing.T) {
	tests := map[string]struct {
		location string // of /; "n" counts down to /0, the feed
		says     string // "" if it ends well
	}{
		"relative":           {"0", ""},
		"five hops":          {"4", ""},
		"six hops":           {"5", "more than 5 redirects"},
		"loop":               {"/", "more than 5 redirects"},
		"file":               {"file:///etc/passwd", `"file"`},
		"gopher":             {"gopher://127.0.0.1/1", `"gopher"`},
		"data":               {"data:text/xml,<rss/>", `"data"`},
		"unreadable":         {"http://%zz/secret", "unreadable"},
		"no host":            {"http:///feed", "no host"},
		"decimal address":    {"http://2130706433/", "odd spelling"},
		"short address":      {"http://127.1/", "odd spelling"},
		"hexadecimal":        {"http://0x7f000001/", "odd spelling"},
		"cloud metadata":     {"http://169.254.169.254/latest", "not public"},
		"private":            {"http://10.0.0.1/", "not public"},
		"loopback 6":         {"http://[::1]/", "not public"},
		"mapped":             {"http://[::ffff:10.0.0.1]/", "not public"},
		"NAT64":              {"http://[64:ff9b::7f00:1]/", "not public"},
		"unspecified":        {"http://0.0.0.0/", "not public"},
		"zone":               {"http://[fe80::1%25lo]/", "not public"},
		"unique local":       {"http://[fd00::1]/", "not public"},
		"address too long":   {"/" + strings.Repeat("a", 9<<10), "bytes"},
		"odd port elsewhere": {"http://192.0.2.1:6379/", "port 6379"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				n, err := strconv.Atoi(r.URL.Path[1:])
				switch {
				case err != nil:
					w.Header().Set("Location", tt.location)
					w.WriteHeader(http.StatusFound)
				case n == 0:
					_, _ = w.Write([]byte(rss("Ferry late")))
				default:
					http.Redirect(w, r, fmt.Sprint("/", n-1), http.StatusTemporaryRedirect)
				}
			})
			c, _ := client(t, feeds.Settings{Allow: local})
			res, err := c.Fetch(context.Background(), feeds.Feed{URL: s.URL + "/"}, feeds.State{}, nil)
			if tt.says == "" {
				if err != nil || res.Final != s.URL+"/0" || res.State.Moved != "" {
					t.Errorf("Fetch = %+v, %v", res, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "secret") {
				t.Fatalf("Fetch: %v, want %q", err, tt.says)
			}
			if e := err.(*feeds.FetchError); e.Fault != feeds.Refused {
				t.Errorf("fault %q, want %q", e.Fault, feeds.Refused)
			}
		})
	}
}

// An odd port on an allowed network may be redirected to.
func TestFetchRedirectInside(t *testing.T) {
	inner := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(rss("Ferry late"))) })
	outer := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inner.URL, http.StatusFound) })
	c, _ := client(t, feeds.Settings{Allow: local})
	fetch(t, c, outer.URL, feeds.State{})
}

// A permanent move is believed after three polls over a day, not before; then
// the new address is asked first, and the old one again if that fails.
func TestFetchSettlesMoves(t *testing.T) {
	status, broken := http.StatusMovedPermanently, false
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/old" && status != 0:
			http.Redirect(w, r, "/new", status)
		case broken && r.URL.Path == "/new":
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = w.Write([]byte(rss("Ferry late")))
		}
	})
	c, at := client(t, feeds.Settings{Allow: local})
	st := feeds.State{}
	poll := func(after time.Duration) string {
		at.add(after)
		s.mu.Lock()
		s.seen = nil
		s.mu.Unlock()
		st = fetch(t, c, s.URL+"/old", st).State
		return s.paths()
	}
	const both = "/old /new"
	for i, after := range []time.Duration{0, time.Hour, time.Hour, 22 * time.Hour} {
		if got := poll(after); got != both {
			t.Fatalf("poll %d asked %s", i, got)
		}
	}
	if !st.Settled || st.Moved != s.URL+"/new" || st.MovedPolls != 4 {
		t.Fatalf("state %+v, want the move settled", st)
	}
	if got := poll(time.Hour); got != "/new" {
		t.Errorf("settled, it asked %s", got)
	}
	status, broken = 0, true
	if got := poll(time.Hour); got != "/new /old" || st.Settled || st.Moved != "" {
		t.Errorf("the move taken back, it asked %s and kept %+v", got, st)
	}
}

// What says that it is temporary never becomes the address, and no detour on
// the way of a permanent one does.
func TestFetchKeepsAddress(t *testing.T) {
	tests := map[string]struct {
		first, second int // 0: the feed itself
		moved         string
	}{
		"302":           {302, 0, ""},
		"303":           {303, 0, ""},
		"307":           {307, 0, ""},
		"301":           {301, 0, "/b"},
		"308":           {308, 0, "/b"},
		"301 then 302":  {301, 302, "/b"},
		"302 then 301":  {302, 301, ""},
		"301 then 308":  {301, 308, "/c"},
		"301 to a page": {301, 200, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/a":
					http.Redirect(w, r, "/b", tt.first)
				case r.URL.Path == "/b" && tt.second == 200:
					_, _ = w.Write([]byte("<!doctype html><title>Home</title>"))
				case r.URL.Path == "/b" && tt.second != 0:
					http.Redirect(w, r, "/c", tt.second)
				default:
					_, _ = w.Write([]byte(rss("Ferry late")))
				}
			})
			c, at := client(t, feeds.Settings{Allow: local})
			st := feeds.State{}
			for range 30 {
				at.add(24 * time.Hour)
				res, _ := c.Fetch(context.Background(), feeds.Feed{URL: s.URL + "/a"}, st, nil)
				st = res.State
			}
			if want := tt.moved; strings.TrimPrefix(st.Moved, s.URL) != want || st.Settled != (want != "") {
				t.Errorf("moved to %q, settled %v; want %q", st.Moved, st.Settled, want)
			}
		})
	}
}
