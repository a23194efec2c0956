package trial

import (
	"strings"
	"unicode"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// Without returns q with a word or phrase excluded, or q as it is if it has a
// mistake.
func Without(q, word string) string {
	word = strings.TrimSpace(strings.NewReplacer(`"`, "", "\\", "").Replace(word))
	n, _, err := query.Parse(q)
	if err != nil || word == "" {
		return q
	}
	if strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		word = `"` + word + `"`
	}
	if n.Op == query.OpOr && !n.Group {
		q = "(" + strings.TrimSpace(q) + ")"
	}
	return strings.TrimSpace(q) + " -" + word
}

// wordsShown is how many words of a story are offered for exclusion.
const wordsShown = 12

// Telling returns the words of a text that tell it from others: none that is
// short or small, none twice, none of those to leave out.
func Telling(s string, leaveOut string) (out []string) {
	seen := map[string]bool{}
	for w := range strings.FieldsFuncSeq(leaveOut, apart) {
		seen[strings.ToLower(w)] = true
	}
	for w := range strings.FieldsFuncSeq(s, apart) {
		fold := strings.ToLower(w)
		if len([]rune(w)) < 4 && w != strings.ToUpper(w) || text.SmallWords[fold] || seen[fold] || len(w) < 2 || !unicode.IsLetter([]rune(w)[0]) {
			continue
		}
		seen[fold] = true
		if out = append(out, w); len(out) == wordsShown {
			break
		}
	}
	return out
}

// apart reports whether r stands between words.
func apart(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
