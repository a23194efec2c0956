package match

import "newswatch/monitor/text"

// A house style is how a text uses capitals.
type house uint8

const (
	unknown    house = iota
	ordinary         // capitals mean something
	headlined        // Most Words Begin With One
	capitalled       // ALL LETTERS ARE CAPITALS
)

// styleOf returns the house style of a text: four in five of its words of four
// letters or more, which must be three at least, decide.
func (m *matcher) styleOf(z int) house {
	if m.styles[z] != unknown {
		return m.styles[z]
	}
	long, heads, caps := 0, 0, 0
	toks := m.tokens[m.zoneAt[z]:m.zoneAt[z+1]]
	for i := range toks { // without branches, which the lengths of words would mislead
		t := &toks[i]
		counts := int(1 - (t.end-t.start-4)>>31)
		long += counts
		caps += counts & int(inClass(t.mask, text.ClassUpper))
		heads += counts &^ int(inClass(t.mask, text.ClassLower))
	}
	switch {
	case long >= 3 && 5*caps >= 4*long:
		m.styles[z] = capitalled
	case long >= 3 && 5*heads >= 4*long:
		m.styles[z] = headlined
	default:
		m.styles[z] = ordinary
	}
	return m.styles[z]
}

// inClass is 1 if the mask of a word has a class of case, else 0.
func inClass(mask uint16, class uint8) uint16 {
	mask >>= class
	return (mask | mask>>4 | mask>>8 | mask>>12) & 1
}

// silent reports whether the capitals of a mention in text z prove nothing:
// those of an acronym where all letters are capitals, those of a word also
// where every word begins with one.
func (m *matcher) silent(k *mention, z int) bool {
	s := m.styleOf(z)
	return s == capitalled || s == headlined && !k.acronym
}

// writtenOtherwise returns a place that tells how to read a mention whose
// capitals prove nothing: the word in an ordinary text of the same item, in
// small letters, as where "ICE CLOSES PORT" or "Apple Harvest Ruined" stands
// above "the ice closed" or "the apple harvest". There is none if such a text
// has it with capitals too.
func (m *matcher) writtenOtherwise(k *mention) span32 {
	if k.start != k.end || !m.silent(k, m.textOf(k.start)) {
		return nowhere
	}
	form, ok := m.formOf(k)
	if !ok {
		return nowhere
	}
	for i := range m.readings {
		if r := &m.readings[i]; r.form == form && r.acronym == k.acronym {
			return r.at
		}
	}
	m.readings = append(m.readings, reading{form, k.acronym, m.inSmallLetters(form, k)})
	return m.readings[len(m.readings)-1].at
}

// A reading is where ordinary texts have a form in small letters only. It is
// found once in a document, which may have a mention in every other word.
type reading struct {
	form    uint32
	acronym bool
	at      span32
}

func (m *matcher) inSmallLetters(form uint32, k *mention) span32 {
	capitals := uint16(0x1111) << text.ClassUpper
	if !k.acronym {
		capitals |= 0x1111 << text.ClassTitle
	}
	found := nowhere
	for at := m.forms[form&^isPlural].head; at >= 0; at = m.links[at].next {
		i := m.links[at].tok
		switch {
		case m.links[at].form != form || m.silent(k, m.textOf(i)):
		case m.tokens[i].mask&capitals != 0:
			return nowhere
		case found.none():
			found = span32{i, i}
		}
	}
	return found
}

// formOf returns the form by which a mention of one word was found, with
// isPlural set if it is a plural of it. All words with that very form are
// spelled alike; those that begin alike are not.
func (m *matcher) formOf(k *mention) (form uint32, ok bool) {
	a := &m.set.atoms[k.atom]
	if a.kind > atomPhrase {
		return 0, false
	}
	form = m.set.looked(a).form
	t := &m.tokens[k.start]
	for _, l := range m.links[t.from : t.from+uint32(t.n)] {
		if l.form&^isPlural == form {
			return l.form, form < m.set.plain
		}
	}
	return 0, false
}
