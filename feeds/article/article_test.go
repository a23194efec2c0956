package article

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	at    = "https://harbor-wire.example/2026/11/24/agency-cloud"
	prose = `<p>The agency moved its case files to a cloud of the vendor in March, according to three contracts that were published on Monday.</p>` +
		`<p>Officials said the migration would be finished before the end of the fiscal year, and declined to say what it had cost so far.</p>` +
		`<p>Two members of the committee asked for the contracts in full, which the agency had refused to release for eleven months.</p>`
	head  = `<!doctype html><html lang="en"><head><title>Agency leans on a vendor’s cloud - Harbor Wire</title>`
	first = "The agency moved its case files to a cloud of the vendor in March, according to three contracts that were published on Monday."
)

func pageOf(inHead, body string) string {
	return head + inHead + "</head><body><article><h1>Agency leans on a vendor’s cloud</h1>" + body + "</article></body></html>"
}

func ld(script string) string {
	return `<script type="application/ld+json">` + script + `</script>`
}

var declared = strings.ReplaceAll(strings.ReplaceAll(prose, "<p>", ""), "</p>", `\n\n`)

var articles = []struct {
	name, page  string
	with        []string
	without     []string
	lang, title string
}{
	{name: "plain", page: pageOf("", prose), with: []string{first + "\n\nOfficials"}, lang: "en", title: "Agency leans on a vendor’s cloud"},
	{name: "furniture", page: pageOf("", `<nav>Sports Weather</nav>`+prose+`<figure><figcaption>Jane Roe of Acme Corp</figcaption></figure><aside>Kestrel Grumman wins</aside>`+
		`<div class="related-stories"><p>Border Patrol buys drones</p></div><div><a href="/1">Other Agency News</a> <a href="/2">Another Agency Item</a></div>`),
		with: []string{first}, without: []string{"Sports", "Jane Roe", "Kestrel", "drones", "Another Agency"}},
	{name: "headings and lists are text", page: pageOf("", prose+`<h2>What the Kestrel contract says</h2><ul><li>It runs until 2029 and may be extended twice.</li></ul>`+prose),
		with: []string{"\n\nWhat the Kestrel contract says\n\nIt runs until 2029"}},
	{name: "line breaks", page: pageOf("", `<div>`+strings.ReplaceAll(strings.ReplaceAll(prose, "<p>", ""), "</p>", "<br><br>")+`</div>`), with: []string{"Monday.\n\nOfficials"}},
	{name: "hidden text", page: pageOf("<style>.bait{display : none} @media print{.story{display:none}} #trap,p.x{visibility:hidden}</style>",
		`<div class="story">`+prose+`</div><p style="display:none">Bait One</p><p hidden>Bait Two</p><noscript><p>Bait Three</p></noscript><p class="a bait">Bait Four</p>`+
			`<p id="trap">Bait Five</p><p style="position:absolute;left:-9999px">Bait Six</p><template><p>Bait Seven</p></template><!-- Bait Eight --><script>"Bait Nine"</script>`),
		with: []string{first}, without: []string{"Bait"}},
	{name: "loaded twice", page: pageOf("", prose+prose), with: []string{first}, without: []string{"months.\n\n" + first}},
	{name: "declared body", page: pageOf(ld(`{"@type":"NewsArticle","headline":"Agency leans on a vendor’s cloud","articleBody":"`+declared+`"}`), prose+`<p>Kestrel Promotion</p>`),
		with: []string{first}, without: []string{"Kestrel"}},
	{name: "declared body in a graph, with HTML", page: pageOf(ld(`{"@graph":[{"@type":"WebSite","name":"x"},{"@type":["Thing","NewsArticle"],"url":"/2026/11/24/agency-cloud","articleBody":"`+prose+`"}]}`), ""),
		with: []string{first + "\n\n"}, without: []string{"<p>"}},
	{name: "declared body of a teaser", page: pageOf(ld(`[{"@type":"NewsArticle","headline":"Agency leans on a vendor’s cloud","articleBody":"The agency moved its case files."}]`), prose), with: []string{"eleven months"}},
	{name: "declared body of another article", page: pageOf(ld(`{"@type":"NewsArticle","headline":"Kestrel wins","articleBody":"`+strings.Repeat("Kestrel wins the race of sailing boats again this year. ", 9)+`"}`), prose),
		with: []string{first}, without: []string{"Kestrel"}},
	{name: "broken JSON-LD", page: pageOf(ld(`{"@type":"NewsArticle","articleBody":"Kestrel`), prose), with: []string{first}, without: []string{"Kestrel"}},
	{name: "JSON-LD with line breaks in strings", page: pageOf(ld("/*<![CDATA[*/{\"@type\":\"NewsArticle\",\"headline\":\"Agency\nleans on a vendor’s cloud today\"};/*]]>*/"), prose), with: []string{first}, title: "Agency leans on a vendor’s cloud today"},
	{name: "no charset, bytes of windows-1252", page: strings.ReplaceAll(pageOf("", prose+"<p>M\xfcller and Caf\xe9</p>"), "’", "\x92"), with: []string{"Müller and Café"}},
	{name: "UTF-16", page: utf16Bytes(pageOf("", prose)), with: []string{first}},
	{name: "charset lies", page: pageOf(`<meta charset="iso-8859-1">`, prose+`<p>Müller</p>`), with: []string{"Müller"}},
	{name: "only paragraphs apart", page: head + `</head><body><p>` + strings.Join(strings.Split(prose, "<p>"), `</p><hr><p>`) + `</body>`, with: []string{first}},
	{name: "ideographs", page: head + `</head><body><article><p>` + strings.Repeat("移民局昨日宣布一項新的合約內容。", 20) + `</p></article></body>`, with: []string{"移民局"}},
	{name: "soft hyphens and zero widths", page: pageOf("", strings.ReplaceAll(prose, "agency", "ag&shy;en&#8203;cy")), with: []string{first}},
	{name: "live blog", page: pageOf("", strings.Repeat(`<div><h3>10:04</h3><p>A new statement of some length was made by the office on the matter.</p></div>`, 1)+prose), with: []string{first}},
	{name: "a rail of other articles", page: pageOf("", prose+`<div class="x1">`+
		strings.Repeat(`<div class="x2"><div><a href="/1"><picture><img src="/1.jpg" alt=""></picture></a></div><div><h3>KESTREL WINS</h3><span>And sails away with it before all the others</span></div></div>`, 4)+`</div>`), with: []string{first}, without: []string{"KESTREL"}},
	{name: "parts of a live blog are no rail", page: pageOf("", prose+`<div>`+strings.Repeat(`<div class="post"><h3>10:04</h3><p>A new statement of some length was made by the office on the matter, which said that the cloud of the vendor had been chosen for its price and for nothing else, whatever others wrote, and that it would <a href="/x">stay</a> so for as long as the contract runs.</p></div>`, 3)+`</div>`),
		with: []string{"chosen for its price"}},
	{name: "a page that talks of itself", page: pageOf("", `<p>Advertisement</p>`+prose+`<p>This slideshow requires JavaScript.</p><p>[button link="/x"]</p><p>Story continues below</p><p>Comments</p>`),
		with: []string{first}, without: []string{"Advert", "slideshow", "button", "below", "Comments"}},
	{name: "a box that opens over a name", page: pageOf("", strings.Replace(prose, "The agency", `The <span class="rollover-people"><a href="/p/roe">Kestrel Roe</a><span class="rollover-people-block"><span><img src="/r.jpg"><a href="/p/roe">Kestrel Roe</a>`+
		`<a href="/1">Border Patrol buys drones</a></span></span></span> agency`, 1)), with: []string{"The Kestrel Roe agency"}, without: []string{"drones"}},
	{name: "what the page asks for", page: pageOf("", prose+`<p>Follow her on Twitter @roe or subscribe to our Harbor newsletter.</p><p>Have a tip? Jane Roe may be reached at roe@harbor-wire.example.</p>`+
		`<p>The office told its readers to follow us on Twitter, a practice that the committee had called unwise in its report of the year before, because what is said there is kept by the vendor and not by the office, `+
		`which has to keep it for six years and to show it to anybody who asks, and that it would end in spring.</p><div class="post-author"><p>Jane Roe lives in Harbor.</p></div>`),
		with: []string{"a practice that the committee"}, without: []string{"Have a tip", "newsletter", "lives in Harbor"}},
	{name: "nested in forms", page: head + `</head><body><form><div>` + prose + `</div></form></body>`, with: []string{first}},
}

// TestExtract reads articles, and looks for what must and must not be in them.
func TestExtract(t *testing.T) {
	for _, test := range articles {
		t.Run(test.name, func(t *testing.T) {
			a, err := Extract([]byte(test.page), at, Hints{ContentType: "text/html"})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range test.with {
				if !strings.Contains(a.Text, s) {
					t.Errorf("%q is missing in\n%s", s, a.Text)
				}
			}
			for _, s := range test.without {
				if strings.Contains(a.Text, s) {
					t.Errorf("%q is in\n%s", s, a.Text)
				}
			}
			if test.lang != "" && a.Lang != test.lang {
				t.Errorf("lang %q, want %q", a.Lang, test.lang)
			}
			if test.title != "" && a.Title != test.title {
				t.Errorf("title %q, want %q", a.Title, test.title)
			}
		})
	}
}

func utf16Bytes(s string) string {
	b := []byte{0xff, 0xfe}
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}

func TestMetadata(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	tests := []struct {
		name, head, body string
		want             Article
	}{
		{"structured data", ld(`{"@type":"NewsArticle","headline":"Agency leans on a vendor’s cloud","datePublished":"2026-11-24T05:10:00+01:00","dateModified":"2026-11-25","author":[{"name":"Jane Roe"},{"name":["John Doe"]}]}`) +
			`<meta name="author" content="Staff"><link rel="canonical" href="/2026/11/24/agency-cloud?x=1#top">`, "",
			Article{Published: day("2026-11-24T04:10:00Z"), Updated: day("2026-11-25T00:00:00Z"), Authors: []string{"Jane Roe", "John Doe"}, Canonical: at + "?x=1", Lang: "en"}},
		{"meta elements", `<meta property="article:published_time" content="2026-11-24 04:10:00"><meta property="article:author" content="https://social.example/jane"><meta name="author" content="By Jane Roe">`, "",
			Article{Published: day("2026-11-24T04:10:00Z"), Authors: []string{"Jane Roe"}, Lang: "en"}},
		{"time element", "", `<time datetime="2026-11-20">old</time><time itemprop="datePublished" datetime="2026-11-24T04:10Z">new</time>`,
			Article{Published: day("2026-11-24T04:10:00Z"), Lang: "en"}},
		{"canonical of a stranger", `<link rel="canonical" href="https://stranger.example/x"><base href="https://stranger.example/">`, "", Article{Lang: "en"}},
		{"canonical of a sister host", `<link rel="canonical" href="https://www.harbor-wire.example/a">`, "", Article{Canonical: "https://www.harbor-wire.example/a", Lang: "en"}},
		{"canonical home page", `<link rel="canonical" href="https://harbor-wire.example/">`, "", Article{Lang: "en"}},
		{"canonical script", `<link rel="canonical" href="javascript:alert(1)">`, "", Article{Lang: "en"}},
		{"nonsense", `<meta name="date" content="yesterday"><meta property="article:modified_time" content="9999999">`, "", Article{Lang: "en"}},
		{"no archive", `<meta name="robots" content="index, NOARCHIVE">`, "", Article{NoArchive: true, Lang: "en"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Extract([]byte(pageOf(test.head, prose+test.body)), at, Hints{})
			if err != nil {
				t.Fatal(err)
			}
			want := test.want
			if !got.Published.Equal(want.Published) || !got.Updated.Equal(want.Updated) || !slices.Equal(got.Authors, want.Authors) ||
				got.Canonical != want.Canonical || got.Lang != want.Lang || got.NoArchive != want.NoArchive || got.Partial {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestLanguageOfHint(t *testing.T) {
	for lang, want := range map[string]string{"": "de", "x y": "de", "pt_BR": "pt-BR"} {
		page := strings.Replace(pageOf("", prose), `lang="en"`, `lang="`+lang+`"`, 1)
		a, err := Extract([]byte(page), at, Hints{Lang: "de"})
		if err != nil || a.Lang != want {
			t.Errorf("lang=%q: got %q, %v, want %q", lang, a.Lang, err, want)
		}
	}
}

func TestPartial(t *testing.T) {
	closed := ld(`{"@type":"NewsArticle","headline":"Agency leans on a vendor’s cloud","isAccessibleForFree":"False","articleBody":"` +
		strings.Repeat("Kestrel is named in the closed part of this text. ", 20) + `","hasPart":{"@type":"WebPageElement","isAccessibleForFree":false,"cssSelector":".paid, #more"}}`)
	a, err := Extract([]byte(pageOf(closed, prose+`<div class="paid"><p>Kestrel is named in the closed part of this text.</p></div>`)), at, Hints{})
	if err != nil {
		t.Fatal(err)
	}
	if !a.Partial || !strings.Contains(a.Reason, "not free") || strings.Contains(a.Text, "Kestrel") || !strings.Contains(a.Text, first) {
		t.Errorf("got %+v", a)
	}
	_, err = Extract([]byte(pageOf(closed, `<div class="paid">`+prose+`</div>`)), at, Hints{})
	wantKind(t, err, Short)
}

// TestPaged holds that one page of several is told as a part, and that what comes
// next is not taken for it where it is another article or more comments.
func TestPaged(t *testing.T) {
	for name, c := range map[string]struct {
		at, next string
		want     bool
	}{
		"a query":                    {at, `<a rel="next" href="?page=2">Next page</a>`, true},
		"a folder":                   {at, `<link rel="next" href="/2026/11/24/agency-cloud/2/">`, true},
		"a folder of pages":          {at + "/", `<a rel="nofollow next" href="/2026/11/24/agency-cloud/page/2">2</a>`, true},
		"a name":                     {"https://harbor-wire.example/news/agency-cloud.html", `<a rel="next" href="agency-cloud-2.html">more</a>`, true},
		"a German one":               {"https://harbor-wire.example/news/agency-cloud", `<a rel="next" href="/news/agency-cloud/seite-2">weiter</a>`, true},
		"the second":                 {at + "?page=2", `<a rel="next" href="?page=3">Next page</a>`, true},
		"the second, a folder":       {at + "/2", `<a rel="next" href="/2026/11/24/agency-cloud/3">Next page</a>`, true},
		"none":                       {at, ``, false},
		"the next article":           {at, `<link rel="next" href="/2026/11/25/harvest">`, false},
		"the next article by number": {"https://harbor-wire.example/news/41", `<link rel="next" href="/news/42">`, false},
		"the next article by ID":     {"https://harbor-wire.example/?p=41", `<link rel="next" href="/?p=1042">`, false},
		"comments":                   {at, `<a rel="next" href="/2026/11/24/agency-cloud/comment-page-2/#comments">Newer</a>`, false},
		"comments of this address":   {at, `<a rel="next" href="?page=2#comments">Newer</a>`, false},
		"another site":               {at, `<a rel="next" href="https://other.example/2026/11/24/agency-cloud/2">x</a>`, false},
		"a link to itself":           {at + "?page=2", `<a rel="next" href="?page=2">x</a>`, false},
		"no address":                 {at, `<a rel="next" href="::">x</a><a rel="next">y</a>`, false},
	} {
		a, err := Extract([]byte(pageOf("", prose+c.next)), c.at, Hints{})
		if err != nil || a.Partial != c.want || a.Partial && !strings.Contains(a.Reason, "further pages") {
			t.Errorf("%s: partial %v, %q, %v; want %v", name, a.Partial, a.Reason, err, c.want)
		}
	}
}

func wantKind(t *testing.T, err error, want Kind) {
	t.Helper()
	got, ok := errors.AsType[*Error](err)
	if !ok || got.Kind != want || got.Reason == "" || strings.Contains(got.Error(), "\n") {
		t.Errorf("got %v, want an error of kind %q", err, want)
	}
}

func TestWrongPages(t *testing.T) {
	article := pageOf("", prose)
	links := strings.Repeat(`<li><a href="/%d">The minister answers five long questions</a></li>`, 1)
	var list strings.Builder
	for i := range 30 {
		list.WriteString(strings.Replace(links, "%d", strings.Repeat("x", i+1), 1))
	}
	tests := []struct {
		name, page, at string
		hints          Hints
		want           Kind // "" for an article
	}{
		{name: "an article", page: article},
		{name: "same title", page: article, hints: Hints{Title: "Agency leans on vendor's cloud: documents"}},
		{name: "another title", page: article, hints: Hints{Title: "Harvest festival opens in the valley"}, want: Other},
		{name: "redirected within the site", page: article, hints: Hints{Asked: "https://www.harbor-wire.example/?p=12"}},
		{name: "redirected to the home page", page: article, at: "https://harbor-wire.example/", hints: Hints{Asked: at}, want: Elsewhere},
		{name: "redirected to another site", page: article, hints: Hints{Asked: "https://other.example/a"}, want: Elsewhere},
		{name: "redirected to login", page: article, at: "https://harbor-wire.example/account/login", hints: Hints{Asked: at}, want: Login},
		{name: "redirected to consent", page: article, at: "https://consent.harbor-wire.example/x", hints: Hints{Asked: at}, want: Consent},
		{name: "PDF behind .html", page: "%PDF-1.7\n%\xe2\xe3", hints: Hints{ContentType: "text/html"}, want: NotHTML},
		{name: "a picture", page: "\x89PNG\r\n\x1a\n", want: NotHTML},
		{name: "JSON", page: `{"a":1}`, hints: Hints{ContentType: "application/json"}, want: NotHTML},
		{name: "empty", page: "", want: Short},
		{name: "headline and pictures", page: pageOf("", `<img src="1"><figcaption>The harbor at night</figcaption>`), want: Short},
		{name: "reserved", page: pageOf(`<meta name="tdm-reservation" content="1">`, prose), want: Reserved},
		{name: "login", page: `<title>Log in | Harbor Wire</title><form><p>Log in to continue reading. Forgot your password?</p><input type="PASSWORD"></form>`, want: Login},
		{name: "consent", page: `<title>Before you continue</title><p>` + strings.Repeat("We and our 843 partners use cookies to measure. ", 12) + `<button>Accept all</button>`, want: Consent},
		{name: "consent by its words", page: `<title>Harbor Wire</title><p>` + strings.Repeat("We and our 843 partners store and read data on your device. ", 6) + `</p>`, want: Consent},
		{name: "scripts wanted", page: `<title>Harbor Wire</title><div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>`, want: Challenge},
		{name: "challenge", page: `<title>Just a moment...</title><p>Checking your browser</p>`, want: Challenge},
		{name: "error page with status 200", page: `<title>404 Not Found</title><h1>Not Found</h1><p>` + strings.Repeat("Try the search or go to our front page. ", 6) + `</p>`, want: Failure},
		{name: "soft 404", page: `<title>Harbor Wire</title><h2>Sorry</h2><p>The page you requested could not be found. ` + strings.Repeat("Our editors suggest the front page. ", 8) + `</p>`, want: Failure},
		{name: "maintenance", page: `<html><body><h1>Site under maintenance</h1></body></html>`, want: Failure},
		{name: "listing", page: `<title>News</title><body><h1>Latest news</h1><ul>` + list.String() + `</ul>`, want: Listing},
		{name: "article about an error", page: strings.ReplaceAll(pageOf(`<meta property="og:type" content="article">`, prose+prose), "Agency leans on a vendor’s cloud", "Error in agency’s cloud bill found")},
		{name: "article about logins", page: strings.ReplaceAll(pageOf("", prose+`<input type="password">`+strings.Repeat(`<p>Every office would have its own login, the contract says, and every login its own audit trail for six years.</p><p>It is unclear who reads them.</p>`, 3)), "<title>Agency", "<title>Sign in sheet: Agency")},
		{name: "no address", page: article, at: "::", hints: Hints{Asked: at}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			where := at
			if test.at != "" {
				where = test.at
			}
			a, err := Extract([]byte(test.page), where, test.hints)
			if test.want != "" {
				wantKind(t, err, test.want)
			} else if err != nil || !strings.Contains(a.Text, first) {
				t.Errorf("got %v, %q, want an article", err, a.Text)
			}
		})
	}
}

func FuzzExtract(f *testing.F) {
	f.Add([]byte(pageOf(ld(`{"@type":"NewsArticle","hasPart":[{"isAccessibleForFree":false,"cssSelector":"p"}]}`), prose)), "text/html; charset=gbk", "a title")
	f.Add([]byte("<table><b><p></b><a><a></table></p></br>"), "", "")
	f.Add([]byte("\xff\xfe<\x00p\x00>\x00"), "", "")
	f.Fuzz(func(t *testing.T, page []byte, contentType, title string) {
		a, err := Extract(page, at, Hints{ContentType: contentType, Title: title})
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Errorf("%v is no *Error", err)
			}
			return
		}
		if a.Words() < minWords {
			t.Errorf("%d words", a.Words())
		}
		if strings.ContainsFunc(a.Text+a.Title+strings.Join(a.Authors, ""), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }) {
			t.Errorf("a control character in %+q", a.Text)
		}
	})
}
