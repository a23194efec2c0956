package fetch

import (
	"net/http"
	"strconv"
	"testing"

	"newswatch/feeds"
)

// The validators of a response come back byte for byte, however odd, and both
// are those of the last response.
func TestFetchSendsValidatorsVerbatim(t *testing.T) {
	tests := map[string]struct{ etag, modified string }{
		"weak with a space":  {`W/"a b"`, ""},
		"unquoted":           {`5f3-abc`, ""},
		"unusual date":       {"", "2026-03-04 11:00:00"},
		"both":               {`"1"`, "Wed, 04 Mar 2026 11:00:00 GMT"},
		"high bytes":         {"\"caf\xe9\"", ""},
		"none":               {"", ""},
		"white space inside": {`"a  b"`, "Wed, 4 Mar 2026 11:00:00 +0000"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if tt.etag != "" {
					w.Header()["Etag"] = []string{tt.etag}
				}
				if tt.modified != "" {
					w.Header()["Last-Modified"] = []string{tt.modified}
				}
				if r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since") != "" {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				_, _ = w.Write([]byte(rss("Ferry late")))
			})
			c, _ := client(t, feeds.Settings{Allow: local})
			first := fetch(t, c, s.URL, feeds.State{})
			second := fetch(t, c, s.URL, first.State)
			r := s.last(t)
			if got := r.Header.Get("If-None-Match"); got != tt.etag {
				t.Errorf("If-None-Match = %q, want %q", got, tt.etag)
			}
			if got := r.Header.Get("If-Modified-Since"); got != tt.modified {
				t.Errorf("If-Modified-Since = %q, want %q", got, tt.modified)
			}
			if first.Unchanged || len(first.Document.Items) != 1 || !second.Unchanged {
				t.Errorf("first = %+v, second = %+v, want a document, then nothing new", first, second)
			}
		})
	}
}

// A 200 without validators clears the old ones.
func TestFetchForgetsValidators(t *testing.T) {
	n := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			w.Header().Set("Etag", `"1"`)
			w.Header().Set("Last-Modified", "Wed, 04 Mar 2026 11:00:00 GMT")
		}
		_, _ = w.Write([]byte(rss("Ferry late", strconv.Itoa(n))))
	})
	c, _ := client(t, feeds.Settings{Allow: local})
	st := fetch(t, c, s.URL, feeds.State{}).State
	st = fetch(t, c, s.URL, st).State
	if st.ETag != "" || st.LastModified != "" {
		t.Errorf("validators %q, %q outlived a response without any", st.ETag, st.LastModified)
	}
}
