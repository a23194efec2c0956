package query

import (
	"strings"

	"newswatch/monitor/text"
)

// mixed says how to mend a double quote at pos that is not closed, and perhaps
// belongs to a single one.
func (l *lexer) mixed(pos, behind int) string {
	const double = `close it with "`
	if i := strings.LastIndexByte(l.src[behind:], '\''); i > 0 && !startsWord(l.src[behind+i+1:]) {
		return `it ends with ': ` + double
	}
	for i := pos - 1; i >= 0; i-- {
		if l.src[i] == '\'' && (i == 0 || l.src[i-1] == ' ' || l.src[i-1] == '(') {
			return `the phrase begins with ': write "` + l.src[i+1:pos] + `"`
		}
	}
	return double
}

// startsWord reports whether s begins with a letter or digit.
func startsWord(s string) bool { return s != "" && (text.IsLetter(s[0]) || text.IsDigit(s[0])) }

// singleQuoted refuses several words in single quotes at pos: they would be
// looked for one by one.
func (l *lexer) singleQuoted(pos int) *Mistake {
	behind, ok := strings.CutPrefix(l.src[pos:], "'")
	if !ok {
		return nil
	}
	phrase, rest, ok := strings.Cut(behind, "'")
	if !ok || startsWord(rest) || strings.HasSuffix(phrase, " ") || !strings.Contains(phrase, " ") || strings.ContainsAny(phrase, `"()`) {
		return nil
	}
	return Errorf(pos, `write "`+phrase+`"`, "single quotes make no phrase")
}

// lookAround is how many bytes before and behind a sum are looked at.
const lookAround = 20

// noteSum remarks on a sum that is written as a word: over $1M.
func (l *lexer) noteSum(pos int, word string) {
	sum := strings.TrimLeft(word, "$€£¥₹")
	if sum == word || sum == "" || !text.IsDigit(sum[0]) {
		return
	}
	behind, _ := strings.CutPrefix(l.src[l.at:min(l.at+lookAround, len(l.src))], " ")
	scale, _, _ := strings.Cut(behind, " ")
	if _, ok := text.ReadAmount(sum + scale); ok && scale != "" && !text.IsDigit(scale[0]) { // $30 million
		word, sum = word+" "+scale, sum+scale
	}
	if _, ok := text.ReadAmount(sum); !ok {
		return
	}
	rel := ">="
	before := strings.ToLower(strings.TrimSpace(l.src[max(pos-lookAround, 0):pos]))
	for _, less := range []string{"under", "below", "less than", "up to", "at most"} {
		if strings.HasSuffix(before, less) {
			rel = "<"
		}
	}
	l.notes = append(l.notes, *Errorf(pos, "write amount"+rel+sum+" for sums of that size", "%q is looked for as text", word))
}
