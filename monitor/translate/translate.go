// Package translate turns queries of other services into the watch language.
package translate

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"newswatch/monitor/query"
)

// dialects are the query languages Translate knows.
var dialects = []string{"google", "meltwater", "cision"}

// Translate rewrites a query of another service in the watch language:
// "google" (Alerts and News), "meltwater" or "cision". Notes name what reads
// differently here and whatever could not be translated and was left out; an
// error means that the query as a whole makes no sense.
//
// Read from the services' own help pages: of Meltwater that NOT binds before
// AND before OR, that operators may be in lower case, that a bare NEAR or
// ONEAR allows four words in between and NEAR/n allows n, the star, title: and
// ingress:, and the hat that only chooses the sentence shown; of Cision AND
// NOT, w/n, the star, cs(), headline() and publication(). CisionOne has NEAR.
// Taken from common use and not found there: Google's AROUND, the order in
// which Google binds, pre/n, hlead, byline, the question mark within a word
// and the exclamation mark behind one.
func Translate(dialect, foreign string) (out string, notes []string, err error) {
	dialect = strings.ToLower(dialect)
	if !slices.Contains(dialects, dialect) {
		return "", nil, fmt.Errorf("unknown dialect %q: use %s", dialect, strings.Join(dialects, ", "))
	}
	t := &translator{google: dialect == "google", meltwater: dialect == "meltwater"}
	foreign, whole := t.allIn(foreign)
	t.src = pieces(foreign)
	out, err = t.or(0)
	if err != nil {
		return "", t.notes, err
	}
	if t.at < len(t.src) {
		return "", t.notes, fmt.Errorf("%s does not fit: look at the brackets before it", t.src[t.at])
	}
	if out == "" {
		return "", t.notes, fmt.Errorf("nothing of %q can be translated", foreign)
	}
	out = query.TrimBrackets(out)
	if whole != "" {
		out = whole + ":(" + out + ")"
	}
	if _, _, m := query.Parse(out); m != nil {
		return "", t.notes, fmt.Errorf("translation %s is refused: %s", out, m.Message)
	}
	return out, t.notes, nil
}

// A translator reads the pieces of a foreign query by recursive descent.
type translator struct {
	google    bool
	meltwater bool
	src       []string
	at        int
	notes     []string
}

var pieceRE = regexp.MustCompile(`(?i)[a-z]+:"[^"]*"|-?"[^"]*"(?:~\d+)?|[()]|\^\d+|[^\s()"^]+|\^`)

// pieces cuts a query into brackets, phrases and words.
func pieces(q string) []string {
	q = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`).Replace(q)
	return pieceRE.FindAllString(q, -1)
}

// allIn takes Google's allintitle: off a query, which narrows all the rest, and
// returns our zone for it.
func (t *translator) allIn(query string) (rest, whole string) {
	name, rest, ok := strings.Cut(query, ":")
	if name = strings.ToLower(strings.TrimSpace(name)); !t.google || !ok {
		return query, ""
	}
	switch name {
	case "allintitle":
		return rest, "title"
	case "allintext":
		return rest, ""
	case "allinurl", "allinanchor":
		t.note("left out: %s: (write url:... for each part of an address)", name)
		return rest, ""
	}
	return query, ""
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
	if depth > query.MaxDepth {
		return "", fmt.Errorf("brackets are nested deeper than %d", query.MaxDepth)
	}
	if t.google {
		return t.chain(depth, isAnd, " ", func(d int) (string, error) { return t.chain(d, isOr, " OR ", t.near) })
	}
	return t.chain(depth, isOr, " OR ", func(d int) (string, error) { return t.chain(d, isAnd, " ", t.near) })
}

func isOr(s string) bool { return s == "OR" || s == "|" || s == "or" || s == "," }

// isWeight holds for the ^9 that Meltwater chooses its hit sentence by.
func isWeight(s string) bool { return weightRE.MatchString(s) }

var weightRE = regexp.MustCompile(`^\^\d+$`)

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
	left, err := t.weighed(depth)
	for err == nil && isNear(t.peek()) {
		op, n := t.distance()
		var right string
		if right, err = t.weighed(depth); err != nil {
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

// meltwaterNear is how many words Meltwater's bare NEAR allows in between. It
// counts those words, where n here is the distance: neighbours are 1 apart.
const meltwaterNear = 4

// weighed reads a unit and drops the weight behind it.
func (t *translator) weighed(depth int) (string, error) {
	out, err := t.unit(depth)
	for err == nil && isWeight(t.peek()) {
		t.note("left out: %s (the first hit chooses the sentence shown here)", t.peek())
		t.at++
	}
	return out, err
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
	v, ok := query.SmallNumber(n)
	switch {
	case t.meltwater && n == "":
		v = meltwaterNear + 1
	case t.meltwater && ok && v == 0:
		v = 1
	case !ok || v < 1 || v > query.MaxNear:
		t.note("%s without a usable number of words reads as NEAR/10", m[0])
		v = 10
	case t.meltwater:
		v = min(v+1, query.MaxNear)
	}
	n = strconv.Itoa(v)
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
	if depth++; depth > query.MaxDepth {
		return "", fmt.Errorf("negations are nested deeper than %d", query.MaxDepth)
	}
	in, err := t.unit(depth)
	if in == "" || err != nil {
		return "", err
	}
	return "-" + in, nil
}
