package opml

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

func TestReadOPML(t *testing.T) {
	const a, b = `xmlUrl="https://harbour.example/feed"`, `xmlUrl="http://ferry.example/rss?a=1&amp;b=2"`
	one := []feeds.Feed{{Name: "Harbour", URL: "https://harbour.example/feed"}}
	tests := map[string]struct {
		list string
		want []feeds.Feed
	}{
		"plain":       {`<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body><outline text="Harbour" type="rss" ` + a + `/></body></opml>`, one},
		"titles":      {`<opml><outline title="other" text="Harbour" ` + a + `/></opml>`, one},
		"title alone": {`<opml><outline title="Harbour" text=" " ` + a + `/></opml>`, one},
		"one name": {`<opml><outline text="News" ` + a + `/><outline text="News" ` + b + `/><outline text="News" xmlUrl="http://ferry.example/rss"/></opml>`, []feeds.Feed{
			{Name: "News", URL: "https://harbour.example/feed"},
			{Name: "News (ferry.example/rss)", URL: "http://ferry.example/rss?a=1&b=2"},
			{Name: "News 2", URL: "http://ferry.example/rss"},
		}},
		"folders": {`<opml><body><outline text="press"><outline text="local"><outline title="Harbour" ` + a + `/></outline><outline title="Ferry" ` + b + `></outline></outline><outline title="Quay" xmlUrl="https://quay.example/"/></body></opml>`, []feeds.Feed{
			{Name: "Harbour", URL: "https://harbour.example/feed", Tags: []string{"press", "local"}},
			{Name: "Ferry", URL: "http://ferry.example/rss?a=1&b=2", Tags: []string{"press"}},
			{Name: "Quay", URL: "https://quay.example/"},
		}},
		"categories":         {`<opml><outline text="press"><outline title="Harbour" category="/local/port, press" ` + a + `/></outline></opml>`, []feeds.Feed{{Name: "Harbour", URL: "https://harbour.example/feed", Tags: []string{"press", "local/port"}}}},
		"bare ampersands":    {`<opml><outline text="News & Views"><outline text="R&D" xmlUrl="http://ferry.example/rss?a=1&b=2&copy=3"/></outline></opml>`, []feeds.Feed{{Name: "R&D", URL: "http://ferry.example/rss?a=1&b=2&copy=3", Tags: []string{"News & Views"}}}},
		"twice":              {`<opml><outline text="a"><outline text="Harbour" ` + a + `/></outline><outline text="b"><outline text="again" ` + a + `/></outline></opml>`, []feeds.Feed{{Name: "Harbour", URL: "https://harbour.example/feed", Tags: []string{"a", "b"}}}},
		"attribute case":     {`<OPML><BODY><OUTLINE TEXT="Harbour" XMLURL="https://harbour.example/feed"/></BODY></OPML>`, one},
		"url attribute":      {`<opml><outline type="rss" text="Harbour" url="https://harbour.example/feed"/><outline type="link" text="No" url="https://no.example/"/></opml>`, one},
		"feed scheme":        {`<opml><outline text="Harbour" xmlUrl="feed:https://harbour.example/feed"/><outline text="F" xmlUrl="feed://ferry.example/"/></opml>`, []feeds.Feed{one[0], {Name: "F", URL: "http://ferry.example/"}}},
		"not an address":     {`<opml><outline text="x" xmlUrl="| cat feed"/><outline text="y" xmlUrl="file:///etc/passwd"/><outline text="Harbour" ` + a + `/></opml>`, one},
		"no opml element":    {`<outline text="Harbour" ` + a + `/>`, one},
		"after the body":     {`<opml><body/><outline text="Harbour" ` + a + `/></opml>`, one},
		"never closed":       {`<opml><body><outline text="Harbour" ` + a + `>`, one},
		"closed too often":   {`<opml><body></outline></outline><outline text="Harbour" ` + a + `/></body></opml>`, one},
		"single quotes":      {`<opml><outline text='Harbour' xmlUrl='https://harbour.example/feed'></outline></opml>`, one},
		"self-closing title": {`<opml><head><title/></head><outline text="Harbour" ` + a + `/></opml>`, one},
		"script in a name":   {`<opml><script><style><outline text="Harbour" ` + a + `/></opml>`, one},
		"links in a text":    {`<opml><outline text="News"><outline text="Harbour" description="By <a href="https://ann.example/">Ann</a> & <a href='x'>Bo</a>." ` + a + ` /></outline><outline text="Q" xmlUrl="https://quay.example/"/></opml>`, []feeds.Feed{{Name: "Harbour", URL: "https://harbour.example/feed", Tags: []string{"News"}}, {Name: "Q", URL: "https://quay.example/"}}},
		"commented out":      {`<opml><!-- <outline text="x" xmlUrl="https://x.example/"> --><outline text="Harbour" ` + a + `/></opml>`, one},
		"line breaks":        {"<opml><outline\n text=\"Har\n bour\"\n xmlUrl=\"\n https://harbour.example/feed \"/></opml>", []feeds.Feed{{Name: "Har bour", URL: "https://harbour.example/feed"}}},
		"latin-1":            {"<?xml version='1.0' encoding='ISO-8859-1'?><opml><outline text='Caf\xe9' " + a + "/></opml>", []feeds.Feed{{Name: "Café", URL: "https://harbour.example/feed"}}},
		"UTF-16":             {"\xfe\xff" + utf16(`<opml><outline text="Harbour" `+a+`/></opml>`), one},
		"unknown charset":    {`<?xml version="1.0" encoding="x-none"?><opml><outline text="Harbour" ` + a + `/></opml>`, one},
		"empty list":         {`<opml version="2.0"><head/><body/></opml>`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Read(strings.NewReader(tt.list))
			if err != nil {
				t.Fatal(err)
			}
			if len(got) == 0 {
				got = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ReadOPML (-want +got):\n%s", diff)
			}
		})
	}
	for _, text := range []string{"", "<html>", "{}", "\x00\xff"} {
		if got, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("ReadOPML(%q) = %v, want an error", text, got)
		}
	}
}

// utf16 writes ASCII text with a zero byte before each.
func utf16(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.Write([]byte{0, c})
	}
	return b.String()
}

// What is written reads back; secrets stay behind.
func TestWriteOPML(t *testing.T) {
	list := []feeds.Feed{
		{Name: "Harbour & <Ferry>", URL: "https://harbour.example/feed?a=1&b=\"2\"", Tags: []string{"press", "local"}},
		{Name: "Quay", URL: "https://quay.example/"},
		{Name: "Pier", URL: "https://pier.example/", Tags: []string{"press"}},
	}
	secret := feeds.Feed{Name: "Dock", URL: "https://ann:pa55@dock.example/", Headers: map[string]feeds.Secret{"X": "k3y"}, Proxy: "http://ann:pa55@p.example"}
	var b strings.Builder
	if err := Write(&b, "Mine & yours", append(list, secret)); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.Contains(text, "pa55") || strings.Contains(text, "k3y") || !strings.Contains(text, "https://dock.example/") {
		t.Errorf("written:\n%s", text)
	}
	got, err := Read(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	want := []feeds.Feed{list[0], list[2], list[1], {Name: "Dock", URL: "https://dock.example/"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

// Tags come back whole and in their order, also those that a list of categories
// cannot hold.
func TestWriteOPMLKeepsTags(t *testing.T) {
	list := []feeds.Feed{
		{Name: "a", URL: "https://a.example/", Tags: []string{"News, World", "Sub"}},
		{Name: "b", URL: "https://b.example/", Tags: []string{"News", "Sub", "Lakes, rivers", "last"}},
		{Name: "c", URL: "https://c.example/", Tags: []string{"/etc/", "x/y"}},
		{Name: "d", URL: "https://d.example/", Tags: []string{"News, World"}},
	}
	var b strings.Builder
	if err := Write(&b, "", list); err != nil {
		t.Fatal(err)
	}
	got, err := Read(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got, func(x, y feeds.Feed) int { return strings.Compare(x.Name, y.Name) })
	if diff := cmp.Diff(list, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s\n%s", diff, b.String())
	}
}

func TestMergeOPML(t *testing.T) {
	have := []feeds.Feed{{Name: "mine", URL: "https://harbour.example/feed", Tags: []string{"a"}, Schedule: "5m"}, {Name: "b", URL: "https://b.example"}}
	more := []feeds.Feed{{Name: "theirs", URL: "HTTPS://Harbour.example:443/feed#x", Tags: []string{"a", "c"}}, {Name: "n", URL: "https://harbour.example/Feed"}, {Name: "slash", URL: "https://b.example/"}}
	want := []feeds.Feed{{Name: "mine", URL: "https://harbour.example/feed", Tags: []string{"a", "c"}, Schedule: "5m"}, have[1], more[1]}
	var u union
	for _, f := range slices.Concat(have, more) {
		at, err := urls.Parse(f.URL)
		if err != nil {
			t.Fatal(err)
		}
		u.add(f, at)
	}
	if diff := cmp.Diff(want, u.list); diff != "" {
		t.Errorf("MergeOPML (-want +got):\n%s", diff)
	}
	if !slices.Equal(have[0].Tags, []string{"a"}) {
		t.Errorf("MergeOPML changed its argument: %v", have[0])
	}
}

// Whatever a list holds, each feed read has an address that can be polled and
// survives being written and read again.
func FuzzReadOPML(f *testing.F) {
	f.Add([]byte(`<opml><outline text="a & b"><outline xmlUrl="http://x.example/?a&b"/></outline>`))
	f.Add([]byte("<?xml encoding='utf-16'?><outline xmlurl=feed://x.example category=',/a/,'"))
	f.Add([]byte("\xff\xfe<\x00o\x00"))
	f.Fuzz(func(t *testing.T, list []byte) {
		got, err := Read(strings.NewReader(string(list)))
		if err != nil {
			return
		}
		var b strings.Builder
		if err := Write(&b, "", got); err != nil {
			t.Fatal(err)
		}
		again, err := Read(strings.NewReader(b.String()))
		if err != nil || len(again) > len(got) {
			t.Errorf("%d feeds, written and read again %d, %v", len(got), len(again), err)
		}
		for _, f := range got {
			if _, err := urls.Parse(f.URL); err != nil {
				t.Errorf("%q: %v", f.URL, err)
			}
		}
	})
}

// No address of the recorded lists is lost, well-formed or not.
func TestReadSharedOPML(t *testing.T) {
	shared := os.Getenv("NEWSWATCH_SHARED")
	if shared == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	dir := filepath.Join(shared, "data", "opml")
	index, err := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for line := range strings.Lines(string(index)) {
		var c struct {
			File     string
			Distinct int
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(c.File, ".gz") {
			continue
		}
		file, err := os.Open(filepath.Join(dir, c.File))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(file)
		file.Close()
		if c.File == "newsboat-piped.opml" {
			c.Distinct-- // one "address" is a command
		}
		if err != nil && c.Distinct > 0 || len(got) != c.Distinct {
			t.Errorf("%s: %d feeds, %v; want %d", c.File, len(got), err, c.Distinct)
		}
		total += len(got)
	}
	t.Logf("%d feeds", total)
}
