package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/api"
)

func TestHost(t *testing.T) {
	tests := map[string]struct {
		listen, public, host string
		ok                   bool
	}{
		"loopback":                {"127.0.0.1:8087", "", "127.0.0.1:8087", true},
		"localhost":               {"127.0.0.1:8087", "", "localhost:8087", true},
		"localhost, other case":   {"127.0.0.1:8087", "", "LocalHost.", true},
		"IPv6 loopback":           {"[::1]:8087", "", "[::1]:8087", true},
		"another port forwarded":  {"127.0.0.1:8087", "", "localhost:9000", true},
		"foreign name":            {"127.0.0.1:8087", "", "evil.example", false},
		"name that looks like us": {"127.0.0.1:8087", "", "localhost.evil.example", false},
		"name with our address":   {"127.0.0.1:8087", "", "127.0.0.1.evil.example:8087", false},
		"foreign address":         {"127.0.0.1:8087", "", "192.0.2.7", false},
		"none":                    {"127.0.0.1:8087", "", "", false},
		"any address":             {":8087", "", "192.0.2.7:8087", true},
		"any address, a name":     {"0.0.0.0:8087", "", "evil.example:8087", false},
		"configured name":         {"desk.example:8087", "", "desk.example:8087", true},
		"public name":             {"127.0.0.1:8087", "https://nw.example/", "nw.example", true},
		"further name":            {"127.0.0.1:8087", "", "nw.internal:8087", true},
		"socket file":             {"unix:/run/nw.sock", "", "whatever", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, _ := newServer(t)
			s.Listen, s.PublicURL, s.Hosts = tt.listen, tt.public, []string{"NW.internal"}
			want := http.StatusOK
			if !tt.ok {
				want = http.StatusMisdirectedRequest
			}
			for _, path := range []string{"/", "/api/v1/status", "/metrics", "/healthz", "/static/style.css"} {
				if w := ask(s.Handler(), "GET", path, "", "Host", tt.host); w.Code != want {
					t.Errorf("%s as %q: %d, want %d", path, tt.host, w.Code, want)
				}
			}
		})
	}
}

func TestWritesComeFromOurPages(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	tests := map[string]struct {
		headers []string
		status  int
	}{
		"our page":                       {[]string{"Sec-Fetch-Site", "same-origin"}, 303},
		"typed":                          {[]string{"Sec-Fetch-Site", "none"}, 303},
		"no browser":                     {nil, 303},
		"another site":                   {[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		"another port":                   {[]string{"Sec-Fetch-Site", "same-site"}, 403},
		"old browser, another site":      {[]string{"Origin", "https://evil.example"}, 403},
		"old browser, our page":          {[]string{"Origin", "http://127.0.0.1:8087"}, 303},
		"old browser, a sandboxed frame": {[]string{"Origin", "null"}, 403},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, _ := newServer(t)
			var made []monitor.Silence
			s.Silence = func(q monitor.Silence) error { made = append(made, q); return nil }
			w := ask(s.Handler(), "POST", "/silences", "watch=ice-any&hours=8", append(tt.headers, "Content-Type", form)...)
			if w.Code != tt.status || (len(made) == 1) != (tt.status == 303) {
				t.Errorf("%d, %d made, want %d", w.Code, len(made), tt.status)
			}
		})
	}
}

// TestGetChangesNothing asks for everything, with the words of a form in the
// query.
func TestGetChangesNothing(t *testing.T) {
	s, p := newServer(t)
	p.silences = []monitor.Silence{{ID: "abc", Watch: "ice-any", Until: testNow.AddDate(1, 0, 0)}}
	touched := errors.New("touched")
	s.Silence = func(monitor.Silence) error { t.Error("a silence was changed"); return touched }
	s.Retry = func(n monitor.Notice) (monitor.Notice, error) { t.Error("a notice was tried again"); return n, touched }
	s.Drop = func(n monitor.Notice, _ string) (monitor.Notice, error) {
		t.Error("a notice was dropped")
		return n, touched
	}
	h := s.Handler()
	for _, r := range allRoutes(s) {
		if r.Path == "/api/v1/events" {
			continue
		}
		path := strings.NewReplacer("{$}", "", "{id}", "abc").Replace(r.Path)
		for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
			ask(h, method, path+"?watch=ice-any&hours=8&key=abc&destination=newsroom&what=x", "")
		}
	}
}

func TestActions(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	tests := map[string]struct {
		path, body string
		status     int
		want       string
	}{
		"mute a story":          {"/silences", "story=abc1&hours=24&reason=dull&back=/stories/abc1", 303, "silence watch= story=abc1 24h dull"},
		"mute a watch":          {"/silences", "watch=ice-any&hours=1", 303, "silence watch=ice-any story= 1h "},
		"too long":              {"/silences", "watch=ice-any&hours=99999", 400, ""},
		"no such story ID":      {"/silences", "story=%21%21&hours=1", 400, ""},
		"refused by the rules":  {"/silences", "watch=refused&hours=1", 400, ""},
		"end one":               {"/silences/s1/end", "", 303, "end s1"},
		"end none":              {"/silences/zz/end", "", 404, ""},
		"relevant":              {"/labels", "item=abc&watch=ice-any&say=relevant&back=/stories/abc", 303, "label abc ice-any true false page"},
		"not relevant":          {"/labels", "item=abc&say=not+relevant", 303, "label abc  false false page"},
		"said and taken back":   {"/labels", "item=abc&say=undo", 303, "label abc  false true page"},
		"said nothing":          {"/labels", "item=abc&say=perhaps", 400, ""},
		"said of no item":       {"/labels", "item=%21%21&say=relevant", 404, ""},
		"mine":                  {"/stories/abc/claim", "by=ann++lee&back=/stories/abc", 303, "claim abc ann lee"},
		"try again":             {"/outbox/retry", "key=k1&destination=newsroom", 303, "retry newsroom k1"},
		"drop":                  {"/outbox/drop", "key=k1&destination=newsroom&reason=old", 303, "drop newsroom k1 old"},
		"back leads nowhere":    {"/outbox/retry", "key=k1&back=https://evil.example/", 303, "retry newsroom k1"},
		"back without a scheme": {"/outbox/retry", "key=k1&back=//evil.example/", 303, "retry newsroom k1"},
		"back with a backslash": {"/outbox/retry", `key=k1&back=/\evil.example/`, 303, "retry newsroom k1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, p := newServer(t)
			p.silences = []monitor.Silence{{ID: "s1", Watch: "ice-any", Until: testNow.AddDate(0, 0, 1)}}
			did := ""
			s.Silence = func(q monitor.Silence) error {
				switch {
				case q.Watch == "refused":
					return errors.New("no watch has that name")
				case q.Until.IsZero():
					did = "end " + q.ID
				default:
					did = "silence watch=" + q.Watch + " story=" + q.Story.String() + " " + strings.TrimSuffix(q.Until.Sub(q.Created).String(), "0m0s") + " " + q.Reason
				}
				return nil
			}
			p.notices = []monitor.Notice{{Key: "k1", Destination: "newsroom"}}
			s.Retry = func(n monitor.Notice) (monitor.Notice, error) {
				did = "retry " + n.Destination + " " + n.Key
				return n, nil
			}
			s.Drop = func(n monitor.Notice, reason string) (monitor.Notice, error) {
				did = "drop " + n.Destination + " " + n.Key + " " + reason
				return n, nil
			}
			s.Label = func(o monitor.LabelOrder) ([]monitor.Label, error) {
				did = fmt.Sprint("label ", o.Item, " ", o.Watch, " ", o.Relevant, " ", o.Undo, " ", o.By)
				return nil, nil
			}
			s.Claim = func(id monitor.StoryID, by string) (monitor.Claim, error) {
				did = "claim " + id.String() + " " + by
				return monitor.Claim{}, nil
			}
			w := ask(s.Handler(), "POST", tt.path, tt.body, "Content-Type", form)
			if w.Code != tt.status || did != tt.want {
				t.Errorf("%d %q, want %d %q: %s", w.Code, did, tt.status, tt.want, w.Body)
			}
			if to := w.Header().Get("Location"); strings.Contains(to, "evil") {
				t.Errorf("leads to %s", to)
			}
		})
	}
}

// The page of labels says what they suggest, and that it takes ten of them.
func TestLabelsSuggest(t *testing.T) {
	s, p := newServer(t)
	get := func() string { return ask(s.Handler(), "GET", "/labels", "").Body.String() }
	if got := get(); !strings.Contains(got, "Nothing has been labelled yet") {
		t.Error(got)
	}
	const watch = "geo-group"
	label := func(n int, title string, relevant bool) {
		rec := monitor.Record{ID: monitor.FirstID(testNow) + monitor.ItemID(n), Seen: testNow, Item: feeds.Item{Title: title},
			Labels: []monitor.Label{{Watch: watch, Relevant: relevant}}}
		rec.Matches = []monitor.Matched{{Watch: watch}}
		p.items[rec.ID] = rec
		if err := s.Labelled.Add(rec.ID); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5 {
		label(i, "GEO Group wins contract", true)
	}
	if got := get(); !strings.Contains(got, "5 labelled relevant, 0 not") || !strings.Contains(got, "suggestions come with 5 more labels") {
		t.Error(got)
	}
	for i := range 5 {
		label(10+i, "GEO Group hockey cup", false)
	}
	got := get()
	for _, want := range []string{`hockey<span class="hint">leave out`, "5 of 5 go", "0 of 5 go", `-hockey&#34;`, "/watches/edit?name=geo-group&amp;match=%28%22GEO%20Group%22%20OR%20CoreCivic%29%20-cup%20-hockey"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// What was said of all items of a feed is taken back at once, as far as it is
// asked for, and told before if that is asked for.
func TestUnlabelFeed(t *testing.T) {
	s, p := newServer(t)
	var orders []monitor.LabelOrder
	s.Label = func(o monitor.LabelOrder) ([]monitor.Label, error) {
		orders = append(orders, o)
		return nil, nil
	}
	for i, feed := range []string{"mining", "mining", "wire", "mining"} {
		rec := monitor.Record{ID: monitor.FirstID(testNow) + monitor.ItemID(i), Seen: testNow, Feed: feed,
			Labels: []monitor.Label{{Watch: "azure", Entity: "azure", At: testNow.Add(-time.Duration(i) * time.Hour)}, {Watch: "all", At: testNow.Add(-90 * time.Minute)}}}
		p.items[rec.ID] = rec
		if err := s.Labelled.Add(rec.ID); err != nil {
			t.Fatal(err)
		}
	}
	first := monitor.FirstID(testNow)
	for name, tt := range map[string]struct {
		order api.LabelOrder
		gone  int
		items []monitor.ItemID
		want  string // of the refusal
	}{
		"all":              {api.LabelOrder{Feed: "mining", Undo: true}, 6, []monitor.ItemID{first, first + 1, first + 3}, ""},
		"tried":            {api.LabelOrder{Feed: "mining", Undo: true, Try: true}, 6, nil, ""},
		"of two hours":     {api.LabelOrder{Feed: "mining", Undo: true, Since: testNow.Add(-2 * time.Hour)}, 5, []monitor.ItemID{first, first + 1, first + 3}, ""},
		"of an hour":       {api.LabelOrder{Feed: "mining", Undo: true, Since: testNow.Add(-time.Hour)}, 2, []monitor.ItemID{first, first + 1}, ""},
		"of an entity":     {api.LabelOrder{Feed: "mining", Undo: true, Entity: "azure"}, 3, []monitor.ItemID{first, first + 1, first + 3}, ""},
		"of no such watch": {api.LabelOrder{Feed: "mining", Undo: true, Watch: "gone"}, 0, nil, "nobody has labelled"},
		"no such feed":     {api.LabelOrder{Feed: "minning", Undo: true}, 0, nil, `nobody has labelled an item of a feed named "minning"`},
		"no undo":          {api.LabelOrder{Feed: "mining", Relevant: true}, 0, nil, "only take back"},
		"an item too":      {api.LabelOrder{Feed: "mining", ID: "abc", Undo: true}, 0, nil, "only take back"},
	} {
		t.Run(name, func(t *testing.T) {
			orders = nil
			gone := 0
			err := api.Local(s.Server).Each(t.Context(), "POST", "labels", tt.order, func(json.RawMessage) error { gone++; return nil })
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) || tt.want == "" && err != nil {
				t.Errorf("%v, want %q", err, tt.want)
			}
			var items []monitor.ItemID
			for _, o := range orders {
				items = append(items, o.Item)
				if !o.Undo || !o.Since.Equal(tt.order.Since) || o.Entity != tt.order.Entity {
					t.Errorf("%+v", o)
				}
			}
			if gone != tt.gone || !slices.Equal(items, tt.items) {
				t.Errorf("%d taken back of %v, want %d of %v", gone, items, tt.gone, tt.items)
			}
		})
	}
}

// TestReadOnly serves without any of the actions.
func TestReadOnly(t *testing.T) {
	s, _ := newServer(t)
	h := s.Handler()
	for _, path := range []string{"/silences", "/silences/x/end", "/outbox/retry", "/outbox/drop", "/labels", "/stories/abc/claim"} {
		if w := ask(h, "POST", path, ""); w.Code != http.StatusNotFound {
			t.Errorf("POST %s: %d, want 404", path, w.Code)
		}
	}
	if w := ask(h, "GET", "/silences", ""); strings.Contains(w.Body.String(), `action="/silences"`) {
		t.Error("a form is offered that cannot be sent")
	}
}

func TestHeaders(t *testing.T) {
	s, _ := newServer(t)
	for _, path := range []string{"/", "/feeds", "/nothing", "/api/v1/feeds", "/static/live.js", "/feed.atom", "/metrics"} {
		h := ask(s.Handler(), "GET", path, "").Header()
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Content-Type") == "" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// TestPanicIsOneFailedRequest breaks the Reader under a running server.
func TestPanicIsOneFailedRequest(t *testing.T) {
	s, p := newServer(t)
	h := s.Handler()
	p.stories = nil
	s.Rules = func() *monitor.Rules { panic("broken") }
	if w := ask(h, "GET", "/api/v1/feeds", ""); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), `{"error":`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(h, "GET", "/healthz", ""); w.Code != http.StatusOK {
		t.Errorf("health after a panic: %d", w.Code)
	}
}

func TestReadiness(t *testing.T) {
	s, _ := newServer(t)
	s.Ready = func() error { return errors.New("store: read-only file system") }
	if w := ask(s.Handler(), "GET", "/readyz", ""); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "read-only") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
