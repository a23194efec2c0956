package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/store"
)

// maintained is a store that holds two bytes, and fails after them if broken.
type maintained struct {
	store.Maintainer
	broken error
}

func (m maintained) Stats(bool) (store.Stats, error) { return store.Stats{Bytes: 2}, m.broken }

func (m maintained) Backup(w io.Writer) (int64, error) {
	n, err := w.Write([]byte("ab"))
	return int64(n), errors.Join(err, m.broken)
}

// commanded is a server that carries out all orders.
func commanded(t *testing.T) (*api.Server, *fakePast) {
	s, p := newServer(t)
	p.silences = []monitor.Silence{{ID: "s1", Watch: "ice-any", Until: testNow.AddDate(0, 0, 1)}}
	p.notices = []monitor.Notice{{Key: "k1k1k1", Destination: "newsroom"}, {Key: "k2k2k2", Destination: "newsroom"}}
	s.Orders = done
	s.Split = func(story monitor.StoryID, item monitor.ItemID) (monitor.StoryID, error) {
		return monitor.StoryID(item), nil
	}
	s.Merge = func(into, from monitor.StoryID) error {
		if into == from {
			return errors.New("a story cannot be merged into itself")
		}
		return nil
	}
	s.Digest = func(o api.DigestOrder) (monitor.Notice, error) {
		return monitor.Notice{Kind: monitor.DigestKind, Key: o.Name}, nil
	}
	s.Reload = func(context.Context) ([]string, error) { return []string{"feeds: 1 added"}, nil }
	s.Maintainer = maintained{}
	return s.Server, p
}

// dial serves all routes on a socket file until the test ends.
func dial(t *testing.T, s *api.Server) *api.Client {
	t.Helper()
	path := filepath.Join(t.TempDir(), "control.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: s.SocketHandler(), ReadHeaderTimeout: time.Second}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	t.Cleanup(func() {
		srv.Close()
		<-ended
	})
	return api.Dial(path)
}

// A client gets the same answers over a socket and in its own process.
func TestClient(t *testing.T) {
	tests := map[string]struct {
		method, path string
		body         any
		want         string // in the answer, its elements joined by spaces
		status       int    // of a refusal
	}{
		"status":         {"GET", "status", nil, `"version":"test"`, 0},
		"all parts":      {"GET", "stories?limit=15", nil, `"story"`, 0},
		"no watch":       {"GET", "stories?watch=never", nil, `no watch is named "never"`, 400},
		"search":         {"GET", "search?q=ferry", nil, "", 0},
		"bad search":     {"GET", "search?q=ferry+AND", nil, "", 400},
		"silences":       {"GET", "silences", nil, `"id":"s1"`, 0},
		"silence":        {"POST", "silences", api.Silence{Silence: monitor.Silence{Watch: "ice-any", Until: testNow.Add(time.Hour)}, Story: ""}, `"watch":"ice-any"`, 0},
		"silence none":   {"POST", "silences", api.Silence{}, "silence", 400},
		"end it":         {"DELETE", "silences/s1", nil, `"id":"s1"`, 0},
		"end none":       {"DELETE", "silences/s2", nil, "no silence", 404},
		"retry two":      {"POST", "outbox/retry", api.NoticeOrder{Keys: []string{"k1k1", "k2k2"}}, `"key":"k2k2k2"`, 0},
		"retry none":     {"POST", "outbox/retry", api.NoticeOrder{Keys: []string{"zzzz"}}, "no notice", 404},
		"drop too short": {"POST", "outbox/drop", api.NoticeOrder{Keys: []string{"k"}}, "four characters", 404},
		"split":          {"POST", "stories/abc/split", api.StoryOrder{Other: "def"}, `{"story":"def"}`, 0},
		"merge":          {"POST", "stories/abc/merge", api.StoryOrder{Other: "def"}, `{"story":"abc"}`, 0},
		"merge itself":   {"POST", "stories/abc/merge", api.StoryOrder{Other: "abc"}, "into itself", 409},
		"label":          {"POST", "labels", api.LabelOrder{ID: "ABC", Entity: "ice", Relevant: true, By: "ann"}, `"entity":"ice","relevant":true,"by":"ann"`, 0},
		"label none":     {"POST", "labels", api.LabelOrder{ID: "abd"}, "no such item", 409},
		"label nothing":  {"POST", "labels", api.LabelOrder{}, "no item has the ID", 404},
		"suggestions":    {"GET", "labels/suggestions", nil, "", 0},
		"claim":          {"POST", "stories/abc/claim", api.ClaimOrder{By: "ann"}, `{"story":"abc","by":"ann","before":"bob"}`, 0},
		"claim none":     {"POST", "stories/--/claim", api.ClaimOrder{By: "ann"}, "no story", 404},
		"senses":         {"GET", "senses/ice", nil, `{"entity":"ice","all":{"entity":3,"other":1},"feeds":[{"feed":"wire","entity":3,"other":0}]}`, 0},
		"digest":         {"POST", "digest", api.DigestOrder{Name: "daily"}, `"key":"daily"`, 0},
		"reload":         {"POST", "reload", nil, "feeds: 1 added", 0},
		"stats":          {"GET", "store/stats", nil, `"bytes":2`, 0},
		"no such thing":  {"GET", "nothing", nil, "no such page", 404},
	}
	s, _ := commanded(t)
	for where, c := range map[string]*api.Client{"local": api.Local(s), "socket": dial(t, s)} {
		for name, tt := range tests {
			t.Run(where+" "+name, func(t *testing.T) {
				var got []string
				err := c.Each(t.Context(), tt.method, tt.path, tt.body, func(v json.RawMessage) error {
					got = append(got, string(v))
					return nil
				})
				no, refused := errors.AsType[*api.Error](err)
				switch {
				case tt.status != 0 && (!refused || no.Status != tt.status || !strings.Contains(no.Message, tt.want)):
					t.Errorf("%v, want a refusal %d with %q", err, tt.status, tt.want)
				case tt.status == 0 && (err != nil || !strings.Contains(strings.Join(got, " "), tt.want)):
					t.Errorf("%v %.300s, want %s", err, got, tt.want)
				case name == "all parts" && len(got) != 40:
					t.Errorf("%d stories, want all 40", len(got))
				case name == "bad search" && no.Problem == nil:
					t.Errorf("the refusal does not say where the query is wrong: %+v", no)
				}
			})
		}
	}
}

// A backup is whole, or an error.
func TestClientCopies(t *testing.T) {
	s, _ := commanded(t)
	for where, c := range map[string]*api.Client{"local": api.Local(s), "socket": dial(t, s)} {
		for _, broken := range []error{nil, errors.New("the disk is broken")} {
			s.Maintainer = maintained{broken: broken}
			var b strings.Builder
			err := c.Copy(t.Context(), "store/backup", &b)
			if (err == nil) != (broken == nil) || broken == nil && b.String() != "ab" {
				t.Errorf("%s: %q, %v, of a store with the fault %v", where, b.String(), err, broken)
			}
			err = c.Each(t.Context(), "GET", "store/stats", nil, func(json.RawMessage) error { return nil })
			if broken != nil && (err == nil || err.Error() != broken.Error()) {
				t.Errorf("%s: %v, want the whole of %q: nobody else is there to tell", where, err, broken)
			}
		}
	}
}

// What is for the socket only is not there for browsers.
func TestSocketOnly(t *testing.T) {
	s, _ := commanded(t)
	h := s.Handler()
	for _, r := range s.Routes() {
		path := strings.ReplaceAll(r.Path, "{id}", "s1")
		if !r.SocketOnly || r.Method == "GET" && strings.HasPrefix(path, "/api/v1/stories") {
			continue
		}
		if w := ask(h, r.Method, path, "{}"); w.Code != http.StatusNotFound {
			t.Errorf("%s %s: %d, want 404", r.Method, path, w.Code)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	err := api.Dial(filepath.Join(t.TempDir(), "none.sock")).Each(t.Context(), "GET", "status", nil, func(json.RawMessage) error { return nil })
	if !errors.Is(err, api.ErrNoDaemon) {
		t.Errorf("%v, want ErrNoDaemon", err)
	}
}
