package discover

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/listing"
	"newswatch/feeds/parse"
)

// layouts are how publishing systems show their latest articles on a home page.
// Each is one article: its number, title, summary, day and time.
var layouts = map[string]struct{ before, each, after string }{
	"posts":           {`<main id="main" class="site-main">`, `<article id="post-%[1]d" class="post-%[1]d post type-post hentry"><header class="entry-header"><h2 class="entry-title"><a href="/%[1]d" rel="bookmark">%[2]s</a></h2><div class="entry-meta"><a href="/%[1]d"><time class="entry-date published" datetime="%[5]s">%[4]s</time></a> by <a href="/author/jane-roe">Jane Roe</a></div></header><div class="entry-summary"><p>%[3]s</p><p><a class="more-link" href="/%[1]d">Continue reading</a></p></div></article>`, `</main>`},
	"cards":           {`<section class="grid">`, `<div class="card"><a class="card__image" href="/%[1]d"><img src="/i/%[1]d.jpg" alt=""></a><div class="card__body"><a class="kicker" href="/topic/harbor">Harbor</a><h3 class="card__title"><a href="/%[1]d">%[2]s</a></h3><p class="card__text">%[3]s</p></div></div>`, `</section>`},
	"links":           {`<div class="content"><ul class="list">`, `<li><span class="date">%[4]s</span> <a href="/%[1]d">%[2]s</a></li>`, `</ul></div>`},
	"table":           {`<table class="docs"><tbody>`, `<tr><td>%[4]s</td><td><a href="/%[1]d">%[2]s</a></td></tr>`, `</tbody></table>`},
	"teasers":         {`<div class="stream">`, `<a class="teaser" href="/%[1]d"><div class="teaser-inner"><h3>%[2]s</h3><p>%[3]s</p></div></a>`, `</div>`},
	"links and notes": {`<div id="links"><dl class="linked">`, `<dt><a href="/%[1]d">%[2]s</a> <a class="permalink" title="Permanent link" href="/p/%[1]d">★</a></dt><dd><p>%[3]s</p></dd>`, `</dl></div>`},
	"utilities":       {`<div class="max-w-7xl mx-auto px-4">`, `<div class="mt-4 flex flex-col gap-2"><a class="text-lg font-bold hover:underline" href="/%[1]d">%[2]s</a><div class="text-sm text-gray-500">%[4]s</div></div>`, `</div>`},
	"outer posts":     {`<div class="date-outer"><div class="date-posts">`, `<div class="post-outer"><div class="post hentry"><h3 class="post-title entry-title"><a href="/%[1]d">%[2]s</a></h3><div class="post-body"><p>%[3]s</p></div><div class="post-footer"><a class="comment-link" href="/%[1]d#comments">3 comments</a></div></div></div>`, `</div></div>`},
}

// around is what stands on a home page beside its articles.
const around = `<header><a href="/">Harbor Wire</a><nav><a href="/news">News</a><a href="/sports">Sports and games</a><a href="/about">About the newsroom</a><a href="/jobs">Work with us here</a></nav></header>%s
<aside class="sidebar"><h4>Most read</h4><ol class="most-read"><li><a href="/r1">The pilots of the harbor meet again in spring</a></li><li><a href="/r2">A bridge that nobody painted for years</a></li><li><a href="/r3">Council counts its chairs and finds none</a></li></ol>
<ul class="tags"><li><a href="/t/1">Harbor</a></li><li><a href="/t/2">City hall</a></li><li><a href="/t/3">Pilots</a></li></ul><ul class="archive"><li><a href="/2026/11">November 2026</a></li><li><a href="/2026/10">October 2026</a></li><li><a href="/2026/09">September 2026</a></li></ul></aside>
<footer><ul><li><a href="/privacy">Privacy policy and terms of use</a></li><li><a href="/contact">Contact the editors of the paper</a></li><li><a href="/imprint">Imprint and legal notices here</a></li></ul></footer>`

// TestHomePages lays the entries of recorded feeds out as home pages do, and wants
// the first proposal to be that list: most of its entries, and little else.
func TestHomePages(t *testing.T) {
	shared := os.Getenv("NEWSWATCH_SHARED")
	if shared == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	files, err := filepath.Glob(filepath.Join(shared, "data/feeds/real/*"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d feeds, %v", len(files), err)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	all, wrong := map[string]int{}, map[string]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Document(text, parse.Options{})
		if err != nil {
			continue
		}
		items := distinct(doc.Items)
		if len(items) < 5 {
			continue
		}
		for name, l := range layouts {
			body := l.before
			for i, it := range items {
				day := now.Add(-time.Duration(i) * 7 * time.Hour)
				body += fmt.Sprintf(l.each, 1000+i, html.EscapeString(it.Title), html.EscapeString(it.Summary[:min(len(it.Summary), 200)]), day.Format("January 2, 2006"), day.Format(time.RFC3339))
			}
			page := `<!doctype html><html><head><title>Harbor Wire</title></head><body>` + fmt.Sprintf(around, body+l.after) + `</body></html>`
			found, err := listing.Find([]byte(page), listing.Options{URL: "https://harbor.example/", Now: now})
			all[name]++
			if err == nil && len(found) > 0 && isListOf(found[0].Items, items) {
				continue
			}
			wrong[name]++
			if wrong[name] <= 3 {
				said := fmt.Sprint(err)
				if len(found) > 0 {
					said = fmt.Sprint(found[0].Select.Items, " with ", len(found[0].Items))
				}
				t.Logf("%s as %s, %d entries such as %.60q: %s", filepath.Base(file), name, len(items), items[0].Title, said)
			}
		}
	}
	pages, right := 0, 0
	for name, n := range all {
		pages, right = pages+n, right+n-wrong[name]
		t.Logf("%-16s %d of %d right", name, n-wrong[name], n)
	}
	t.Logf("%d of %d pages right at the first proposal", right, pages)
	if 10*right < 9*pages {
		t.Error("fewer than 90 %")
	}
}

// distinct returns the entries that a home page would list: each title once.
func distinct(items []feeds.Item) (out []feeds.Item) {
	seen := map[string]bool{}
	for _, it := range items[:min(len(items), 30)] {
		if t := strings.TrimSpace(it.Title); t != "" && !seen[t] {
			seen[t] = true
			out = append(out, it)
		}
	}
	return out
}

// isListOf reports whether a list has four of five of the entries, and four of
// five of what it has are such.
func isListOf(list, entries []feeds.Item) bool {
	hits := 0
	for _, it := range list {
		var n int
		if k, err := fmt.Sscanf(it.Link, "https://harbor.example/%d", &n); err == nil && k == 1 && n >= 1000 && n < 1000+len(entries) {
			hits++
		}
	}
	return 5*hits >= 4*len(entries) && 5*hits >= 4*len(list)
}
