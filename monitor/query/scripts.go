package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ScriptRemark returns what may surprise in how the term, if of another script or with
// umlauts is found, and what to write instead; "" for nothing.
func (t *Term) ScriptRemark() (remark, hint string) {
	last := t.Words[len(t.Words)-1]
	first, _ := utf8.DecodeRuneInString(last.Fold)
	n := utf8.RuneCountInString(last.Fold)
	if last.Rule == CaseExact {
		return "", ""
	}
	if name := unspaced(first); name != "" {
		return name + " is written without spaces between words: this is found within longer words too",
			`write a longer word, join it to another by NEAR, or put = before it if that is meant`
	}
	if t.Prefix {
		return "", ""
	}
	switch {
	case unicode.Is(unicode.Hangul, first) && n == 1:
		return "a word of one syllable is found alone, not with a particle behind it",
			"write " + either("="+last.Exact, last.Exact+"은", last.Exact+"이", last.Exact+"을", last.Exact+"의") + ", or a longer word"
	case unicode.Is(unicode.Arabic, first) && n < 4:
		return "a word of three letters is found alone and behind the article, not behind و ف ب ل ك alone",
			"write " + either("="+last.Exact, "ال"+last.Exact, "و"+last.Exact, "ب"+last.Exact, "ل"+last.Exact)
	case unicode.Is(unicode.Hebrew, first):
		return "letters that Hebrew writes before a word are not taken off: it is found alone only",
			"write " + either("="+last.Exact, "=ה"+last.Exact, "=ב"+last.Exact, "=ל"+last.Exact)
	}
	for _, w := range t.Words {
		if other := umlauts.Replace(w.Exact); other != w.Exact {
			return w.Exact + " is not found where it is written " + other, "write " + umlauts.Replace(t.Text) + ", which finds both"
		}
	}
	return "", ""
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue")

func either(words ...string) string { return "(" + strings.Join(words, " OR ") + ")" }

// unspaced names the script of r if it has words but no spaces between them.
func unspaced(r rune) string {
	switch {
	case unicode.Is(unicode.Thai, r):
		return "Thai"
	case unicode.Is(unicode.Lao, r):
		return "Lao"
	case unicode.Is(unicode.Khmer, r):
		return "Khmer"
	case unicode.Is(unicode.Myanmar, r):
		return "Burmese"
	}
	return ""
}
