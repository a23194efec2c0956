package match

import (
	"math/bits"

	"newswatch/monitor/text"
	"newswatch/monitor/vocab"
)

// A letterCase is how a text uses capitals.
type letterCase uint8

const (
	unknownCase letterCase = iota
	mixedCase              // capitals mean something
	titleCase              // Most Words Begin With One
	upperCase              // ALL LETTERS ARE CAPITALS
)

// letterCaseOf returns how a text uses capitals: four in five of its words of four
// letters or more, which must be three at least, decide.
func (d *document) letterCaseOf(z int) letterCase {
	if d.letters[z] != unknownCase {
		return d.letters[z]
	}
	var count [4]int // of long words, by class
	words := d.tokens[d.zoneAt[z]:d.zoneAt[z+1]]
	for i := range words {
		t, long := &words[i], 0
		if t.end-t.start >= 4 {
			long = 1
		}
		count[bits.TrailingZeros16(t.mask)&3] += long
	}
	caps := count[text.ClassUpper]
	heads := caps + count[text.ClassTitle] + count[text.ClassPlural]
	long := heads + count[text.ClassLower]
	switch {
	case long >= 3 && 5*caps >= 4*long:
		d.letters[z] = upperCase
	case long >= 3 && 5*heads >= 4*long:
		d.letters[z] = titleCase
	default:
		d.letters[z] = mixedCase
	}
	return d.letters[z]
}

// uninformative reports whether the capitals of a mention in text z prove nothing:
// those of an acronym where all letters are capitals, those of a word also
// where every word begins with one.
func (m *judge) uninformative(k *mention, z int) bool {
	s := m.letterCaseOf(z)
	return s == upperCase || s == titleCase && !k.acronym
}

// writtenOtherwise returns a place that tells how to read a mention whose
// capitals prove nothing: the word in an ordinary text of the same item, in
// small letters, as where "ICE CLOSES PORT" or "Apple Harvest Ruined" stands
// above "the ice closed" or "the apple harvest". There is none if such a text
// has it with capitals too.
func (m *judge) writtenOtherwise(k *mention) wordRange {
	if k.start != k.end || !m.uninformative(k, m.textOf(k.start)) {
		return noWords
	}
	form, ok := m.formOf(k)
	if !ok {
		return noWords
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
	at      wordRange
}

func (m *judge) inSmallLetters(form uint32, k *mention) wordRange {
	capitals := uint16(0x1111) << text.ClassUpper
	if !k.acronym {
		capitals |= 0x1111 << text.ClassTitle
	}
	found := noWords
	for at := m.state(form &^ vocab.Plural).head; at >= 0; at = m.links[at].next {
		i := m.links[at].tok
		switch {
		case m.links[at].form != form || m.uninformative(k, m.textOf(i)):
		case m.tokens[i].mask&capitals != 0:
			return noWords
		case found.none():
			found = wordRange{i, i}
		}
	}
	return found
}

// formOf returns the form by which a mention of one word was found, with
// vocab.Plural set if it is a plural of it. All words with that very form are
// spelled alike; those that begin alike are not.
func (m *judge) formOf(k *mention) (form uint32, ok bool) {
	a := &m.set.atoms[k.atom]
	if a.kind > atomPhrase {
		return 0, false
	}
	form = m.set.looked(a).form
	t := &m.tokens[k.start]
	for _, l := range m.links[t.from : t.from+uint32(t.n)] {
		if l.form&^vocab.Plural == form {
			return l.form, form < m.set.plain
		}
	}
	return 0, false
}
