package query

import (
	"strings"

	"newswatch/monitor/text"
)

// ParseTerm reads one entry of a list: a term as in a query, or several words
// without quotes, which are a phrase.
func ParseTerm(entry string) (*Node, []Mistake, *Mistake) {
	p := &parser{lexer: lexer{src: entry}, zone: text.AnyZone}
	if err := p.advance(); err != nil {
		return nil, p.notes, err
	}
	single := p.tok.end == len(strings.TrimRight(entry, " \t\n"))
	switch p.tok.kind {
	case tokEntity, tokRegex, tokString:
		if single {
			n, err := p.prim()
			return n, p.notes, err
		}
	case tokWord:
		if p.tok.style != AsWritten && single {
			n, err := p.prim()
			return n, p.notes, err
		}
	}
	t := NewTerm(strings.TrimSpace(entry), AsWritten)
	if err := t.Check(0); err != nil {
		return nil, nil, err
	}
	return &Node{Op: OpTerm, Term: t, Zone: text.AnyZone, End: len(entry)}, listNotes(entry), nil
}

// listNotes remarks on operators in a list entry, where they are plain words.
func listNotes(entry string) []Mistake {
	for w := range strings.FieldsSeq(entry) {
		if w == "AND" || w == "OR" || w == "NOT" || strings.HasPrefix(w, "NEAR/") || strings.HasPrefix(w, "BEFORE/") {
			return []Mistake{*Errorf(strings.Index(entry, w), "put queries into watches", "%s is read as a word: a list holds terms, not queries", w)}
		}
	}
	return nil
}
