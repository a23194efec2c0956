package match

import (
	"newswatch/monitor/text"
	"newswatch/monitor/vocab"
)

// AppendWordKeys appends keys of all words of d under which a Set may look for
// them, some more than once: what a Sieve asks for.
func AppendWordKeys(out []uint64, d *Doc) []uint64 {
	var sc text.Scanner
	var stems []text.Stem
	var words []vocab.Word // under which one word is looked up
	for _, s := range [...]string{d.Title, d.Summary, d.Body} {
		sc.Reset(s)
		for sc.Next() {
			words = append(words[:0], vocab.Word{Hash: vocab.Hash(sc.Key, sc.Tag)})
			if sc.Varies() {
				words = appendVariants(words, 0, &sc, &stems)
			}
			for _, w := range words {
				out = append(out, w.Hash)
			}
			if sc.Size >= 4 {
				out = append(out, headKey(uint32(sc.Key)))
			}
		}
	}
	return out
}

// headKey is the key of the first four bytes of a word.
func headKey(head uint32) uint64 { return vocab.Hash(uint64(head), 1<<31) }

// A Sieve tells of documents whose words are known, but not their order, whether a
// Set could match them. It is not safe for concurrent use.
type Sieve struct {
	set     *Set
	keys    []sieveKey
	present vocab.Marks // forms
	marked  vocab.Marks // atoms
}

// A sieveKey is one of the keys of a form.
type sieveKey struct {
	key  uint64
	form uint32
}

// NewSieve returns a sieve of s.
func NewSieve(s *Set) *Sieve {
	v := &Sieve{set: s, present: vocab.NewMarks(s.forms), marked: vocab.NewMarks(uint32(len(s.atoms)))}
	s.vocab.Each(func(hash uint64, form uint32) { v.keys = append(v.keys, sieveKey{hash, form}) })
	if s.prefixes != nil {
		s.prefixes.Each(func(head, form uint32) { v.keys = append(v.keys, sieveKey{headKey(head), form}) })
	}
	return v
}

// May reports whether the Set could match a document of which has says which keys
// it has: it may be wrong about that where it says yes, and so may May.
func (v *Sieve) May(has func(key uint64) bool) bool {
	s := v.set
	if len(s.always) > 0 {
		return true
	}
	v.present.Clear()
	v.marked.Clear()
	for _, k := range v.keys {
		if !v.present.Has(k.form) && has(k.key) {
			v.present.Add(k.form)
		}
	}
	for _, form := range v.present.List {
		for _, p := range s.posts.Of(form) {
			if !v.marked.Has(p.atom) && v.may(p.need) {
				v.marked.Add(p.atom)
			}
		}
	}
	if s.scan != nil {
		for _, a := range s.scan.all {
			v.marked.Add(a)
		}
	}
	for i := 0; i < len(v.marked.List); i++ { // grows by groups
		for _, x := range s.follow.Of(v.marked.List[i]) {
			if x.need == aGroup && !v.marked.Has(x.to) {
				v.marked.Add(x.to)
			}
		}
	}
	for _, a := range v.marked.List {
		for _, x := range s.follow.Of(a) {
			if x.need < anAsked && v.may(x.need) {
				return true
			}
		}
	}
	return false
}

// may reports whether what is needed may occur.
func (v *Sieve) may(n need) bool {
	if n&needMark != 0 {
		return v.marked.Has(uint32(n &^ needMark))
	}
	return n == 0 || v.present.Has(uint32(n-1))
}
