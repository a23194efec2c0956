package query

import (
	"fmt"
	"math"
	"regexp"
	"regexp/syntax"
	"strings"
)

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
		hint := fmt.Sprintf("ask for at most %d", len(n.kids))
		if len(n.kids) == 1 && len(n.kids[0].kids) > 1 {
			hint = "put commas between the terms"
		}
		return nil, wrong(num.pos, hint, "%d OF a list of %d can never be true", k, len(n.kids))
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
	if v > math.MaxUint16 {
		return nil, wrong(p.tok.pos, "ask for fewer", "count is compared with at most %d", math.MaxUint16)
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
