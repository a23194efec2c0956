package match

import "newswatch/monitor/text"

// A patternScan is the atoms that are regular expressions.
type patternScan struct {
	literals text.Literals // of those with a literal: run where it occurs
	all      []uint32
	bare     []uint32 // those without a literal: run on every text
}

// forwardPattern makes a pattern look for itself in every document, by its
// literal if it has one.
func (x *indexer) forwardPattern(id uint32) {
	s := x.set
	if s.scan == nil {
		s.scan = &patternScan{}
	}
	s.scan.all = append(s.scan.all, id)
	if lit := s.regexes[s.atoms[id].first].literal; lit != "" {
		s.scan.literals.Add(lit, id)
	} else {
		s.scan.bare = append(s.scan.bare, id)
	}
}
