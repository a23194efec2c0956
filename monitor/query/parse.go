package query

import (
	"strings"
)

// Limits of a query. Real ones stay far below; hostile ones stop here.
const (
	maxQuery  = 1 << 20 // bytes
	maxDepth  = 100     // brackets within brackets
	maxNear   = 1000    // words
	maxRegex  = 1000    // bytes of a pattern
	maxPhrase = 100     // words
)

// A parser turns one query into nodes by recursive descent.
type parser struct {
	lexer
	tok   token
	depth int
	zone  zone
}

// parse reads a whole query. The notes are remarks on a query that is sound.
func parse(src string) (*node, []mistake, *mistake) {
	if len(src) > maxQuery {
		return nil, nil, wrong(-1, "split it into lists under entities", "query is longer than %d bytes", maxQuery)
	}
	p := &parser{lexer: lexer{src: src}, zone: anyZone}
	if err := p.advance(); err != nil {
		return nil, nil, err
	}
	if p.tok.kind == tokEnd {
		return nil, nil, wrong(-1, "write at least one term", "query is empty")
	}
	n, err := p.expr()
	if err != nil {
		return nil, nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, nil, p.unexpected()
	}
	return n, p.notes, nil
}

func (p *parser) advance() *mistake {
	t, err := p.lexer.next()
	p.tok = t
	return err
}

func (p *parser) unexpected() *mistake {
	t := p.tok
	switch t.kind {
	case tokEnd:
		return wrong(t.pos, "add a term", "query ends where a term should come")
	case tokClose:
		return wrong(t.pos, "remove it or open one before", "bracket is closed but was not opened")
	case tokComma:
		return wrong(t.pos, "commas belong into n OF (a, b, c)", "unexpected comma")
	case tokNear, tokBefore, tokSent:
		return wrong(t.pos, "write a "+p.src[t.pos:t.end]+" b", "%s needs a term on both sides", p.src[t.pos:t.end])
	case tokAnd, tokOr:
		return wrong(t.pos, `quote it if the word is meant`, "%s needs a term on both sides", p.src[t.pos:t.end])
	case tokOf:
		return wrong(t.pos, "write 2 OF (a, b, c)", "OF needs a number before it")
	case tokCmp:
		return wrong(t.pos, "compare age, published, amount or count(...)", "comparison without something to compare")
	}
	return wrong(t.pos, "", "unexpected %s", p.src[t.pos:t.end])
}

// expr reads items joined by AND, OR or nothing, all alike.
func (p *parser) expr() (*node, *mistake) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, wrong(p.tok.pos, "flatten it", "brackets are nested deeper than %d", maxDepth)
	}
	first, err := p.item()
	if err != nil {
		return nil, err
	}
	items, ops, at := []*node{first}, []op(nil), []int(nil)
	for {
		o, pos := opAnd, p.tok.pos
		switch p.tok.kind {
		case tokEnd, tokClose, tokComma:
			return p.join(items, ops, at)
		case tokOr, tokAnd:
			if p.tok.kind == tokOr {
				o = opOr
			}
			if err := p.advance(); err != nil {
				return nil, err
			}
		}
		n, err := p.item()
		if err != nil {
			return nil, err
		}
		items, ops, at = append(items, n), append(ops, o), append(at, pos)
	}
}

// join makes one node of the items of a level, or says how an ambiguous level
// can be read.
func (p *parser) join(items []*node, ops []op, at []int) (*node, *mistake) {
	if len(items) == 1 {
		return items[0], nil
	}
	for i, o := range ops {
		if o != ops[0] {
			a, b := p.readings(items, ops)
			return nil, wrong(at[i], "write "+a+" or "+b, "AND and OR at one level can be read in two ways: %s, or %s", a, b)
		}
	}
	n := &node{op: ops[0], pos: items[0].pos, end: items[len(items)-1].end}
	for _, k := range items {
		if k.op == n.op && !k.group {
			n.kids = append(n.kids, k.kids...)
		} else {
			n.kids = append(n.kids, k)
		}
	}
	return n, nil
}

// readings writes an ambiguous level with brackets round AND, and round OR.
func (p *parser) readings(items []*node, ops []op) (and, or string) {
	read := func(tight op) string {
		names := map[op]string{opAnd: " AND ", opOr: " OR "}
		var b strings.Builder
		for i, k := range items {
			if i > 0 {
				b.WriteString(names[ops[i-1]])
			}
			if i < len(ops) && ops[i] == tight && (i == 0 || ops[i-1] != tight) {
				b.WriteByte('(')
			}
			b.WriteString(p.src[k.pos:k.end])
			if i > 0 && ops[i-1] == tight && (i == len(ops) || ops[i] != tight) {
				b.WriteByte(')')
			}
		}
		return b.String()
	}
	return read(opAnd), read(opOr)
}

// item reads a term with its negation and its neighbours.
func (p *parser) item() (*node, *mistake) {
	if p.tok.kind != tokNot {
		return p.near()
	}
	pos := p.tok.pos
	if p.depth++; p.depth > maxDepth {
		return nil, wrong(pos, "flatten it", "negations are nested deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	if err := p.advance(); err != nil {
		return nil, err
	}
	k, err := p.item()
	if err != nil {
		return nil, err
	}
	return &node{op: opNot, kids: []*node{k}, pos: pos, end: k.end}, nil
}

// near reads terms joined by NEAR, BEFORE and SENT, from left to right.
func (p *parser) near() (*node, *mistake) {
	left, err := p.prim()
	if err != nil {
		return nil, err
	}
	for {
		o, n := opSent, p.tok.n
		switch p.tok.kind {
		case tokNear:
			o = opNear
		case tokBefore:
			o = opBefore
		case tokSent:
		default:
			return left, nil
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		right, err := p.prim()
		if err != nil {
			return nil, err
		}
		for _, k := range []*node{left, right} {
			if bad := notPlaced(k); bad != nil {
				return nil, wrong(bad.pos, "put it outside with AND", "%s has no place in the text, so nothing can be near it", p.src[bad.pos:bad.end])
			}
		}
		left = &node{op: o, n: n, kids: []*node{left, right}, pos: left.pos, end: right.end, label: p.src[left.pos:right.end]}
	}
}

// notPlaced returns a part of n that is not found at a place of the text.
func notPlaced(n *node) *node {
	switch n.op {
	case opNot, opAge, opPublished, opField, opCount, opOf:
		return n
	}
	for _, k := range n.kids {
		if bad := notPlaced(k); bad != nil {
			return bad
		}
	}
	return nil
}

// prim reads one term, bracket, field or function.
func (p *parser) prim() (*node, *mistake) {
	t := p.tok
	switch t.kind {
	case tokOpen:
		return p.bracket()
	case tokWord, tokString:
		return p.word()
	case tokRegex:
		return p.pattern()
	case tokEntity:
		return &node{op: opEntity, name: t.text, zone: p.zone, pos: t.pos, end: t.end}, p.advance()
	case tokField:
		return p.prefixed()
	case tokMeasure:
		return p.measure()
	case tokCount:
		return p.count()
	case tokNot:
		return nil, wrong(t.pos, "write a NEAR/5 b AND NOT c", "NOT cannot stand beside NEAR, BEFORE or SENT")
	}
	return nil, p.unexpected()
}

func (p *parser) bracket() (*node, *mistake) {
	open := p.tok.pos
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == tokClose {
		return nil, wrong(open, "write a term between them", "empty brackets")
	}
	n, err := p.expr()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokClose {
		if p.tok.kind == tokEnd {
			return nil, wrong(open, "close it with )", "bracket is not closed")
		}
		return nil, p.unexpected()
	}
	n.pos, n.end, n.group = open, p.tok.end, true
	return n, p.advance()
}
