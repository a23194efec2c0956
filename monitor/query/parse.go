package query

import (
	"strings"

	"newswatch/monitor/text"
)

// Limits of a query. Real ones stay far below; hostile ones stop here.
const (
	maxQuery  = 1 << 20 // bytes
	MaxDepth  = 100     // brackets within brackets
	MaxNear   = 1000    // words
	maxRegex  = 1000    // bytes of a pattern
	MaxPhrase = 100     // words
)

// A parser turns one query into nodes by recursive descent.
type parser struct {
	lexer
	tok   token
	depth int
	zone  text.Zone
}

// Parse reads a whole query. The notes are remarks on a query that is sound.
func Parse(src string) (*Node, []Mistake, *Mistake) {
	if len(src) > maxQuery {
		return nil, nil, Errorf(-1, "split it into lists under entities", "query is longer than %d bytes", maxQuery)
	}
	p := &parser{lexer: lexer{src: src}, zone: text.AnyZone}
	if err := p.advance(); err != nil {
		return nil, nil, err
	}
	if p.tok.kind == tokEnd {
		return nil, nil, Errorf(-1, "write at least one term", "query is empty")
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

func (p *parser) advance() *Mistake {
	t, err := p.lexer.next()
	p.tok = t
	return err
}

func (p *parser) unexpected() *Mistake {
	t := p.tok
	switch t.kind {
	case tokEnd:
		return Errorf(t.pos, "add a term", "query ends where a term should come")
	case tokClose:
		return Errorf(t.pos, "remove it or open one before", "bracket is closed but was not opened")
	case tokComma:
		return Errorf(t.pos, "commas belong into n OF (a, b, c)", "unexpected comma")
	case tokNear, tokBefore, tokSent:
		return Errorf(t.pos, "write a "+p.src[t.pos:t.end]+" b", "%s needs a term on both sides", p.src[t.pos:t.end])
	case tokAnd, tokOr:
		return Errorf(t.pos, `quote it if the word is meant`, "%s needs a term on both sides", p.src[t.pos:t.end])
	case tokOf:
		return Errorf(t.pos, "write 2 OF (a, b, c)", "OF needs a number before it")
	case tokCmp:
		return Errorf(t.pos, "compare age, published, amount or count(...)", "comparison without something to compare")
	}
	return Errorf(t.pos, "", "unexpected %s", p.src[t.pos:t.end])
}

// expr reads items joined by AND, OR or nothing, all alike.
func (p *parser) expr() (*Node, *Mistake) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > MaxDepth {
		return nil, Errorf(p.tok.pos, "flatten it", "brackets are nested deeper than %d", MaxDepth)
	}
	first, err := p.item()
	if err != nil {
		return nil, err
	}
	items, ops, at := []*Node{first}, []Op(nil), []int(nil)
	for {
		o, pos := OpAnd, p.tok.pos
		switch p.tok.kind {
		case tokEnd, tokClose, tokComma:
			return p.join(items, ops, at)
		case tokOr, tokAnd:
			if p.tok.kind == tokOr {
				o = OpOr
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
func (p *parser) join(items []*Node, ops []Op, at []int) (*Node, *Mistake) {
	if len(items) == 1 {
		return items[0], nil
	}
	for i, o := range ops {
		if o != ops[0] {
			a, b := p.readings(items, ops)
			return nil, Errorf(at[i], "write "+a+" or "+b, "AND and OR at one level can be read in two ways: %s, or %s", a, b)
		}
	}
	n := &Node{Op: ops[0], Pos: items[0].Pos, End: items[len(items)-1].End}
	for _, k := range items {
		if k.Op == n.Op && !k.Group {
			n.Kids = append(n.Kids, k.Kids...)
		} else {
			n.Kids = append(n.Kids, k)
		}
	}
	return n, nil
}

// readings writes an ambiguous level with brackets round AND, and round OR.
func (p *parser) readings(items []*Node, ops []Op) (and, or string) {
	read := func(tight Op) string {
		names := map[Op]string{OpAnd: " AND ", OpOr: " OR "}
		var b strings.Builder
		for i, k := range items {
			if i > 0 {
				b.WriteString(names[ops[i-1]])
			}
			if i < len(ops) && ops[i] == tight && (i == 0 || ops[i-1] != tight) {
				b.WriteByte('(')
			}
			b.WriteString(p.src[k.Pos:k.End])
			if i > 0 && ops[i-1] == tight && (i == len(ops) || ops[i] != tight) {
				b.WriteByte(')')
			}
		}
		return b.String()
	}
	return read(OpAnd), read(OpOr)
}

// item reads a term with its negation and its neighbours.
func (p *parser) item() (*Node, *Mistake) {
	if p.tok.kind != tokNot {
		return p.near()
	}
	pos := p.tok.pos
	if p.depth++; p.depth > MaxDepth {
		return nil, Errorf(pos, "flatten it", "negations are nested deeper than %d", MaxDepth)
	}
	defer func() { p.depth-- }()
	if err := p.advance(); err != nil {
		return nil, err
	}
	k, err := p.item()
	if err != nil {
		return nil, err
	}
	return &Node{Op: OpNot, Kids: []*Node{k}, Pos: pos, End: k.End}, nil
}

// near reads terms joined by NEAR, BEFORE and SENT, from left to right.
func (p *parser) near() (*Node, *Mistake) {
	left, err := p.prim()
	if err != nil {
		return nil, err
	}
	for {
		o, n := OpSent, p.tok.n
		switch p.tok.kind {
		case tokNear:
			o = OpNear
		case tokBefore:
			o = OpBefore
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
		for _, k := range []*Node{left, right} {
			if bad := notPlaced(k); bad != nil {
				return nil, Errorf(bad.Pos, "put it outside with AND", "%s has no place in the text, so nothing can be near it", p.src[bad.Pos:bad.End])
			}
		}
		left = &Node{Op: o, N: n, Kids: []*Node{left, right}, Pos: left.Pos, End: right.End, Label: p.src[left.Pos:right.End]}
	}
}

// prim reads one term, bracket, field or function.
func (p *parser) prim() (*Node, *Mistake) {
	t := p.tok
	switch t.kind {
	case tokOpen:
		return p.bracket()
	case tokWord, tokString:
		return p.word()
	case tokRegex:
		return p.pattern()
	case tokEntity:
		return &Node{Op: OpEntity, Name: t.text, Zone: p.zone, Pos: t.pos, End: t.end}, p.advance()
	case tokField:
		return p.prefixed()
	case tokMeasure:
		return p.measure()
	case tokCount:
		return p.count()
	case tokNot:
		return nil, Errorf(t.pos, "write a NEAR/5 b AND NOT c", "NOT cannot stand beside NEAR, BEFORE or SENT")
	}
	return nil, p.unexpected()
}

func (p *parser) bracket() (*Node, *Mistake) {
	open := p.tok.pos
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == tokClose {
		return nil, Errorf(open, "write a term between them", "empty brackets")
	}
	n, err := p.expr()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokClose {
		if p.tok.kind == tokEnd {
			return nil, Errorf(open, "close it with )", "bracket is not closed")
		}
		return nil, p.unexpected()
	}
	n.Pos, n.End, n.Group = open, p.tok.end, true
	return n, p.advance()
}
