package parse

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"newswatch/feeds"
	"newswatch/feeds/date"
	"newswatch/feeds/plain"
	"newswatch/feeds/urls"
)

// shared returns the folder of recorded feeds with expectations, and skips
// the test where there is none.
func shared(t *testing.T) string {
	dir := os.Getenv("NEWSWATCH_SHARED")
	if dir == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	return filepath.Join(dir, "data")
}

// A score counts agreement, group by group.
type score struct {
	t     *testing.T
	right map[string]int
	all   map[string]int
}

func newScore(t *testing.T) *score { return &score{t, map[string]int{}, map[string]int{}} }

func (s *score) note(group string, ok bool, format string, args ...any) {
	s.all[group]++
	if ok {
		s.right[group]++
		return
	}
	s.t.Logf("%s: "+format, append([]any{group}, args...)...)
}

// require prints all groups and fails for those under the share.
func (s *score) require(share float64) {
	s.t.Helper()
	for _, g := range sortedKeys(s.all) {
		s.t.Logf("%-28s %4d of %4d", g, s.right[g], s.all[g])
		if float64(s.right[g]) < share*float64(s.all[g]) {
			s.t.Errorf("%s: %d of %d right, want %.0f %%", g, s.right[g], s.all[g], 100*share)
		}
	}
}

func sortedKeys(m map[string]int) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// archive reads all files of a tar.xz.
func archive(t *testing.T, path string) map[string][]byte {
	t.Helper()
	raw, err := exec.Command("xz", "-dc", path).Output()
	if err != nil {
		t.Skipf("xz: %v", err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(raw)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func lines(t *testing.T, path string, each func(line []byte)) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for s := bufio.NewScanner(bytes.NewReader(raw)); s.Scan(); n++ {
		each(s.Bytes())
	}
	if n == 0 {
		t.Fatalf("%s is empty", path)
	}
}

func TestSharedDates(t *testing.T) {
	dir := shared(t)
	s := newScore(t)
	lines(t, filepath.Join(dir, "conformance", "dates.jsonl"), func(line []byte) {
		var c struct {
			Input     string
			UTC       *time.Time
			Tolerance int `json:"tolerance_s"`
			Tier      int
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		got := date.Parse(c.Input).Truncate(time.Second)
		ok := c.UTC == nil && got.IsZero()
		if c.UTC != nil {
			ok = got.Sub(*c.UTC).Abs() <= time.Duration(c.Tolerance)*time.Second
		}
		s.note(fmt.Sprintf("dates tier %d", c.Tier), ok, "%q: got %v, want %v", c.Input, got, c.UTC)
	})
	s.require(1)
}

type expectation struct {
	Path     string
	Kind     string
	Value    any
	Optional bool
}

func TestSharedConformance(t *testing.T) {
	dir := shared(t)
	files := archive(t, filepath.Join(dir, "conformance", "cases.tar.xz"))
	s := newScore(t)
	lines(t, filepath.Join(dir, "conformance", "cases.jsonl"), func(line []byte) {
		var c struct {
			ID, File, Group string
			Tier            int
			ContentType     string            `json:"content_type"`
			DocumentURL     string            `json:"document_url"`
			Headers         map[string]string `json:"headers"`
			Expect          []expectation
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		doc := files[c.File]
		if doc == nil {
			t.Fatalf("%s is missing", c.File)
		}
		base := c.DocumentURL
		if l := c.Headers["Content-Location"]; l != "" {
			base = l
		}
		d, err := Document(doc, Options{URL: base, ContentType: c.ContentType})
		for _, e := range c.Expect {
			ok, got, concerns := meets(d, e)
			if concerns {
				s.note(fmt.Sprintf("tier %d %s", c.Tier, c.Group), ok && err == nil, "%s: %s %s: got %q, want %v (%v)", c.ID, e.Path, e.Kind, got, e.Value, err)
			}
		}
	})
	s.require(0.94) // one of the sanitizing cases asks for the text of a script
}

var entryPath = regexp.MustCompile(`^entries\[(\d+)\]\.(\w+)(?:\[(\d+)\]\.(\w+))?$`)

// meets checks d against e. concerns is false for what a Document does not
// hold.
func meets(d feeds.Document, e expectation) (ok bool, got string, concerns bool) {
	value, _ := e.Value.(string)
	field := e.Path
	var it feeds.Item
	for _, other := range []string{"contributors", "comments", "expired", "links", "source", "wfw_", "media_", "itunes_", "_detail", "image"} {
		if strings.Contains(e.Path, other) {
			return false, "", false
		}
	}
	if m := entryPath.FindStringSubmatch(e.Path); m != nil {
		n, _ := strconv.Atoi(m[1])
		if n >= len(d.Items) {
			return e.Kind == "absent" || len(d.Items) == 0 && value == "", "no such item", d.Items != nil || value != ""
		}
		it, field = d.Items[n], "item "+m[2]
		k, _ := strconv.Atoi(m[3])
		switch m[2] {
		case "tags":
			got, concerns = nth(it.Tags, k), m[4] == "term"
		case "authors":
			got, concerns = nth(it.Authors, k), true
		case "content":
			got, concerns = it.Content, m[4] == "value"
			if got == "" {
				got = it.Summary
			}
		}
	}
	switch field {
	case "feed.title":
		got, concerns = d.Title, true
	case "feed.link":
		got, concerns = d.URL, true
	case "feed.language":
		got, concerns = d.Lang, true
	case "item title":
		got, concerns = it.Title, true
	case "item summary":
		got, concerns = it.Summary, true
		if got == "" {
			got = it.Content
		}
	case "item link":
		got, concerns = it.Link, true
	case "item id":
		got, concerns = it.GUID, true
	case "item author":
		got, concerns = nth(it.Authors, 0), true
	case "item published":
		got, concerns = it.Published.Format(time.RFC3339), true
	case "item updated":
		got, concerns = it.Updated.Format(time.RFC3339), true
	}
	switch e.Kind {
	case "absent", "none":
		return got == "", got, concerns
	case "html":
		return squeezed(got) == squeezed(plain.Text(value, maxContent)) || squeezed(got) == squeezed(value), got, concerns
	case "exact", "time":
		return strings.TrimSpace(got) == strings.TrimSpace(value), got, concerns
	}
	return false, got, false
}

func nth(list []string, n int) string {
	if n < len(list) {
		return list[n]
	}
	return ""
}

// squeezed leaves nothing but letters and digits: parsers differ in the
// blanks they put between elements.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || plain.Tidy(string(r)) == "" {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "…", ""))
}

func TestSharedFeeds(t *testing.T) {
	dir := filepath.Join(shared(t), "feeds")
	s := newScore(t)
	lines(t, filepath.Join(dir, "index.jsonl"), func(line []byte) {
		var c struct {
			File, Format    string
			Items           int
			Expected        string `json:"expected_feedparser"`
			DatesUnreliable any    `json:"expected_dates_unreliable"`
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		doc, err := os.ReadFile(filepath.Join(dir, c.File))
		if err != nil {
			t.Fatal(err)
		}
		d, perr := Document(doc, Options{})
		s.note("counts", len(d.Items) == c.Items, "%s (%s): %d items, index says %d (%v)", c.File, c.Format, len(d.Items), c.Items, perr)
		if c.Expected != "" {
			compareFeedparser(s, filepath.Join(dir, c.Expected), c.File, d, perr)
		}
		stem := strings.TrimSuffix(filepath.Base(c.File), filepath.Ext(c.File))
		compareOther(s, "feed-parser", filepath.Join(dir, "expected", stem+".feed-parser.json"), d)
		compareOther(s, "feed-rs", filepath.Join(dir, "expected", stem+".feed-rs.json"), d)
	})
	s.require(0.93) // the rest are known: original links for proxied ones, more tags
}

type feedparserItem struct {
	ID, Title, Link, Published, Updated, Author string
	Categories                                  []string
	Summary                                     string `json:"summary_text"`
}

func compareFeedparser(s *score, path, file string, d feeds.Document, perr error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	var want struct {
		Feed  struct{ Title, Link, Language string }
		Count int
		Items []feedparserItem
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
	s.note("feedparser count", len(d.Items) == want.Count, "%s: %d, want %d (%v)", file, len(d.Items), want.Count, perr)
	s.note("feedparser feed title", squeezed(d.Title) == squeezed(plain.Text(want.Feed.Title, maxTitle)), "%s: %q, want %q", file, d.Title, want.Feed.Title)
	s.note("feedparser feed link", want.Feed.Link == "" || urls.Canonical(d.URL) == urls.Canonical(want.Feed.Link), "%s: %q, want %q", file, d.URL, want.Feed.Link)
	s.note("feedparser feed lang", strings.EqualFold(d.Lang, want.Feed.Language), "%s: %q, want %q", file, d.Lang, want.Feed.Language)
	for i, w := range want.Items {
		if i >= len(d.Items) {
			break
		}
		it, at := d.Items[i], fmt.Sprintf("%s #%d", file, i)
		s.note("feedparser id", w.ID == "" || it.GUID == w.ID, "%s: %q, want %q", at, it.GUID, w.ID)
		title := plain.Text(w.Title, maxTitle)
		s.note("feedparser title", squeezed(it.Title) == squeezed(title) || it.Source != "" && strings.HasPrefix(title, it.Title), "%s: %q, want %q", at, it.Title, w.Title)
		s.note("feedparser link", w.Link == "" || it.URL == urls.Canonical(w.Link), "%s: %q, want %q", at, it.URL, w.Link)
		s.note("feedparser published", sameTime(it.Published, w.Published), "%s: %v, want %q", at, it.Published, w.Published)
		s.note("feedparser updated", sameTime(it.Updated, w.Updated), "%s: %v, want %q", at, it.Updated, w.Updated)
		s.note("feedparser author", w.Author == "" || slices.ContainsFunc(it.Authors, func(a string) bool { return strings.Contains(w.Author, a) }), "%s: %q, want %q", at, it.Authors, w.Author)
		s.note("feedparser tags", fmt.Sprint(names(w.Categories)) == fmt.Sprint(it.Tags), "%s: %q, want %q", at, it.Tags, w.Categories)
		sum := squeezed(w.Summary)
		have := squeezed(firstOf(it.Summary, it.Content))
		n := min(len(sum), len(have), 200)
		s.note("feedparser summary", sum == "" || n > 0 && sum[:n] == have[:n] || strings.HasPrefix(squeezed(it.Content), sum[:min(len(sum), 200)]), "%s: %.120q, want %.120q", at, it.Summary, w.Summary)
	}
}

// compareOther checks what the two other parsers have in common.
func compareOther(s *score, who, path string, d feeds.Document) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil {
		s.t.Fatal(err)
	}
	var want struct {
		Feed    struct{ Items []map[string]any }
		Entries []map[string]any
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
	items := append(want.Feed.Items, want.Entries...)
	s.note(who+" count", len(items) == len(d.Items), "%s: %d, want %d", path, len(d.Items), len(items))
	for i, w := range items {
		if i >= len(d.Items) {
			break
		}
		it := d.Items[i]
		text := func(v any) string {
			if m, ok := v.(map[string]any); ok {
				v = m["content"]
			}
			t, _ := v.(string)
			return t
		}
		link := text(w["url"])
		if links, ok := w["links"].([]any); ok && len(links) > 0 {
			link = text(links[0].(map[string]any)["href"])
		}
		title := plain.Text(text(w["title"]), maxTitle)
		s.note(who+" title", squeezed(it.Title) == squeezed(title) || it.Source != "" && strings.HasPrefix(title, it.Title), "%s #%d: %q, want %q", path, i, it.Title, title)
		s.note(who+" link", link == "" || it.URL == urls.Canonical(link), "%s #%d: %q, want %q", path, i, it.URL, link)
		s.note(who+" id", it.GUID == "" || it.GUID == text(w["id"]), "%s #%d: %q, want %q", path, i, it.GUID, w["id"])
		s.note(who+" published", sameTime(it.Published, text(w["published"])) || sameTime(it.Updated, text(w["published"])), "%s #%d: %v, want %v", path, i, it.Published, w["published"])
	}
}

func sameTime(got time.Time, want string) bool {
	if want == "" {
		return true
	}
	w, err := time.Parse(time.RFC3339, want)
	return err == nil && got.Truncate(time.Second).Equal(w)
}

func TestSharedRobustness(t *testing.T) {
	dir := shared(t)
	files := archive(t, filepath.Join(dir, "robustness", "feedvalidator.tar.xz"))
	if len(files) == 0 {
		t.Fatal("no files")
	}
	s := newScore(t)
	for name, doc := range files {
		if strings.HasSuffix(name, ".html") || len(doc) == 0 {
			continue
		}
		d, err := Document(doc, Options{URL: "http://example.org/feed"})
		lower := bytes.ToLower(doc)
		n := max(bytes.Count(lower, []byte("<item>"))+bytes.Count(lower, []byte("<item ")), bytes.Count(lower, []byte("<entry>"))+bytes.Count(lower, []byte("<entry ")))
		s.note("robustness", err == nil && len(d.Items) >= min(n, 1), "%s: %d items of %d: %v", name, len(d.Items), n, err)
	}
	s.require(0.99)
}
