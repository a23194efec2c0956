package fetch

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"newswatch/feeds"
)

// A server that judges by a date which never moves hides items for a day, and
// then no more: the date is not sent again, though each answer has it.
func TestFetchFindsDateThatStandsStill(t *testing.T) {
	titles, n := []string{"Ferry late"}, 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		w.Header().Set("Etag", fmt.Sprintf(`"%d"`, n))
		w.Header().Set("Last-Modified", "Tue, 01 Jan 2041 00:00:00 GMT")
		if r.Header.Get("If-Modified-Since") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(rss(titles...)))
	})
	c, at := client(t, feeds.Settings{Allow: local})
	st := fetch(t, c, s.URL, feeds.State{}).State
	hidden := 0
	for hour := range 60 {
		titles = append([]string{fmt.Sprint("Ferry later by ", hour)}, titles...)
		at.add(time.Hour)
		res := fetch(t, c, s.URL, st)
		if st = res.State; res.Unchanged {
			hidden++
		} else if !st.Undated {
			t.Fatalf("hour %d: state %+v after a document that changed under its old date", hour+1, st)
		}
	}
	if hidden != 23 {
		t.Errorf("the server hid news for %d hours, want 23", hidden)
	}
	if r := s.last(t); r.Header.Get("If-Modified-Since") != "" || r.Header.Get("If-None-Match") == "" {
		t.Errorf("asked with %v, want the tag alone", r.Header)
	}
}

// A date that moves with the document is trusted, and so is one that stays
// while only a comment in the document changes.
func TestFetchTrustsDates(t *testing.T) {
	body, date := rss("Ferry late"), "Wed, 04 Mar 2026 11:00:00 GMT"
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"1"`)
		w.Header().Set("Last-Modified", date)
		_, _ = w.Write([]byte(body))
	})
	c, at := client(t, feeds.Settings{Allow: local})
	var known []uint64
	poll := func(st feeds.State) feeds.State {
		t.Helper()
		at.add(time.Minute)
		res, err := c.Fetch(t.Context(), feeds.Feed{URL: s.URL}, st, func(int) (feeds.Hashes, error) { return feeds.NewHashes(slices.Clone(known)), nil })
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range res.Document.Items {
			known = append(known, it.Hash)
		}
		return res.State
	}
	st := poll(feeds.State{})
	body += "<!-- another second -->"
	st = poll(st)
	body, date = rss("Ferry later", "Ferry late"), "Wed, 04 Mar 2026 12:00:00 GMT"
	if st = poll(st); st.Undated || st.LastModified != date {
		t.Errorf("state %+v, want the date trusted", st)
	}
}

// A server that answers validators with an error is asked again without them; one
// that does so each time is not sent any more.
func TestFetchDropsValidatorsThatAreErrors(t *testing.T) {
	for _, code := range []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusPreconditionFailed, http.StatusInternalServerError, http.StatusServiceUnavailable} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			n := 0
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("If-None-Match") != "" {
					w.WriteHeader(code)
					return
				}
				n++
				w.Header().Set("Etag", strconv.Quote(strconv.Itoa(n)))
				_, _ = w.Write([]byte(rss("Ferry late", strconv.Itoa(n))))
			})
			c, _ := client(t, feeds.Settings{Allow: local})
			st := feeds.State{}
			for i, want := range []int{1, 3, 5, 6, 7} { // requests by then
				st = fetch(t, c, s.URL, st).State
				if len(s.seen) != want {
					t.Errorf("after %d polls it was asked %d times, want %d", i+1, len(s.seen), want)
				}
			}
		})
	}
}

// A server in trouble is asked twice once, and who asks for patience or credentials
// never; a 304 shows that validators are no error.
func TestFetchDoesNotPressServersInTrouble(t *testing.T) {
	tests := map[string]struct {
		code  int
		after string
		want  int // requests of three failing polls
	}{
		"down":        {http.StatusBadGateway, "", 4},
		"too many":    {http.StatusTooManyRequests, "", 3},
		"maintenance": {http.StatusServiceUnavailable, "1", 3},
		"login":       {http.StatusUnauthorized, "", 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			down := false
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if down {
					w.Header().Set("Retry-After", tt.after)
					w.WriteHeader(tt.code)
					return
				}
				w.Header().Set("Etag", `"1"`)
				_, _ = w.Write([]byte(rss("Ferry late")))
			})
			c, at := client(t, feeds.Settings{Allow: local})
			st := fetch(t, c, s.URL, feeds.State{}).State
			down = true
			for range 3 {
				at.add(time.Minute)
				_, res := trouble(t, c, feeds.Feed{URL: s.URL}, st)
				st = res.State
			}
			if got := len(s.seen) - 1; got != tt.want {
				t.Errorf("it was asked %d times, want %d", got, tt.want)
			}
			down = false
			if st = fetch(t, c, s.URL, st).State; st.Distrust || st.ETag != `"1"` {
				t.Errorf("recovered, its state is %+v", st)
			}
		})
	}
}
