package match

import (
	"regexp"
	"strings"
	"unicode"

	"newswatch/monitor/query"
)

// typedOp looks for a word, a phrase, a beginning or an entity in a typed field
// of the document: agency:{ice}. Such fields are written in capitals, so case
// proves nothing there; but what stands in the field of the agency is meant as
// one, so that an acronym needs no support.
type typedOp struct{ about }

// A fieldTerm is something to find in a typed field.
type fieldTerm struct {
	words   []string // folded, in a row
	prefix  bool     // the last is only a beginning
	code    string   // of a field that holds a code, instead of words
	pattern *regexp.Regexp
	sure    bool // else the verdict is weak
}

// codes are the typed fields that hold a code.
var codes = map[string]bool{"award_id": true, "naics": true, "psc": true}

func (typedOp) resolve(c *compiler, n *query.Node) (*query.Node, *query.Mistake) {
	if n.Name == "" {
		return n, nil
	}
	// Its names are looked for in the field; that they can be read was found out
	// where the entity was compiled.
	_, err := entityOp{}.resolve(c, &query.Node{Op: query.OpEntity, Name: n.Name, Zone: n.Zone, Pos: n.Pos, End: n.End})
	return n, err
}

func (typedOp) emit(c *compiler, n *query.Node, in *instruction) {
	f := fact{field: n.Field, value: n.Value}
	switch {
	case n.Name != "":
		f.value = "{" + n.Name + "}"
		f.any, f.not = c.fieldTerms(n.Name, n.Field == "agency")
	case codes[n.Field]:
		f.any = []fieldTerm{{code: codeOf(n.Value), prefix: n.Prefix, sure: true}}
	default:
		f.any = []fieldTerm{{words: foldedWords(n.Value), prefix: n.Prefix, sure: true}}
	}
	in.arg = c.fact(f)
}

// fieldTerms returns what names an entity in a typed field, and what voids that.
func (c *compiler) fieldTerms(name string, agency bool) (any, not []fieldTerm) {
	def := c.defs[name]
	add := func(list *[]fieldTerm, entries []string, sure bool) {
		for _, entry := range entries {
			n, _, err := query.ParseTerm(entry)
			switch {
			case err != nil: // as was said where it stands
			case n.Op == query.OpEntity:
				more, void := c.fieldTerms(n.Name, agency)
				*list, not = append(*list, more...), append(not, void...)
			case n.Term.Pattern != nil:
				*list = append(*list, fieldTerm{pattern: n.Term.Pattern, sure: sure})
			default:
				*list = append(*list, fieldTerm{words: foldedWords(n.Term.Text), prefix: n.Term.Prefix, sure: sure})
			}
		}
	}
	add(&any, def.Names, true)
	add(&any, def.Any, true)
	add(&any, def.Acronyms, agency)
	add(&any, def.Words, false)
	add(&not, def.Not, true)
	return any, not
}

func (typedOp) eval(m *matcher, _ uint32, in *instruction) Verdict {
	return m.set.facts[in.arg].typed(m.doc)
}

// typed judges the typed field that f asks about.
func (f *fact) typed(d *Doc) (v Verdict) {
	if d.Fields == nil || d.Fields.Texts[f.field] == "" {
		return None
	}
	value := d.Fields.Texts[f.field]
	have := foldedWords(value)
	for _, t := range f.not {
		if t.isIn(value, have) {
			return None
		}
	}
	for _, t := range f.any {
		if !t.isIn(value, have) {
			continue
		}
		if t.sure {
			return Strong
		}
		v = Weak
	}
	return v
}

// isIn reports whether the field with value, whose words are have, has t.
func (t fieldTerm) isIn(value string, have []string) bool {
	switch {
	case t.pattern != nil:
		return t.pattern.MatchString(value)
	case t.code != "":
		code := codeOf(value)
		return code == t.code || t.prefix && strings.HasPrefix(code, t.code)
	}
	last := len(t.words) - 1
	for i := 0; last >= 0 && i+last < len(have); i++ {
		k := 0
		for k < last && have[i+k] == t.words[k] {
			k++
		}
		if k == last && (have[i+k] == t.words[k] || t.prefix && strings.HasPrefix(have[i+k], t.words[k])) {
			return true
		}
	}
	return false
}

func foldedWords(s string) (words []string) {
	for _, w := range query.WordsOf(s) {
		words = append(words, w.Fold)
	}
	return words
}

// codeOf reduces a code to its letters and digits: 70CDCR-26-FR and 70cdcr26fr
// are one.
func codeOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func (typedOp) prove(m *matcher, _ uint32, in *instruction, v Verdict) {
	f := &m.set.facts[in.arg]
	m.addField(f.field, m.doc.Fields.Texts[f.field], v.String(), "the "+strings.ReplaceAll(f.field, "_", " ")+" in the source's own field")
}

func (typedOp) note(m *matcher, _ uint32, in *instruction, _ Verdict) string {
	f := &m.set.facts[in.arg]
	if m.doc.Fields == nil || m.doc.Fields.Texts[f.field] == "" {
		return "there is no field " + f.field
	}
	return "the field " + f.field + " is " + m.doc.Fields.Texts[f.field]
}
