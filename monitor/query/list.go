package query

import "strings"

// parseTerm reads one entry of a list: a term as in a query, or several words
// without quotes, which are a phrase.
func parseTerm(entry string) (*node, []mistake, *mistake) {
	p := &parser{lexer: lexer{src: entry}, zone: anyZone}
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
		if p.tok.style != smart && single {
			n, err := p.prim()
			return n, p.notes, err
		}
	}
	t := newTerm(strings.TrimSpace(entry), smart)
	if err := t.check(0); err != nil {
		return nil, nil, err
	}
	return &node{op: opTerm, term: t, zone: anyZone, end: len(entry)}, listNotes(entry), nil
}

// listNotes remarks on operators in a list entry, where they are plain words.
func listNotes(entry string) []mistake {
	for w := range strings.FieldsSeq(entry) {
		if w == "AND" || w == "OR" || w == "NOT" || strings.HasPrefix(w, "NEAR/") || strings.HasPrefix(w, "BEFORE/") {
			return []mistake{*wrong(strings.Index(entry, w), "put queries into watches", "%s is read as a word: a list holds terms, not queries", w)}
		}
	}
	return nil
}
