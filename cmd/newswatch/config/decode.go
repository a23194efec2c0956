package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	yaml "go.yaml.in/yaml/v4"

	"newswatch/feeds"
)

// A decoder fills Go values from the tree of one document. It goes on after a
// mistake, so that all are found.
type decoder struct {
	*loader
	doc    *document
	budget int // nodes that may still be visited; aliases can make them many
}

// decode fills v, which holds the defaults, from n. It reports whether n was
// walked to its end.
func (l *loader) decode(d *document, n *yaml.Node, v any) bool {
	dec := &decoder{loader: l, doc: d, budget: 100_000 + 10*len(d.text)}
	dec.value(n, reflect.ValueOf(v).Elem(), "")
	if dec.budget <= 0 {
		l.noteAt(d, n, Problem{Message: "aliases make this more than ten times as large as it is written",
			Hint: "write it out"})
	}
	return dec.budget > 0
}

func (d *decoder) fail(n *yaml.Node, message, hint string) {
	d.noteAt(d.doc, n, Problem{Message: message, Hint: hint})
}

// value fills v from n. key names n for people.
func (d *decoder) value(n *yaml.Node, v reflect.Value, key string) {
	if d.budget--; d.budget <= 0 {
		return
	}
	n = target(n)
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if empty(n) { // a key with nothing behind it says nothing
		if slip, ok := d.doc.slip(n.Line, n.Line); ok {
			slip.Warning = true
			d.note(d.doc, slip.Line, slip.Col, slip)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, key)
	case reflect.Map:
		if d.is(n, yaml.MappingNode, key) {
			for _, p := range d.pairs(n) {
				d.entry(p, v)
			}
		}
	case reflect.Slice:
		if d.is(n, yaml.SequenceNode, key) {
			d.list(n, v, key)
		}
	default:
		if d.is(n, yaml.ScalarNode, key) {
			d.scalar(n, v, key)
		}
	}
}

// empty reports whether n is a key's missing value.
func empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// is reports whether n has the kind that key needs, and notes it if not.
func (d *decoder) is(n *yaml.Node, want yaml.Kind, key string) bool {
	if n.Kind == want {
		return true
	}
	what := key
	if key == "" {
		what = "this"
	}
	message := fmt.Sprintf("%s is %s", what, kindName(n))
	switch want {
	case yaml.SequenceNode:
		hint := `begin each entry with "- "`
		if n.Kind == yaml.ScalarNode && len(n.Value) < 40 && key != "" && !strings.ContainsAny(n.Value, "\n:{}[],") {
			hint = fmt.Sprintf("write %s: [%s]", key, d.plain(n))
		}
		d.fail(n, message+" but must be a list", hint)
	case yaml.MappingNode:
		hint := `write "key: value" pairs`
		if strings.HasPrefix(n.Value, "http://") || strings.HasPrefix(n.Value, "https://") {
			hint = "write url: before the address"
		}
		d.fail(n, message+" but must be a group of keys", hint)
	default:
		hint := "choose one"
		if n.Kind == yaml.MappingNode {
			hint = `text with "{" or ": " in it needs quotes`
		}
		d.fail(n, message+" but must be a single value", hint)
	}
	return false
}

// plain is a short value as it may be shown in a proposal.
func (d *decoder) plain(n *yaml.Node) string {
	if n.Style&yaml.DoubleQuotedStyle != 0 {
		return strconv.Quote(n.Value)
	}
	return n.Value
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, key string) {
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		if empty(target(item)) {
			d.fail(item, "an empty entry", "fill it in or remove the dash")
			continue
		}
		d.value(item, out.Index(i), entryName(key))
	}
	v.Set(out)
}

// entryName names an entry of a list for people.
func entryName(list string) string {
	if list == "" {
		return "an entry"
	}
	return "an entry of " + list
}

// entry adds one pair to a map.
func (d *decoder) entry(p pair, v reflect.Value) {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	name, elem := p.key.Value, reflect.New(v.Type().Elem()).Elem()
	if elem.Type() == secretType && strings.HasSuffix(name, fileSuffix) {
		name = strings.TrimSuffix(name, fileSuffix)
		d.secretFile(p.value, elem, p.key.Value)
	} else {
		d.value(p.value, elem, name)
	}
	v.SetMapIndex(reflect.ValueOf(name), elem)
}

// A pair is a key and its value.
type pair struct{ key, value *yaml.Node }

// pairs returns the pairs of a mapping, those merged in by "<<" last unless
// they are overridden, and notes keys that are given twice.
func (d *decoder) pairs(n *yaml.Node) []pair {
	var out []pair
	var merged []*yaml.Node
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch first := seen[k.Value]; {
		case k.ShortTag() == "!!merge":
			merged = append(merged, v)
		case k.Kind != yaml.ScalarNode:
			d.fail(k, "this is "+kindName(k)+" where a key should be", "text that begins with [ or { needs quotes")
		case first != nil:
			d.fail(k, fmt.Sprintf("%s is given twice, first in line %d", shownKey(k.Value), first.Line), "keep one of them")
		default:
			seen[k.Value] = k
			out = append(out, pair{k, v})
		}
	}
	for _, m := range merged {
		for _, p := range d.merge(m) {
			if seen[p.key.Value] == nil {
				seen[p.key.Value] = p.key
				out = append(out, p)
			}
		}
	}
	return out
}

// merge returns the pairs that "<<" brings in from a mapping or a list of
// mappings. Merges within those are not followed.
func (d *decoder) merge(n *yaml.Node) []pair {
	from := []*yaml.Node{target(n)}
	if from[0].Kind == yaml.SequenceNode {
		from = from[0].Content
	}
	var out []pair
	for _, m := range from {
		m = target(m)
		if m.Kind != yaml.MappingNode {
			d.fail(n, `"<<" needs a group of keys to merge in`, "write it out")
			continue
		}
		for i := 0; i+1 < len(m.Content); i += 2 {
			if d.budget--; d.budget > 0 && m.Content[i].Kind == yaml.ScalarNode && m.Content[i].ShortTag() != "!!merge" {
				out = append(out, pair{m.Content[i], m.Content[i+1]})
			}
		}
	}
	return out
}

// structure fills a struct by its keys.
func (d *decoder) structure(n *yaml.Node, v reflect.Value, key string) {
	if !d.is(n, yaml.MappingNode, key) {
		return
	}
	s := d.shape(v.Type())
	given := map[string]*yaml.Node{}
	for _, p := range d.pairs(n) {
		name := p.key.Value
		f, ok := s.fields[name]
		switch {
		case ok && f.file:
			d.once(given, f.name, p.key)
			d.secretFile(p.value, made(v, f.index), name)
		case ok:
			d.once(given, f.name, p.key)
			d.value(p.value, made(v, f.index), name)
		case s.rest != nil:
			d.entry(p, v.FieldByIndex(s.rest))
		default:
			d.unknown(p, s, key)
		}
	}
}

// made returns the field of a struct, and makes the inlined structs on the way that
// are not there yet.
func made(v reflect.Value, index []int) reflect.Value {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

// once notes a secret that is given both ways.
func (d *decoder) once(given map[string]*yaml.Node, name string, key *yaml.Node) {
	if other := given[name]; other != nil {
		d.fail(key, fmt.Sprintf("both %s and %s are given", other.Value, key.Value), "keep one of them")
	}
	given[name] = key
}

// scalar fills v from the text of n.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, key string) {
	text, ok := d.text(n)
	if !ok {
		return
	}
	if v.Type() == secretType {
		d.inline(n)
	}
	d.warnUnbraced(n, v.Type() == secretType, key)
	message, hint := setScalar(v, text, key)
	if message != "" {
		d.fail(n, message, hint)
	}
}

// text returns n's value with the environment filled in.
func (d *decoder) text(n *yaml.Node) (string, bool) {
	e := expand(n.Value, d.env)
	for _, m := range e.wrong {
		line, col := d.doc.place(n, m.offset)
		d.note(d.doc, line, col, Problem{Message: m.message, Hint: m.hint})
	}
	return e.text, len(e.wrong) == 0
}

// setScalar parses text by v's type. message says what is wrong with it.
func setScalar(v reflect.Value, text, key string) (message, hint string) {
	switch p := v.Addr().Interface().(type) {
	case *time.Duration:
		*p, message, hint = parseDuration(text, key)
		return message, hint
	case *feeds.Size:
		*p, message, hint = parseSize(text, key)
		return message, hint
	}
	switch v.Kind() {
	case reflect.Int:
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 {
			return fmt.Sprintf("%s: %q is not a whole number", key, clip(text)), "write digits alone"
		}
		v.SetInt(int64(n))
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Sprintf("%s: %q is neither true nor false", key, clip(text)), "write true or false"
		}
		v.SetBool(b)
	default:
		v.SetString(text)
		if allowed := choices(v.Type()); allowed != nil && text != "" && !contains(allowed, text) {
			return fmt.Sprintf("%s: there is no %q", key, clip(text)), proposal(text, allowed, "one of ")
		}
	}
	return "", ""
}
