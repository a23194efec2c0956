package query

import (
	"math/bits"
	"unicode/utf8"
)

// A scanner cuts text into words, folds each one for comparing and leaves
// their places in the text untouched.
//
// A word is a run of letters, digits and marks. Folding ignores case,
// diacritics of Latin, Greek, Arabic and Hebrew letters, compatibility forms
// (NFKC), soft hyphens, zero-width and direction marks, joins dotted initials
// (I.C.E.) and digits (1,400), and drops a possessive 's. Hyphens, slashes and
// other apostrophes separate. Scripts written without spaces give one word a
// character, so that they are matched by phrase.
//
// ASCII goes eight bytes a step; everything else through fold.
type scanner struct {
	text string
	at   int // the next byte to look at

	// the current word
	start, end int    // its place in text
	key        uint64 // its first eight folded bytes
	tag        uint32 // a hash of the others; 0 if there are none
	size       int    // length of the folded word in bytes
	class      uint8  // how its letters are cased
	folded     bool   // the folded word stands in buf, not in text

	buf  []byte
	work []byte
}

// The classes of case, as bits of a zone's nibble in a token's mask.
const (
	classLower  = 0 // does not begin with a capital
	classTitle  = 1 // begins with a capital
	classUpper  = 2 // all letters are capitals
	classPlural = 3 // capitals with a small s: NGOs
)

const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
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

func isAlnum(c byte) bool  { return isLetter(c) || isDigit(c) }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }

func (sc *scanner) reset(text string) { sc.text, sc.at = text, 0 }

// next moves to the next word; false at the end of the text.
func (sc *scanner) next() bool {
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

// load returns eight bytes of s from i on, zeros past its end.
func load(s string, i int) uint64 {
	if i+8 <= len(s) {
		b := s[i : i+8]
		return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
	}
	var x uint64
	for j := len(s) - 1; j >= i; j-- {
		x = x<<8 | uint64(s[j])
	}
	return x
}

// ascii reads a word that begins with an ASCII letter or digit at i.
func (sc *scanner) ascii(s string, i int) bool {
	var key, state uint64
	var caps, letters int
	j := i
	for {
		x := load(s, j)
		y := x &^ high
		low := y | 0x20*ones
		alpha := (low + (0x80-'a')*ones) &^ (low + (0x7f-'z')*ones) & high &^ x
		digit := (y + (0x80-'0')*ones) &^ (y + (0x7f-'9')*ones) & high &^ x
		n := bits.TrailingZeros64((alpha|digit)^high) >> 3 // 8 if all belong to the word
		mask := uint64(1)<<(8*n) - 1                       // a shift by 64 gives 0, so all ones
		upper := (y + (0x80-'A')*ones) &^ (y + (0x7f-'Z')*ones) & alpha & mask
		letters += bits.OnesCount64(alpha & mask)
		caps += bits.OnesCount64(upper)
		if j == i {
			key = low & mask
		} else if n > 0 {
			state = mix(state, low&mask)
		}
		j += n
		if n < 8 {
			break
		}
	}
	if j < len(s) && byteClass[s[j]] >= isOdd {
		if done := sc.odd(i, j); done {
			return true
		}
	}
	sc.start, sc.end, sc.at = i, j, j
	sc.key, sc.tag, sc.size = key, uint32(state>>32), j-i
	sc.class = caseClass(s[i], s[j-1], caps, letters)
	sc.folded = false
	return true
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
		return classLower
	case caps == letters:
		return classUpper
	case last == 's' && caps == letters-1 && caps > 1:
		return classPlural
	case isUpper(first):
		return classTitle
	}
	return classLower
}

// odd handles a word of s[i:j] that may go on behind a dot, a comma, an
// apostrophe or a rune beyond ASCII. It reports whether it made a word of it.
func (sc *scanner) odd(i, j int) bool {
	s := sc.text
	switch c := s[j]; {
	case c == '.' && j == i+1 && isLetter(s[i]):
		return sc.initials(i)
	case (c == '.' || c == ',') && isDigit(s[j-1]) && j+1 < len(s) && isDigit(s[j+1]):
		return sc.number(i)
	case c == '\'' || c >= utf8.RuneSelf:
		if n := apostrophe(s[j:]); n > 0 {
			return sc.behindApostrophe(i, j, n)
		}
		if r, _ := utf8.DecodeRuneInString(s[j:]); wordRune(r) && !single(r) || invisible(r) {
			return sc.slow(i)
		}
	}
	return false
}

// apostrophe returns the length of the apostrophe s begins with, 0 for none.
func apostrophe(s string) int {
	if s[0] == '\'' {
		return 1
	}
	switch r, n := utf8.DecodeRuneInString(s); r {
	case '’', '‘', 'ʼ', '＇', '′':
		return n
	}
	return 0
}

// contraction returns the length of the ending s begins with that belongs to
// the word before an apostrophe, 0 for none.
func contraction(s string) int {
	n := 0
	for n < len(s) && n < 3 && isLetter(s[n]) {
		n++
	}
	if n < len(s) {
		if r, _ := utf8.DecodeRuneInString(s[n:]); wordRune(r) {
			return 0
		}
	}
	switch n {
	case 1:
		switch s[0] | 0x20 {
		case 's', 't', 'd', 'm':
			return 1
		}
	case 2:
		switch string([]byte{s[0] | 0x20, s[1] | 0x20}) {
		case "re", "ve", "ll":
			return 2
		}
	}
	return 0
}

// behindApostrophe makes a word of text[i:j] with an apostrophe of n bytes
// behind it: "Ford's" is Ford, "don't" is dont, "l'ICE" is two words.
func (sc *scanner) behindApostrophe(i, j, n int) bool {
	k := contraction(sc.text[j+n:])
	if k == 0 {
		return false
	}
	sc.buf = appendLower(sc.buf[:0], sc.text[i:j])
	sc.class = classOf(sc.text[i:j])
	sc.start, sc.end, sc.at = i, j, j+n+k
	if sc.text[j+n]|0x20 == 't' {
		sc.buf = append(sc.buf, 't')
		sc.end = sc.at
	}
	sc.finish()
	return true
}

// initials joins dotted letters: I.C.E. and U.S are words, a lone letter with
// a dot is left to the caller.
func (sc *scanner) initials(i int) bool {
	s, j, upper := sc.text, i, 0
	sc.buf = sc.buf[:0]
	add := func() {
		if isUpper(s[j]) {
			upper++
		}
		sc.buf = append(sc.buf, s[j]|0x20)
	}
	for j+1 < len(s) && isLetter(s[j]) && s[j+1] == '.' {
		add()
		j += 2
	}
	if j < len(s) && isLetter(s[j]) && (j+1 == len(s) || byteClass[s[j+1]] == isGap || s[j+1] == ',' || s[j+1] == '\'') {
		add()
		j++
	}
	if len(sc.buf) < 2 {
		return false
	}
	sc.class = caseClass(s[i], s[i], upper, len(sc.buf))
	sc.start, sc.end, sc.at = i, j, j
	if j < len(s) {
		if n := apostrophe(s[j:]); n > 0 {
			sc.at += n + contraction(s[j+n:])
		}
	}
	sc.finish()
	return true
}

// number joins the digits of 1,400 and 2.5, with letters behind them: 2.5M.
func (sc *scanner) number(i int) bool {
	s, j := sc.text, i
	sc.buf = sc.buf[:0]
	for j < len(s) {
		switch c := s[j]; {
		case isAlnum(c):
			sc.buf = append(sc.buf, lower(c))
		case c == '.' && isDigit(s[j-1]) && j+1 < len(s) && isDigit(s[j+1]):
			sc.buf = append(sc.buf, '.')
		case c == ',' && isDigit(s[j-1]) && thousands(s[j+1:]):
		default:
			goto end
		}
		j++
	}
end:
	sc.start, sc.end, sc.at = i, j, j
	sc.class = classOf(s[i:j])
	sc.finish()
	return true
}

// thousands reports whether s begins with exactly three digits.
func thousands(s string) bool {
	return len(s) >= 3 && isDigit(s[0]) && isDigit(s[1]) && isDigit(s[2]) && (len(s) == 3 || !isDigit(s[3]))
}

func lower(c byte) byte {
	if isUpper(c) {
		return c | 0x20
	}
	return c
}

func appendLower(b []byte, s string) []byte {
	for i := range len(s) {
		b = append(b, lower(s[i]))
	}
	return b
}

// classOf is caseClass of an ASCII word.
func classOf(s string) uint8 {
	caps, letters := 0, 0
	for i := range len(s) {
		if isLetter(s[i]) {
			letters++
		}
		if isUpper(s[i]) {
			caps++
		}
	}
	return caseClass(s[0], s[len(s)-1], caps, letters)
}

// finish derives key and tag from the folded word in buf.
func (sc *scanner) finish() {
	sc.key, sc.tag = keyOf(sc.buf)
	sc.size = len(sc.buf)
	sc.folded = true
}

// keyOf returns the first eight bytes of a folded word and a hash of the rest,
// just as ascii computes them.
func keyOf(b []byte) (key uint64, tag uint32) {
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

// bytes returns the folded word. It is valid until the next word.
func (sc *scanner) bytes() []byte {
	if !sc.folded {
		sc.buf = appendLower(sc.buf[:0], sc.text[sc.start:sc.end])
		sc.folded = true
	}
	return sc.buf
}
