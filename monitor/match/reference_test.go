package match

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"newswatch/monitor/text"
)

// A page is a document as the reference sees it: its words, cut and folded by
// means that share nothing with the scanner. It knows only texts of pageWords.
type page struct {
	doc   *Doc
	words []pageWord
}

// A pageWord is a word of a page.
type pageWord struct {
	raw, fold  string
	cased      rune // l ower, T itle, U pper, P lural: capitals with a small s
	zone       text.Zone
	text       int // 0 title, 1 summary, 2 body
	sentence   int
	start, end int
}

// pageWords are words in which plurals, cases, apostrophes, dots, dashes and
// letters beyond ASCII meet. A line break ends a sentence.
var pageWords = strings.Fields("ax axe axes axles axle company companies COMPANY COMPANIES Company's companys Companies companies' " +
	"NGO NGOs ngos NGOS NGO's N.G.O.s ICE ices ice ICEs Ice I.C.E. ICE’s bus buses busses BUS new news New NEWS hero heroes heros " +
	"Heroes café cafés CAFÉS glass glasses Glass 747 747s x xs X ＮＧＯｓ ＩＣＥ state-of-the-art State state states l'ICE art arts " +
	"investigation Investigations investigations longestword longestwords monarch monarchs church churches churchs the of " +
	"Kennedy Kennedys kennedies eightcha eightchas ninechars1 ninecharsx")

var gaps = []string{" ", " ", " ", " ", " ", ", ", "—", " (", "; ", "/", "\n\n"}

var simpler = strings.NewReplacer("é", "e", "É", "e", "Ｎ", "n", "Ｇ", "g", "Ｏ", "o", "ｓ", "s", "Ｉ", "i", "Ｃ", "c", "Ｅ", "e", ".", "")

// newPage makes a random page: now and then of many words, or of none.
func newPage(r *rand.Rand) *page {
	p := &page{}
	few := 2 + r.IntN(len(pageWords)-1) // words to choose from, so that they come again
	var texts [3]string
	for z := range texts {
		n := r.IntN(9)
		switch r.IntN(6) {
		case 0:
			n = 0
		case 1:
			if z == 2 {
				n = r.IntN(90)
			}
		}
		var b strings.Builder
		for range n {
			p.add(&b, pageWords[(r.IntN(few)*7+few)%len(pageWords)], z)
			gap := gaps[r.IntN(len(gaps))]
			b.WriteString(gap)
		}
		texts[z] = b.String()
	}
	p.doc = &Doc{Title: texts[0], Summary: texts[1], Body: texts[2], Feed: []string{"wire", "blog"}[r.IntN(2)]}
	p.place()
	return p
}

// add writes a word and records its parts.
func (p *page) add(b *strings.Builder, w string, z int) {
	at := b.Len()
	b.WriteString(w)
	whole := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(w, "'"), "'s"), "’s")
	for _, raw := range strings.FieldsFunc(whole, func(r rune) bool { return r == '-' || r == '\'' }) {
		start := at + strings.Index(w, raw)
		p.words = append(p.words, pageWord{raw: raw, fold: folded(raw), cased: casedAs(raw), text: z, start: start, end: start + len(raw)})
	}
}

func folded(raw string) string { return strings.ToLower(simpler.Replace(raw)) }

// casedAs tells how a word is cased, by its letters.
func casedAs(raw string) rune {
	raw = strings.ReplaceAll(raw, ".", "")
	caps, letters := 0, 0
	for _, r := range raw {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.IsUpper(r) {
			caps++
		}
	}
	first, _ := utf8.DecodeRuneInString(raw)
	switch {
	case caps == 0:
		return 'l'
	case caps == letters:
		return 'U'
	case caps == letters-1 && caps > 1 && strings.HasSuffix(folded(raw), "s") && !strings.HasSuffix(raw, "S"):
		return 'P'
	case unicode.IsUpper(first):
		return 'T'
	}
	return 'l'
}

// place says of every word in which zone and sentence it is.
func (p *page) place() {
	texts := [...]string{p.doc.Title, p.doc.Summary, p.doc.Body}
	summary, body := 0, 0
	for i := range p.words {
		w := &p.words[i]
		w.zone, w.sentence = text.Zone(1<<w.text), 1000*w.text+strings.Count(texts[w.text][:w.start], "\n\n")
		switch w.text {
		case 1:
			summary++
		case 2:
			if body++; summary == 0 && body <= 60 {
				w.zone = text.InHead
			}
		}
	}
}

// A wantedWord is a word of a query as the reference reads it.
type wantedWord struct {
	raw, fold string
	cased     rune // a ny, i nitial, u pper, = exact
	prefix    bool
}

// wantedOf reads a word of a query by the rules of the language.
func wantedOf(raw string, phrase bool) wantedWord {
	raw, prefix := strings.CutSuffix(raw, "*")
	w := wantedWord{raw: raw, fold: folded(raw), prefix: prefix, cased: 'a'}
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, raw)
	switch c := casedAs(raw); {
	case c == 'U' && utf8.RuneCountInString(letters) >= 2 && utf8.RuneCountInString(letters) <= 6:
		w.cased = 'u'
	case c != 'l' && !phrase:
		w.cased = 'i'
	}
	return w
}

// at reports whether a word of a text is as wanted: by its letters, its case,
// or as a plural.
func (w wantedWord) at(t *pageWord) bool {
	switch {
	case w.cased == '=' && w.prefix:
		return strings.HasPrefix(t.raw, w.raw)
	case w.cased == '=':
		return t.raw == w.raw
	case w.cased == 'i' && t.cased == 'l':
		return false
	case w.prefix && w.cased == 'u':
		return strings.HasPrefix(t.fold, w.fold) && (t.cased == 'U' || t.cased == 'P')
	case w.prefix:
		return strings.HasPrefix(t.fold, w.fold)
	case t.fold == w.fold:
		return w.cased != 'u' || t.cased == 'U'
	case w.cased == 'u':
		return t.cased == 'P' && t.fold == w.fold+"s" && !strings.ContainsAny(w.fold[len(w.fold)-1:], "sxz0123456789")
	}
	return w.plural(t)
}

// plural reports whether t is a regular plural of w.
func (w wantedWord) plural(t *pageWord) bool {
	last := w.fold[len(w.fold)-1]
	if len(w.fold) < 2 || last < 'a' || last > 'z' {
		return false
	}
	es := t.cased != 'P' // NGOs adds a small s to capitals, never more
	switch {
	case t.fold == w.fold+"s":
		return !strings.ContainsRune("sxz", rune(last))
	case t.fold == w.fold+"es":
		return es && w.fold != "us" && !strings.HasSuffix(w.fold, "cao") && (strings.HasSuffix(w.fold, "cion") || strings.ContainsRune("sxzo", rune(last)) || strings.HasSuffix(w.fold, "ch") || strings.HasSuffix(w.fold, "sh"))
	case strings.HasSuffix(w.fold, "cao") && t.fold == strings.TrimSuffix(w.fold, "ao")+"oes":
		return es
	case t.fold == w.fold[:len(w.fold)-1]+"ies":
		return es && last == 'y' && !strings.ContainsAny(w.fold[len(w.fold)-2:len(w.fold)-1], "aeiou")
	}
	return false
}
