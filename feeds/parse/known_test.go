package parse

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newswatch/feeds"
)

// everyFeed returns the fixtures, a generated feed and, where they are
// present, all recorded feeds.
func everyFeed(t testing.TB) map[string][]byte {
	t.Helper()
	docs := map[string][]byte{"generated": generated(40)}
	files := fixtures(t)
	if dir := os.Getenv("NEWSWATCH_SHARED"); dir != "" {
		for _, kind := range []string{"real", "edge", "truncated"} {
			found, err := filepath.Glob(filepath.Join(dir, "data", "feeds", kind, "*"))
			if err != nil || len(found) == 0 {
				t.Fatalf("no %s feeds: %v", kind, err)
			}
			files = append(files, found...)
		}
	}
	for _, f := range files {
		doc, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		docs[f] = doc
	}
	return docs
}

// TestKnownEntriesChangeNothing is the property the cheap road rests on:
// whichever entries are known, the others come out exactly as without.
func TestKnownEntriesChangeNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	spanned, all := 0, 0
	for name, doc := range everyFeed(t) {
		full, err := Document(doc, Options{})
		if err != nil {
			continue
		}
		for _, share := range []float64{0, 0.5, 0.9, 1} {
			known := map[uint64]bool{}
			for _, it := range full.Items {
				known[it.Hash] = it.Hash != 0 && random.Float64() < share
			}
			part, err := Document(doc, Options{Known: hashesOf(known)})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(expected(full, known), part); diff != "" {
				t.Errorf("%s, share %v: -want +got\n%s", name, share, diff)
			}
		}
		for _, it := range full.Items {
			if all++; it.Hash != 0 {
				spanned++
			}
		}
	}
	if spanned*100 < all*99 {
		t.Errorf("the scan told only %d of %d entries apart", spanned, all)
	}
}

func hashesOf(known map[uint64]bool) feeds.Hashes {
	var all []uint64
	for h, is := range known {
		if is {
			all = append(all, h)
		}
	}
	return feeds.NewHashes(all)
}

func expected(full feeds.Document, known map[uint64]bool) feeds.Document {
	want := full
	want.Items, want.Unchanged = nil, nil
	for _, it := range full.Items {
		if known[it.Hash] {
			want.Unchanged = append(want.Unchanged, it.Hash)
		} else {
			want.Items = append(want.Items, it)
		}
	}
	return want
}

// TestSpanIsOfTheEntryAlone: an entry keeps its span wherever it moves, and
// changes it with its bytes.
func TestSpanIsOfTheEntryAlone(t *testing.T) {
	a, b := "<item><guid>a</guid></item>", "<item><guid>b</guid></item>"
	one := parseOne(t, rssOf(a)).Hash
	d, err := Document(rssOf("<language>en</language>"+b+"\n"+a), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if one == 0 || d.Items[1].Hash != one || d.Items[0].Hash == one {
		t.Errorf("spans %d, %d and %d", one, d.Items[0].Hash, d.Items[1].Hash)
	}
}

// generated returns a feed of n ordinary entries, about 1.6 KB each.
func generated(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Generated</title><link>https://g.example/</link>`)
	for i := range n {
		fmt.Fprintf(&b, "\n<item>\n<title>Headline number %d &amp; more</title>\n<link>https://g.example/%d/</link>\n<dc:creator><![CDATA[Author %d]]></dc:creator>\n<pubDate>Tue, 24 Nov 2026 07:%02d:00 GMT</pubDate>\n<category>News</category><guid isPermaLink=\"false\">g-%d</guid>\n", i, i, i%7, i%60, i)
		fmt.Fprintf(&b, "<description>%s</description>\n<content:encoded><![CDATA[<p>%s</p>]]></content:encoded>\n</item>", strings.Repeat("Some plain words. ", 15), strings.Repeat("A <b>paragraph</b> of text, ", 38))
	}
	b.WriteString("</channel></rss>")
	return b.Bytes()
}
