package jsonapi

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"newswatch/feeds/date"
)

// filters change the value of a field: "{Amount|money}".
var filters = map[string]func(string) string{
	"money": money,
	"day": func(s string) string {
		if t := date.Parse(s); !t.IsZero() {
			return t.Format("2 January 2006")
		}
		return s
	},
	"path": func(s string) string { return strings.Join(strings.Split(s, "."), " / ") },
	"last": func(s string) string { return s[strings.LastIndexByte(s, '.')+1:] },
}

// parseField reads "name", "name|other name", "$['a']['b']" and any of them
// with filters behind.
func parseField(text string) (f field, err error) {
	const longest = 200
	if len(text) > longest {
		return f, fmt.Errorf("longer than %d characters", longest)
	}
	for part := range strings.SplitSeq(text, "|") {
		part = strings.TrimSpace(part)
		switch {
		case part == "":
			return f, errors.New("the name of a field is missing")
		case filters[part] != nil && len(f.ways) > 0:
			f.filters = append(f.filters, part)
		case len(f.filters) > 0:
			return f, fmt.Errorf("%q is no filter; there are %s", part, strings.Join(slices.Sorted(maps.Keys(filters)), ", "))
		case strings.HasPrefix(part, "$"):
			p, err := parsePath(part)
			if err != nil {
				return f, err
			}
			f.ways = append(f.ways, p)
		default:
			f.ways = append(f.ways, path{text: part})
		}
	}
	return f, nil
}

// A template is text with fields in braces.
type template struct{ parts []part }

// A part is a literal, and the field behind it unless it is the last.
type part struct {
	literal string
	field   field
	isField bool
}

func parseTemplate(text string) (t template, err error) {
	for text != "" {
		literal, rest, ok := strings.Cut(text, "{")
		if !ok {
			t.parts = append(t.parts, part{literal: text})
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return t, fmt.Errorf("{%s: the brace is not closed", name)
		}
		f, err := parseField(name)
		if err != nil {
			return t, fmt.Errorf("{%s}: %w", name, err)
		}
		t.parts = append(t.parts, part{literal, f, true})
		text = after
	}
	return t, nil
}

// fields counts those in braces.
func (t template) fields() (n int) {
	for _, p := range t.parts {
		if p.isField {
			n++
		}
	}
	return n
}

// text fills t. A field without a value takes the literal before it along, and
// the bracket that closes one opened there: "{a}: {b} ({c})" without b and c is
// "{a}".
func (t template) text(row any) string {
	var b strings.Builder
	values, unclosed := 0, false
	for _, p := range t.parts {
		literal := p.literal
		if unclosed {
			literal = strings.TrimPrefix(literal, ")")
		}
		value := ""
		if p.isField {
			value = p.field.text(row)
		}
		if p.isField && value == "" {
			unclosed = strings.HasSuffix(literal, "(")
			if closing := strings.HasPrefix(literal, ")"); closing && b.Len() > 0 {
				b.WriteByte(')')
			}
			continue
		}
		unclosed = false
		if values == 0 && b.Len() == 0 && p.isField {
			literal = strings.TrimLeft(literal, " ,:;-–(")
		}
		b.WriteString(literal)
		b.WriteString(value)
		if p.isField {
			values++
		}
	}
	if values == 0 {
		return ""
	}
	return strings.TrimSpace(b.String())
}

// address fills t with values escaped for a place in an address. A template
// that begins with a field takes it as the address itself. The result is
// absolute, or "" if a value is missing.
func (t template) address(base string, row any) string {
	var b strings.Builder
	for i, p := range t.parts {
		b.WriteString(p.literal)
		if !p.isField {
			continue
		}
		value := p.field.text(row)
		if value == "" {
			return ""
		}
		if i > 0 || p.literal != "" {
			value = url.PathEscape(value)
		}
		b.WriteString(value)
	}
	base, _, _ = strings.Cut(base, "?") // its query may have secrets
	from, err := url.Parse(base)
	if err != nil || b.Len() == 0 {
		return ""
	}
	u, err := from.Parse(b.String())
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}
