package query

import (
	"strings"
	"unicode"

	"newswatch/monitor/text"
)

// WordsOf cuts the text of a term into words with their case rules. In a
// phrase case counts for acronyms only.
func WordsOf(s string) []Word {
	var sc text.Scanner
	sc.Reset(s)
	out := make([]Word, 0, 2)
	for sc.Next() {
		raw := s[sc.Start:sc.End]
		letters := 0
		for _, r := range raw {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		fold := raw // most words of queries are folded already
		if b := sc.Bytes(); string(b) != raw {
			fold = string(b)
		}
		out = append(out, Word{Fold: fold, Rule: ruleOf(sc.Class, letters), Exact: raw})
	}
	for i := range out {
		if len(out) > 1 && out[i].Rule == CaseInitial {
			out[i].Rule = CaseAny
		}
	}
	return out
}

// Significant returns the folded words of a name without the small ones.
func Significant(name string) []string {
	var out []string
	for _, w := range WordsOf(name) {
		if !text.SmallWords[w.Fold] {
			out = append(out, w.Fold)
		}
	}
	return out
}

// A style says how the letters of a term are to be compared.
type style uint8

const (
	AsWritten style = iota // as written, see ruleOf
	exact                  // =word
	nocase                 // ~word
)

// NewTerm makes a term of the text between quotes or of a bare word; a star
// at its end makes it a prefix. words is empty if text has no letter or digit.
func NewTerm(text string, how style) *Term {
	t := &Term{Text: text}
	body := strings.TrimSpace(text)
	if s, ok := strings.CutSuffix(body, "*"); ok {
		t.Prefix, body = true, s
	}
	t.Words = WordsOf(body)
	for i := range t.Words {
		switch w := &t.Words[i]; how {
		case exact:
			w.Rule = CaseExact
		case nocase:
			w.Rule = CaseAny
		}
	}
	return t
}

// Plurals returns which plurals a text may have for w: with an s, and another,
// "" if there is none. A plural in a query stands for itself only; adding an s
// to it makes a word nobody writes, so that needs no test; but "us" is not one
// of several uses.
func (w Word) Plurals() (s bool, other string) {
	n := len(w.Fold)
	if w.Rule == CaseExact || n < 2 || !text.IsLetter(w.Fold[n-1]) {
		return false, ""
	}
	s = text.TakesS(w.Fold[n-1])
	switch last := w.Fold[n-1]; {
	case w.Rule == CaseUpper, n == 2 && last == 's':
	case last == 'y' && !strings.ContainsRune("aeiou", rune(w.Fold[n-2])):
		other = w.Fold[:n-1] + "ies"
	case strings.HasSuffix(w.Fold, "cao"): // detenção, detenções
		other = w.Fold[:n-2] + "oes"
	case last == 'o' || sibilant(w.Fold) || strings.HasSuffix(w.Fold, "cion"): // detención, detenciones
		other = w.Fold + "es"
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
