package opml

import (
	"math/rand/v2"
	"regexp"
	"testing"
)

// What is scanned by hand is what these expressions find.
var (
	tagStart     = regexp.MustCompile(`(?i)<(!--|/?(?:opml|body|outline)\b)`)
	attributeExp = regexp.MustCompile(`([A-Za-z][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
)

func TestScan(t *testing.T) {
	pieces := []string{"<", ">", "/", "!--", "outline", "OPML", "body", "_", " ", "\n", "=", "==", `"`, "'", "a", "xmlUrl", "1x", "-y", "é", "&amp;"}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		text := ""
		for range rnd.IntN(14) {
			text += pieces[rnd.IntN(len(pieces))]
		}
		name, at, ok := nextTag(text)
		if want := tagStart.FindStringSubmatchIndex(text); ok != (want != nil) || ok && (at != want[0] || name != text[want[2]:want[3]]) {
			t.Fatalf("%q: tag %q at %d, %v, want %v", text, name, at, ok, want)
		}
		var got attributes
		got.read(text)
		want := attributeExp.FindAllStringSubmatch(text, maxAttributes)
		if len(got) != len(want) {
			t.Fatalf("%q: %q, want %q", text, got, want)
		}
		for i, m := range want {
			if got[i] != (attribute{m[1], m[2] + m[3]}) {
				t.Fatalf("%q: %q, want %q", text, got[i], m)
			}
		}
	}
}
