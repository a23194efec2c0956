package query

import (
	"strings"
	"unicode"
)

// wordsOf cuts the text of a term into words with their case rules. In a
// phrase case counts for acronyms only.
func wordsOf(s string) []word {
	var sc scanner
	sc.reset(s)
	out := make([]word, 0, 2)
	for sc.next() {
		raw := s[sc.start:sc.end]
		letters := 0
		for _, r := range raw {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		fold := raw // most words of queries are folded already
		if b := sc.bytes(); string(b) != raw {
			fold = string(b)
		}
		out = append(out, word{fold: fold, rule: ruleOf(sc.class, letters), exact: raw})
	}
	for i := range out {
		if len(out) > 1 && out[i].rule == caseInitial {
			out[i].rule = caseAny
		}
	}
	return out
}

// A style says how the letters of a term are to be compared.
type style uint8

const (
	smart  style = iota // as written, see ruleOf
	exact               // =word
	nocase              // ~word
)

// newTerm makes a term of the text between quotes or of a bare word; a star
// at its end makes it a prefix. words is empty if text has no letter or digit.
func newTerm(text string, how style) *term {
	t := &term{text: text}
	body := strings.TrimSpace(text)
	if s, ok := strings.CutSuffix(body, "*"); ok {
		t.prefix, body = true, s
	}
	t.words = wordsOf(body)
	for i := range t.words {
		switch w := &t.words[i]; how {
		case exact:
			w.rule = caseExact
		case nocase:
			w.rule = caseAny
		}
	}
	return t
}

// plurals returns which plurals a text may have for w: with an s, and another,
// "" if there is none. A plural in a query stands for itself only; adding an s
// to it makes a word nobody writes, so that needs no test; but "us" is not one
// of several uses.
func (w word) plurals() (s bool, other string) {
	n := len(w.fold)
	if w.rule == caseExact || n < 2 || !isLetter(w.fold[n-1]) {
		return false, ""
	}
	s = takesS(w.fold[n-1])
	switch last := w.fold[n-1]; {
	case w.rule == caseUpper, n == 2 && last == 's':
	case last == 'y' && !strings.ContainsRune("aeiou", rune(w.fold[n-2])):
		other = w.fold[:n-1] + "ies"
	case last == 'o' || sibilant(w.fold):
		other = w.fold + "es"
	}
	return s, other
}

func sibilant(w string) bool {
	switch w[len(w)-1] {
	case 's', 'x', 'z':
		return true
	}
	return strings.HasSuffix(w, "ch") || strings.HasSuffix(w, "sh")
}
