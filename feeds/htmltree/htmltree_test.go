package htmltree

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestParagraphs(t *testing.T) {
	tests := []struct {
		name, page string
		want       []string
	}{
		{"blocks", "<p>one</p>two<div>three <b>four</b></div>", []string{"one", "two", "three four"}},
		{"white space", "<p> a\n\t b&nbsp;c </p>", []string{"a b c"}},
		{"line breaks", "a<br>b<br><br>c<br> <br>d", []string{"a b", "c", "d"}},
		{"lists and tables", "<ul><li>a<li>b</ul><table><tr><td>c<td>d<tr><td>e</table>", []string{"a", "b", "c d", "e"}},
		{"no text", "<script>a</script><style>b</style><noscript>c</noscript><template>d</template><svg><text>e</text></svg><select><option>f</select>", nil},
		{"invisible characters", "in&shy;vi\u200bsible\x00\x07", []string{"invisible"}},
		{"inline", "a<i>b</i>c", []string{"abc"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, err := Parse([]byte("<body>"+test.page), "text/html; charset=utf-8")
			if err != nil {
				t.Fatal(err)
			}
			if got := Paragraphs(doc); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestParseDecodes(t *testing.T) {
	tests := []struct{ name, page, contentType string }{
		{"UTF-8", "<p>Müller", ""},
		{"declared wrongly", "<meta charset=latin1><p>Müller", "text/html; charset=utf-16"},
		{"byte order mark", "\ufeff<p>Müller", ""},
		{"windows-1252", "<p>M\xfcller", ""},
		{"header", "<p>M\x9fller", "text/html; charset=macintosh"},
		{"header refuted", "<p>M\xfcller", "text/html; charset=utf-8"},
		{"own declaration", "<meta charset=macintosh><p>M\x9fller", "text/html"},
		{"UTF-16 little endian", "<\x00p\x00>\x00M\x00\xfc\x00l\x00l\x00e\x00r\x00", ""},
		{"UTF-16 big endian, marked", "\xfe\xff\x00<\x00p\x00>\x00M\x00\xfc\x00l\x00l\x00e\x00r", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, err := Parse([]byte(test.page), test.contentType)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(Paragraphs(doc), "|"); got != "Müller" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		name, page, contentType string
		notHTML                 bool
		want                    string
	}{
		{"too large", strings.Repeat(" ", MaxPage+1), "", false, "4194305 bytes"},
		{"elements", strings.Repeat("<i>", MaxElements+1), "", false, "elements"},
		{"depth", strings.Repeat("<div>", 200), "", false, "deep"},
		{"picture", "GIF89a", "text/html", true, "image/gif"},
		{"JSON", "{}", "application/json", true, "application/json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.page), test.contentType)
			e, ok := errors.AsType[*Error](err)
			if !ok || e.NotHTML != test.notHTML || !strings.Contains(e.Reason, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestParseKeepsWhatStandsBesideLongScripts(t *testing.T) {
	long := "<SCRIPT>" + strings.Repeat("x", 2<<20) + "</Script>"
	doc, err := Parse([]byte("<p>a</p>"+long+"<p>b</p><script type='application/ld+json'>{}</script>"), "")
	if err != nil || !slices.Equal(Paragraphs(doc), []string{"a", "b"}) {
		t.Fatal(err)
	}
	var scripts []string
	Each(doc, func(n *html.Node) bool {
		if n.Data == "script" && n.FirstChild != nil {
			scripts = append(scripts, n.FirstChild.Data)
		}
		return true
	})
	if !slices.Equal(scripts, []string{"{}"}) {
		t.Errorf("scripts %.80q", scripts)
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]int{"": 0, " a  b\n": 2, "移民局昨日": 3, "ICE 移民局 in 2026": 5, "e-mail": 1} {
		if got := Words(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}
