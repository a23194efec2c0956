// Package text cuts text into words, folded for comparing, and into sentences,
// and reads sums of money in it.
//
// It knows no query, and what of a text is a title only as a Zone.
package text

import (
	"unicode/utf8"
)

// A Scanner cuts text into words, folds each one for comparing and leaves
// their places in the text untouched.
//
// A word is a run of letters, digits and marks. Folding ignores case,
// diacritics of Latin, Greek, Arabic and Hebrew letters, compatibility forms
// (NFKC), soft hyphens, zero-width and direction marks, joins dotted initials
// (I.C.E.) and digits (1,400), and drops a possessive 's. Hyphens, slashes and
// other apostrophes separate. Scripts written without spaces give one word a
// character, so that they are matched by phrase.
//
// ASCII goes eight bytes a step, see scan_fast.go; everything else through slow.
type Scanner struct {
	text string
	at   int // the next byte to look at

	// the current word
	Start, End int    // its place in text
	Key        uint64 // its first eight folded bytes
	Tag        uint32 // a hash of the others; 0 if there are none
	Size       int    // length of the folded word in bytes
	Class      uint8  // how its letters are cased
	folded     bool   // the folded word stands in buf, not in text

	buf  []byte
	work []byte
}

// The classes of case, as bits of a zone's nibble in a token's mask.
const (
	ClassLower  = 0 // does not begin with a capital
	ClassTitle  = 1 // begins with a capital
	ClassUpper  = 2 // all letters are capitals
	ClassPlural = 3 // capitals with a small s: NGOs
)

// What an ASCII byte, or a byte of something else, means to the scanner.
const (
	isGap   = iota // separates
	isWord         // ASCII letter or digit
	isOdd          // . , and apostrophes: depends on what surrounds it
	isOther        // beyond ASCII
)

var byteClass = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c >= utf8.RuneSelf:
			t[c] = isOther
		case isAlnum(byte(c)):
			t[c] = isWord
		case c == '.' || c == ',' || c == '\'':
			t[c] = isOdd
		}
	}
	return t
}()

func isAlnum(c byte) bool  { return IsLetter(c) || IsDigit(c) }
func IsLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func IsDigit(c byte) bool  { return '0' <= c && c <= '9' }
func IsUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }

// Reset begins another text, without the memory that a word of many kilobytes
// took.
func (sc *Scanner) Reset(text string) {
	sc.text, sc.at = text, 0
	if cap(sc.buf) > longWord {
		sc.buf, sc.work = nil, nil
	}
}

// longWord is the size in bytes from which a word's memory is not kept.
const longWord = 1 << 12

// Next moves to the next word; false at the end of the text.
func (sc *Scanner) Next() bool {
	s, i := sc.text, sc.at
	for i < len(s) {
		switch byteClass[s[i]] {
		case isWord:
			return sc.ascii(s, i)
		case isOther:
			if r, n := utf8.DecodeRuneInString(s[i:]); wordRune(r) {
				return sc.slow(i)
			} else {
				i += n
			}
		default:
			i++
		}
	}
	sc.at = i
	return false
}

func mix(state, chunk uint64) uint64 {
	state = (state ^ chunk) * 0x9e3779b97f4a7c15
	return state ^ state>>29
}

// caseClass sorts a word by its first and last byte and by how many of its
// letters are capitals. A digit in front does not hide a capital behind it.
func caseClass(first, last byte, caps, letters int) uint8 {
	switch {
	case caps == 0:
		return ClassLower
	case caps == letters:
		return ClassUpper
	case last == 's' && caps == letters-1 && caps > 1:
		return ClassPlural
	case IsUpper(first):
		return ClassTitle
	}
	return ClassLower
}

// classOf is caseClass of an ASCII word.
func classOf(s string) uint8 {
	caps, letters := 0, 0
	for i := range len(s) {
		if IsLetter(s[i]) {
			letters++
		}
		if IsUpper(s[i]) {
			caps++
		}
	}
	return caseClass(s[0], s[len(s)-1], caps, letters)
}

// finish derives key and tag from the folded word in buf.
func (sc *Scanner) finish() {
	sc.Key, sc.Tag = KeyOf(sc.buf)
	sc.Size = len(sc.buf)
	sc.folded = true
}

// KeyOf returns the first eight bytes of a folded word and a hash of the rest,
// just as ascii computes them.
func KeyOf(b []byte) (key uint64, tag uint32) {
	var state uint64
	for i := 0; i < len(b); i += 8 {
		var x uint64
		for j := min(i+8, len(b)) - 1; j >= i; j-- {
			x = x<<8 | uint64(b[j])
		}
		if i == 0 {
			key = x
		} else {
			state = mix(state, x)
		}
	}
	return key, uint32(state >> 32)
}

// EndsInS reports whether the word may be the plural in s of another.
func (sc *Scanner) EndsInS() bool {
	return (sc.folded || sc.text[sc.End-1]|0x20 == 's') && sc.Size > 2 && sc.pluralInS()
}

func (sc *Scanner) pluralInS() bool {
	if n := sc.Size; sc.folded {
		return sc.buf[n-1] == 's' && TakesS(sc.buf[n-2])
	}
	return TakesS(sc.text[sc.End-2] | 0x20)
}

// WithoutS returns key and tag of the word without its last letter.
func (sc *Scanner) WithoutS() (key uint64, tag uint32) {
	if n := sc.Size; n <= 9 {
		return sc.Key & (1<<(8*(n-1)) - 1), 0
	}
	return KeyOf(sc.Bytes()[:sc.Size-1])
}

// Bytes returns the folded word. It is valid until the next word.
func (sc *Scanner) Bytes() []byte {
	if !sc.folded {
		sc.buf = appendLower(sc.buf[:0], sc.text[sc.Start:sc.End])
		sc.folded = true
	}
	return sc.buf
}

// TakesS reports whether a word that ends in a letter has a plural in s.
func TakesS(last byte) bool { return IsLetter(last) && last != 's' && last != 'x' && last != 'z' }
