package match

import (
	"encoding/binary"
	"math"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// Atom returns the number of a term within a zone, the same for the same.
func (c *compiler) atom(t *query.Term, z text.Zone) uint32 {
	if t.Pattern != nil {
		return c.regex(t, z)
	}
	c.key = append(c.key[:0], byte(z), byte(len(t.Words)))
	if t.Prefix {
		c.key[0] |= 0x80
	}
	for _, w := range t.Words {
		c.key = append(append(c.key, byte(w.Rule)), w.Fold...)
		if w.Rule == query.CaseExact {
			c.key = append(append(c.key, 1), w.Exact...)
		}
		c.key = append(c.key, 0)
	}
	if id, ok := c.atomIDs[string(c.key)]; ok {
		return id
	}
	c.atomIDs[string(c.key)] = uint32(len(c.set.atoms))
	return c.newAtom(t, z)
}

func (c *compiler) newAtom(t *query.Term, z text.Zone) uint32 {
	s := c.set
	a := atom{kind: atomWord, zone: z, n: uint32(len(t.Words)), first: uint32(len(s.words)), label: c.keep(t.Text)}
	if len(t.Words) > 1 {
		a.kind = atomPhrase
	}
	cost, joint := math.Inf(1), 1.0
	var exacts []string
	for i, w := range t.Words {
		k := c.word(w, z, t.Prefix && i == len(t.Words)-1)
		s.words = append(s.words, k)
		p := c.share(k)
		if p < cost {
			a.anchor, cost = uint8(min(i, 255)), p
		}
		joint *= math.Sqrt(p)
		if w.Rule == query.CaseExact {
			exacts = append(exacts, w.Exact)
		}
	}
	if len(exacts) > 0 {
		s.exacts = append(s.exacts, exacts)
		a.kind, a.exact = atomPhrase, uint32(len(s.exacts))
	}
	if len(t.Words) > 1 {
		cost = min(cost/2, joint)
	}
	s.atoms = append(s.atoms, a)
	c.costs = append(c.costs, float32(cost))
	return uint32(len(s.atoms) - 1)
}

// Word returns what is wanted of a document for a word of a term.
func (c *compiler) word(w query.Word, z text.Zone, prefix bool) wanted {
	if prefix {
		id, fresh := c.form(w.Fold + "*")
		if fresh {
			c.names[id] = ""
			c.shares[id] = 0.01
			c.prefixes = append(c.prefixes, prefixForm{w.Fold, id})
		}
		return wanted{id, newAccept(z, w.Rule, false).beginning()}
	}
	id, fresh := c.form(w.Fold)
	s, other := w.Plurals()
	if fresh { // whoever asks for it first, so that a query reads the same in every set
		c.shares[id] = float32(share(w.Fold))
		if text.TakesS(w.Fold[len(w.Fold)-1]) {
			c.shares[id] += float32(share(w.Fold + "s"))
		}
	}
	if other != "" {
		c.aliases[other] = id
	}
	return wanted{id, newAccept(z, w.Rule, s || other != "")}
}

// share estimates in which share of news items a word occurs as wanted.
func (c *compiler) share(w wanted) float64 {
	return float64(c.shares[w.form]) * cased(w.accept.rule())
}

// keep makes text a piece of Set.texts.
func (c *compiler) keep(text string) piece {
	c.texts = append(c.texts, text...)
	return piece{uint32(len(c.texts) - len(text)), uint32(len(text))}
}

// kept is Set.text while that is in the making.
func (c *compiler) kept(p piece) string { return string(c.texts[p.at : p.at+p.size]) }

// form returns the number of a form, and whether it is new.
func (c *compiler) form(text string) (id uint32, fresh bool) {
	if id, ok := c.forms[text]; ok {
		return id, false
	}
	id = uint32(len(c.names))
	c.forms[text] = id
	c.names = append(c.names, text)
	c.shares = append(c.shares, 0)
	return id, true
}

// Group returns the atom that is any of atoms.
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
	s.atoms = append(s.atoms, atom{kind: atomGroup, first: uint32(len(s.members)), n: uint32(len(atoms))})
	s.members = append(s.members, atoms...)
	c.costs = append(c.costs, cost)
	return id
}

// regex returns the atom of a pattern within a zone.
func (c *compiler) regex(t *query.Term, z text.Zone) uint32 {
	key := "r" + string(rune(z)) + t.Pattern.String()
	if id, ok := c.atomIDs[key]; ok {
		return id
	}
	s := c.set
	id := uint32(len(s.atoms))
	c.atomIDs[key] = id
	p := pattern{re: t.Pattern, literal: query.RequiredLiteral(t.Pattern.String())}
	s.atoms = append(s.atoms, atom{kind: atomRegex, zone: z, first: uint32(len(s.regexes)), label: c.keep(t.Text)})
	s.regexes = append(s.regexes, p)
	cost := float32(0.05)
	if p.literal == "" {
		cost = 0.9
	}
	c.costs = append(c.costs, cost)
	return id
}
