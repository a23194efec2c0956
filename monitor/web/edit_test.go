package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"newswatch/monitor/api"
)

// A fakeFile takes changes as the daemon does.
type fakeFile struct {
	hash string
	err  error // of the next change
	done []api.Edit
}

func (f *fakeFile) edit(_ context.Context, e api.Edit) (api.Edited, error) {
	switch {
	case f.err != nil:
		return api.Edited{}, f.err
	case e.Base != "" && e.Base != f.hash:
		return api.Edited{}, api.ErrEditConflict
	}
	f.done = append(f.done, e)
	return api.Edited{Changes: []string{"done"}, Hash: f.hash}, nil
}

// newEditor is a server whose configuration can be changed.
func newEditor(t *testing.T) (*Server, *fakeFile) {
	s, _ := newServer(t)
	f := &fakeFile{hash: "h1"}
	s.Edits, s.Edit = true, f.edit
	s.ConfigFile = func() (api.ConfigFile, error) {
		return api.ConfigFile{Path: "/etc/newswatch/config.yaml", Hash: f.hash}, nil
	}
	s.Look = func(_ context.Context, address string) ([]api.Offer, error) {
		if strings.Contains(address, "10.0.0.1") {
			return nil, errors.New("address 10.0.0.1 is not public")
		}
		return []api.Offer{{URL: address + "/feed", Title: "Coast Ledger", Kind: "rss", How: "link element", Pollable: true, PerDay: 3, Items: []api.OfferItem{{Title: "Ferry late", At: testNow}}},
			{URL: "https://feed-0001.example.org/rss", Configured: "feed-0001", Pollable: true}}, nil
	}
	s.Poll = func(_ context.Context, feed string) ([]string, error) { return []string{feed}, nil }
	return s, f
}

// post sends a form.
func post(h http.Handler, path string, pairs ...string) (status int, body, to string) {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	w := ask(h, "POST", path, v.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
	return w.Code, w.Body.String(), w.Header().Get("Location")
}

func TestWatchIsTriedAndSaved(t *testing.T) {
	s, f := newEditor(t)
	h := s.Handler()
	for name, c := range map[string]struct {
		path  string
		pairs []string
		code  int
		want  string
	}{
		"try":            {"/watches/edit", []string{"do", "try", "match", "contract OR award"}, 200, "Looks for “contract” or “award”."},
		"a mistake":      {"/watches/edit", []string{"do", "try", "match", "(contract"}, 200, "bracket is not closed"},
		"live":           {"/watches/try", []string{"match", "contract"}, 200, `<div data-match="contract">`},
		"live, not this": {"/watches/try", []string{"match", "contract", "exclude", "Azure"}, 200, `data-match="contract -Azure"`},
		"not this":       {"/watches/edit", []string{"match", "contract", "exclude", "Azure", "do", "save"}, 200, "contract -Azure"},
		"on a text":      {"/watches/try", []string{"match", "ferry", "text", "Ferry late\nagain\n\nCouncil meets"}, 200, "no match"},
		"on items":       {"/watches/try", []string{"match", "ferry", "text", `{"title":"Ferry late"}`}, 200, "is-strong"},
		"against itself": {"/watches/try", []string{"match", "nothing-at-all", "was", "azure-at-ice"}, 200, "Told now, and not by this"},
	} {
		if code, body, _ := post(h, c.path, c.pairs...); code != c.code || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d, want %d with %q:\n%.2000s", name, code, c.code, c.want, body)
		}
	}
	if len(f.done) > 0 {
		t.Fatalf("trying changed %v", f.done)
	}
	code, _, to := post(h, "/watches/edit", "do", "save", "name", "new", "match", "contract", "notify", "newsroom", "priority", "normal", "weak", "drop", "base", "h1")
	if code != http.StatusSeeOther || to != "/watches/edit?name=new&saved=1" || len(f.done) != 1 {
		t.Fatalf("save: %d to %s, %v", code, to, f.done)
	}
	if got, _ := json.Marshal(f.done[0].Fields); string(got) != `[{"Key":"name","Value":"new"},{"Key":"match","Value":"contract"},{"Key":"notify","Value":["newsroom"]},{"Key":"priority","Value":""},{"Key":"weak","Value":"drop"}]` {
		t.Errorf("saved %s", got)
	}
	post(h, "/watches/edit", "do", "save", "was", "azure-at-ice", "name", "azure-at-ice", "match", "contract", "priority", "high", "weak", "digest", "base", "h1")
	if e := f.done[1]; e.Do != api.EditSet || e.Name != "azure-at-ice" || e.Fields[0].Key != "match" {
		t.Errorf("changed %+v", e)
	}
	if code, _, to = post(h, "/watches/edit", "do", "remove", "was", "azure-at-ice", "base", "h1"); to != "/watches" || f.done[2].Do != api.EditRemove {
		t.Errorf("removed: %d to %s, %+v", code, to, f.done[2])
	}
}

// Whatever keeps a change from being made, what was typed is still there, with
// what can be done about it.
func TestChangeFails(t *testing.T) {
	s, f := newEditor(t)
	h := s.Handler()
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"conflict": {api.ErrEditConflict, []string{"changed meanwhile", "As it stands in the configuration now", `Query as it is now"><code>{azure} NEAR/60 {ice}`,
			`Tell at once as it is now"><code>desk, newsroom<`, `Priority as it is now"><code>high<`}},
		"unwritable": {&api.ByHand{Reason: "this program may not write it", Where: "under watches:", Lines: "  - name: typed"}, []string{"may not write it", "/etc/newswatch/config.yaml", "under watches:", "  - name: typed"}},
		"mistakes":   {&api.BadEdit{Problems: []string{"config.yaml:3:4: two watches\n    ^"}}, []string{"config.yaml:3:4: two watches\n    ^"}},
	} {
		f.err = c.err
		code, body, _ := post(h, "/watches/edit", "do", "save", "was", "azure-at-ice", "name", "typed", "match", "contract typed", "base", "h1")
		if code != http.StatusConflict || !strings.Contains(body, "contract typed") {
			t.Errorf("%s: %d\n%.3000s", name, code, body)
		}
		for _, want := range c.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q in\n%.3000s", name, want, body)
			}
		}
		w := ask(h, "PATCH", "/api/v1/watches/azure-at-ice", `{"match":"x","base":"h1"}`, "Content-Type", "application/json")
		var e api.Error
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code < 400 || e.Message == "" {
			t.Errorf("%s: API %d %s", name, w.Code, w.Body)
		}
	}
}

// Of a watch that another editor left alone, a conflict says so.
func TestConflictOverSomethingElse(t *testing.T) {
	s, f := newEditor(t)
	f.err = api.ErrEditConflict
	code, body, _ := post(s.Handler(), "/watches/edit", "do", "save", "was", "azure-at-ice", "name", "azure-at-ice", "match", "{azure} NEAR/60 {ice}", "notify", "desk", "notify", "newsroom",
		"priority", "high", "weak", "digest", "base", "h1")
	if code != http.StatusConflict || !strings.Contains(body, "something else was changed") || strings.Contains(body, "as it is now") {
		t.Errorf("%d\n%.3000s", code, body)
	}
}

func TestFeedIsFoundAndAdded(t *testing.T) {
	s, f := newEditor(t)
	h := s.Handler()
	if w := ask(h, "GET", "/feeds/add?url=coast.example%22%3E", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `value="coast.example&#34;&gt;"`) || !strings.Contains(w.Body.String(), "javascript:location.href=") {
		t.Errorf("the form: %d\n%s", w.Code, w.Body)
	}
	for name, c := range map[string]struct {
		pairs []string
		code  int
		want  []string
	}{
		"look":    {[]string{"do", "look", "url", "https://coast.example"}, 200, []string{"Coast Ledger", "Ferry late", "about 3 items a day", `value="coast-ledger"`, "It is read already"}},
		"private": {[]string{"do", "look", "url", "http://10.0.0.1/"}, http.StatusConflict, []string{"is not public"}},
	} {
		code, body, _ := post(h, "/feeds/add", c.pairs...)
		for _, want := range c.want {
			if code != c.code || !strings.Contains(body, want) {
				t.Errorf("%s: %d, want %d with %q\n%s", name, code, c.code, want, body)
			}
		}
	}
	_, _, to := post(h, "/feeds/add", "do", "add", "url", "https://coast.example", "feed", "https://coast.example/feed", "name", "coast", "tags", "local, , press,local", "base", "h1")
	if got, _ := json.Marshal(f.done); to != "/feeds/one?name=coast&saved=1" || !strings.Contains(string(got), `{"Key":"tags","Value":["local","press"]}`) {
		t.Errorf("added %s, to %s", got, to)
	}
	post(h, "/feeds/one", "name", "feed-0001", "newname", "other", "tags", "national", "base", "h1", "do", "save")
	if e := f.done[1]; e.Do != api.EditSet || len(e.Fields) != 1 || e.Fields[0].Value != "other" {
		t.Errorf("renamed: %+v", e)
	}
	if _, _, to := post(h, "/feeds/one", "name", "feed-0001", "do", "poll"); to != "/feeds/one?name=feed-0001&polled=1" {
		t.Errorf("polled: to %s", to)
	}
	if _, _, to := post(h, "/feeds/one", "name", "feed-0001", "do", "remove", "base", "h1"); to != "/feeds?" || f.done[2].Do != api.EditRemove {
		t.Errorf("removed: to %s", to)
	}
	if w := ask(h, "GET", "/feeds/one?name=feed-0001", ""); w.Code != 200 || !strings.Contains(w.Body.String(), "Agency signs contract") {
		t.Errorf("the feed: %d\n%s", w.Code, w.Body)
	}
	if w := ask(h, "GET", "/feeds/one?name=nobody", ""); w.Code != 404 {
		t.Errorf("no such feed: %d", w.Code)
	}
}

// Who may change what, by where the page listens and who says who asks.
func TestWhoMay(t *testing.T) {
	proxy := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} // where httptest asks from
	elsewhere := []netip.Prefix{netip.MustParsePrefix("10.0.0.5/32")}
	for name, c := range map[string]struct {
		edits      bool
		header     string
		from       []netip.Prefix
		sent       string
		save, mute int
		by         string
	}{
		"alone":                {true, "", nil, "", 303, 303, ""},
		"editing is off":       {false, "", nil, "", 403, 303, ""},
		"signed in":            {true, "X-Forwarded-User", proxy, "ana@paper.example", 303, 303, "ana@paper.example"},
		"not signed in":        {true, "X-Forwarded-User", proxy, "", 403, 403, ""},
		"a header from others": {true, "X-Forwarded-User", elsewhere, "ana", 403, 403, ""},
		"an empty name":        {true, "X-Forwarded-User", proxy, "  ", 403, 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := newEditor(t)
			s.Edits, s.AuthHeader, s.AuthFrom, s.Silence = c.edits, c.header, c.from, done.Silence
			h := s.Handler()
			headers := []string{"Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-User", c.sent}
			if w := ask(h, "POST", "/watches/edit", "do=save&name=n&match=contract", headers...); w.Code != c.save {
				t.Errorf("save: %d, want %d", w.Code, c.save)
			}
			if len(f.done) > 0 && f.done[0].By != c.by {
				t.Errorf("by %q", f.done[0].By)
			}
			if w := ask(h, "POST", "/silences", "watch=ice-any&hours=1", headers...); w.Code != c.mute {
				t.Errorf("mute: %d, want %d", w.Code, c.mute)
			}
			want := map[int]int{303: 200, 403: 403}[c.save]
			if w := ask(h, "POST", "/api/v1/feeds", `{"url":"https://x.example/f"}`, "Content-Type", "application/json", "X-Forwarded-User", c.sent); w.Code != want {
				t.Errorf("API: %d, want %d", w.Code, want)
			}
			if w := ask(h, "GET", "/watches/edit?name=azure-at-ice", "", headers...); w.Code != 200 || strings.Contains(w.Body.String(), `value="save"`) != (c.save == 303) {
				t.Errorf("reading: %d, a button to save: %v", w.Code, strings.Contains(w.Body.String(), `value="save"`))
			}
			if w := ask(h, "POST", "/watches/edit", "do=save&name=n&match=x", append(headers, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")...); w.Code != 403 {
				t.Errorf("from another site: %d", w.Code)
			}
		})
	}
}

func TestSearchPage(t *testing.T) {
	s, _ := newEditor(t)
	h := s.Handler()
	for target, want := range map[string]string{
		"/search":                     "Everything that was seen is kept",
		"/search?q=contract":          "stories</caption>",
		"/search?q=contract&as=items": "items seen since",
		"/search?q=contract&feed=feed-0001&as=items": "feed-0001",
		"/search?q=contract&told=yes":                "Nothing in the archive matches",
		"/search?q=(contract":                        "bracket is not closed",
		"/search?q=contract&format=csv":              "seen,published,title",
		"/search?q=contract&format=json":             `"type":"item"`,
		"/search/check?q=contract":                   "Looks for “contract”.",
		"/watches/edit?match=contract":               "Looks for “contract”.",
	} {
		w := ask(h, "GET", target, "", "Accept", "text/html")
		if !strings.Contains(w.Body.String(), strings.TrimSuffix(want, "stories</caption>")) || w.Code >= 500 {
			t.Errorf("%s: %d, want %q:\n%.1500s", target, w.Code, want, w.Body)
		}
	}
	if w := ask(h, "GET", "/search?q=contract&format=exe", ""); w.Code != 400 {
		t.Errorf("an unknown form: %d", w.Code)
	}
}

// A query that would keep the server busy is not tried, and says so at once.
func TestQueryBombs(t *testing.T) {
	s, f := newEditor(t)
	h := s.Handler()
	for name, q := range map[string]string{
		"long":         strings.Repeat("ferry ", 20_000),
		"patterns":     strings.Repeat("/a.{0,900}b/ OR ", 1000) + "x",
		"brackets":     strings.Repeat("(", 20_000),
		"alternatives": strings.TrimSuffix(strings.Repeat("(ferry OR boat) ", 1500), " "),
	} {
		began := time.Now()
		for _, path := range []string{"/watches/try", "/watches/edit"} {
			if code, body, _ := post(h, path, "do", "try", "match", q); code != 200 || name != "alternatives" && !strings.Contains(body, "drawn") {
				t.Errorf("%s on %s: %d", name, path, code)
			}
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	w := ask(h, "POST", "/api/v1/watches", `{"name":"n","match":"ferry","feeds":["a"],"weak":null}`, "Content-Type", "application/json")
	if w.Code != 200 || len(f.done) != 1 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got, _ := json.Marshal(f.done[0].Fields); string(got) != `[{"Key":"name","Value":"n"},{"Key":"match","Value":"ferry"},{"Key":"feeds","Value":["a"]},{"Key":"weak","Value":null}]` {
		t.Errorf("the fields are %s", got)
	}
	for _, body := range []string{`{"match":7}`, `{"matches":"x"}`, `[]`} {
		if w := ask(h, "POST", "/api/v1/watches", body, "Content-Type", "application/json"); w.Code != 400 {
			t.Errorf("%s: %d", body, w.Code)
		}
	}
}
