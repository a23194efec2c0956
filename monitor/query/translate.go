package query

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Dialects are the query languages Translate knows.
var dialects = []string{"google", "meltwater", "cision"}

// Translate rewrites a query of another service in the watch language:
// "google" (Alerts and News), "meltwater" or "cision". Notes name what reads
// differently here and whatever could not be translated and was left out; an
// error means that the query as a whole makes no sense.
func Translate(dialect, query string) (out string, notes []string, err error) {
	dialect = strings.ToLower(dialect)
	if !slices.Contains(dialects, dialect) {
		return "", nil, fmt.Errorf("unknown dialect %q: use %s", dialect, strings.Join(dialects, ", "))
	}
	t := &translator{google: dialect == "google", src: pieces(query)}
	out, err = t.or(0)
	if err != nil {
		return "", t.notes, err
	}
	if t.at < len(t.src) {
		return "", t.notes, fmt.Errorf("%s does not fit: look at the brackets before it", t.src[t.at])
	}
	if out == "" {
		return "", t.notes, fmt.Errorf("nothing of %q can be translated", query)
	}
	out = outermost(out)
	if _, _, m := parse(out); m != nil {
		return "", t.notes, fmt.Errorf("translation %s is refused: %s", out, m.message)
	}
	return out, t.notes, nil
}

// A translator reads the pieces of a foreign query by recursive descent.
type translator struct {
	google bool
	src    []string
	at     int
	notes  []string
}

var pieceRE = regexp.MustCompile(`(?i)[a-z]+:"[^"]*"|-?"[^"]*"(?:~\d+)?|[()]|[^\s()"]+`)

// pieces cuts a query into brackets, phrases and words.
func pieces(q string) []string {
	q = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`).Replace(q)
	return pieceRE.FindAllString(q, -1)
}

func (t *translator) peek() string {
	if t.at < len(t.src) {
		return t.src[t.at]
	}
	return ""
}

func (t *translator) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(t.notes, n) {
		t.notes = append(t.notes, n)
	}
}

// Each service binds in its own way: Google OR before AND, the others AND
// before OR. The translation has brackets wherever both meet.
func (t *translator) or(depth int) (string, error) {
	if depth > maxDepth {
		return "", fmt.Errorf("brackets are nested deeper than %d", maxDepth)
	}
	if t.google {
		return t.chain(depth, isAnd, " ", func(d int) (string, error) { return t.chain(d, isOr, " OR ", t.near) })
	}
	return t.chain(depth, isOr, " OR ", func(d int) (string, error) { return t.chain(d, isAnd, " ", t.near) })
}

func isOr(s string) bool { return s == "OR" || s == "|" || s == "or" || s == "," }

// isAnd also holds where nothing stands between two terms.
func isAnd(s string) bool { return s != "" && s != ")" && !isOr(s) && !isNear(s) }

func isNear(s string) bool { return nearRE.MatchString(s) }

var nearRE = regexp.MustCompile(`(?i)^(?:(near|onear|w|pre|within|around|adj)(?:/|\(|)(\d*)\)?)$`)

// chain reads parts joined by one operator.
func (t *translator) chain(depth int, joins func(string) bool, op string, part func(int) (string, error)) (string, error) {
	var parts []string
	for {
		p, err := part(depth)
		if err != nil {
			return "", err
		}
		if p != "" {
			parts = append(parts, p)
		}
		s := t.peek()
		if !joins(s) {
			break
		}
		if s == "AND" || s == "&" || s == "+" || isOr(s) || s == "and" && !t.google {
			t.at++
		}
	}
	if len(parts) < 2 {
		return strings.Join(parts, ""), nil
	}
	return "(" + strings.Join(parts, op) + ")", nil
}

// near reads terms joined by a distance.
func (t *translator) near(depth int) (string, error) {
	left, err := t.unit(depth)
	for err == nil && isNear(t.peek()) {
		op, n := t.distance()
		var right string
		if right, err = t.unit(depth); err != nil {
			break
		}
		if left == "" || right == "" {
			t.note("left out: a distance of which one side cannot be translated")
			left += right
			continue
		}
		left = fmt.Sprintf("(%s %s/%s %s)", left, op, n, right)
	}
	return left, err
}

// distance reads NEAR/5, w/5, pre/5, AROUND(5).
func (t *translator) distance() (op, n string) {
	m := nearRE.FindStringSubmatch(t.peek())
	t.at++
	n = m[2]
	if n == "" && t.peek() == "(" && t.at+2 < len(t.src) && t.src[t.at+2] == ")" {
		n = t.src[t.at+1]
		t.at += 3
	}
	if v, ok := smallNumber(n); !ok || v < 1 || v > maxNear {
		t.note("%s without a usable number of words reads as NEAR/10", m[0])
		n = "10"
	}
	switch strings.ToLower(m[1]) {
	case "onear", "pre", "adj":
		return "BEFORE", n
	}
	return "NEAR", n
}

// unit reads one term, bracket or negation.
func (t *translator) unit(depth int) (string, error) {
	s := t.peek()
	t.at++
	switch {
	case s == "":
		return "", fmt.Errorf("query ends where a term should come")
	case s == "(":
		in, err := t.or(depth + 1)
		if err != nil {
			return "", err
		}
		if t.peek() != ")" {
			return "", fmt.Errorf("bracket is not closed")
		}
		t.at++
		return in, nil
	case s == ")":
		return "", fmt.Errorf("bracket is closed but was not opened")
	case s == "NOT" || s == "ANDNOT" || s == "-" || s == "not" && !t.google:
		return t.negated(depth)
	case strings.HasPrefix(s, "-") && len(s) > 1:
		t.at--
		t.src[t.at] = s[1:]
		return t.negated(depth)
	}
	return t.term(strings.TrimLeft(s, "+")), nil
}

func (t *translator) negated(depth int) (string, error) {
	if depth++; depth > maxDepth {
		return "", fmt.Errorf("negations are nested deeper than %d", maxDepth)
	}
	in, err := t.unit(depth)
	if in == "" || err != nil {
		return "", err
	}
	return "-" + in, nil
}

// prefixes maps the fields of other services to ours; "" has no counterpart.
var prefixes = map[string]string{
	"intitle": "title", "title": "title", "headline": "title", "hl": "title", "hlead": "lead", "ingress": "lead",
	"lead": "lead", "intext": "any", "text": "any", "body": "body", "inurl": "url", "url": "url", "site": "site",
	"domain": "site", "author": "author", "byline": "author", "lang": "lang", "language": "lang",
	"source": "feed", "publication": "feed", "outlet": "feed", "after": "published>=", "before": "published<",
}

// term translates a word, a phrase or a field.
func (t *translator) term(s string) string {
	name, value, ok := strings.Cut(s, ":")
	if ok && name != "" && value != "" && !strings.HasPrefix(s, `"`) && fieldName(name) {
		return t.field(s, strings.ToLower(name), value)
	}
	if ok && value == "" && fieldName(name) && t.peek() == "(" {
		t.at++
		return t.fieldList(strings.ToLower(name))
	}
	if strings.HasPrefix(s, `"`) {
		return t.phrase(s)
	}
	return t.word(s)
}

func (t *translator) field(s, name, value string) string {
	ours, ok := prefixes[name]
	if !ok {
		t.note("left out: %s (there is no field %s here)", s, name)
		return ""
	}
	if ours == "feed" {
		t.note("%s asks for the name or tag of a feed here", s)
	}
	if strings.HasSuffix(ours, "=") || strings.HasSuffix(ours, "<") {
		return ours + strings.Trim(value, `"`)
	}
	if _, isZone := zones[ours]; isZone {
		if value = t.term(value); value == "" {
			return ""
		}
	}
	return ours + ":" + value
}

// fieldList translates title:(a OR b).
func (t *translator) fieldList(name string) string {
	in, err := t.or(1)
	if t.peek() == ")" {
		t.at++
	}
	ours, ok := prefixes[name]
	if _, isZone := zones[ours]; err != nil || !ok || !isZone {
		t.note("left out: %s:(...) (no list can follow it here)", name)
		return ""
	}
	if in == "" {
		return ""
	}
	return ours + ":(" + outermost(in) + ")"
}

// phrase translates "words" and "words"~5.
func (t *translator) phrase(s string) string {
	end := strings.LastIndexByte(s, '"')
	inside, slop := strings.TrimSpace(s[1:end]), s[end+1:]
	words := strings.Fields(inside)
	if slop != "" && len(words) == 2 {
		n, ok := smallNumber(slop[1:])
		if ok && n > 0 && n < maxNear {
			return fmt.Sprintf("(%s NEAR/%d %s)", words[0], n+1, words[1])
		}
	}
	if slop != "" {
		t.note("%s: the distance is left out; write a NEAR/5 b", s)
	}
	if i := slices.IndexFunc(words, func(w string) bool { return strings.Trim(w, "*") == "" }); i > 0 && i < len(words)-1 {
		t.note("%s: the gap reads as up to %d words", s, 3)
		return fmt.Sprintf(`("%s" BEFORE/3 "%s")`, strings.Join(words[:i], " "), strings.Join(words[i+1:], " "))
	}
	if newTerm(inside, smart).check(0) != nil {
		t.note("left out: %s (%s)", s, newTerm(inside, smart).check(0).message)
		return ""
	}
	return `"` + inside + `"`
}

// word translates a bare word and its wildcards.
func (t *translator) word(s string) string {
	if strings.HasPrefix(s, "#") || strings.HasPrefix(s, "@") {
		t.note("%s is searched without its sign", s)
		s = s[1:]
	}
	s = strings.Replace(s, "!", "*", 1)
	if strings.Contains(s, "..") {
		t.note("left out: %s (ranges of numbers; write amount>=... AND amount<=...)", s)
		return ""
	}
	if strings.ContainsAny(s, "?") || strings.Contains(strings.TrimSuffix(s, "*"), "*") {
		p := regexp.QuoteMeta(s)
		p = strings.NewReplacer(`\?`, `\w`, `\*`, `\w*`, "/", `\/`).Replace(p)
		t.note("%s becomes a pattern, which reads slower", s)
		return `/\b` + p + `\b/i`
	}
	tm := newTerm(s, smart)
	if m := tm.check(0); m != nil {
		t.note("left out: %s (%s)", s, m.message)
		return ""
	}
	if tm.words[0].rule != caseAny && len(tm.words) == 1 {
		t.note("%s: case counts here; write ~%s for any case", s, s)
	}
	if strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("-'’.*&", r)
	}) {
		return `"` + s + `"`
	}
	return s
}

// outermost removes brackets that embrace everything.
func outermost(s string) string {
	for strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		depth, quoted := 0, false
		for i := range len(s) - 1 {
			switch {
			case s[i] == '"':
				quoted = !quoted
			case quoted:
			case s[i] == '(':
				depth++
			case s[i] == ')':
				depth--
			}
			if depth == 0 {
				return s
			}
		}
		s = s[1 : len(s)-1]
	}
	return s
}
