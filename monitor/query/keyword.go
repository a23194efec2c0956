package query

import (
	"fmt"
	"strings"

	"newswatch/monitor/text"
)

// IsFieldName reports whether s looks like the name of a field and is not the
// beginning of an address.
func IsFieldName(s string) bool {
	for i := range len(s) {
		if !text.IsLetter(s[i]) && s[i] != '_' {
			return false
		}
	}
	return s != ""
}

// operator turns a word that is an operator into one.
func (l *lexer) operator(t token) (token, *Mistake) {
	name, num, slash := strings.Cut(t.text, "/")
	switch {
	case t.text == "AND" || t.text == "&&" || t.text == "&":
		t.kind = tokAnd
	case t.text == "OR" || t.text == "||" || t.text == "|":
		t.kind = tokOr
	case t.text == "NOT":
		t.kind = tokNot
	case t.text == "SENT":
		t.kind = tokSent
	case t.text == "OF":
		t.kind = tokOf
	case name == "NEAR" || name == "BEFORE":
		t.kind = tokNear
		if name == "BEFORE" {
			t.kind = tokBefore
		}
		n, ok := SmallNumber(num)
		if !slash || !ok || n < 1 || n > MaxNear {
			return t, Errorf(t.pos, "write "+name+"/10", "%s needs a number of words between 1 and %d", name, MaxNear)
		}
		t.n = n
	case measures[strings.ToLower(t.text)] != 0 && l.comes("<>="):
		t.kind, t.text = tokMeasure, strings.ToLower(t.text)
	case strings.EqualFold(t.text, "count") && l.comes("("):
		t.kind = tokCount
	case t.text == "and" || t.text == "or" || t.text == "not" || t.text == "near" || t.text == "And" || t.text == "Or" || t.text == "Not":
		up := strings.ToUpper(t.text)
		l.notes = append(l.notes, *Errorf(t.pos, fmt.Sprintf("write %s for the operator, %q for the word", up, t.text),
			"%q is read as a word to look for: operators are written in capitals", t.text))
	case slash && distances[strings.ToLower(name)] != "":
		if _, ok := SmallNumber(num); ok {
			l.notes = append(l.notes, *Errorf(t.pos, fmt.Sprintf("write %s/%s for the operator, %q for the words", distances[strings.ToLower(name)], num, t.text),
				"%q is read as words to look for, not as a distance", t.text))
		}
	}
	return t, nil
}

// distances are what people write for NEAR and BEFORE, who use other tools or
// small letters.
var distances = map[string]string{
	"near": "NEAR", "w": "NEAR", "within": "NEAR", "around": "NEAR", "n": "NEAR", "adj": "BEFORE", "onear": "BEFORE", "pre": "BEFORE", "before": "BEFORE",
}

// comes reports whether one of the bytes of set comes next.
func (l *lexer) comes(set string) bool {
	rest := strings.TrimLeft(l.src[l.at:], " \t")
	return rest != "" && strings.IndexByte(set, rest[0]) >= 0
}
