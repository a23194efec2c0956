package query

import (
	"fmt"
	"math"
	"regexp"
	"regexp/syntax"
	"strings"
)

// word reads a bare word, a phrase, or the number before OF.
func (p *parser) word() (*Node, *Mistake) {
	t := p.tok
	if err := p.advance(); err != nil {
		return nil, err
	}
	if k, ok := SmallNumber(t.text); ok && t.kind == tokWord && p.tok.kind == tokOf {
		return p.of(t, k)
	}
	if p.tok.kind == tokCmp && p.tok.pos == t.end && t.kind == tokWord && t.style == AsWritten {
		return nil, Errorf(t.pos, "compare age, published or amount, or quote it", "%q cannot be compared", t.text)
	}
	tm := NewTerm(t.text, t.style)
	n := &Node{Op: OpTerm, Term: tm, Zone: p.zone, Pos: t.pos, End: t.end}
	tm.Text = p.src[t.pos:t.end]
	if err := tm.Check(t.pos); err != nil {
		return nil, err
	}
	return n, nil
}

// Check refuses a term that is nothing to look for.
func (t *Term) Check(pos int) *Mistake {
	if len(t.Words) == 0 {
		return Errorf(pos, "", "%s has no letters or digits to look for", t.Text)
	}
	if len(t.Words) > MaxPhrase {
		return Errorf(pos, "shorten it", "phrase is longer than %d words", MaxPhrase)
	}
	if i := strings.IndexByte(strings.TrimRight(t.Text, `*" `), '*'); i >= 0 {
		return Errorf(pos+i, "put it at the end of a word, or use /a.*b/", "a star can only end a word")
	}
	if t.Prefix {
		if last := t.Words[len(t.Words)-1].Fold; !longPrefix(last) {
			return Errorf(pos, "write the whole words, joined by OR", "prefix %s* is shorter than four letters", last)
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

func (p *parser) pattern() (*Node, *Mistake) {
	t := p.tok
	re, err := compileRegex(t)
	if err != nil {
		return nil, err
	}
	n := &Node{Op: OpTerm, Term: &Term{Pattern: re, Text: p.src[t.pos:t.end]}, Zone: p.zone, Pos: t.pos, End: t.end}
	return n, p.advance()
}

func compileRegex(t token) (*regexp.Regexp, *Mistake) {
	src := strings.ReplaceAll(t.text, `\/`, `/`)
	switch {
	case src == "":
		return nil, Errorf(t.pos, "write /pattern/", "pattern is empty")
	case len(src) > maxRegex:
		return nil, Errorf(t.pos, "shorten it", "pattern is longer than %d bytes", maxRegex)
	case t.flags == "i":
		src = "(?i)" + src
	case t.flags != "":
		return nil, Errorf(t.pos, "write /pattern/ or /pattern/i", "unknown flag %q", t.flags)
	}
	re, err := regexp.Compile(src)
	if err != nil {
		why := err.Error()
		if se, ok := err.(*syntax.Error); ok {
			why = fmt.Sprintf("%s: %s", se.Code, se.Expr)
		}
		return nil, Errorf(t.pos, "see RE2 syntax; quote the word if no pattern is meant", "pattern: %s", why)
	}
	if re.MatchString("") {
		return nil, Errorf(t.pos, "ask for at least one letter", "pattern matches the empty text, so everything")
	}
	return re, nil
}

// of reads the list behind "2 OF".
func (p *parser) of(num token, k int) (*Node, *Mistake) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind != tokOpen {
		return nil, Errorf(p.tok.pos, "write 2 OF (a, b, c)", "OF needs a list in brackets")
	}
	open := p.tok.pos
	n := &Node{Op: OpOf, N: k, Pos: num.pos}
	for p.tok.kind == tokOpen || p.tok.kind == tokComma {
		if err := p.advance(); err != nil {
			return nil, err
		}
		kid, err := p.expr()
		if err != nil {
			return nil, err
		}
		n.Kids = append(n.Kids, kid)
	}
	if p.tok.kind != tokClose {
		return nil, Errorf(open, "close it with )", "bracket is not closed")
	}
	n.End = p.tok.end
	if k < 1 {
		return nil, Errorf(num.pos, "ask for at least 1", "0 OF a list is always true")
	}
	if k > len(n.Kids) {
		hint := fmt.Sprintf("ask for at most %d", len(n.Kids))
		if len(n.Kids) == 1 && len(n.Kids[0].Kids) > 1 {
			hint = "put commas between the terms"
		}
		return nil, Errorf(num.pos, hint, "%d OF a list of %d can never be true", k, len(n.Kids))
	}
	return n, p.advance()
}

// count reads count(expr) cmp number.
func (p *parser) count() (*Node, *Mistake) {
	pos := p.tok.pos
	if err := p.advance(); err != nil {
		return nil, err
	}
	kid, err := p.bracket()
	if err != nil {
		return nil, err
	}
	if bad := notPlaced(kid); bad != nil {
		return nil, Errorf(bad.Pos, "count terms, entities or groups of them", "%s has no place in the text and cannot be counted", p.src[bad.Pos:bad.End])
	}
	n := &Node{Op: OpCount, Kids: []*Node{kid}, Rel: p.tok.rel, Pos: pos}
	switch {
	case p.tok.kind == tokWord && p.src[p.tok.pos] == '=': // the lexer took =2 for an exact word
		n.Rel = Equal
	case p.tok.kind != tokCmp:
		return nil, Errorf(p.tok.pos, "write count(...)>=2", "count needs a comparison")
	default:
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	v, ok := SmallNumber(p.tok.text)
	if p.tok.kind != tokWord || !ok {
		return nil, Errorf(p.tok.pos, "write count(...)>=2", "count is compared with a number")
	}
	if v > math.MaxUint16 {
		return nil, Errorf(p.tok.pos, "ask for fewer", "count is compared with at most %d", math.MaxUint16)
	}
	n.N, n.End = v, p.tok.end
	if n.Rel == Less && v == 0 {
		return nil, Errorf(pos, "", "a count below 0 can never be")
	}
	if n.Rel == GreaterEqual && v == 0 {
		return nil, Errorf(pos, "", "a count of 0 or more is always true")
	}
	return n, p.advance()
}
