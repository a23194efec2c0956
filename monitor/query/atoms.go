package query

import (
	"encoding/binary"
	"math"
)

// atom returns the number of a term within a zone, the same for the same.
func (c *compiler) atom(t *term, z zone) uint32 {
	if t.re != nil {
		return c.regex(t, z)
	}
	c.key = append(c.key[:0], byte(z), byte(len(t.words)))
	if t.prefix {
		c.key[0] |= 0x80
	}
	for _, w := range t.words {
		c.key = append(append(c.key, byte(w.rule)), w.fold...)
		if w.rule == caseExact {
			c.key = append(append(c.key, 1), w.exact...)
		}
		c.key = append(c.key, 0)
	}
	if id, ok := c.atomIDs[string(c.key)]; ok {
		return id
	}
	c.atomIDs[string(c.key)] = uint32(len(c.set.atoms))
	return c.newAtom(t, z)
}

func (c *compiler) newAtom(t *term, z zone) uint32 {
	s := c.set
	a := atom{kind: atomWord, zone: z, prefix: t.prefix, n: uint16(len(t.words)), label: t.text}
	if len(t.words) > 1 {
		a.kind = atomPhrase
	}
	var refs []wordRefs
	best, cost, joint := 0, math.Inf(1), 1.0
	var exacts []string
	var shares []float32
	for i, w := range t.words {
		r, p := c.word(w, z, t.prefix && i == len(t.words)-1)
		refs, shares = append(refs, r), append(shares, float32(p))
		if p < cost {
			best, cost = i, p
		}
		joint *= math.Sqrt(p)
		if w.rule == caseExact {
			exacts = append(exacts, w.exact)
		}
	}
	a.first, a.anchor = uint32(len(s.words)), uint8(min(best, 255))
	s.words = append(s.words, refs...)
	c.wordShares = append(c.wordShares, shares...)
	if len(exacts) > 0 {
		s.exacts = append(s.exacts, exacts)
		a.kind, a.exact = atomPhrase, uint32(len(s.exacts))
	}
	if len(t.words) > 1 {
		cost = min(cost/2, joint)
	}
	s.atoms = append(s.atoms, a)
	c.costs = append(c.costs, float32(cost))
	return uint32(len(s.atoms) - 1)
}

// word returns the forms of a word of a term and its estimated share.
func (c *compiler) word(w word, z zone, prefix bool) (wordRefs, float64) {
	s := c.set
	from := uint32(len(s.refs))
	if prefix {
		id := c.form(w.fold+"*", true)
		if s.prefixes == nil {
			s.prefixes = &beginnings{}
		}
		if c.shares[id] == 0 {
			c.shares[id] = 0.01
			s.prefixes.add(w.fold, id)
		}
		mask := w.rule.mask()
		if w.rule == caseUpper {
			mask |= 1 << classPlural
		}
		s.refs = append(s.refs, ref{id, spread(mask, z)})
		return wordRefs{from, from + 1}, 0.01
	}
	var buf [4]form
	p := 0.0
	for _, f := range w.forms(buf[:0]) {
		s.refs = append(s.refs, ref{c.form(f.fold, false), spread(f.mask, z)})
		p += share(f)
	}
	return wordRefs{from, uint32(len(s.refs))}, p
}

// form returns the number of a form.
func (c *compiler) form(text string, prefix bool) uint32 {
	if id, ok := c.forms[text]; ok {
		return id
	}
	id := uint32(len(c.names))
	c.forms[text] = id
	if prefix {
		text = ""
	}
	c.names = append(c.names, text)
	c.shares = append(c.shares, 0)
	return id
}

// group returns the atom that is any of atoms.
func (c *compiler) group(atoms []uint32) uint32 {
	c.key = append(c.key[:0], 'g')
	for _, a := range atoms {
		c.key = binary.LittleEndian.AppendUint32(c.key, a)
	}
	if id, ok := c.atomIDs[string(c.key)]; ok {
		return id
	}
	s := c.set
	id := uint32(len(s.atoms))
	c.atomIDs[string(c.key)] = id
	cost := float32(0)
	for _, a := range atoms {
		cost += c.costs[a]
	}
	s.atoms = append(s.atoms, atom{kind: atomGroup, first: uint32(len(s.members)), size: uint32(len(atoms))})
	s.members = append(s.members, atoms...)
	c.costs = append(c.costs, cost)
	return id
}

// regex returns the atom of a pattern within a zone.
func (c *compiler) regex(t *term, z zone) uint32 {
	key := "r" + string(rune(z)) + t.re.String()
	if id, ok := c.atomIDs[key]; ok {
		return id
	}
	s := c.set
	id := uint32(len(s.atoms))
	c.atomIDs[key] = id
	p := pattern{re: t.re, literal: requiredLiteral(t.re.String())}
	s.atoms = append(s.atoms, atom{kind: atomRegex, zone: z, first: uint32(len(s.regexes)), label: t.text})
	s.regexes = append(s.regexes, p)
	cost := float32(0.05)
	if p.literal == "" {
		cost = 0.9
	}
	c.costs = append(c.costs, cost)
	return id
}
