package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// textSeeds are texts that are hard to cut into words or to read sums from.
var textSeeds = []string{
	"ICE agents detained two men", "I.C.E.'s e.g. U.S", "l'ICE don’t O'Brien", "1,400.5M $30-40 million", "in 2008 £60bn 5€10 2 USD 3MN$4",
	"Ｉｃｅ ﬁ ß İ ς", "移民局 アメリカ 이민", "e\u0301\u0301 \u00ad\u200bx\u200b", "a\xffb", "“curly” (ICE) ICE (Internal Combustion Engine)",
}

func FuzzScan(f *testing.F) {
	for _, s := range textSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var sc Scanner
		sc.Reset(text)
		last := 0
		for sc.Next() {
			if sc.Start < last || sc.End <= sc.Start || sc.End > len(text) || sc.at < sc.End {
				t.Fatalf("%q: word %d to %d after %d", text, sc.Start, sc.End, last)
			}
			last = sc.End
			if utf8.ValidString(text) && !utf8.ValidString(text[sc.Start:sc.End]) {
				t.Fatalf("%q: %q is cut within a rune", text, text[sc.Start:sc.End])
			}
			key, tag, size := sc.Key, sc.Tag, sc.Size
			b := sc.Bytes()
			if k, g := KeyOf(b); k != key || g != tag || len(b) != size {
				t.Fatalf("%q: %q has key %x, %x and is found as %x, %x", text, b, k, g, key, tag)
			}
		}
	})
}

// FuzzFast compares the eight-bytes-a-step reader with strings.Fields and with
// the one that takes runes.
func FuzzFast(f *testing.F) {
	for _, s := range textSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.Map(func(r rune) rune {
			if r < utf8.RuneSelf && isAlnum(byte(r)) {
				return r
			}
			return ' '
		}, text)
		want := strings.Fields(text)
		var sc Scanner
		sc.Reset(text)
		for i := 0; sc.Next(); i++ {
			if i >= len(want) || text[sc.Start:sc.End] != want[i] || string(sc.Bytes()) != strings.ToLower(want[i]) || sc.Class != classOf(want[i]) {
				t.Fatalf("%q: word %d is %q, class %d", text, i, text[sc.Start:sc.End], sc.Class)
			}
			want[i] = ""
			var slow Scanner // which calls 4Gamer a word with a capital in front
			slow.Reset(text)
			slow.slow(sc.Start)
			if sc.End != slow.End || sc.Key != slow.Key || sc.Tag != slow.Tag || sc.Class != slow.Class && IsLetter(text[sc.Start]) {
				t.Fatalf("%q: %q is %+v, slowly %+v", text, text[sc.Start:sc.End], sc, slow)
			}
		}
		if strings.Join(want, "") != "" {
			t.Fatalf("%q: not found: %q", text, want)
		}
	})
}

func FuzzPlain(f *testing.F) {
	f.Add("<p>ICE &amp; DHS</p><script>x</script>")
	f.Add("&lt;b&gt;x&lt;/b&gt; <3 a < b & c")
	f.Fuzz(func(t *testing.T, s string) {
		p := Plain(s)
		if utf8.ValidString(s) && !utf8.ValidString(p) {
			t.Fatalf("Plain(%q) = %q", s, p)
		}
	})
}

func FuzzAmounts(f *testing.F) {
	for _, s := range textSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, a := range AppendAmounts(nil, text) {
			if a.Start < last || a.Start >= a.End || a.End > len(text) {
				t.Fatalf("%q: amount %+v behind %d", text, a, last)
			}
			last = a.End
		}
	})
}
