package parse

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"newswatch/feeds"
	"newswatch/feeds/charset"
	"newswatch/feeds/urls"
)

func seeds(f *testing.F) {
	for _, file := range fixtures(f) {
		doc, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	for _, s := range []string{"", "<", "<rss", "<rss><channel><item>", "<feed><entry/><entry", "{", `{"items":[{}]}`, "<rss>&#0;</rss>", "\xff\xfe<\x00",
		"<rss><channel><item><title><![CDATA[x", "<!DOCTYPE [<!", "<rss a='>' b=c d><channel/></rss>", "<feed xmlns='x'><entry><id>1</id></entry></feed>"} {
		f.Add([]byte(s))
	}
}

// FuzzParse: whatever the bytes, Parse ends without panic; every item can be
// told from others, has an absolute http(s) address or none, and plain texts;
// and leaving out what is known changes nothing else.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		d, err := Document(doc, Options{URL: "https://e.example/feed"})
		if err != nil {
			if _, ok := err.(*feeds.FetchError); !ok {
				t.Fatalf("error of type %T", err)
			}
			return
		}
		first := map[uint64]bool{}
		for i, it := range d.Items {
			checkItem(t, it)
			if i%2 == 0 && it.Hash != 0 {
				first[it.Hash] = true
			}
		}
		part, err := Document(doc, Options{URL: "https://e.example/feed", Known: hashesOf(first)})
		if err != nil || len(part.Items)+len(part.Unchanged) != len(d.Items) && !d.Repaired {
			t.Fatalf("%d items in full; %d and %d known: %v", len(d.Items), len(part.Items), len(part.Unchanged), err)
		}
	})
}

func checkItem(t *testing.T, it feeds.Item) {
	t.Helper()
	if it.GUID == "" && it.URL == "" && it.Title == "" && it.Summary == "" && it.Content == "" {
		t.Fatalf("no identity: %+v", it)
	}
	if it.Link != "" && !strings.HasPrefix(it.Link, "http://") && !strings.HasPrefix(it.Link, "https://") {
		t.Fatalf("link %q", it.Link)
	}
	if it.URL != urls.Canonical(it.URL) {
		t.Fatalf("URL %q is not canonical", it.URL)
	}
	if len(it.Title) > maxTitle || len(it.Summary) > maxSummary || len(it.Content) > maxContent || len(it.Authors) > maxList || len(it.Tags) > maxList {
		t.Fatalf("too long: %d %d %d", len(it.Title), len(it.Summary), len(it.Content))
	}
	for _, s := range append([]string{it.GUID, it.Title, it.Summary, it.Content, it.Source, it.Lang, it.Link}, append(it.Authors, it.Tags...)...) {
		checkPlain(t, s)
	}
}

func checkPlain(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) }) || s != strings.TrimSpace(s) {
		t.Fatalf("not plain: %q", s)
	}
}

// FuzzScan: what repair returns is sound, and a sound document is left alone
// by both.
func FuzzScan(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		text, _, _ := charset.ToUTF8(doc, "")
		o, err := scan(text)
		if err != nil || o.kind == "" {
			return
		}
		for i, e := range o.entries {
			if e.from < o.root || e.to > len(text) || e.from >= e.to || i > 0 && e.from < o.entries[i-1].from {
				t.Fatalf("entry %d is %v in %+v", i, e, o)
			}
		}
		mended := repair(text, o)
		again, err := scan(mended)
		if err != nil || again.flawed || again.cut || again.kind != o.kind {
			t.Fatalf("repaired %q to %q: %+v, %v", text, mended, again, err)
		}
		if third := repair(mended, again); !bytes.Equal(third, mended) {
			t.Fatalf("repairing twice: %q, then %q", mended, third)
		}
	})
}
