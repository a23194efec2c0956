package match

import (
	"math/bits"
	"strings"

	"newswatch/monitor/text"
	"newswatch/monitor/vocab"
)

// A document is the words of a Doc, and where those of rules stand. What it
// keeps of every form is one bit, and never cleared as a whole between documents.
type document struct {
	set     *Set
	doc     *Doc
	texts   [3]string // title, summary, body
	tokens  []tok
	zoneAt  [4]int32 // index of the first token of each text; and the end
	letters [3]letterCase

	links  []link
	bits   []uint64    // of forms: those that occur
	base   []uint32    // of words of bits that are not 0: the states of their forms begin here
	used   []uint32    // the words of bits that are not 0
	states []formState // of the forms that occur

	// what is found out when it is asked for
	cut     []sentence
	cutAt   []int32 // of words: one more than the index of cut; 0 if it has not been asked for
	isCut   bool
	amounts []located
	counted bool

	// while words are looked up
	scan       text.Scanner
	keys       []vocab.Word       // of tokens
	sifted     []uint32           // those of keys that may be words of rules
	known      []vocab.Occurrence // those of keys that are words of rules
	stems      []text.Stem        // of one word
	prefixHits []vocab.Occurrence
}

// read cuts a Doc into words and records those that rules use.
func (d *document) read(doc *Doc) {
	d.doc = doc
	for _, k := range d.used {
		d.bits[k] = 0
	}
	d.used = d.used[:0]
	d.texts = [3]string{doc.Title, doc.Summary, doc.Body}
	d.tokens, d.keys, d.links, d.prefixHits = d.tokens[:0], d.keys[:0], d.links[:0], d.prefixHits[:0]
	d.isCut, d.counted, d.letters = false, false, [3]letterCase{}
	for z, s := range d.texts {
		d.zoneAt[z] = int32(len(d.tokens))
		d.words(s, z)
	}
	d.zoneAt[3] = int32(len(d.tokens))
	d.lookup()
}

// A tok is a word of the document.
type tok struct {
	start, end uint32
	from       uint32 // its links: from to from+n-1
	n          uint16
	mask       uint16 // one bit: its zone and class of case
}

// A link is an occurrence of a form.
type link struct {
	form      uint32 // with vocab.Plural set if a plural of it occurs
	tok, next int32
	posts     uint32 // of the form, see Set.postsOf
}

// A formState is where a form occurs in the document, if it does.
type formState struct {
	head, tail int32  // of links
	masks             // of the words
	posts      uint32 // see Set.postsOf
}

// counts reports whether a form occurs as accepted.
func (st *formState) counts(a accept) bool {
	k := &accepted[a]
	return st.own&k.own|st.plural&k.plural != 0
}

// located is an amount with its words.
type located struct {
	value   float64
	from    int    // its first byte
	written string // with its currency
	hit
}

// headWords is how much of a body without a summary counts as the lead.
const headWords = 60

// wordAt reports whether word i is as wanted.
func (d *document) wordAt(w wanted, i int32) bool {
	t := &d.tokens[i]
	for at := t.from; at < t.from+uint32(t.n); at++ {
		if l := &d.links[at]; l.form&^vocab.Plural == w.form {
			return d.counts(l, w.accept)
		}
	}
	return false
}

// counts reports whether an occurrence is as accepted.
func (d *document) counts(l *link, a accept) bool {
	if l.form&vocab.Plural != 0 {
		return d.tokens[l.tok].mask&accepted[a].plural != 0
	}
	return d.tokens[l.tok].mask&accepted[a].own != 0
}

// exactAt reports whether the words from i on have the very letters of a, of
// which the last may be a beginning.
func (d *document) exactAt(a *atom, i int32) bool {
	want := d.set.exacts[a.exact-1]
	begins := d.set.begins(a)
	for k, w := range want {
		got := d.text(i+int32(k), i+int32(k))
		if got != w && !(begins && k == len(want)-1 && strings.HasPrefix(got, w)) {
			return false
		}
	}
	return true
}

// phraseAt reports whether the words of a stand in a row from word i on.
func (d *document) phraseAt(a *atom, i int32) bool {
	n := int32(a.n)
	if i < 0 || i+n > int32(len(d.tokens)) || d.textOf(i) != d.textOf(i+n-1) {
		return false
	}
	for k := range n {
		if !d.wordAt(d.set.words[a.first+uint32(k)], i+k) {
			return false
		}
	}
	return a.exact == 0 || d.exactAt(a, i)
}

// occursAs reports whether a form occurs as it is wanted.
func (d *document) occursAs(w wanted) bool {
	return d.occurred(w.form) && d.state(w.form).counts(w.accept)
}

func (d *document) occurred(f uint32) bool { return d.bits[f>>6]>>(f&63)&1 != 0 }

// state returns where a form that occurs does so.
func (d *document) state(f uint32) *formState {
	k := f >> 6
	return &d.states[d.base[k]+uint32(bits.OnesCount64(d.bits[k]&(1<<(f&63)-1)))]
}

// textOf returns the text, 0 to 2, that word i is in.
func (d *document) textOf(i int32) int {
	switch {
	case i < d.zoneAt[1]:
		return 0
	case i < d.zoneAt[2]:
		return 1
	}
	return 2
}

// text returns the original text from word i to word j.
func (d *document) text(i, j int32) string {
	return d.texts[d.textOf(i)][d.tokens[i].start:d.tokens[j].end]
}

// zonesOf returns the zones the words of text z are in.
func (d *document) zonesOf(z int) text.Zone {
	switch {
	case z < 2:
		return 1 << z
	case d.zoneAt[1] != d.zoneAt[2]:
		return text.InBody
	case d.zoneAt[3]-d.zoneAt[2] <= headWords:
		return text.InHead
	}
	return text.InBody | text.InHead
}

// capital reports whether word i begins with a capital.
func (d *document) capital(i int32) bool {
	mask := d.tokens[i].mask
	return mask&0x1111 == 0
}

// foldWord appends the folded word i to buf.
func (d *document) foldWord(i int32, buf []byte) []byte {
	var sc text.Scanner
	sc.Reset(d.text(i, i))
	for sc.Next() {
		buf = append(buf, sc.Bytes()...)
	}
	return buf
}

var zoneNames = [...]string{"title", "summary", "body"}

func (d *document) quote(s wordRange) string {
	return `"` + strings.Join(strings.Fields(d.text(s.start, s.end)), " ") + `"`
}
