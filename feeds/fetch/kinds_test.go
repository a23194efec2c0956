package fetch

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
)

// rowsFeed is an interface with pages whose key must never be told.
func rowsFeed(url string) feeds.Feed {
	return feeds.Feed{Name: "rows", URL: url + "/rows", Kind: feeds.KindJSON, Source: &feeds.Source{Body: `{"page": {{page}}}`, Params: map[string]feeds.Secret{"api_key": "s3cret-key"},
		Select: feeds.Select{Items: "$.results[*]", Key: []string{"id"}, Title: "Row {id}"},
		Pages:  feeds.Pages{More: "$.more"}}}
}

// serveRows answers with 2 rows a page, of as many pages as last says.
func serveRows(t *testing.T, pages int, fails map[int]string) *script {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		page := 0
		if _, bad := fmt.Sscanf(string(body), `{"page": %d}`, &page); err != nil || bad != nil || r.Method != "POST" || r.Header.Get("Content-Type") != "application/json" || r.URL.Query().Get("api_key") != "s3cret-key" {
			t.Errorf("%s %s %s with %s: %v, %v", r.Method, r.URL, r.Header, body, err, bad)
		}
		if said := fails[page]; said != "" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"message": %q}`, said)
			return
		}
		fmt.Fprintf(w, `{"results":[{"id":"%d-a"},{"id":"%d-b"}],"more":%v}`, page, page, page < pages)
	})
}

func fetchKind(t *testing.T, c *Client, f feeds.Feed, st feeds.State, known feeds.Known) (feeds.Result, error) {
	t.Helper()
	release, wait := c.Begin(f, st, c.Now())
	if release == nil {
		t.Fatalf("no turn for %v", wait)
	}
	defer release()
	res, err := c.Fetch(context.Background(), f, st, known)
	for _, text := range []string{fmt.Sprint(err), res.Final, res.State.Moved, res.Document.Note} {
		if strings.Contains(text, "s3cret") {
			t.Errorf("the secret is in %s", text)
		}
	}
	return res, err
}

func TestFetchReadsAllPages(t *testing.T) {
	s := serveRows(t, 3, nil)
	c, at := client(t, feeds.Settings{Allow: local, Spacing: 1})
	f := rowsFeed(s.URL)
	res, err := fetchKind(t, c, f, feeds.State{}, nil)
	if err != nil || len(res.Document.Items) != 6 || len(s.seen) != 3 || !res.Document.Partial || res.Document.Note != "" {
		t.Fatalf("%d items of %d requests, %q: %v", len(res.Document.Items), len(s.seen), res.Document.Note, err)
	}
	// The same first page is no new document; one of known rows ends the reading.
	at.add(time.Hour)
	if again, err := fetchKind(t, c, f, res.State, nil); err != nil || !again.Unchanged || len(s.seen) != 4 {
		t.Errorf("the same again: %+v of %d requests, %v", again, len(s.seen), err)
	}
	var hashes []uint64
	for _, it := range res.Document.Items[:2] {
		hashes = append(hashes, it.Hash)
	}
	known := func(int) (feeds.Hashes, error) { return feeds.NewHashes(hashes), nil }
	res.State.Raw, res.State.Body = 1, 1
	at.add(time.Hour)
	if again, err := fetchKind(t, c, f, res.State, known); err != nil || len(again.Document.Unchanged) != 2 || len(s.seen) != 5 {
		t.Errorf("known rows: %+v of %d requests, %v", again.Document, len(s.seen), err)
	}
}

// A page that fails keeps those before it, and all are read again.
func TestFetchKeepsThePagesBeforeAFailure(t *testing.T) {
	s := serveRows(t, 3, map[int]string{2: "Pagination limit for s3cret-key exceeded."})
	c, at := client(t, feeds.Settings{Allow: local, Spacing: 1})
	res, err := fetchKind(t, c, rowsFeed(s.URL), feeds.State{}, nil)
	if err != nil || len(res.Document.Items) != 2 || !strings.Contains(res.Document.Note, `a further page was not read: `) || !strings.Contains(res.Document.Note, `it says "Pagination limit for [redacted] exceeded."`) {
		t.Fatalf("%+v, %v", res.Document, err)
	}
	at.add(time.Hour)
	if again, err := fetchKind(t, c, rowsFeed(s.URL), res.State, nil); err != nil || again.Unchanged || len(s.seen) != 4 {
		t.Errorf("%+v of %d requests, %v", again, len(s.seen), err)
	}
}

func TestFetchTellsWhatAnInterfaceComplainsOf(t *testing.T) {
	s := serveRows(t, 1, map[int]string{1: "no such agency"})
	c, _ := client(t, feeds.Settings{Allow: local, Spacing: 1})
	_, err := fetchKind(t, c, rowsFeed(s.URL), feeds.State{}, nil)
	if fault, ok := err.(*feeds.FetchError); !ok || fault.Fault != feeds.Status || fault.StatusCode != 400 || !strings.Contains(err.Error(), `it says "no such agency"`) {
		t.Errorf("got %v", err)
	}
}

// A budget spreads the polls over its time, ends the reading of pages, and is
// kept even by who asks again and again.
func TestFetchKeepsItsBudget(t *testing.T) {
	s := serveRows(t, 9, nil)
	c, at := client(t, feeds.Settings{Allow: local, Spacing: 1})
	f := rowsFeed(s.URL)
	f.Source.Requests = "4/d"
	res, err := fetchKind(t, c, f, feeds.State{}, nil)
	if err != nil || len(s.seen) != 4 || res.State.Spent.N != 4 || !strings.Contains(res.Document.Note, "budget of requests is used up") {
		t.Fatalf("%d requests, %+v, %v", len(s.seen), res, err)
	}
	if next := res.State.NextAllowed(at.Now()); next.Sub(at.Now()) != 24*time.Hour {
		t.Errorf("polled again at %v", next)
	}
	at.add(time.Hour)
	f.Source.Select.Title = "{id}" // another way to read it is no other budget
	again, err := fetchKind(t, c, f, res.State, nil)
	if fault, ok := err.(*feeds.FetchError); !ok || fault.Fault != feeds.Throttled || len(s.seen) != 4 || !strings.Contains(err.Error(), "4/d requests is used up until 12:00 UTC") {
		t.Errorf("%d requests, %v", len(s.seen), err)
	}
	at.add(23 * time.Hour)
	f.Source.Pages = feeds.Pages{}
	one, err := fetchKind(t, c, f, again.State, nil)
	if err != nil || len(s.seen) != 5 || one.State.NextAllowed(at.Now()).Sub(at.Now()) != 6*time.Hour {
		t.Errorf("%d requests, %+v, %v", len(s.seen), one.State, err)
	}
}

// A request with a body goes to no other server, and stays a POST on its own.
func TestFetchRedirectsOfInterfaces(t *testing.T) {
	rows := serveRows(t, 1, nil)
	var to string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/rows" {
			http.Redirect(w, r, to, http.StatusMovedPermanently)
			return
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, `{"results":[{"id":"%s %d"}]}`, r.Method, len(body))
	})
	c, at := client(t, feeds.Settings{Allow: local, Spacing: 1})
	to = rows.URL + "/rows?api_key=s3cret-key"
	if _, err := fetchKind(t, c, rowsFeed(s.URL), feeds.State{}, nil); err == nil || len(rows.seen) > 0 || !strings.Contains(err.Error(), "redirects to another server") {
		t.Errorf("to another server: %v, %d requests", err, len(rows.seen))
	}
	at.add(time.Second)
	to = "/there/?api_key=s3cret-key"
	res, err := fetchKind(t, c, rowsFeed(s.URL), feeds.State{}, nil)
	if err != nil || len(res.Document.Items) != 1 || res.Document.Items[0].Title != "Row POST 11" || res.State.Moved != "" {
		t.Errorf("on its own: %+v, %v", res, err)
	}
}

// The sitemaps of an index are read, and all again by the next poll.
func TestFetchReadsTheSitemapsOfAnIndex(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"1"`)
		switch r.URL.Path {
		case "/index.xml":
			fmt.Fprintf(w, `<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/gone.xml</loc></sitemap><sitemap><loc>/index.xml</loc></sitemap></sitemapindex>`)
		case "/a.xml":
			fmt.Fprintf(w, `<urlset><url><loc>/1</loc><news><title>One</title></news></url></urlset>`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	c, _ := client(t, feeds.Settings{Allow: local, Spacing: 1})
	f := feeds.Feed{Name: "map", URL: s.URL + "/index.xml", Kind: feeds.KindSitemap}
	res, err := fetchKind(t, c, f, feeds.State{}, nil)
	if err != nil || len(res.Document.Items) != 1 || s.paths() != "/index.xml /a.xml /gone.xml" || res.State.ETag != "" || !strings.Contains(res.Document.Note, "not found (404)") {
		t.Errorf("%+v of %s, %v", res, s.paths(), err)
	}
}

// A challenge page never becomes what a page is compared with.
func TestFetchTakesNoChallengeForAPage(t *testing.T) {
	text := "<main>Contracts of the agency</main>"
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>", text) })
	c, at := client(t, feeds.Settings{Allow: local, Spacing: 1})
	f := feeds.Feed{Name: "page", URL: s.URL, Kind: feeds.KindPage, Source: &feeds.Source{Select: feeds.Select{Region: "main"}}}
	first, err := fetchKind(t, c, f, feeds.State{}, nil)
	if err != nil || first.State.Kept == nil || first.State.Again {
		t.Fatalf("%+v, %v", first, err)
	}
	at.add(time.Hour)
	text = "<title>Just a moment...</title><main>Checking your browser</main>"
	blocked, err := fetchKind(t, c, f, first.State, nil)
	if fault, ok := err.(*feeds.FetchError); !ok || fault.Fault != feeds.Blocked || blocked.State.Kept.Lines[0] != "Contracts of the agency" {
		t.Errorf("%+v, %v", blocked.State.Kept, err)
	}
	// A change is read a second time though the page is the same.
	text = "<main>Contracts of the agency, and one more</main>"
	at.add(time.Hour)
	change, err := fetchKind(t, c, f, blocked.State, nil)
	if err != nil || !change.State.Again || len(change.Document.Items) > 0 {
		t.Fatalf("%+v, %v", change, err)
	}
	at.add(time.Minute)
	if held, err := fetchKind(t, c, f, change.State, nil); err != nil || len(held.Document.Items) != 1 || held.State.Again {
		t.Errorf("%+v, %v", held, err)
	}
}

func TestFetchRefusesWhatCannotBeRead(t *testing.T) {
	c, _ := client(t, feeds.Settings{Allow: local})
	_, err := c.Fetch(context.Background(), feeds.Feed{Name: "x", URL: "http://127.0.0.1:1/", Kind: feeds.KindPage}, feeds.State{}, nil)
	if fault, ok := err.(*feeds.FetchError); !ok || fault.Fault != feeds.Refused || !strings.Contains(err.Error(), "select.region: is missing") {
		t.Errorf("got %v", err)
	}
}

// A feed that others push to is asked nothing, and fails when they are silent
// for longer than is expected.
func TestFetchWaitsForPushes(t *testing.T) {
	c, at := client(t, feeds.Settings{})
	f := feeds.Feed{Name: "hall", Kind: feeds.KindPush, Source: &feeds.Source{Expect: 24 * time.Hour}}
	st := feeds.State{}
	for _, step := range []struct {
		pass   time.Duration
		silent bool
	}{{0, false}, {20 * time.Hour, false}, {5 * time.Hour, true}, {time.Hour, true}} {
		at.add(step.pass)
		res, err := fetchKind(t, c, f, st, nil)
		fault, failed := err.(*feeds.FetchError)
		if failed != step.silent || failed && (fault.Fault != feeds.Silent || !strings.Contains(err.Error(), "nothing was pushed since 4 Mar 12:00 UTC")) || !failed && !res.Unchanged {
			t.Errorf("after another %v: %+v, %v", step.pass, res, err)
		}
		st = res.State
	}
	st.Pushed = at.Now()
	if _, err := fetchKind(t, c, f, st, nil); err != nil {
		t.Error(err)
	}
	f.Source.Expect = 0
	at.add(1000 * time.Hour)
	if _, err := fetchKind(t, c, f, st, nil); err != nil {
		t.Errorf("nothing is expected: %v", err)
	}
}

// What is made up for every address asked, a poll follows only so far: sitemaps of
// sitemaps, pages that name another one, redirects to redirects.
func TestFetchEndsInATarpit(t *testing.T) {
	n := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		switch {
		case strings.HasPrefix(r.URL.Path, "/map"):
			fmt.Fprint(w, `<sitemapindex>`)
			for i := range 1000 {
				fmt.Fprintf(w, `<sitemap><loc>/map/%d/%d.xml</loc></sitemap>`, n, i)
			}
			fmt.Fprint(w, `</sitemapindex>`)
		case strings.HasPrefix(r.URL.Path, "/rows"):
			fmt.Fprintf(w, `{"results":[{"id":"%d"}],"next":"/rows?page=%d"}`, n, n)
		default:
			http.Redirect(w, r, fmt.Sprint("/to/", n), http.StatusFound)
		}
	})
	rows := feeds.Feed{Kind: feeds.KindJSON, Source: &feeds.Source{Select: feeds.Select{Items: "$.results[*]", Key: []string{"id"}, Title: "Row {id}"}, Pages: feeds.Pages{Next: "$.next"}}}
	for path, f := range map[string]feeds.Feed{"/map.xml": {Kind: feeds.KindSitemap}, "/rows": rows, "/to": {Kind: feeds.KindList, Source: &feeds.Source{Select: feeds.Select{Items: "a"}}}, "/to/feed": {}} {
		c, _ := client(t, feeds.Settings{Allow: local, Spacing: 1})
		f.Name, f.URL = "pit", s.URL+path
		n = 0
		res, _ := fetchKind(t, c, f, feeds.State{}, nil)
		if n > 25 || len(res.Document.Items) > 5 {
			t.Errorf("%s: %d requests, %d items", path, n, len(res.Document.Items))
		}
	}
}
