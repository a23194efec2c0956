package fetch

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"newswatch/feeds"
)

// Whoever shows no cookie is sent in a circle: within one exchange they are shown,
// to the server that set them and with those of the configuration, and in the next
// one they are forgotten.
func TestCookiesOfRedirects(t *testing.T) {
	var elsewhere *script
	home := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Cookie"), "seen=1") {
			_, _ = w.Write([]byte(rss("Ferry late")))
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1", Path: "/"})
		http.SetCookie(w, &http.Cookie{Name: "other", Value: "1", Path: "/", Domain: "other.example"})
		http.Redirect(w, r, elsewhere.URL, http.StatusMovedPermanently)
	})
	elsewhere = serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, home.URL+"/feed", http.StatusMovedPermanently)
	})
	elsewhere.URL = strings.Replace(elsewhere.URL, "127.0.0.1", "127.0.0.2", 1)
	c, _ := client(t, feeds.Settings{Allow: local})
	c.Transport = sameServer{elsewhere}
	f := feeds.Feed{URL: home.URL + "/feed", Headers: map[string]feeds.Secret{"Cookie": "mine=2"}}
	for range 2 {
		res, err := c.Fetch(context.Background(), f, feeds.State{}, nil)
		if err != nil || len(res.Document.Items) != 1 || res.State.Moved != "" {
			t.Fatalf("%d items, moved to %q, %v", len(res.Document.Items), res.State.Moved, err)
		}
	}
	var sent []string
	for _, r := range home.seen {
		sent = append(sent, r.Header.Get("Cookie"))
	}
	if got := strings.Join(sent, ", "); got != "mine=2, mine=2; seen=1, mine=2, mine=2; seen=1" {
		t.Errorf("the cookies sent were %q", got)
	}
	if got := elsewhere.last(t).Header.Get("Cookie"); got != "" {
		t.Errorf("another server was shown %q", got)
	}
}

// sameServer reaches a server of the tests, which listen on 127.0.0.1, by the name
// that it goes by.
type sameServer struct{ *script }

func (s sameServer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == strings.TrimPrefix(s.URL, "http://") {
		r = r.Clone(r.Context())
		r.URL.Host = s.Listener.Addr().String()
	}
	return http.DefaultTransport.RoundTrip(r)
}

// However many cookies are set, a request is short.
func TestCookiesAreBounded(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for i := range 500 {
			http.SetCookie(w, &http.Cookie{Name: "c" + strings.Repeat("x", i), Value: strings.Repeat("y", 60), Path: "/"})
			if i > 200 {
				break
			}
		}
		http.Redirect(w, r, "/", http.StatusFound)
	})
	c, _ := client(t, feeds.Settings{Allow: local})
	trouble(t, c, feeds.Feed{URL: s.URL}, feeds.State{})
	if n := len(s.last(t).Header.Get("Cookie")); n == 0 || n > 8<<10 {
		t.Errorf("%d bytes of cookies were sent", n)
	}
	if n := len(s.seen); n != maxRedirects+1 {
		t.Errorf("%d requests", n)
	}
}
