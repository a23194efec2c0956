package translate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"newswatch/monitor/query"
)

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
	if ok && name != "" && value != "" && !strings.HasPrefix(s, `"`) && query.IsFieldName(name) {
		return t.field(s, strings.ToLower(name), value)
	}
	if ok && value == "" && query.IsFieldName(name) && t.peek() == "(" {
		t.at++
		return t.fieldList(strings.ToLower(name))
	}
	if strings.HasPrefix(s, `"`) {
		return t.phrase(s)
	}
	if t.peek() == "(" && functions[strings.ToLower(s)] && !t.google {
		t.at++
		return t.call(strings.ToLower(s))
	}
	if n, ok := strings.CutPrefix(strings.ToLower(s), "atleast"); ok && t.peek() == "(" {
		t.at++
		return t.atLeast(s, n)
	}
	return t.word(s)
}

// atLeast translates atleast3(word), from the term on.
func (t *translator) atLeast(s, n string) string {
	in, err := t.or(1)
	if t.peek() == ")" {
		t.at++
	}
	out := "count(" + query.TrimBrackets(in) + ")>=" + n
	if _, _, m := query.Parse(out); err != nil || in == "" || m != nil {
		t.note("left out: %s(...) (write count(word)>=3)", s)
		return ""
	}
	return out
}

// functions are the fields that Cision writes like functions.
var functions = map[string]bool{"cs": true, "headline": true, "publication": true, "body": true, "author": true, "byline": true, "lead": true, "hlead": true, "hl": true, "title": true}

// call translates headline("a b"), cs(BEST) and the like, from the term on.
func (t *translator) call(name string) string {
	switch ours := prefixes[name]; {
	case name == "cs":
		return t.cased()
	case ours == "feed" || ours == "author":
		var names []string
		for ; t.peek() != ")" && t.peek() != ""; t.at++ {
			if s := strings.Trim(t.peek(), `"`); !isOr(s) && s != "" && s != "(" {
				names = append(names, t.field(name+"("+t.peek()+")", name, `"`+s+`"`))
			}
		}
		t.at++
		if len(names) < 2 {
			return strings.Join(names, "")
		}
		return "(" + strings.Join(names, " OR ") + ")"
	}
	return t.fieldList(name)
}

// cased translates cs(...), inside which case counts.
func (t *translator) cased() string {
	from := t.at
	in, err := t.or(1)
	if t.peek() == ")" {
		t.at++
	}
	inside := t.src[from:min(max(t.at-1, from), len(t.src))]
	switch {
	case err != nil || in == "":
		t.note("left out: cs(...), which holds nothing to look for")
		return ""
	case len(inside) == 1:
		return `="` + strings.Trim(inside[0], `"`) + `"`
	}
	t.note("cs(%s): case counts only for words with capitals here; write =WORD for exactly so", strings.Join(inside, " "))
	return in
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
	if _, isZone := query.Zones[ours]; isZone {
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
	if _, isZone := query.Zones[ours]; err != nil || !ok || !isZone {
		t.note("left out: %s:(...) (no list can follow it here)", name)
		return ""
	}
	if in == "" {
		return ""
	}
	return ours + ":(" + query.TrimBrackets(in) + ")"
}

// phrase translates "words" and "words"~5.
func (t *translator) phrase(s string) string {
	end := strings.LastIndexByte(s, '"')
	inside, slop := strings.TrimSpace(s[1:end]), s[end+1:]
	words := strings.Fields(inside)
	if slop != "" && len(words) == 2 {
		n, ok := query.SmallNumber(slop[1:])
		if ok && n > 0 && n < query.MaxNear {
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
	if query.NewTerm(inside, query.AsWritten).Check(0) != nil {
		t.note("left out: %s (%s)", s, query.NewTerm(inside, query.AsWritten).Check(0).Message)
		return ""
	}
	for _, w := range query.NewTerm(inside, query.AsWritten).Words {
		if w.Rule != query.CaseAny {
			t.note("%s: the case of %s counts here; write ~%s for any case", s, w.Exact, s)
		}
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
	tm := query.NewTerm(s, query.AsWritten)
	if m := tm.Check(0); m != nil {
		t.note("left out: %s (%s)", s, m.Message)
		return ""
	}
	if tm.Words[0].Rule != query.CaseAny && len(tm.Words) == 1 {
		t.note("%s: case counts here; write ~%s for any case", s, s)
	}
	if strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("-'’.*&", r)
	}) {
		return `"` + s + `"`
	}
	return s
}
