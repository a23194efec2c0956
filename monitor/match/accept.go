package match

import (
	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// An accept says which occurrences of a form count for a word of a term: the
// zones in four bits, the case in two, and whether plurals count. The bits of
// case are those of a CaseRule, with CaseExact for the beginning of a word in
// capitals, which may end in a small s.
type accept uint8

const acceptPlural accept = 1 << 6

func newAccept(z text.Zone, r query.CaseRule, plural bool) accept {
	if r == query.CaseExact {
		r = query.CaseAny // the letters are compared besides
	}
	a := accept(z) | accept(r)<<4
	if plural {
		a |= acceptPlural
	}
	return a
}

// beginning returns what a counts for the prefixTable of words.
func (a accept) beginning() accept {
	a &^= acceptPlural
	if a.rule() == query.CaseUpper {
		a |= accept(query.CaseExact) << 4
	}
	return a
}

func (a accept) rule() query.CaseRule { return query.CaseRule(a >> 4 & 3) }

// masks are the bits of the masks of words that count, for the word itself and
// for its plurals.
type masks struct{ own, plural uint16 }

// accepted are the masks of every accept.
var accepted = func() (t [128]masks) {
	for i := range t {
		a := accept(i)
		own, plural := uint8(0xf), uint8(0xf)
		switch a.rule() {
		case query.CaseInitial:
			own = 1<<text.ClassTitle | 1<<text.ClassUpper | 1<<text.ClassPlural
			plural = own
		case query.CaseUpper:
			own, plural = 1<<text.ClassUpper, 1<<text.ClassPlural
		case query.CaseExact:
			own = 1<<text.ClassUpper | 1<<text.ClassPlural
		}
		t[i].own = spread(own, text.Zone(a&0xf))
		if a&acceptPlural != 0 {
			t[i].plural = spread(plural, text.Zone(a&0xf))
		}
	}
	return t
}()

// spread puts a class mask into the nibble of each zone.
func spread(class uint8, z text.Zone) uint16 {
	var m uint16
	for i := range 4 {
		if z&(1<<i) != 0 {
			m |= uint16(class) << (4 * i)
		}
	}
	return m
}
