package match

import "newswatch/monitor/text"

// showSentence sets the sentence of a match, in original text, cut to a
// readable length at words: the one in which the most clauses of the query are
// met, of several the first, but one of an article before the headline, which
// readers have seen.
func (m *prover) showSentence(out *Match) {
	z, s := m.tellingSentence(out)
	if s == nil {
		out.Sentence, _ = text.Clip(m.doc.Title, text.Tidy(m.doc.Title), nil)
		return
	}
	from := len(m.shown)
	for i := range out.Evidence {
		if o := &out.Evidence[i]; o.Strength != "rejected" && liesIn(o, z, s) {
			m.shown = append(m.shown, text.Range{Start: o.Start - s.start, End: o.End - s.start})
		}
	}
	out.Sentence, out.Hits = text.Clip(m.texts[z][s.start:s.end], m.tidy(z, s), text.MergeRanges(m.shown[from:]))
	m.shown = m.shown[:from+len(out.Hits)]
}

// tellingSentence returns the sentence to show and the zone it is in, nil if no
// evidence stands in a text.
func (m *prover) tellingSentence(out *Match) (zone int, best *sentence) {
	if at := m.firstWord[m.from:]; len(out.Evidence) == 1 && at[0] != nowhere {
		return m.textOf(at[0]), m.sentenceOf(at[0])
	}
	most := -1
	for i := range out.Evidence {
		e, at := &out.Evidence[i], m.firstWord[m.from+i]
		if at == nowhere || most >= 0 && (e.Strength != out.Verdict.String() || liesIn(e, zone, best)) {
			continue
		}
		z, s := m.textOf(at), m.sentenceOf(at)
		n := clauses(out.Evidence[i:], z, s, out.Verdict.String())
		if n > most || n == most && zone == 0 && z == 2 && m.doc.Origin == OfArticle {
			zone, best, most = z, s, n
		}
	}
	return zone, best
}

// clauses counts the clauses that evidence of a strength meets in a sentence.
func clauses(evidence []Evidence, zone int, s *sentence, strength string) (n int) {
	counts := func(e *Evidence) bool { return e.Strength == strength && liesIn(e, zone, s) }
next:
	for i := range evidence {
		e := &evidence[i]
		if !counts(e) {
			continue
		}
		for k := range evidence[:i] {
			if o := &evidence[k]; o.Clause == e.Clause && counts(o) {
				continue next
			}
		}
		n++
	}
	return n
}

// liesIn reports whether a hit lies in a sentence of a zone.
func liesIn(e *Evidence, zone int, s *sentence) bool {
	return e.Zone == zoneNames[zone] && e.Start >= s.start && e.End <= s.end
}
