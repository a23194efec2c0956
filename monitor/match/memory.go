package match

import (
	"fmt"
	"slices"
	"strings"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
	"newswatch/monitor/vocab"
)

// A Memory knows in which sense names were meant elsewhere. It is asked while
// one document is judged, by one goroutine.
type Memory interface {
	// Recall says of a mention that nothing near decides whether it means its
	// entity, Strong, or another of that name, None; and by what, in one line.
	// Weak is that it does not know; then the line may be "".
	Recall(n Name) (v Verdict, why string)
}

// A Name is a mention that a Memory is asked about.
type Name struct {
	Entity string
	Text   string // as it stands in the document
	Plain  bool   // written as a name: not behind an article, not in the plural, and with capitals that mean something
}

// A Sense is how a document's own words decide the mentions of one entity.
type Sense struct {
	Entity string
	Means  Verdict // Strong: the entity; None: another of that name; Weak: the words do not say
	Alone  bool    // some mention has nothing near that decides: a Memory may know
	Named  bool    // a long name stands in the document, or introduces the mention
}

// Judge is Match, and tells besides in which sense the document mentions the
// entities that rules name and of which a Memory is asked, in their order.
// Nothing that a Memory said is among the senses.
func (s *Set) Judge(d *Doc) (matches []Match, senses []Sense) {
	m := s.pool.Get().(*matcher)
	m.read(d)
	senses = m.senses()
	matches = m.judgeAll(m.picked)
	m.release()
	return matches, senses
}

// senses returns how the document's words decide each entity that it mentions.
func (m *matcher) senses() (out []Sense) {
	slices.Sort(m.asked)
	for _, a := range m.asked {
		id := m.set.asked[a]
		if sense, ok := m.entity(id).sense(); ok {
			sense.Entity = m.set.entities[id].name
			out = append(out, sense)
		}
	}
	return out
}

// sense sums the mentions up; false if there are none.
func (list mentions) sense() (s Sense, ok bool) {
	undecided := false
	for i := range list {
		switch k := &list[i]; {
		case k.why == alone || k.why == hinted || k.why == recalled:
			s.Alone = true
		case k.why == taken || k.v == Weak:
			undecided = true
		case k.v == Strong:
			s.Means = Strong
			s.Named = s.Named || k.why <= definesOwn
		}
	}
	if s.Means == None && (s.Alone || undecided) {
		s.Means = Weak
	}
	return s, len(list) > 0
}

// Entities returns the names of the entities that a rule names, in the order of
// its query; those of a list are its own.
func (s *Set) Entities(rule int) (names []string) {
	from := s.rules[rule].from
	if int(from) >= len(s.code) {
		return nil // a query with a mistake
	}
	for _, in := range s.code[from:s.code[from].end] {
		if in.op == query.OpEntity && !slices.Contains(names, s.entities[in.arg].name) {
			names = append(names, s.entities[in.arg].name)
		}
	}
	return names
}

// alone judges a mention with nothing near that decides.
func (m *judge) alone(e *entity, k *mention) {
	k.v = Weak
	if k.why != hinted {
		k.why = alone
	}
	switch {
	case e.alone != None:
		k.v, k.why = e.alone, taken
	case m.doc.Memory != nil:
		v, why := m.doc.Memory.Recall(Name{Entity: e.name, Text: m.text(k.start, k.end), Plain: m.plain(k)})
		if why != "" {
			k.v, k.why, k.said = v, recalled, why
		}
	}
}

// plain reports whether a mention is written as a name.
func (m *judge) plain(k *mention) bool {
	if m.uninformative(k, m.textOf(k.start)) {
		return false
	}
	if form, _ := m.formOf(k); form&vocab.Plural != 0 {
		return false
	}
	return k.start == m.zoneAt[m.textOf(k.start)] || !articles[strings.ToLower(m.text(k.start-1, k.start-1))]
}

// articles are those of the languages the text tables know best.
var articles = map[string]bool{
	"a": true, "an": true, "the": true, "der": true, "die": true, "das": true, "den": true, "dem": true, "des": true, "ein": true, "eine": true, "einen": true,
	"le": true, "la": true, "les": true, "un": true, "une": true, "el": true, "los": true, "las": true, "una": true, "il": true, "lo": true, "o": true, "os": true, "uma": true,
}

// alone returns what an entity takes mentions alone for, None to ask the memory.
func (c *compiler) alone(path string, a Alone) Verdict {
	c.at(path)
	switch a {
	case "", AloneLearn:
	case AloneWeak:
		return Weak
	case AloneStrong:
		return Strong
	default:
		c.fail(query.Errorf(-1, "give learn, weak or strong", "alone is %q", a))
	}
	return None
}

// Mention returns how a document mentions the entity of a name, whatever its
// case, and why, in one line; known is false if the Set has no such entity.
func (s *Set) Mention(entity string, d *Doc) (v Verdict, why string, known bool) {
	m := s.pool.Get().(*matcher)
	defer m.release()
	m.read(d)
	for id := range s.entities {
		if !strings.EqualFold(s.entities[id].name, entity) {
			continue
		}
		m.evidence, m.from = m.evidence[:0], 0
		m.proveEntity(uint32(id), "", text.AnyZone)
		for _, ev := range m.evidence {
			why += fmt.Sprintf("%q %s: %s; ", ev.Text, ev.Strength, ev.Why)
		}
		return m.entity(uint32(id)).verdict(m, text.AnyZone), strings.TrimSuffix(why, "; "), true
	}
	return None, "no such entity", false
}
