package email_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/notify/email"
)

var update = flag.Bool("update", false, "write the golden files")

// sent delivers a notice and reads what arrived.
func TestHTMLHoldsNothingButText(t *testing.T) {
	for name, text := range map[string]string{
		"script":    `</style><script>alert(1)</script>`,
		"image":     `<img src="http://tracker.example/x.png">`,
		"attribute": `" onmouseover="alert(1)`,
		"template":  `{{.Title}}`,
	} {
		t.Run(name, func(t *testing.T) {
			nt := digest()
			c := card()
			c.Headline, c.Outlet, c.Sentence, c.Hits, c.Why = text, text, text, nil, []string{text}
			c.Also = []monitor.Mention{{Outlet: text, Title: text, URL: "javascript:alert(1)"}}
			nt.Content.Headline = text
			nt.Content.Digest.Watches[0].Name, nt.Content.Digest.Watches[0].Stories = text, []monitor.Card{c}
			nt.Content.Digest.CoverageGaps[0].Why = text
			for _, n := range []monitor.Notice{nt, {Key: "k", Kind: monitor.AlertKind, Created: morning, Content: monitor.Content{Headline: text, Cards: []monitor.Card{c}}}} {
				r, _ := sent(t, n, monitor.Receipt{})
				for _, bad := range []string{"<script", "<img src=\"http", `" onmouseover`, "javascript:", "ZgotmplZ"} {
					if strings.Contains(r.HTML, bad) {
						t.Errorf("%s: HTML has %s", n.Kind, bad)
					}
				}
			}
		})
	}
}

func TestLinksLeadOnlyToPages(t *testing.T) {
	for address, link := range map[string]bool{
		"https://news.example/a?b=1&c=<2>": true, "javascript:alert(1)": false, "data:text/html,x": false,
		"//evil.example/x": false, "/relative": false, "": false, "https://news.example/" + strings.Repeat("x", 3000): false,
	} {
		nt := alert()
		nt.Content.Cards[0].URL, nt.Content.Cards[0].Also = address, nil
		if r, _ := sent(t, nt, monitor.Receipt{}); strings.Contains(r.HTML, "href") != link {
			t.Errorf("%.40q: link %v, want %v", address, !link, link)
		}
	}
}

func TestAnyDigestStaysWithinItsSize(t *testing.T) {
	for name, title := range map[string]string{"words": strings.Repeat("long words & <more> ", 20), "emoji": strings.Repeat("👩‍👩‍👧‍👦", 40), "chinese": strings.Repeat("新闻", 120)} {
		t.Run(name, func(t *testing.T) {
			nt := digest()
			d := nt.Content.Digest
			c := other(title, title)
			c.URL = "https://news.example/" + strings.Repeat("x", 1500)
			for len(d.Watches) < 30 {
				w := monitor.DigestWatch{Name: fmt.Sprint(title, len(d.Watches)), PerDay: []int{1}}
				for range 10 {
					w.Stories = append(w.Stories, c)
				}
				d.Watches = append(d.Watches, w)
			}
			for range 40 {
				d.CoverageGaps = append(d.CoverageGaps, monitor.CoverageGap{Feed: title, Why: title, From: morning})
				d.Possible = append(d.Possible, c)
			}
			page, err := email.HTML(nt, email.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(page) > 90_000 || !bytes.Contains(page, []byte("did not fit")) {
				t.Errorf("%d bytes, want 90,000 at most and a word about it", len(page))
			}
		})
	}
}

// A catch-up of a hundred stories names them all.
func TestALongCatchupIsWhole(t *testing.T) {
	nt := catchup()
	nt.Content.Cards, nt.Content.More = nil, 0
	for i := range 100 {
		c := card()
		c.Headline = fmt.Sprintf("Agency moves detention records to a private cloud, part %03d", i)
		nt.Content.Cards = append(nt.Content.Cards, c)
	}
	page, err := email.HTML(nt, email.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range nt.Content.Cards {
		if !bytes.Contains(page, []byte(c.Headline)) {
			t.Fatalf("%q is not on the page of %d bytes", c.Headline, len(page))
		}
	}
}

// What a catch-up leaves out is one click away, where there is a page.
func TestMoreLeadsToThePage(t *testing.T) {
	const told = "https://newswatch.example/told/0a1b2c"
	for name, c := range map[string]struct{ page, want string }{
		"a page":      {told, `<a href="` + told + `"`},
		"none":        {"", ">and 3 more stories<"},
		"no web page": {"javascript:alert(1)", ">and 3 more stories<"},
	} {
		nt := catchup()
		nt.Content.More, nt.Content.Page = 3, c.page
		page, err := email.HTML(nt, email.Options{})
		if err != nil || !bytes.Contains(page, []byte(c.want)) || !bytes.Contains(page, []byte("and 3 more stories")) || bytes.Contains(page, []byte("javascript")) {
			t.Errorf("%s: %v: no %q on the page", name, err, c.want)
		}
	}
}

func TestAHeadlineThatIsTheHitSentenceIsSaidOnce(t *testing.T) {
	nt := alert()
	c := &nt.Content.Cards[0]
	c.Sentence, c.Hits = c.Headline, hits(c.Headline, "detention")
	page, err := email.HTML(nt, email.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(page, []byte("to a private cloud")); n != 3 || !bytes.Contains(page, []byte(`>detention</b>`)) {
		t.Errorf("said %d times, want in the title, the glimpse and the headline, with its hit marked", n)
	}
}

func TestPreviewShowsItsChartByItself(t *testing.T) {
	page, err := email.HTML(digest(), email.Options{Preview: true, Page: "http://127.0.0.1:8087/"})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(page, []byte(`src="data:image/png;base64,`)) || !bytes.Contains(page, []byte(`href="http://127.0.0.1:8087/"`)) {
		t.Error("the preview lacks its chart or the local page")
	}
}

func TestPages(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for name, nt := range map[string]monitor.Notice{
		"alert": alert(), "reply": reply(), "catchup": catchup(), "digest": digest(), "empty": emptyDigest(), "operations": operations(),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := email.HTML(nt, email.Options{Zone: zone})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".golden.html")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the page is not as in %s; run with -update, look at it, and read the difference", file)
			}
		})
	}
}
