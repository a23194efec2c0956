package match

import "newswatch/monitor/query"

// MatchAll is Match with the rules besides that hold for nothing but name an
// entity whose mentions in the document were rejected or void: their verdict
// is None, and the evidence says why.
func (s *Set) MatchAll(d *Doc) []Match {
	m := s.pool.Get().(*matcher)
	defer m.release()
	m.read(d)
	var out []Match
	m.evidence, m.shown = m.evidence[:0], m.shown[:0]
	for r := range s.rules {
		ru := &s.rules[r]
		if int(ru.from) >= len(s.code) || !m.reads(ru.feeds) { // len: a query with a mistake
			continue
		}
		switch v := m.eval(ru.from); {
		case v != None:
			out = append(out, Match{})
			m.explain(&out[len(out)-1], &judged{pick: pick(ru.from << 1), rule: uint32(r), name: ru.name, first: s.code[ru.from], v: v})
		case ru.named:
			m.from = len(m.evidence)
			m.doubts(ru.from)
			if len(m.evidence) > m.from {
				no := Match{Rule: r, Watch: s.text(ru.name), Evidence: m.evidence[m.from:]}
				m.showSentence(&no)
				out = append(out, no)
			}
		}
	}
	m.handOver(out)
	return out
}

// doubts gathers the rejected and void mentions of a program's entities.
func (m *matcher) doubts(pc uint32) {
	for k := pc; k < m.set.code[pc].end; k++ {
		in := &m.set.code[k]
		if in.op != query.OpEntity {
			continue
		}
		list := m.entity(in.arg)
		for i := range list {
			if c := &list[i]; c.v == None && m.tokens[c.start].mask&spread(0xf, in.zone) != 0 && len(m.evidence)-m.from < maxEvidence {
				m.add(c.start, c.end, m.set.text(in.label), "rejected", m.why(c))
			}
		}
	}
}
