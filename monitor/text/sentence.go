package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// RunsOn reports whether what stands between two words cannot end a sentence. A
// line break alone does not: the text may be wrapped.
func RunsOn(gap string) bool {
	for i := range len(gap) {
		if ends[gap[i]] {
			return strings.TrimLeft(gap, ",;") == "\n"
		}
	}
	return true
}

// ends are the bytes that may end a sentence or begin a rune that may.
var ends = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= utf8.RuneSelf || strings.IndexByte(".!?\n", byte(c)) >= 0
	}
	return t
}()

// abbreviations end with a dot that does not end a sentence.
var abbreviations = map[string]bool{
	"mr": true, "mrs": true, "ms": true, "dr": true, "prof": true, "st": true, "vs": true, "gen": true, "gov": true,
	"sen": true, "rep": true, "lt": true, "col": true, "sgt": true, "capt": true, "jr": true, "sr": true, "inc": true,
	"corp": true, "co": true, "ltd": true, "no": true, "nos": true, "fig": true, "al": true, "dept": true, "est": true,
	"approx": true, "jan": true, "feb": true, "mar": true, "apr": true, "aug": true, "sept": true, "sep": true,
	"oct": true, "nov": true, "dec": true, "rev": true, "hon": true, "pp": true, "art": true, "sec": true, "ft": true, "mt": true, "ave": true, "blvd": true,
	"mio": true, "mrd": true, "mln": true, "mds": true, "bzw": true, "nr": true, "ee": true, "sra": true,
}

// longestAbbreviation is the length of the longest of abbreviations.
const longestAbbreviation = 6

// openers begin a sentence even behind initials: "in the U.S. The agency".
var openers = map[string]bool{
	"The": true, "A": true, "An": true, "It": true, "In": true, "He": true, "She": true, "They": true, "We": true,
	"But": true, "And": true, "This": true, "That": true, "These": true, "At": true, "On": true, "For": true, "His": true,
}

// SentenceBreak returns the byte where a sentence ends between the word
// text[from:a] and the next, which begins at b; 0 if none ends there.
func SentenceBreak(text string, from, a, b int) int {
	gap := text[a:b]
	if i := strings.IndexByte(gap, '\n'); i >= 0 {
		return a + i + 1
	}
	dotted := a > from && text[a-1] == '.'
	i := strings.IndexAny(gap, ".!?…。！？")
	if i < 0 && !dotted {
		return 0
	}
	stop := a
	mark := '.'
	if i >= 0 {
		r, n := utf8.DecodeRuneInString(gap[i:])
		stop, mark = a+i+n, r
	}
	for stop < b { // more marks, closing quotes and brackets belong to it
		r, n := utf8.DecodeRuneInString(text[stop:])
		if !strings.ContainsRune(`.!?…"'”’»)]`, r) {
			break
		}
		stop += n
	}
	if mark >= 0x3000 {
		return stop
	}
	next, _ := utf8.DecodeRuneInString(text[b:])
	if stop == b || !unicode.IsSpace(rune(text[stop])) && !strings.HasPrefix(text[stop:], "\u00a0") || unicode.IsLower(next) {
		return 0
	}
	word := text[from:a]
	if mark == '.' && (dotted || len(word) == 1 && IsUpper(word[0])) && !openers[firstWord(text[b:])] {
		return 0
	}
	if mark == '.' && len(word) <= longestAbbreviation && abbreviations[strings.ToLower(word)] {
		return 0
	}
	return stop
}

func firstWord(s string) string {
	n := 0
	for n < len(s) && n < 8 && IsLetter(s[n]) {
		n++
	}
	return s[:n]
}
