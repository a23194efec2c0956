package query

import (
	"strings"
	"unicode"
)

// wordsOf cuts the text of a term into words with their case rules. In a
// phrase case counts for acronyms only.
func wordsOf(text string) []word {
	var sc scanner
	sc.reset(text)
	out := make([]word, 0, 2)
	for sc.next() {
		raw := text[sc.start:sc.end]
		letters := 0
		for _, r := range raw {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		fold := raw // most words of queries are folded already
		if b := sc.bytes(); string(b) != raw {
			fold = string(b)
		}
		out = append(out, word{fold: fold, rule: ruleOf(sc.class, letters), exact: raw})
	}
	for i := range out {
		if len(out) > 1 && out[i].rule == caseInitial {
			out[i].rule = caseAny
		}
	}
	return out
}

// A style says how the letters of a term are to be compared.
type style uint8

const (
	smart  style = iota // as written, see ruleOf
	exact               // =word
	nocase              // ~word
)

// newTerm makes a term of the text between quotes or of a bare word; a star
// at its end makes it a prefix. words is empty if text has no letter or digit.
func newTerm(text string, how style) *term {
	t := &term{text: text}
	body := strings.TrimSpace(text)
	if s, ok := strings.CutSuffix(body, "*"); ok {
		t.prefix, body = true, s
	}
	t.words = wordsOf(body)
	for i := range t.words {
		switch w := &t.words[i]; how {
		case exact:
			w.rule = caseExact
		case nocase:
			w.rule = caseAny
		}
	}
	return t
}

// forms returns the words a text may have for w: itself and its regular
// plural. A plural in a query stands for itself only; adding an s to it makes
// a word nobody writes, so that needs no test.
func (w word) forms(buf []form) []form {
	buf = append(buf, form{w.fold, w.rule.mask()})
	if w.rule == caseExact || len(w.fold) < 2 {
		return buf
	}
	last := w.fold[len(w.fold)-1]
	if last >= 0x80 || !isLetter(last) {
		return buf
	}
	mask := w.rule.mask()
	if w.rule == caseUpper {
		mask = 1 << classPlural
	}
	stem := w.fold[:len(w.fold)-1]
	switch {
	case last == 'y' && !strings.ContainsRune("aeiou", rune(stem[len(stem)-1])) && w.rule != caseUpper:
		return append(buf, form{stem + "ies", mask})
	case sibilant(w.fold):
		return append(buf, form{w.fold + "es", mask})
	case last == 'o':
		buf = append(buf, form{w.fold + "es", mask})
	}
	return append(buf, form{w.fold + "s", mask})
}

// A form is one spelling of a word, with the classes of case it may have.
type form struct {
	fold string
	mask uint8
}

func sibilant(w string) bool {
	switch w[len(w)-1] {
	case 's', 'x', 'z':
		return true
	}
	return strings.HasSuffix(w, "ch") || strings.HasSuffix(w, "sh")
}

// mask returns the classes of case a rule accepts, one bit each.
func (r caseRule) mask() uint8 {
	switch r {
	case caseInitial:
		return 1<<classTitle | 1<<classUpper | 1<<classPlural
	case caseUpper:
		return 1 << classUpper
	}
	return 0xf
}

// spread puts a class mask into the nibble of each zone.
func spread(class uint8, z zone) uint16 {
	var m uint16
	for i := range 4 {
		if z&(1<<i) != 0 {
			m |= uint16(class) << (4 * i)
		}
	}
	return m
}
