package match

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
	"newswatch/monitor/vocab"
)

// A vocabulary numbers the forms and atoms that rules ask for.
type vocabulary struct {
	set      *Set
	forms    map[string]uint32
	names    []string          // of forms; "" for prefixes
	shares   []float32         // of forms
	aliases  map[string]uint32 // plurals that do not just add an s: the form
	prefixes []vocab.PrefixForm
	atomIDs  map[string]uint32
	costs    []float32 // of atoms
	key      []byte
	labels   []byte // terms.texts in the making
}

// atom returns the number of a term within a zone, the same for the same.
func (v *vocabulary) atom(t *query.Term, z text.Zone) uint32 {
	if t.Pattern != nil {
		return v.regex(t, z)
	}
	v.key = append(v.key[:0], byte(z), byte(len(t.Words)))
	if t.Prefix {
		v.key[0] |= 0x80
	}
	for _, w := range t.Words {
		v.key = append(append(v.key, byte(w.Rule)), w.Fold...)
		if w.Rule == query.CaseExact {
			v.key = append(append(v.key, 1), w.Exact...)
		}
		v.key = append(v.key, 0)
	}
	if id, ok := v.atomIDs[string(v.key)]; ok {
		return id
	}
	v.atomIDs[string(v.key)] = uint32(len(v.set.atoms))
	return v.newAtom(t, z)
}

func (v *vocabulary) newAtom(t *query.Term, z text.Zone) uint32 {
	s := v.set
	a := atom{kind: atomWord, zone: z, n: uint32(len(t.Words)), first: uint32(len(s.words)), label: v.keep(t.Text)}
	if len(t.Words) > 1 {
		a.kind = atomPhrase
	}
	cost, joint := math.Inf(1), 1.0
	var exacts []string
	for i, w := range t.Words {
		k := v.word(w, z, t.Prefix && i == len(t.Words)-1)
		s.words = append(s.words, k)
		p := v.share(k)
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
	v.costs = append(v.costs, float32(cost))
	return uint32(len(s.atoms) - 1)
}

// word returns what is wanted of a document for a word of a term.
func (v *vocabulary) word(w query.Word, z text.Zone, prefix bool) wanted {
	if prefix {
		id, fresh := v.form(w.Fold + "*")
		if fresh {
			v.names[id] = ""
			v.shares[id] = 0.01
			v.prefixes = append(v.prefixes, vocab.PrefixForm{Text: w.Fold, Form: id})
		}
		return wanted{id, newAccept(z, w.Rule, false).beginning()}
	}
	id, fresh := v.form(w.Fold)
	s, other := w.Plurals()
	if fresh { // whoever asks for it first, so that a query reads the same in every set
		v.shares[id] = float32(text.Share(w.Fold))
		if text.TakesS(w.Fold[len(w.Fold)-1]) {
			v.shares[id] += float32(text.Share(w.Fold + "s"))
		}
	}
	if other != "" {
		v.aliases[other] = id
	}
	return wanted{id, newAccept(z, w.Rule, s || other != "")}
}

// share estimates in which share of news items a word occurs as wanted.
func (v *vocabulary) share(w wanted) float64 {
	return float64(v.shares[w.form]) * cased(w.accept.rule())
}

// cased is the part of the occurrences of a word that are written as a rule
// asks, as estimated.
func cased(r query.CaseRule) float64 {
	return [...]float64{query.CaseAny: 1, query.CaseInitial: 0.5, query.CaseUpper: 0.2, query.CaseExact: 0.2}[r]
}

// keep makes text a piece of Set.texts.
func (v *vocabulary) keep(text string) piece {
	v.labels = append(v.labels, text...)
	return piece{uint32(len(v.labels) - len(text)), uint32(len(text))}
}

// kept is Set.text while that is in the making.
func (v *vocabulary) kept(p piece) string { return string(v.labels[p.at : p.at+p.size]) }

// form returns the number of a form, and whether it is new.
func (v *vocabulary) form(text string) (id uint32, fresh bool) {
	if id, ok := v.forms[text]; ok {
		return id, false
	}
	id = uint32(len(v.names))
	v.forms[text] = id
	v.names = append(v.names, text)
	v.shares = append(v.shares, 0)
	return id, true
}

// group returns the atom that is any of atoms.
func (v *vocabulary) group(atoms []uint32) uint32 {
	v.key = append(v.key[:0], 'g')
	for _, a := range atoms {
		v.key = binary.LittleEndian.AppendUint32(v.key, a)
	}
	if id, ok := v.atomIDs[string(v.key)]; ok {
		return id
	}
	s := v.set
	id := uint32(len(s.atoms))
	v.atomIDs[string(v.key)] = id
	cost := float32(0)
	for _, a := range atoms {
		cost += (1 - cost) * v.costs[a]
	}
	s.atoms = append(s.atoms, atom{kind: atomGroup, first: uint32(len(s.members)), n: uint32(len(atoms))})
	s.members = append(s.members, atoms...)
	v.costs = append(v.costs, cost)
	return id
}

// regex returns the atom of a pattern within a zone.
func (v *vocabulary) regex(t *query.Term, z text.Zone) uint32 {
	key := "r" + string(rune(z)) + t.Pattern.String()
	if id, ok := v.atomIDs[key]; ok {
		return id
	}
	s := v.set
	id := uint32(len(s.atoms))
	v.atomIDs[key] = id
	p := pattern{re: t.Pattern, literal: query.RequiredLiteral(t.Pattern.String())}
	s.atoms = append(s.atoms, atom{kind: atomRegex, zone: z, first: uint32(len(s.regexes)), label: v.keep(t.Text)})
	s.regexes = append(s.regexes, p)
	cost := float32(0.05)
	if p.literal == "" {
		cost = 0.9
	}
	v.costs = append(v.costs, cost)
	return id
}

// renumber numbers the forms anew, those first that most terms want: what a
// matcher keeps of forms that occur often then lies together. Forms of
// prefixes come behind all words.
func (v *vocabulary) renumber() {
	s := v.set
	use, order := make([]uint32, len(v.names)), make([]uint32, len(v.names))
	for _, w := range s.words {
		use[w.form]++
	}
	for id := range order {
		order[id] = uint32(id)
		if v.names[id] != "" {
			s.plain++
		} else {
			use[id] = 0
		}
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return cmp.Compare(use[b], use[a]) })
	s.forms = uint32(len(order))
	names, shares, number := make([]string, len(order)), make([]float32, len(order)), make([]uint32, len(order))
	for i, id := range order {
		names[i], shares[i], number[id] = v.names[id], v.shares[id], uint32(i)
	}
	v.names, v.shares = names, shares
	for i := range s.words {
		s.words[i].form = number[s.words[i].form]
	}
	for i := range v.prefixes {
		v.prefixes[i].Form = number[v.prefixes[i].Form]
	}
	for text, id := range v.aliases {
		v.aliases[text] = number[id]
	}
}
