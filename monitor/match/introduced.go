package match

import (
	"slices"
	"strings"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// introduced looks for mentions that a text itself explains, as in "Institution
// of Civil Engineers (ICE)". named reports whether the entity is named or
// introduced by its own long form; other whether another one takes its
// acronym.
func (m *judge) introduced(e *entity, list mentions) (named, other bool) {
	for i := range list {
		k := &list[i]
		if k.why == isName {
			named = true
		}
		if !k.acronym || k.why == voided || len(e.long) == 0 || k.start != k.end {
			continue
		}
		long := m.longForm(k.start)
		if long.none() {
			continue
		}
		if m.own(e, long) {
			k.v, k.why, k.support = Strong, definesOwn, long
			named = true
		} else {
			k.v, k.why, k.against = None, definesElse, long
			other = true
		}
	}
	return named, other
}

// namesake returns words with the initials of an acronym, as "Citizens Bank Park" for CBP,
// that are no name of the entity: near the mention, or where another text begins. A
// text whose capitals prove nothing has none.
func (m *judge) namesake(e *entity, k *mention) wordRange {
	letters := m.text(k.start, k.end)
	if !k.acronym || k.start != k.end || len(letters) < 3 {
		return noWords
	}
	for z, s := range m.texts {
		from := m.zoneAt[z]
		to := min(m.zoneAt[z+1], max(from, k.end)+int32(e.near))
		if z == m.textOf(k.start) {
			from = max(from, k.start-int32(e.near))
		}
		for i := from; i < to; i++ {
			if s[m.tokens[i].start] == letters[0] {
				if row := m.initials(i, to, letters); !row.none() && !m.own(e, row) && m.letterCaseOf(z) == mixedCase {
					return row // but in "Democrats Hold Senate Hearing On DHS" it names nobody
				}
			}
		}
	}
	return noWords
}

// initials returns the words from i on if these letters begin them, small words aside.
func (d *document) initials(i, to int32, letters string) wordRange {
	n := 0
	for j := i; j < to && (j == i || !d.breaksOff(j-1)); j++ {
		switch word := d.text(j, j); {
		case len(word) > 1 && word[0] == letters[n] && !strings.EqualFold(word, letters):
			if n++; n == len(letters) {
				return wordRange{i, j}
			}
		case n == 0 || !text.SmallWords[strings.ToLower(word)]:
			return noWords
		}
	}
	return noWords
}

// longForm returns the words that introduce the acronym at word i: "Long Form
// (LF)", "Long Form, or LF" or "LF (Long Form)".
func (d *document) longForm(i int32) wordRange {
	text := d.texts[d.textOf(i)]
	t := d.tokens[i]
	var buf [16]byte
	letters := d.foldWord(i, buf[:0])
	if len(letters) < 2 || len(letters) > 10 {
		return noWords
	}
	before := strings.TrimRight(text[:t.start], ` "“'`)
	if strings.HasSuffix(before, "(") && i > d.zoneAt[d.textOf(i)] && len(before) <= int(d.tokens[i-1].end)+6 {
		return d.spelledBefore(i, letters)
	}
	if strings.HasSuffix(before, ", or") {
		return d.spelledBefore(i-1, letters)
	}
	after := strings.TrimLeft(text[t.end:], " ")
	if strings.HasPrefix(after, "(") && i+1 < d.zoneAt[d.textOf(i)+1] {
		return d.spelledAfter(i, letters)
	}
	return noWords
}

// spelledBefore looks for the shortest row of words before i that the letters
// abbreviate.
func (d *document) spelledBefore(i int32, letters []byte) wordRange {
	first := max(d.zoneAt[d.textOf(i)], i-int32(2*len(letters)+2))
	for j := i - 1; j >= first; j-- {
		if j < i-1 && d.breaksOff(j) {
			return noWords
		}
		if d.capital(j) && d.spells(j, i, letters) {
			return wordRange{j, i - 1}
		}
	}
	return noWords
}

// spelledAfter is spelledBefore for the words in the bracket behind i.
func (d *document) spelledAfter(i int32, letters []byte) wordRange {
	text := d.texts[d.textOf(i)]
	last := min(d.zoneAt[d.textOf(i)+1], i+int32(2*len(letters)+3))
	for j := i + 1; j < last; j++ {
		if rest := text[d.tokens[j].end:]; strings.HasPrefix(rest, ")") {
			if d.capital(i+1) && d.spells(i+1, j+1, letters) {
				return wordRange{i + 1, j}
			}
			return noWords
		}
	}
	return noWords
}

// breaksOff reports whether a sentence or bracket ends behind word i.
func (d *document) breaksOff(i int32) bool {
	text := d.texts[d.textOf(i)]
	return strings.ContainsAny(text[d.tokens[i].end:d.tokens[i+1].start], `;:!?()"“”`+"\n")
}

// spells reports whether letters abbreviate the words from i to j-1: they
// take the first letter of every word but the small ones, in order, and maybe
// letters from inside words.
func (d *document) spells(i, j int32, letters []byte) bool {
	var words [][]byte
	for k := i; k < j; k++ {
		words = append(words, d.foldWord(k, nil))
	}
	return (j-i > 1 || string(words[0]) != string(letters)) && text.Abbreviates(words, letters) // "ICE, or ICE" explains nothing
}

// own reports whether a long form is one of the entity's, spelled in another
// way perhaps: half of the words are the same.
func (d *document) own(e *entity, long wordRange) bool {
	words := query.Significant(d.text(long.start, long.end))
	for _, name := range e.long {
		shared := 0
		for _, w := range words {
			if slices.Contains(name, w) {
				shared++
			}
		}
		if 2*shared > len(name) || 2*shared > len(words) && shared > 1 {
			return true
		}
	}
	return false
}
