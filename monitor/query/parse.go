package query

import (
	"fmt"
	"regexp"
	"regexp/syntax"
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

// word reads a bare word, a phrase, or the number before OF.
func (p *parser) word() (*node, *mistake) {
	t := p.tok
	if err := p.advance(); err != nil {
		return nil, err
	}
	if k, ok := smallNumber(t.text); ok && t.kind == tokWord && p.tok.kind == tokOf {
		return p.of(t, k)
	}
	if p.tok.kind == tokCmp && p.tok.pos == t.end && t.kind == tokWord && t.style == smart {
		return nil, wrong(t.pos, "compare age, published or amount, or quote it", "%q cannot be compared", t.text)
	}
	tm := newTerm(t.text, t.style)
	n := &node{op: opTerm, term: tm, zone: p.zone, pos: t.pos, end: t.end}
	tm.text = p.src[t.pos:t.end]
	if err := tm.check(t.pos); err != nil {
		return nil, err
	}
	return n, nil
}

// check refuses a term that is nothing to look for.
func (t *term) check(pos int) *mistake {
	if len(t.words) == 0 {
		return wrong(pos, "", "%s has no letters or digits to look for", t.text)
	}
	if len(t.words) > maxPhrase {
		return wrong(pos, "shorten it", "phrase is longer than %d words", maxPhrase)
	}
	if i := strings.IndexByte(strings.TrimRight(t.text, `*" `), '*'); i >= 0 {
		return wrong(pos+i, "put it at the end of a word, or use /a.*b/", "a star can only end a word")
	}
	if t.prefix {
		if last := t.words[len(t.words)-1].fold; !longPrefix(last) {
			return wrong(pos, "write the whole words, joined by OR", "prefix %s* is shorter than four letters", last)
		}
	}
	return nil
}

// longPrefix asks for four letters, or two where a letter is a syllable.
func longPrefix(s string) bool {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n >= 4
}

func (p *parser) pattern() (*node, *mistake) {
	t := p.tok
	re, err := compileRegex(t)
	if err != nil {
		return nil, err
	}
	n := &node{op: opTerm, term: &term{re: re, text: p.src[t.pos:t.end]}, zone: p.zone, pos: t.pos, end: t.end}
	return n, p.advance()
}

func compileRegex(t token) (*regexp.Regexp, *mistake) {
	src := strings.ReplaceAll(t.text, `\/`, `/`)
	switch {
	case src == "":
		return nil, wrong(t.pos, "write /pattern/", "pattern is empty")
	case len(src) > maxRegex:
		return nil, wrong(t.pos, "shorten it", "pattern is longer than %d bytes", maxRegex)
	case t.flags == "i":
		src = "(?i)" + src
	case t.flags != "":
		return nil, wrong(t.pos, "write /pattern/ or /pattern/i", "unknown flag %q", t.flags)
	}
	re, err := regexp.Compile(src)
	if err != nil {
		why := err.Error()
		if se, ok := err.(*syntax.Error); ok {
			why = fmt.Sprintf("%s: %s", se.Code, se.Expr)
		}
		return nil, wrong(t.pos, "see RE2 syntax; quote the word if no pattern is meant", "pattern: %s", why)
	}
	if re.MatchString("") {
		return nil, wrong(t.pos, "ask for at least one letter", "pattern matches the empty text, so everything")
	}
	return re, nil
}

// of reads the list behind "2 OF".
func (p *parser) of(num token, k int) (*node, *mistake) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind != tokOpen {
		return nil, wrong(p.tok.pos, "write 2 OF (a, b, c)", "OF needs a list in brackets")
	}
	open := p.tok.pos
	n := &node{op: opOf, n: k, pos: num.pos}
	for p.tok.kind == tokOpen || p.tok.kind == tokComma {
		if err := p.advance(); err != nil {
			return nil, err
		}
		kid, err := p.expr()
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
	}
	if p.tok.kind != tokClose {
		return nil, wrong(open, "close it with )", "bracket is not closed")
	}
	n.end = p.tok.end
	if k < 1 {
		return nil, wrong(num.pos, "ask for at least 1", "0 OF a list is always true")
	}
	if k > len(n.kids) {
		return nil, wrong(num.pos, fmt.Sprintf("ask for at most %d", len(n.kids)), "%d OF a list of %d can never be true", k, len(n.kids))
	}
	return n, p.advance()
}

// count reads count(expr) cmp number.
func (p *parser) count() (*node, *mistake) {
	pos := p.tok.pos
	if err := p.advance(); err != nil {
		return nil, err
	}
	kid, err := p.bracket()
	if err != nil {
		return nil, err
	}
	if bad := notPlaced(kid); bad != nil {
		return nil, wrong(bad.pos, "count terms, entities or groups of them", "%s has no place in the text and cannot be counted", p.src[bad.pos:bad.end])
	}
	n := &node{op: opCount, kids: []*node{kid}, rel: p.tok.rel, pos: pos}
	switch {
	case p.tok.kind == tokWord && p.src[p.tok.pos] == '=': // the lexer took =2 for an exact word
		n.rel = cmpEq
	case p.tok.kind != tokCmp:
		return nil, wrong(p.tok.pos, "write count(...)>=2", "count needs a comparison")
	default:
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	v, ok := smallNumber(p.tok.text)
	if p.tok.kind != tokWord || !ok {
		return nil, wrong(p.tok.pos, "write count(...)>=2", "count is compared with a number")
	}
	n.n, n.end = v, p.tok.end
	if n.rel == cmpLt && v == 0 {
		return nil, wrong(pos, "", "a count below 0 can never be")
	}
	if n.rel == cmpGe && v == 0 {
		return nil, wrong(pos, "", "a count of 0 or more is always true")
	}
	return n, p.advance()
}
