package match

import (
	"fmt"
	"slices"
	"sort"
	"strconv"

	"newswatch/monitor/query"
)

// pairOp is what NEAR, BEFORE and SENT have in common: two children that are
// found near each other.
type pairOp struct {
	ordered  bool // the left child comes first
	sentence bool // within a sentence, not within n words
}

// resolve moves AND out of the pair: a NEAR/5 (b AND c) asks for both.
func (pairOp) resolve(c *compiler, n *query.Node) (*query.Node, *query.Mistake) {
	n, err := branch{}.resolve(c, n)
	if err != nil {
		return nil, err
	}
	return distribute(n, n.Kids[0], n.Kids[1]), nil
}

// distribute makes a tree of pairs like n of all that a and b hold.
func distribute(n, a, b *query.Node) *query.Node {
	split := func(kids []*query.Node, join query.Op, pair func(k *query.Node) (x, y *query.Node)) *query.Node {
		out := &query.Node{Op: join, Pos: n.Pos, End: n.End, Group: true}
		for _, k := range kids {
			x, y := pair(k)
			out.Kids = append(out.Kids, distribute(n, x, y))
		}
		return out
	}
	switch {
	case a.Op == query.OpAnd || a.Op == query.OpOr && holdsAnd(a):
		return split(a.Kids, a.Op, func(k *query.Node) (*query.Node, *query.Node) { return k, b })
	case b.Op == query.OpAnd || b.Op == query.OpOr && holdsAnd(b):
		return split(b.Kids, b.Op, func(k *query.Node) (*query.Node, *query.Node) { return a, k })
	}
	return &query.Node{Op: n.Op, N: n.N, Kids: []*query.Node{a, b}, Pos: n.Pos, End: n.End, Group: n.Group, Label: n.Label}
}

func holdsAnd(n *query.Node) bool {
	return slices.ContainsFunc(n.Kids, func(k *query.Node) bool { return k.Op == query.OpAnd || k.Op == query.OpOr && holdsAnd(k) })
}

func (pairOp) required(_ *compiler, n *query.Node) requirement {
	return requirement{kind: requiresAll, of: n.Kids}
}

func (pairOp) emit(c *compiler, n *query.Node, in *instruction) {
	in.arg = uint32(len(c.set.pairs))
	c.set.pairs = append(c.set.pairs, n.Label)
}

// eval returns the best verdict of a pair.
func (p pairOp) eval(m *matcher, pc uint32, in *instruction) Verdict {
	if m.eval(pc+1) == None || m.eval(m.set.code[pc+1].end) == None {
		return None // cheaper than collecting hits
	}
	base := len(m.hits)
	v := p.hits(m, pc, true)
	m.hits = m.hits[:base]
	return v
}

func (p pairOp) find(m *matcher, pc uint32, _ *instruction) { p.hits(m, pc, false) }

// maxPairs bounds the pairs a NEAR hands to the NEAR around it.
const maxPairs = 4096

// findSides pushes the hits of both children and returns where those of the
// second begin.
func (m *matcher) findSides(pc uint32) (mid int) {
	m.find(pc + 1)
	mid = len(m.hits)
	m.find(m.set.code[pc+1].end)
	return mid
}

// hits replaces the hits of the two children by the pairs that are near,
// and returns the best verdict. With first it may stop at a strong pair.
func (p pairOp) hits(m *matcher, pc uint32, first bool) Verdict {
	base := len(m.hits)
	mid := m.findSides(pc)
	end := len(m.hits)
	slices.SortFunc(m.hits[base:mid], byPlace)
	slices.SortFunc(m.hits[mid:end], byPlace)
	best := p.pairs(m, pc, m.hits[base:mid], mid, end, first)
	if !p.ordered && !(first && best == Strong) {
		best = max(best, p.pairs(m, pc, m.hits[mid:end], base, mid, first))
	}
	n := copy(m.hits[base:], m.hits[end:])
	m.hits = m.hits[:base+n]
	return best
}

// pairs pushes the pairs of one of list with a hit in [from, to) behind it.
func (p pairOp) pairs(m *matcher, pc uint32, list []hit, from, to int, first bool) Verdict {
	best, pushed := None, len(m.hits)
	for _, a := range list {
		best = max(best, p.pairsOf(m, pc, a, from, to))
		if first && best == Strong || len(m.hits)-pushed > maxPairs {
			break
		}
	}
	return best
}

// pairsOf pushes the pairs of a with hits in [from, to) that begin behind it
// and near enough.
func (p pairOp) pairsOf(m *matcher, pc uint32, a hit, from, to int) Verdict {
	limit, pushed := p.reach(m, pc, a), len(m.hits)
	i := from + sort.Search(to-from, func(i int) bool { return m.hits[from+i].start > a.end })
	best := None
	for ; i < to && m.hits[i].start <= limit; i++ {
		b := m.hits[i]
		v := min(a.v, b.v)
		best = max(best, v)
		m.hits = append(m.hits, hit{start: a.start, end: max(a.end, b.end), v: v, pc: pc})
		if best == Strong && len(m.hits)-pushed > maxPairs {
			break
		}
	}
	return best
}

// reach returns the last word at which what is near hit a may begin.
func (p pairOp) reach(m *matcher, pc uint32, a hit) int32 {
	if p.sentence {
		return m.sentenceEnd(a.end)
	}
	return min(a.end+int32(m.set.code[pc].n), m.zoneAt[m.textOf(a.start)+1]-1)
}

// prove adds the two sides of the nearest pair.
func (p pairOp) prove(m *matcher, pc uint32, _ *instruction, _ Verdict) {
	base := len(m.hits)
	best := p.hits(m, pc, false)
	var pair hit
	found := false
	for _, h := range m.hits[base:] {
		if h.v == best && (!found || h.end-h.start < pair.end-pair.start) {
			pair, found = h, true
		}
	}
	m.hits = m.hits[:base]
	if !found {
		return
	}
	mid := m.findSides(pc)
	a, b := m.hits[base:mid], m.hits[mid:]
	left, right, ok := p.sides(m, pc, pair, a, b)
	apart := right.start - left.end
	if !ok {
		right, left, _ = p.sides(m, pc, pair, b, a)
		apart = left.start - right.end
	}
	p.proveSide(m, pc, left, apart)
	p.proveSide(m, pc, right, apart)
	m.hits = m.hits[:base]
}

// sides returns the hits of a and b, one behind the other, that make a pair:
// of several the nearest.
func (p pairOp) sides(m *matcher, pc uint32, pair hit, a, b []hit) (left, right hit, ok bool) {
	for _, x := range a {
		if x.start != pair.start {
			continue
		}
		limit := p.reach(m, pc, x)
		for _, y := range b {
			if x.end < y.start && y.start <= limit && max(x.end, y.end) == pair.end && min(x.v, y.v) == pair.v &&
				(!ok || y.start-x.end < right.start-left.end) {
				left, right, ok = x, y, true
			}
		}
	}
	return left, right, ok
}

// proveSide adds a hit of a NEAR.
func (p pairOp) proveSide(m *matcher, pc uint32, h hit, apart int32) {
	if len(m.evidence)-m.from >= maxEvidence {
		return
	}
	strength := "strong"
	if h.v == Weak {
		strength = "weak"
	}
	why := strconv.Itoa(int(apart)) + " words from one to the other"
	switch {
	case p.sentence:
		why = "in one sentence"
	case apart == 1:
		why = "beside one another"
	}
	if in := &m.set.code[h.pc]; in.op == query.OpEntity {
		why = m.whyMention(in.arg, h) + "; " + why
	}
	m.add(h.start, h.end, m.set.pairs[m.set.code[pc].arg], strength, why)
}

// note says how far the two sides are from each other.
func (p pairOp) note(m *matcher, pc uint32, _ *instruction, v Verdict) string {
	if m.eval(pc+1) == None || m.eval(m.set.code[pc+1].end) == None {
		return "a side is missing"
	}
	if v != None {
		return ""
	}
	base := len(m.hits)
	mid := m.findSides(pc)
	best := int32(-1)
	for _, a := range m.hits[base:min(mid, base+maxEvidence)] {
		for _, b := range m.hits[mid:min(len(m.hits), mid+maxEvidence)] {
			if d := max(b.start-a.end, a.start-b.end); m.textOf(a.start) == m.textOf(b.start) && d > 0 && (best < 0 || d < best) {
				best = d
			}
		}
	}
	m.hits = m.hits[:base]
	switch {
	case best < 0:
		return "the sides stand in different texts"
	case p.sentence:
		return "not in one sentence"
	}
	return fmt.Sprintf("the nearest are %d words apart", best)
}
