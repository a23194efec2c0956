package plain

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// pieces are what random HTML is made of, the odd turns of it among the plain.
var pieces = []string{"<p>", "</p>", "<P CLASS='x'>", "<br/>", "<br />", "<img src=\"a.jpg\" alt='>'>", "<a href=x>", "</a>", "<a href=\"y\"z>",
	"<a\thref='y'\n>", "<b", ">", "<", "<!--", "-->", "<![CDATA[", "<?x?>", "</", "</>", "</3>", "<3", "<script>", "</script>", "<svg/>", "<textarea>",
	"<iframe src=\"x\"/>", "<noscript>", "<title>", "<ul><li>", "word", " ", "&amp;", "&lt;p&gt;", "&nbsp", "&#8217;", "&#160;", "&#39;", "&#150;", "&#0;", "&#55296;", "&#9;", "&#;", "&quot;", "&hellip;", "&amp;amp;", "&lt", "&amp", "é", "\r\n", "\"", "'", "=", "/",
	"<x-y>", "<h1>", "<p/ class=\"x\">", "<p =\"x\">", "<p a=\"b\" c>", "<p a=\"b\"/>", "<p a=\"", "<verylongnameofnothing>", "<p\f>", "<p\x00>"}

// TestPlainHTML holds the quick way through HTML against the tokenizer.
func TestPlainHTML(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	plain := 0
	for range 200_000 {
		var b strings.Builder
		for range 1 + r.IntN(8) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		s := b.String()
		read, ok := plainHTML(nil, s)
		if !ok {
			continue
		}
		plain++
		got := string(read)
		want, open := readHTML(s, isHidden)
		if Tidy(got) != Tidy(want) || open {
			t.Fatalf("plainHTML(%q) = %q, the tokenizer reads %q", s, got, want)
		}
		if text, ok := quickText(s); ok && text != Tidy(want) {
			t.Fatalf("quickText(%q) = %q, not %q", s, text, Tidy(want))
		}
	}
	if plain < 10_000 {
		t.Errorf("only %d texts were plain", plain)
	}
}

// FuzzText: Text gives plain text and leaves plain text alone.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a < b", "<b>x", "&amp;amp;", "&#146;", "<script>", "<!--", "\x00\u202e", "<iframe>a", "<p", "&lt;b&gt;", strings.Repeat("ab ", 900)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		const limit = 1 << 10
		got := Text(strings.ToValidUTF8(s, ""), limit)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) || got != strings.TrimSpace(got) {
			t.Fatalf("not plain: %q", got)
		}
		if len(got) > limit {
			t.Fatalf("%d bytes", len(got))
		}
	})
}
