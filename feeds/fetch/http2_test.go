package fetch

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"newswatch/feeds"
)

// A server whose HTTP/2 breaks off is asked by HTTP/1.1, at once and for a week; one
// that answers neither is asked by both each time.
func TestHTTP2ThatBreaksOff(t *testing.T) {
	doc := rss("Ferry late")
	for name, broken := range map[string]func(w http.ResponseWriter){
		"before the header": func(http.ResponseWriter) {},
		"in the body": func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(doc[:len(doc)-9]))
			w.(http.Flusher).Flush()
		},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			var asked []string
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				asked = append(asked, fmt.Sprint(r.ProtoMajor))
				mu.Unlock()
				if r.ProtoMajor == 2 {
					broken(w)
					panic(http.ErrAbortHandler)
				}
				_, _ = w.Write([]byte(doc))
			}))
			s.EnableHTTP2, s.Config.ErrorLog = true, quiet
			s.StartTLS()
			defer s.Close()
			c, at := client(t, feeds.Settings{Allow: local})
			c.roots = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
			for _, later := range []time.Duration{0, time.Hour, 8 * 24 * time.Hour} {
				at.add(later)
				if res := fetch(t, c, s.URL, feeds.State{}); len(res.Document.Items) != 1 {
					t.Fatalf("%d items", len(res.Document.Items))
				}
			}
			if got := strings.Join(asked, " "); got != "2 1 1 2 1" {
				t.Errorf("asked by HTTP/%s, want 2 1 1 2 1", got)
			}
		})
	}
}

// By HTTP/1.1 too only addresses that may be asked are.
func TestHTTP1IsGuarded(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Error("it was asked") }))
	defer s.Close()
	c, at := client(t, feeds.Settings{})
	c.hosts.avoidHTTP2(strings.TrimPrefix(s.URL, "https://"), at.Now())
	if e, _ := trouble(t, c, feeds.Feed{URL: s.URL}, feeds.State{}); e.Fault != feeds.Refused {
		t.Errorf("%q: %v, want a refusal", e.Fault, e)
	}
}
