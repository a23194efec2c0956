package web

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/store"
)

// A slowPast reads nothing of the archive before it is let, and then fails if it
// is to.
type slowPast struct {
	*fakePast
	let  chan struct{}
	fail error
}

func (p slowPast) ItemsBefore(before monitor.ItemID, fn func(monitor.Record) bool) error {
	<-p.let
	if p.fail != nil {
		return p.fail
	}
	return p.fakePast.ItemsBefore(before, fn)
}

func (p slowPast) ItemsWith(from, before monitor.ItemID, _ func(has func(uint64) bool) bool, fn func(monitor.Record) bool) error {
	return p.ItemsBefore(before, func(rec monitor.Record) bool { return rec.ID >= from && fn(rec) })
}

// TestTheHeadComesFirst holds that pages which read the archive show their form,
// and how the query is read, before they read it; and that a failure afterwards
// is seen as an answer that broke off.
func TestTheHeadComesFirst(t *testing.T) {
	for name, c := range map[string]struct {
		path, form  string // a form is posted
		first, last string
	}{
		"search":   {"/search?q=contract", "", "Looks for “contract”", "make a watch of it"},
		"labels":   {"/labels", "", "What readers’ labels suggest", "Nothing has been labelled yet"},
		"trial":    {"/watches/try", "match=contract", "Looks for “contract”", "in 14 days"},
		"the form": {"/watches/edit", "match=contract&do=try", "Looks for “contract”", "in 14 days"},
		"export":   {"/search?q=contract&format=csv", "", "", "title"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, fail := range []error{nil, errors.New("the disk is gone")} {
				past, rules := manyStories(20, 2, testNow)
				p := slowPast{past, make(chan struct{}), fail}
				s := &Server{Server: &api.Server{Reader: p, Labelled: &store.Labelled{Notes: past}, Rules: func() *monitor.Rules { return rules }, Now: fixed(testNow)}}
				srv := httptest.NewServer(s.Handler())
				head, rest, err := headAndRest(t, srv.URL+c.path, c.form, c.first, p.let)
				srv.Close()
				if strings.Contains(head, c.last) {
					t.Errorf("before the archive is read: %q", head)
				}
				if fail == nil && (err != nil || !strings.Contains(rest, c.last)) {
					t.Errorf("%v: the rest is %q", err, rest)
				}
				if fail != nil && err == nil {
					t.Errorf("half an answer passes for a whole one: %q", rest)
				}
			}
		})
	}
}

// headAndRest returns what of an answer comes before let is closed, at least up to
// first, and what comes then.
func headAndRest(t *testing.T, address, form, first string, let chan struct{}) (head, rest string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if form != "" {
		req, _ = http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Encoding") != "gzip" || resp.ContentLength >= 0 {
		t.Fatalf("%s: %s, %v", address, resp.Status, resp.Header)
	}
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 64<<10)
	for err == nil && !strings.Contains(head, first) {
		var n int
		n, err = z.Read(buf)
		head += string(buf[:n])
	}
	close(let)
	if err != nil {
		t.Fatalf("%v: only %q comes before the archive is read", err, head)
	}
	all, err := io.ReadAll(z)
	return head, string(all), err
}

// TestStreamNotFlushed holds that an answer of which nothing was sent early is
// like any other.
func TestStreamNotFlushed(t *testing.T) {
	past, rules := manyStories(3, 2, testNow)
	s := &Server{Server: &api.Server{Reader: past, Rules: func() *monitor.Rules { return rules }, Now: fixed(testNow)}}
	h := s.Handler()
	for path, want := range map[string]int{"/search": 200, "/search?q=%28&page=1": 400, "/search?q=contract&page=x": 400, "/search?q=contract&format=doc": 400,
		"/api/v1/feeds": 200, "/api/v1/feeds?q=nothing+such": 200, "/api/v1/stories": 200} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil))
		if w.Code != want || w.Header().Get("Content-Length") == "" {
			t.Errorf("%s: %d, %v; want %d and a length", path, w.Code, w.Header(), want)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "http://127.0.0.1/search?"+url.Values{"q": {"contract"}}.Encode(), nil))
	if w.Code != http.StatusOK || w.Body.Len() > 0 {
		t.Errorf("HEAD: %d with %d bytes", w.Code, w.Body.Len())
	}
}
