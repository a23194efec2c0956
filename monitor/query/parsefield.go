package query

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"newswatch/monitor/text"
)

// prefixed reads what follows a name and a colon.
func (p *parser) prefixed() (*Node, *Mistake) {
	t := p.tok
	if z, ok := Zones[t.text]; ok {
		return p.zoned(t, z)
	}
	if _, ok := measures[t.text]; ok {
		return nil, Errorf(t.pos, "write "+t.text+">=... or "+t.text+"<...", "%s is compared, not searched", t.text)
	}
	if !fields[t.text] {
		return nil, Errorf(t.pos, fieldHint(t.text, p.src[t.pos:]), "no field %q", t.text)
	}
	if p.space(); Typed[t.text] && p.comes("{") {
		e, err := p.entity()
		if err != nil {
			return nil, err
		}
		return &Node{Op: OpTyped, Field: t.text, Name: e.text, Pos: t.pos, End: e.end}, p.advance()
	}
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	if v.text == "" {
		return nil, Errorf(t.pos, "write "+t.text+":something", "%s: asks for nothing", t.text)
	}
	if v.text == "(" {
		return nil, Errorf(v.pos, "write ("+t.text+":a OR "+t.text+":b)", "%s: takes one value, not a list", t.text)
	}
	n := &Node{Op: OpField, Field: t.text, Value: v.text, Pos: t.pos, End: v.end}
	if Typed[t.text] {
		n.Op = OpTyped
		if n.Value, n.Prefix = strings.CutSuffix(v.text, "*"); len(WordsOf(n.Value)) == 0 {
			return nil, Errorf(v.pos, "write "+t.text+`:word, "a phrase", begin* or {entity}`, "%s: asks for nothing", t.text)
		}
	}
	return n, p.advance()
}

// fieldHint proposes the field that was meant, or quotes.
func fieldHint(name, rest string) string {
	if i := strings.IndexFunc(rest, unicode.IsSpace); i > 0 {
		rest = rest[:i]
	}
	quote := `quote it if it is text: "` + strings.TrimRight(rest, ")") + `"`
	var names []string
	for f := range fields {
		names = append(names, f)
	}
	for z := range Zones {
		names = append(names, z)
	}
	slices.Sort(names)
	if near := Nearest(name, names); near != "" {
		return "did you mean " + near + ":? or " + quote
	}
	return quote
}

// zoned reads the term or bracket behind title: and its like.
func (p *parser) zoned(t token, z text.Zone) (*Node, *Mistake) {
	outer := p.zone
	if outer&z == 0 {
		return nil, Errorf(t.pos, "use one of the zones", "%s: within another zone can never be true", t.text)
	}
	p.zone &= z
	p.depth++
	defer func() { p.zone, p.depth = outer, p.depth-1 }()
	if p.depth > MaxDepth {
		return nil, Errorf(t.pos, "flatten it", "zones are nested deeper than %d", MaxDepth)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch p.tok.kind {
	case tokEnd, tokClose, tokAnd, tokOr:
		return nil, Errorf(t.pos, "write "+t.text+":word or "+t.text+":( ... )", "%s: asks for nothing", t.text)
	}
	n, err := p.prim()
	if err != nil {
		return nil, err
	}
	n.Pos, n.Group = t.pos, true
	return n, nil
}

// value reads the text behind a colon or a comparison, quoted or up to the
// next space or bracket. It leaves the lexer behind it.
func (p *parser) value() (token, *Mistake) {
	p.space()
	if p.at < len(p.src) {
		r, _ := utf8.DecodeRuneInString(p.src[p.at:])
		if quotes[r] != 0 {
			return p.quoted(AsWritten)
		}
		if r == '(' {
			return token{text: "(", pos: p.at}, nil
		}
	}
	start := p.at
	for p.at < len(p.src) {
		r, n := utf8.DecodeRuneInString(p.src[p.at:])
		if unicode.IsSpace(r) || r == '(' || r == ')' || r == ',' && (p.at+1 >= len(p.src) || !text.IsDigit(p.src[p.at+1])) {
			break
		}
		p.at += n
	}
	return token{text: p.src[start:p.at], pos: start, end: p.at}, nil
}

// measure reads age<7d, published>=2026-01-31 or amount>1M.
func (p *parser) measure() (*Node, *Mistake) {
	t := p.tok
	p.space()
	c, err := p.comparison()
	if err != nil {
		return nil, err
	}
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	n := &Node{Op: measures[t.text], Rel: c.rel, Zone: p.zone, Value: v.text, Pos: t.pos, End: v.end}
	switch n.Op {
	case OpAmount:
		num, ok := text.ReadAmount(v.text)
		if !ok {
			return nil, Errorf(v.pos, "write amount>=30M, 900k or 1.2bn", "%q is no amount", v.text)
		}
		n.Number = num
	case OpAge, OpDeadline:
		d, ok := readAge(v.text)
		if !ok {
			return nil, Errorf(v.pos, "write "+t.text+"<36h, 7d or 2w", "%q is no duration", v.text)
		}
		n.Number = float64(d)
	case OpPublished:
		day, ok := readDay(v.text)
		if !ok {
			return nil, Errorf(v.pos, "write published>=2026-01-31", "%q is no date", v.text)
		}
		n.Day = day
	}
	return n, p.advance()
}

// readAge reads Go's durations plus d and w.
func readAge(s string) (time.Duration, bool) {
	var total time.Duration
	for s != "" {
		i := 0
		for i < len(s) && text.IsDigit(s[i]) {
			i++
		}
		num, ok := SmallNumber(s[:i])
		if !ok || i == len(s) || s[i] != 'd' && s[i] != 'w' {
			break
		}
		unit := 24 * time.Hour
		if s[i] == 'w' {
			unit *= 7
		}
		if num > 100000 {
			return 0, false
		}
		total += time.Duration(num) * unit
		s = s[i+1:]
	}
	if s == "" {
		return total, total > 0
	}
	d, err := time.ParseDuration(s)
	return total + d, err == nil && d >= 0
}

// readDay reads a date, alone or with a time. A date alone is midnight UTC.
func readDay(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// Nearest returns the candidate that differs from name by little, "" if none
// does.
func Nearest(name string, candidates []string) string {
	best, found := 1+len(name)/3, ""
	for _, c := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(c)); d <= best && (found == "" || d < best) {
			best, found = d, c
		}
	}
	return found
}

// distance counts the letters to insert, delete, replace or swap with the next
// to get from a to b.
func distance(a, b string) int {
	var before []int // the row before last
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			d := last[j]
			if a[i] != b[j] {
				d++
			}
			row[j+1] = min(d, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
