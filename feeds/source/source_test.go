package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func reader(t *testing.T, f feeds.Feed) *Reader {
	t.Helper()
	r, err := New(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func read(t *testing.T, f feeds.Feed, body string, kept *feeds.Kept) (Answer, error) {
	t.Helper()
	r := reader(t, f)
	return r.Read(r.First(now), []byte(body), Options{URL: f.URL, Now: now, Kept: kept})
}

const (
	listPage = `<title>News</title><main><div class="row"><h3><a href="/1">The first of the news</a></h3><time datetime="2026-11-20">x</time></div>` +
		`<div class="row"><h3><a href="/2">The second of the news</a></h3></div><div class="row"><h3><a href="/3">The third of the news</a></h3></div></main>`
	rows = `{"results":[{"id":1,"who":"ACME","day":"2026-11-20"},{"id":2,"who":"ACME"}]}`
)

func rowsSource() feeds.Feed {
	return feeds.Feed{Kind: feeds.KindJSON, Source: &feeds.Source{Select: feeds.Select{Items: "$.results[*]", Key: []string{"id"}, Title: "{who} {id}", Published: "day"}}}
}

// site is a feed with a name and an address.
func site(f feeds.Feed) feeds.Feed {
	f.Name, f.URL = "x", "https://site.example/a"
	return f
}

// TestRead reads a document of every kind: "format, items by title and day, note".
func TestRead(t *testing.T) {
	seen := rowsSource()
	seen.Source.Dated = feeds.DatedPublished
	tests := []struct {
		name string
		f    feeds.Feed
		body string
		want string
	}{
		{"feed", site(feeds.Feed{}), `<rss><channel><item><title>One</title></item></channel></rss>`, "rss: One -"},
		{"feed by its name", site(feeds.Feed{Kind: feeds.KindFeed}), `<rss><channel><item><title>One</title></item></channel></rss>`, "rss: One -"},
		{"sitemap", site(feeds.Feed{Kind: feeds.KindSitemap}), `<urlset><url><loc>/1</loc><news><title>One</title><publication_date>2026-11-20</publication_date></news></url><url><loc>/2</loc></url></urlset>`,
			"sitemap: One 2026-11-20,  -; 1 of 2 entries have no title: only their pages know it"},
		{"sitemap, dated by sight", site(feeds.Feed{Kind: feeds.KindSitemap, Source: &feeds.Source{Dated: feeds.DatedSeen}}), `<urlset><url><loc>/1</loc><news><title>One</title><publication_date>2026-11-20</publication_date></news></url></urlset>`, "sitemap: One -"},
		{"empty sitemap", site(feeds.Feed{Kind: feeds.KindSitemap}), `<urlset/>`, "sitemap: ; it lists nothing at present, which is lawful"},
		{"list", site(feeds.Feed{Kind: feeds.KindList, Source: &feeds.Source{Select: feeds.Select{Items: ".row"}}}), listPage, "list: The first of the news 2026-11-20, The second of the news -, The third of the news -"},
		{"list that is found", site(feeds.Feed{Kind: feeds.KindList}), listPage, "list: The first of the news 2026-11-20, The second of the news -, The third of the news -"},
		{"lawful emptiness", site(feeds.Feed{Kind: feeds.KindList, Source: &feeds.Source{Select: feeds.Select{Items: ".none"}, Empty: "ok"}}), listPage, "list: ; it lists nothing at present, which its configuration calls lawful"},
		{"interface, dated by sight", site(rowsSource()), rows, "json: ACME 1 -, ACME 2 -"},
		{"interface, dated by a field", site(seen), rows, "json: ACME 1 2026-11-20, ACME 2 -"},
		{"interface without rows", site(rowsSource()), `{"results":[]}`, "json: ; it lists nothing at present, which is lawful"},
		{"push, as lines", feeds.Feed{Name: "x", Kind: feeds.KindPush}, `{"title":"<b>One</b>","published":"2026-11-20T10:00:00Z"}` + "\n\n" + `{"url":"https://a.example/2?utm_source=x","published":"2036-01-01T00:00:00Z"}` + "\n" + `{"title":"<b>One</b>","published":"2026-11-20T10:00:00Z"}`, "push: One 2026-11-20,  -"},
		{"push, as a list", feeds.Feed{Name: "x", Kind: feeds.KindPush}, ` [{"guid":"1","title":"One"},{"guid":"1","title":"One"},{"guid":"2","title":"Two"}]`, "push: One -, Two -"},
		{"push of nothing", feeds.Feed{Name: "x", Kind: feeds.KindPush}, "", "push: "},
		{"page", site(feeds.Feed{Kind: feeds.KindPage, Source: &feeds.Source{Select: feeds.Select{Region: "main"}}}), listPage, "page: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, err := read(t, test.f, test.body, nil)
			if err != nil {
				t.Fatal(err)
			}
			var items []string
			for _, it := range a.Document.Items {
				day := "-"
				if !it.Published.IsZero() {
					day = it.Published.Format(time.DateOnly)
				}
				items = append(items, it.Title+" "+day)
			}
			got := a.Document.Format + ": " + strings.Join(items, ", ")
			if a.Document.Note != "" {
				got += "; " + a.Document.Note
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// What cannot be read is a fault, never an empty document.
func TestReadRefuses(t *testing.T) {
	tests := []struct {
		name string
		s    feeds.Feed
		body string
		want string
	}{
		{"a rebuilt list", feeds.Feed{Kind: feeds.KindList, Source: &feeds.Source{Select: feeds.Select{Items: ".gone"}}}, listPage, "the page answers, but .gone finds nothing"},
		{"no list to be found", feeds.Feed{Kind: feeds.KindList}, "<p>Closed for maintenance</p>", "no list of links was found"},
		{"a lost region", feeds.Feed{Kind: feeds.KindPage, Source: &feeds.Source{Select: feeds.Select{Region: "#c"}}}, listPage, "#c finds nothing"},
		{"a region without text", feeds.Feed{Kind: feeds.KindPage, Source: &feeds.Source{Select: feeds.Select{Region: "#c"}}}, "<div id=c><img></div>", "#c has no text"},
		{"a region of half a book", feeds.Feed{Kind: feeds.KindPage, Source: &feeds.Source{Select: feeds.Select{Region: "p"}}}, "<p>" + strings.Repeat("word ", 20_000), "choose a smaller part"},
		{"a page for a sitemap", feeds.Feed{Kind: feeds.KindSitemap}, "<html><p>x</html>", "not a sitemap"},
		{"an index of strangers", feeds.Feed{Kind: feeds.KindSitemap}, `<sitemapindex><sitemap><loc>https://other.example/m.xml</loc></sitemap></sitemapindex>`, "names no sitemap of its own site"},
		{"a page for rows", rowsSource(), "<html>", "answers with a page"},
		{"a push of no JSON", feeds.Feed{Kind: feeds.KindPush}, `{"title":"One"}` + "\n{", "item 2: "},
		{"a push of nothing at all", feeds.Feed{Kind: feeds.KindPush}, `{"title":"One"}{"tags":["x"]}`, "item 2: it has neither title, url nor text"},
		{"a push of no address", feeds.Feed{Kind: feeds.KindPush}, `[{"url":"javascript:x"}]`, `item 1: url: "javascript:x" is no http(s) address`},
		{"a push of another shape", feeds.Feed{Kind: feeds.KindPush}, `[{"title":["x"]}]`, "item 1: "},
		{"an error with 200", rowsSource(), `{"message":"over quota"}`, "error: over quota"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(t, site(test.s), test.body, nil)
			fault, ok := err.(*feeds.FetchError)
			if !ok || fault.Fault != feeds.Unparseable || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestNewNamesMistakes(t *testing.T) {
	tests := []struct {
		s    feeds.Feed
		want string
	}{
		{feeds.Feed{Kind: "table"}, `kind: there is no "table"`},
		{feeds.Feed{Kind: feeds.KindSitemap, Source: &feeds.Source{Select: feeds.Select{Items: "a"}, Pages: feeds.Pages{Full: 3}}}, "select: a sitemap needs none|pages: a sitemap has none but most"},
		{feeds.Feed{Kind: feeds.KindList, Source: &feeds.Source{Select: feeds.Select{Title: "h3"}}}, "select.items: is missing"},
		{feeds.Feed{Kind: feeds.KindList, Source: &feeds.Source{Select: feeds.Select{Items: "a[", Key: []string{"x"}}, Pages: feeds.Pages{Most: 2}}}, "pages: a list has one page|select: a list has items, title|select.items: "},
		{feeds.Feed{Kind: feeds.KindPage, Source: &feeds.Source{Select: feeds.Select{Ignore: []string{"("}, Title: "h1"}, Empty: "ok"}}, "select: a page has region|pages: pages and empty|select.region: is missing|select.ignore[0]: "},
		{feeds.Feed{Kind: feeds.KindJSON, Source: &feeds.Source{Select: feeds.Select{Region: "p"}}}, "select: region, ignore and at_least are for the kind page|select.items: is missing|select.key: is missing|select.title: is missing"},
	}
	for _, test := range tests {
		_, err := New(site(test.s))
		for want := range strings.SplitSeq(test.want, "|") {
			if !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("%+v: got %v, want %q", test.s, err, want)
			}
		}
	}
}

func TestExpand(t *testing.T) {
	f, err := Expand(feeds.Feed{Name: "x", Source: &feeds.Source{Preset: "sam-opportunities", Key: "k-12345", Params: map[string]feeds.Secret{"limit": "10"}, Pages: feeds.Pages{Full: 10}}})
	if err != nil || f.Kind != feeds.KindJSON || f.URL == "" || f.Source.Params["api_key"] != "k-12345" || f.Source.Params["limit"] != "10" || f.Source.Pages.Full != 10 || f.Source.Pages.Most != 0 {
		t.Errorf("got %+v, %v", f, err)
	}
	for want, how := range map[string]feeds.Source{
		"preset: is missing":     {Agency: "ICE"},
		`no preset "sam"`:        {Preset: "sam"},
		"preset: fills url":      {Preset: "grants", Body: "{}"},
		"agency is missing":      {Preset: "usaspending-awards"},
		"days: between":          {Preset: "grants", Days: 1000},
		"key: the interface has": {Preset: "grants", Key: "k"},
	} {
		if _, err := Expand(feeds.Feed{Source: &how}); !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%+v: got %v, want %q", how, err, want)
		}
	}
}

// Entries that are known are not given again, whatever the kind.
func TestKnownEntriesAreLeftOut(t *testing.T) {
	f := site(rowsSource())
	first, err := read(t, f, rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := reader(t, f)
	again, err := r.Read(r.First(now), []byte(strings.Replace(rows, `{"id":2,"who":"ACME"}`, `{"id":2,"who":"ACME INC"}`, 1)),
		Options{URL: f.URL, Now: now, Known: feeds.NewHashes([]uint64{first.Document.Items[0].Hash, first.Document.Items[1].Hash})})
	if err != nil || len(again.Document.Unchanged) != 1 || len(again.Document.Items) != 1 || again.Document.Items[0].Title != "ACME INC 2" {
		t.Errorf("got %+v, %v", again.Document, err)
	}
}

// A page tells a change once a second look confirms it, there and back again,
// and nothing of what merely ticks.
func TestPageTellsWhatHolds(t *testing.T) {
	f := feeds.Feed{Name: "x", URL: "https://site.example/a", Kind: feeds.KindPage, Source: &feeds.Source{Select: feeds.Select{Region: "main"}}}
	var kept *feeds.Kept
	told, looks, minute := []string{}, 0, 0
	look := func(text string) {
		t.Helper()
		minute++
		a, err := read(t, f, fmt.Sprintf("<title>T</title><main>%s<p>It is 10:%02d</p></main>", text, minute), kept)
		if err != nil {
			t.Fatal(err)
		}
		kept = a.Kept
		if a.Again {
			looks++
		}
		for _, it := range a.Document.Items {
			told = append(told, strings.TrimSpace(it.Content+" "+it.Summary))
		}
	}
	a, b := "<p>The list of contracts</p>", "<p>The list of contracts</p><p>A contract for fences</p>"
	for _, text := range []string{a, a, b, b, b, a, a} {
		look(text)
	}
	if want := "[A contract for fences Removed: A contract for fences]"; fmt.Sprint(told) != want || looks != 2 {
		t.Errorf("told %q, %d second looks", told, looks)
	}
	told = told[:0]
	look(b)
	look(a) // it did not hold
	look("<p>The list of contracts</p><p>Read our first teaser</p>")
	look("<p>The list of contracts</p><p>Here is another one</p>")
	look("<p>The list of contracts</p><p>Some third remark</p>")
	if len(told) > 0 || looks != 4 {
		t.Errorf("told %q of what comes and goes, %d second looks", told, looks)
	}
}

// 500 polls of a page that only ticks tell nothing.
func TestPageThatTicks(t *testing.T) {
	f := feeds.Feed{Name: "x", URL: "https://site.example/a", Kind: feeds.KindPage, Source: &feeds.Source{Select: feeds.Select{Region: "main", Ignore: []string{`Build \w+`}}}}
	teasers := []string{"<p>Read of the harbor</p>", "<p>Read of the market</p>", "<p>Read of the weather</p>"}
	var kept *feeds.Kept
	for i := range 500 {
		a, err := read(t, f, fmt.Sprintf(`<main nonce="%d"><p>It is %d:%02d:%02d</p>%s<p>Build %x</p><p>posted %d minutes ago</p></main>`,
			i, i%24, i%60, i*7%60, teasers[i%3]+teasers[(i+1)%3]+teasers[(i+2)%3], i*7919, i%50+2), kept)
		if err != nil || len(a.Document.Items) > 0 || a.Again {
			t.Fatalf("poll %d: %+v, %v", i, a, err)
		}
		kept = a.Kept
	}
}

// The list that was found stays the list, even when another one grows longer.
func TestFoundListStays(t *testing.T) {
	f := feeds.Feed{Name: "x", URL: "https://site.example/a", Kind: feeds.KindList}
	first, err := read(t, f, listPage, nil)
	if err != nil {
		t.Fatal(err)
	}
	more := listPage + `<ul class="tips">`
	for i := range 20 {
		more += fmt.Sprintf(`<li><a href="/tip/%d">A long tip about many things to read number %d</a></li>`, i, i)
	}
	again, err := read(t, f, more+"</ul>", first.Kept)
	if err != nil || len(again.Document.Items) != 3 {
		t.Errorf("got %+v, %v", again.Document.Items, err)
	}
}

func TestAdd(t *testing.T) {
	d := feeds.Document{Items: []feeds.Item{{GUID: "a"}, {GUID: "b"}}, Note: "x"}
	Add(&d, feeds.Document{Items: []feeds.Item{{GUID: "b"}, {GUID: "c"}}, Unchanged: []uint64{7}, Partial: true, Note: "y"})
	if len(d.Items) != 3 || len(d.Unchanged) != 1 || !d.Partial || d.Note != "x; y" {
		t.Errorf("got %+v", d)
	}
}

func TestRequestPrintsNoSecret(t *testing.T) {
	s := rowsSource()
	s.Source.Params = map[string]feeds.Secret{"api_key": "s3cret"}
	q := reader(t, site(s)).First(now)
	if got := fmt.Sprintf("%v %+v %#v", q, q, &q); strings.Contains(got, "s3cret") || !strings.Contains(q.Address, "s3cret") {
		t.Errorf("printed %s", got)
	}
}

// TestSharedAnswers reads what was recorded of official interfaces by their
// presets.
func TestSharedAnswers(t *testing.T) {
	shared := os.Getenv("NEWSWATCH_SHARED")
	if shared == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	for _, test := range []struct {
		file  string
		s     feeds.Feed
		items int
		next  int
	}{
		{"api/usaspending_transactions_leidos.json", feeds.Feed{Source: &feeds.Source{Preset: "usaspending-transactions", Agency: "x"}}, 4, 1},
		{"api/usaspending_awards_2026.json", feeds.Feed{Source: &feeds.Source{Preset: "usaspending-awards", Agency: "x"}}, 3, 0},
		{"api/sam_opportunities.json", feeds.Feed{Source: &feeds.Source{Preset: "sam-opportunities", Key: "k-1234"}}, 3, 0},
		{"api/federal_register_uscis.json", feeds.Feed{Source: &feeds.Source{Preset: "federal-register"}}, 2, 1},
		{"api/federal_register_empty.json", feeds.Feed{Source: &feeds.Source{Preset: "federal-register"}}, 0, 0},
		{"pages/uscis_newsroom.html", feeds.Feed{Kind: feeds.KindList}, 4, 0},
		{"feeds/news_sitemap_empty.xml", feeds.Feed{Kind: feeds.KindSitemap}, 0, 0},
	} {
		body, err := os.ReadFile(filepath.Join(shared, "data/sources", test.file))
		if err != nil {
			t.Fatal(err)
		}
		f := test.s
		f.Name = "x"
		if f.How().Preset == "" {
			f.URL = "https://www.uscis.gov/newsroom/all-news"
		} else if f, err = Expand(f); err != nil {
			t.Fatal(err)
		}
		a, err := read(t, f, string(body), nil)
		if err != nil || len(a.Document.Items) != test.items || len(a.Next) != test.next {
			t.Errorf("%s: %d items, %d more, %v", test.file, len(a.Document.Items), len(a.Next), err)
		}
	}
}
