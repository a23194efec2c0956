package listing

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
)

var (
	now = time.Date(2026, 11, 24, 12, 34, 56, 0, time.UTC)
	at  = Options{URL: "https://agency.example/news/all", Now: now}
)

func row(href, title, rest string) string {
	return `<div class="row"><h3><a href="` + href + `">` + title + `</a></h3>` + rest + `</div>`
}

func read(t *testing.T, s feeds.Select, page string) (Page, error) {
	t.Helper()
	l, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return l.Read([]byte(page), at)
}

// TestRead writes items as "day title address | summary".
func TestRead(t *testing.T) {
	two := row("/2", "The second of them", "")
	tests := []struct {
		name   string
		s      feeds.Select
		page   string
		want   string
		repeat int
	}{
		{"everything by itself", feeds.Select{Items: ".row"}, row("/1", "The  first\none", `<time datetime="2026-11-20T10:00:00-05:00">x</time>`) + two, "2026-11-20T15:00 The first one https://agency.example/1 | \n0001-01-01T00:00 The second of them https://agency.example/2 | ", 0},
		{"everything named", feeds.Select{Items: "div.row", Title: ".t", URL: "a.more@href", Published: ".d", Summary: "p"},
			`<div class="row"><a href="/x">other</a><b class="t">A title</b><a class="more" href="?id=1">more</a><i class="d">Published: Nov. 20, 2026</i><p>What it is about.</p></div>`,
			"2026-11-20T00:00 A title https://agency.example/news/all?id=1 | What it is about.", 0},
		{"item is a link", feeds.Select{Items: "li a"}, `<ul><li><a href="1">One item</a><li><a href="2">Two items</a></ul>`, "0001-01-01T00:00 One item https://agency.example/news/1 | \n0001-01-01T00:00 Two items https://agency.example/news/2 | ", 0},
		{"attribute of the item", feeds.Select{Items: "a", Title: "@title", URL: "@href"}, `<a href="/1" title="A title">x</a>`, "0001-01-01T00:00 A title https://agency.example/1 | ", 0},
		{"picture and title are one link", feeds.Select{Items: ".row"}, `<div class="row"><a href="/1"><img></a><a href="/1">A longer title</a></div>`, "0001-01-01T00:00 A longer title https://agency.example/1 | ", 0},
		{"the same item twice", feeds.Select{Items: "a"}, `<a href="/1">More</a><a href="/1?utm_source=x">A longer title</a><a href="http://www.agency.example/1/">More</a>`, "0001-01-01T00:00 A longer title https://agency.example/1 | ", 2},
		{"boxes around items", feeds.Select{Items: "div"}, `<div><div class="x"><a href="/1">One item</a></div><div><a href="/2">Two items</a></div></div>`, "0001-01-01T00:00 One item https://agency.example/1 | \n0001-01-01T00:00 Two items https://agency.example/2 | ", 0},
		{"no pages", feeds.Select{Items: ".row", Title: "h3"}, row("javascript:go(1)", "A title", "") + row("#top", "A title", "") + row("/1", "One item", "") + row("/2", "Two items", "") + row("https://other.example/3", "Elsewhere", ""),
			"0001-01-01T00:00 One item https://agency.example/1 | \n0001-01-01T00:00 Two items https://agency.example/2 | \n0001-01-01T00:00 Elsewhere https://other.example/3 | ", 0},
		{"base of a stranger", feeds.Select{Items: "a"}, `<base href="https://evil.example/"><a href="1">One item</a>`, "0001-01-01T00:00 One item https://agency.example/news/1 | ", 0},
		{"own base", feeds.Select{Items: "a"}, `<base href="/b/"><a href="1">One item</a>`, "0001-01-01T00:00 One item https://agency.example/b/1 | ", 0},
		{"relative time", feeds.Select{Items: ".row", Published: "i"}, row("/1", "A title", "<i>2 hours ago</i>"), "2026-11-24T10:00 A title https://agency.example/1 | ", 0},
		{"hidden bait", feeds.Select{Items: ".row", Summary: "p"}, `<style>.off, #x { display: none }</style>` + row("/1", `A title<span style="display:none"> of bait</span>`, `<p class="off">bait</p><p>What it is about.<noscript>bait</noscript></p>`) +
			`<div class="row" hidden><h3><a href="/2">Bait one</a></h3></div><div class="row" id="x"><h3><a href="/3">Bait two</a></h3></div>` + row("/4", "Another title", "<p>Seen</p>"),
			"0001-01-01T00:00 A title https://agency.example/1 | What it is about.\n0001-01-01T00:00 Another title https://agency.example/4 | Seen", 0},
		{"hidden until a script shows it", feeds.Select{Items: ".row"}, `<div style="visibility:hidden">` + row("/1", "A title", "") + `</div>`, "0001-01-01T00:00 A title https://agency.example/1 | ", 0},
		{"a sticky item, above and in its place", feeds.Select{Items: ".row"}, row("/9", "Read this first", `<time datetime="2026-11-20T10:00:00Z">x</time>`) + row("/1", "One item", "") + row("/9", "Read this first", `<time datetime="2026-11-20T10:00:00Z">x</time>`),
			"2026-11-20T10:00 Read this first https://agency.example/9 | \n0001-01-01T00:00 One item https://agency.example/1 | ", 1},
		{"an old item pinned above the new", feeds.Select{Items: ".row", Published: "i"}, row("/9", "How to reach us", "<i>Jan. 5, 2019</i>") + row("/1", "One item", "<i>Nov. 24, 2026</i>"),
			"2019-01-05T00:00 How to reach us https://agency.example/9 | \n2026-11-24T00:00 One item https://agency.example/1 | ", 0},
		{"day of the far future", feeds.Select{Items: ".row", Published: "i"}, row("/1", "A title", "<i>January 2, 2036</i>"), "0001-01-01T00:00 A title https://agency.example/1 | ", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := read(t, test.s, test.page)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, it := range p.Items {
				got = append(got, it.Published.Format("2006-01-02T15:04 ")+it.Title+" "+it.Link+" | "+it.Summary)
			}
			if strings.Join(got, "\n") != test.want || p.Repeats != test.repeat {
				t.Errorf("got\n%s\n(%d repeats), want\n%s", strings.Join(got, "\n"), p.Repeats, test.want)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct {
		name string
		s    feeds.Select
		page string
		want string
	}{
		{"maintenance", feeds.Select{Items: ".row"}, "<html><body><h1>Site under maintenance</h1></body></html>", ".row finds nothing; it shows 3 words"},
		{"rebuilt", feeds.Select{Items: ".row"}, "<p>" + strings.Repeat("word ", 99), "the page answers, but .row finds nothing"},
		{"now drawn by a script", feeds.Select{Items: ".row"}, `<div id="root"></div><noscript>Enable JavaScript.</noscript><script>draw({"rows":[{"title":"One item"}]})</script>`, ".row finds nothing; it shows 0 words"},
		{"no titles", feeds.Select{Items: ".row", Title: "h2"}, row("/1", "x", "") + row("/2", "y", ""), "2 of 2 items have no title by h2"},
		{"half without addresses", feeds.Select{Items: ".row", URL: ".u", Title: "h3"}, row("/1", "x", "") + row("/2", "y", ""), "2 of 2 items have no address by .u"},
		{"not a page", feeds.Select{Items: ".row"}, "%PDF-1.4", "application/pdf"},
		{"too many siblings to compare", feeds.Select{Items: "li:nth-child(2n)"}, "<ul>" + strings.Repeat("<li>", 30_000), "too many children"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := read(t, test.s, test.page); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestReadCounts(t *testing.T) {
	p, err := read(t, feeds.Select{Items: ".row", Summary: "p"}, row("/1", "A title", "<p>x</p>")+row("/2", "A title", ""))
	if got := fmt.Sprint(p.Counts); err != nil || got != "[{items .row 2} {title  2} {url  2} {published  0} {summary p 1}]" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestSelectors(t *testing.T) {
	page := `<main id="m"><section class="a b"><p>1</p><div><p lang="de">2</p><p>3</p></div></section><p>4</p><ul><li>5</li><li>6 <b>x</b></li><li>7</li></ul></main>`
	tests := []struct{ css, want string }{
		{"p", "1 2 3 4"}, {"section p", "1 2 3"}, {"section > p", "1"}, {"#m > p, .a.b div p", "2 3 4"}, {"p + p", "3"}, {"section ~ p", "4"}, {"li:nth-child(2)", "6 x"}, {"li:has(b)", "6 x"},
		{"li:not(:first-child)", "6 x 7"}, {`p[lang="de"]`, "2"}, {`p[lang="d>e, x"]`, ""}, {"main section div p:first-child", "2"}, {"li + li + li", "7"}, {"li:contains('5')", "5"}, {"main > section > div > p:last-child", "3"},
	}
	for _, test := range tests {
		r, err := NewRegion(test.css, nil, 0)
		if err != nil {
			t.Errorf("%s: %v", test.css, err)
			continue
		}
		s, err := r.Read([]byte(page), at)
		if got := strings.Join(s.Lines, " "); got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%s: got %q, %v, want %q", test.css, got, err, test.want)
		}
	}
}

func TestSelectorsRefused(t *testing.T) {
	tests := []struct{ css, want string }{
		{"div >", "missing\n  div >\n       ^"},
		{"div, , p", "before the comma\n  div, , p\n       ^"},
		{"div p::text", "\n  div p::text\n      ^"},
		{"a:is(b)", "\n  a:is(b)\n  ^"},
		{"div:has(p:has(b))", "its cost has no bound"},
		{"div:not(:has(p))", "its cost has no bound"},
		{"div:has(a b c)", "only one element within brackets"},
		{"p[", "\n  p["},
		{strings.Repeat("x", 201), "longer than 200"},
	}
	for _, test := range tests {
		_, err := New(feeds.Select{Items: test.css})
		if err == nil || !strings.HasPrefix(err.Error(), "select.items: ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.css, err, test.want)
		}
	}
	if _, err := New(feeds.Select{Title: ">", Published: "+"}); strings.Count(fmt.Sprint(err), "select.") != 3 {
		t.Errorf("got %v", err)
	}
}

// Selectors cost one walk a step, however deep a page is nested for them.
func TestSelectorsAreLinear(t *testing.T) {
	page := strings.Repeat(strings.Repeat("<div>", 100)+"<a href=x>one two three</a>"+strings.Repeat("</div>", 100), 300)
	for _, css := range []string{".x div div div div div div div div a", "div div div div div div div div a.x", "div:has(a.x)", "div div:contains('zzz')"} {
		begin := time.Now()
		_, err := read(t, feeds.Select{Items: css}, page)
		if took := time.Since(begin); err == nil || took > 10*time.Second {
			t.Errorf("%s: %v, %v", css, took, err)
		}
	}
}

func TestParseDay(t *testing.T) {
	tests := map[string]string{
		"2026-11-20T10:00:00+01:00": "2026-11-20T09:00", "November 20, 2026": "2026-11-20T00:00", "Posted on 20 Nov 2026": "2026-11-20T00:00", "an hour ago": "2026-11-24T11:00", "5 min ago": "2026-11-24T12:29",
		"3 days ago": "2026-11-21T00:00", "2 weeks ago": "2026-11-10T00:00", "yesterday": "2026-11-23T00:00", "Today": "2026-11-24T00:00", "soon": "0001-01-01T00:00", "11/20/2026": "2026-11-20T00:00", "2026-11-30": "0001-01-01T00:00", "": "0001-01-01T00:00",
	}
	for text, want := range tests {
		if got := parseDay(text, now).Format("2006-01-02T15:04"); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	var list, teasers strings.Builder
	for i := range 6 {
		fmt.Fprintf(&list, `<div class="views-row item-%d"><h3><a href="/news/%d">The agency says a thing %d today</a></h3><time datetime="2026-11-0%d">x</time></div>`, i, i, i, i+1)
		fmt.Fprintf(&teasers, `<li><a href="/topic/%d">Another topic of %d</a></li>`, i, i)
	}
	page := `<nav><ul>` + teasers.String() + `</ul></nav><aside><ul>` + teasers.String() + `</ul></aside><main>` + list.String() + `</main><p><a href="https://other.example/a-b-c">A long text of a link elsewhere</a></p>`
	tests := []struct{ name, page, selector, first string }{
		{"rows with classes", page, ".views-row", "The agency says a thing 0 today"},
		{"bare list", `<ul class="menu"><li><a href="/a">x</a></ul><div id="latest">` + strings.ReplaceAll(strings.ReplaceAll(teasers.String(), "<li>", "<div>"), "</li>", "</div>") + `</div>`, "div > div", "Another topic of 0"},
		{"table", `<table><tr><th>x</th></tr>` + strings.ReplaceAll(strings.ReplaceAll(teasers.String(), "<li>", "<tr><td>x<td>"), "</li>", "") + `</table>`, "tbody > tr", "Another topic of 0"},
		{"parted by days, of notes on other sites", `<h2>Friday</h2><dl class="linked">` + notes(0, 1) + `</dl><h2>Thursday</h2><dl class="linked">` + notes(1, 4) + `</dl><h2>Tuesday</h2><dl class="linked">` + notes(4, 6) + `</dl>`, "dl.linked > dt", "Note 0 of it"},
		{"short headlines", `<aside><ul><li><a href="/r1">The most read one of all times</a></li><li><a href="/r2">The most read two of all times</a></li><li><a href="/r3">The most read three of all</a></li></ul></aside>` +
			strings.ReplaceAll(regexp.MustCompile(`The agency says a thing (\d) today`).ReplaceAllString(list.String(), "Version $1"), "views-row", "release"), ".release", "Version 0"},
		{"links of a single page", `<p><a href="/">Home page of it</a><a href="/x">One two three</a>`, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := Find([]byte(test.page), at)
			if err != nil {
				t.Fatal(err)
			}
			if test.selector == "" {
				if len(found) > 0 {
					t.Errorf("got %+v", found)
				}
				return
			}
			if len(found) == 0 || found[0].Select.Items != test.selector || found[0].Items[0].Title != test.first || len(found[0].Items) != 6 {
				t.Errorf("got %+v", found)
			}
		})
	}
}

// notes are entries of a list of definitions.
func notes(from, to int) string {
	var b strings.Builder
	for i := range to - from {
		fmt.Fprintf(&b, `<dt><a href="https://other%d.example/x">Note %d of it</a> <a class="permalink" href="/p/%d">★</a></dt><dd><p>What is said of it.</p></dd>`, from+i, from+i, from+i)
	}
	return b.String()
}

// Pages made for it do not make finding slow: few groups are tried.
func TestFindIsBounded(t *testing.T) {
	var b strings.Builder
	for i := range 6_000 {
		class := strings.Repeat("x", i%50+1) + strings.Repeat("y", i/50%40+1)
		fmt.Fprintf(&b, `<div class=%s><div><div><p class=%s><a href=/%d>one two three four</a></div></div></div>`, class, class, i)
	}
	begin := time.Now()
	if _, err := Find([]byte(b.String()), at); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestRegion(t *testing.T) {
	page := func(text string) string {
		return "<title>Contracts</title><div id=c>" + text + "</div><p>outside " + text
	}
	base := "<p>The first contract of the agency</p><p>The second contract of the agency</p><p>Checked at 10:04</p><p>Visitor 17</p>"
	tests := []struct {
		name, after string
		want        string // "+added -removed", "" for no change
	}{
		{"nothing", base, ""},
		{"order", "<p>The second contract of the agency</p><p>Checked at 10:04</p><p>The first contract of the agency</p><p>Visitor 17</p>", ""},
		{"clock", strings.Replace(base, "10:04", "23:59:59 pm", 1), ""},
		{"ignored", strings.Replace(base, "17", "18", 1), ""},
		{"too little", strings.Replace(base, "second", "2nd", 1), ""},
		{"added", base + "<p>A third contract for 12 buses</p>", "+A third contract for 12 buses"},
		{"one of two equal lines", base + "<p>The first contract of the agency</p>", "+The first contract of the agency"},
		{"removed", strings.Replace(base, "<p>The first contract of the agency</p>", "", 1), "-The first contract of the agency"},
		{"amount", strings.Replace(base, "The second contract", "The second contract for $1,000 and not", 1), "+The second contract for $1,000 and not of the agency -The second contract of the agency"},
	}
	r, err := NewRegion("#c", []string{`Visitor \d+`}, 3)
	if err != nil {
		t.Fatal(err)
	}
	before, err := r.Read([]byte(page(base)), at)
	if err != nil || before.Title != "Contracts" {
		t.Fatal(before, err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			after, err := r.Read([]byte(page(test.after)), at)
			if err != nil {
				t.Fatal(err)
			}
			c, changed := r.Compare(before, after)
			var got []string
			for _, line := range c.Added {
				got = append(got, "+"+line)
			}
			for _, line := range c.Removed {
				got = append(got, "-"+line)
			}
			if changed != (test.want != "") || changed && strings.Join(got, " ") != test.want {
				t.Errorf("got %v %q, want %q", changed, got, test.want)
			}
		})
	}
}

// TestRegionTicks polls a page that only ticks, and then one that goes there and
// back again.
func TestRegionTicks(t *testing.T) {
	r, err := NewRegion("main", []string{`Build [0-9a-f]+`}, 1)
	if err != nil {
		t.Fatal(err)
	}
	page := func(i int, news string) State {
		teasers := []string{"<p>Read of the harbor</p>", "<p>Read of the market</p>", "<p>Read of the weather</p>"}
		s, err := r.Read(fmt.Appendf(nil, `<main nonce="%d"><p>It is %d:%02d:%02d</p>%s<p>Build %x</p>%s<p>posted %d minutes ago</p></main>`, i, i%24, i%60, i*7%60, teasers[i%3]+teasers[(i+1)%3]+teasers[(i+2)%3], i*7919, news, i%50+2), at)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	last := page(0, "")
	for i := range 500 {
		next := page(i, "")
		if c, changed := r.Compare(last, next); changed {
			t.Fatalf("poll %d: %+v", i, c)
		}
		last = next
	}
	there, changed := r.Compare(last, page(1, "<p>A contract</p>"))
	back, changedBack := r.Compare(page(2, "<p>A contract</p>"), page(3, ""))
	one, two := there.Item(last, "https://agency.example/c", now), back.Item(last, "https://agency.example/c", now.Add(time.Minute))
	if !changed || !changedBack || one.GUID == two.GUID || one.Content != "A contract" || two.Summary != "Removed: A contract" {
		t.Errorf("%v %+v\n%v %+v", changed, one, changedBack, two)
	}
}

func TestRegionRefuses(t *testing.T) {
	if _, err := NewRegion("", []string{"("}, 0); strings.Count(fmt.Sprint(err), "select.") != 2 {
		t.Errorf("got %v", err)
	}
	r, err := NewRegion("#c", []string{".*"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{"<h1>Site under maintenance</h1>": "#c finds nothing", "<div id=c>x</div>": "#c has no text", "GIF89a": "image/gif"} {
		if _, err := r.Read([]byte(page), at); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", page, err, want)
		}
	}
}

func TestSharedPages(t *testing.T) {
	shared := os.Getenv("NEWSWATCH_SHARED")
	if shared == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	page, err := os.ReadFile(filepath.Join(shared, "data/sources/pages/uscis_newsroom.html"))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{URL: "https://www.uscis.gov/newsroom/all-news", Now: now}
	p, err := read(t, feeds.Select{Items: ".views-row", Title: "h3 a", Published: "time@datetime", Summary: ".views-field-body"}, string(page))
	if err != nil || len(p.Items) != 4 || p.Items[0].Title != "USCIS Reaches H-2B Cap for First Half of FY 2027" || p.Items[0].Published.Format(time.RFC3339) != "2026-09-11T13:40:20Z" || !strings.HasPrefix(p.Items[3].Summary, "U.S. Citizenship") {
		t.Errorf("got %+v, %v", p, err)
	}
	found, err := Find(page, o)
	if err != nil || len(found) == 0 || found[0].Select.Items != ".views-row" || len(found[0].Items) != 4 {
		t.Errorf("found %+v, %v", found, err)
	}
	maintenance, err := os.ReadFile(filepath.Join(shared, "data/sources/pages/maintenance.html"))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := read(t, feeds.Select{Items: ".views-row"}, string(maintenance)); err == nil {
		t.Errorf("the page of maintenance: %+v", p)
	}
}

// TestSharedHomePages reads the home pages recorded beside the project: of each the
// first proposal is the list with the articles that it has, and pages without a
// list make none.
func TestSharedHomePages(t *testing.T) {
	shared := os.Getenv("NEWSWATCH_SHARED")
	if shared == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	pages, right := 0, 0
	for _, home := range []struct {
		file, url string
		articles  []string
	}{
		{"feeds/edge/NetNewsWire--DaringFireball.html", "https://daringfireball.net/", []string{"San Bernardino DA Says Seized iPhone May Hold ‘Dormant Cyber Pathogen’", "Igloo, a Modern Intranet", "The Talk Show: ‘Occupy Portland’"}},
		{"feeds/real/googleapis.com--sixcolors.html", "https://sixcolors.com/", []string{"A marvelous marble-based music machine", "Simple automation", "Automate This: Connect to the Web with cURL"}},
		{"sources/pages/uscis_newsroom.html", "https://www.uscis.gov/newsroom/all-news", []string{"Court Order on Diversity Immigrant Visa Program Hold Policy", "USCIS Reaches H-2B Cap for First Half of FY 2027"}},
		{"feeds/edge/reader--sqlite_releases.html", "https://sqlite.example/", nil},
		{"feeds/edge/huginn--urlTest.html", "https://huginn.example/", nil},
		{"feeds/edge/v2--utf8.html", "https://miniflux.example/", nil},
		{"sources/pages/maintenance.html", "https://www.uscis.gov/newsroom/all-news", nil},
	} {
		page, err := os.ReadFile(filepath.Join(shared, "data", home.file))
		if err != nil {
			t.Fatal(err)
		}
		found, err := Find(page, Options{URL: home.url, Now: now})
		lacks := ""
		for _, title := range home.articles {
			if err != nil || len(found) == 0 || !slices.ContainsFunc(found[0].Items, func(it feeds.Item) bool { return it.Title == title }) {
				lacks = title
			}
		}
		pages++
		if lacks == "" && (len(home.articles) > 0 || len(found) == 0) {
			right++
			continue
		}
		t.Logf("%s: %v, no %q in %+v", home.file, err, lacks, found)
	}
	t.Logf("%d of %d right at the first proposal", right, pages)
	if 10*right < 9*pages {
		t.Error("fewer than 90 %")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("div > a[x='>'], b:not(.c)", []byte(row("/1", "A title", "<time>today</time>")))
	f.Add("p:has(b) ~ i@title", []byte("<p><b></p><i title=x>"))
	f.Fuzz(func(t *testing.T, css string, page []byte) {
		if _, err := Find(page, at); err != nil && errors.Unwrap(err) != nil {
			t.Errorf("wrapped: %v", err)
		}
		l, err := New(feeds.Select{Items: css, Title: css})
		if err != nil {
			return
		}
		p, err := l.Read(page, at)
		if err != nil {
			return
		}
		links := map[string]bool{}
		for _, it := range p.Items {
			if it.Title == "" || !strings.HasPrefix(it.Link, "http") || links[it.URL] {
				t.Errorf("item %+v", it)
			}
			links[it.URL] = true
		}
	})
}
