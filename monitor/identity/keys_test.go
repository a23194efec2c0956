package identity

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"newswatch/feeds"
	"newswatch/monitor/text"
)

// defined is what normal promises, rune by rune.
func defined(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		case r != '\'' && r != '’':
			gap = true
		}
	}
	return b.String()
}

func TestNormalKeepsItsDefinition(t *testing.T) {
	for r := range rune(0x3000) {
		s := "a" + string(r) + "B" + string(r)
		if got, want := text.Normalize(s), defined(s); got != want {
			t.Errorf("normal(%q) = %q, want %q", s, got, want)
		}
	}
}

func FuzzNormal(f *testing.F) {
	for _, s := range []string{"", " ", "ICE buys Azure", "Ford’s  chief—resigns!", "It's 5 o'clock", "\xff a\xc3", "ÉTÉ à la 東京 ٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := text.Normalize(s), defined(s); got != want {
			t.Errorf("normal(%q) = %q, want %q", s, got, want)
		}
	})
}

func BenchmarkNormal(b *testing.B) {
	for name, s := range map[string]string{
		"ascii": strings.Repeat("The Department’s plain words, as agencies write them. ", 10),
		"greek": strings.Repeat("Το υπουργείο υπέγραψε τη σύμβαση για τα σύνορα. ", 6),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			buf := make([]byte, 0, 2*len(s))
			for b.Loop() {
				buf = text.AppendNormalized(buf[:0], s)
			}
		})
	}
}

func BenchmarkKeys(b *testing.B) {
	it := feeds.Item{GUID: "https://example.org/2026/11/24/harbour-contract", Link: "https://example.org/2026/11/24/harbour-contract?utm_source=rss",
		URL: "https://example.org/2026/11/24/harbour-contract", Title: "Council signs the harbour contract at last",
		Summary: strings.Repeat("The council voted five to four on the contract for the harbour. ", 12)}
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		keysOf(it, now)
	}
}
