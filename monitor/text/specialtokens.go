package text

import "unicode/utf8"

// odd handles a word of s[i:j] that may go on behind a dot, a comma, an
// apostrophe or a rune beyond ASCII. It reports whether it made a word of it.
func (sc *Scanner) odd(i, j int) bool {
	s := sc.text
	switch c := s[j]; {
	case c == '.' && j == i+1 && IsLetter(s[i]):
		return sc.initials(i)
	case (c == '.' || c == ',') && IsDigit(s[j-1]) && j+1 < len(s) && IsDigit(s[j+1]):
		return sc.number(i)
	case c == '\'' || c >= utf8.RuneSelf:
		if n := apostrophe(s[j:]); n > 0 {
			return sc.behindApostrophe(i, j, n)
		}
		if r, _ := utf8.DecodeRuneInString(s[j:]); wordRune(r) && !single(r) || joins(r) || invisible(r) {
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
	for n < len(s) && n < 3 && IsLetter(s[n]) {
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
func (sc *Scanner) behindApostrophe(i, j, n int) bool {
	k := contraction(sc.text[j+n:])
	if k == 0 {
		return false
	}
	sc.buf = appendLower(sc.buf[:0], sc.text[i:j])
	sc.Class = classOf(sc.text[i:j])
	sc.Start, sc.End, sc.at = i, j, j+n+k
	if sc.text[j+n]|0x20 == 't' {
		sc.buf = append(sc.buf, 't')
		sc.End = sc.at
	}
	sc.finish()
	return true
}

// initials joins dotted letters: I.C.E. and U.S are words, a lone letter with
// a dot is left to the caller.
func (sc *Scanner) initials(i int) bool {
	s, j, upper := sc.text, i, 0
	sc.buf = sc.buf[:0]
	add := func() {
		if IsUpper(s[j]) {
			upper++
		}
		sc.buf = append(sc.buf, s[j]|0x20)
	}
	for j+1 < len(s) && IsLetter(s[j]) && s[j+1] == '.' {
		add()
		j += 2
	}
	if j < len(s) && IsLetter(s[j]) && !goesOn(s[j+1:]) {
		add()
		j++
	}
	if len(sc.buf) < 2 {
		return false
	}
	sc.Class = caseClass(s[i], s[j-1], upper, len(sc.buf)) // C.E.O.s is a plural
	sc.Start, sc.End, sc.at = i, j, j
	if j < len(s) {
		if n := apostrophe(s[j:]); n > 0 {
			sc.at += n + contraction(s[j+n:])
		}
	}
	sc.finish()
	return true
}

// goesOn reports whether a word goes on with s.
func goesOn(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && (wordRune(r) || joins(r) || invisible(r))
}

// number joins the digits of 1,400 and 2.5, with letters behind them: 2.5M.
func (sc *Scanner) number(i int) bool {
	s, j := sc.text, i
	sc.buf = sc.buf[:0]
	for j < len(s) {
		switch c := s[j]; {
		case isAlnum(c):
			sc.buf = append(sc.buf, Lower(c))
		case c == '.' && IsDigit(s[j-1]) && j+1 < len(s) && IsDigit(s[j+1]):
			sc.buf = append(sc.buf, '.')
		case c == ',' && IsDigit(s[j-1]) && ThreeDigits(s[j+1:]):
		default:
			goto end
		}
		j++
	}
end:
	sc.Start, sc.End, sc.at = i, j, j
	sc.Class = classOf(s[i:j])
	sc.finish()
	return true
}

// ThreeDigits reports whether s begins with exactly three digits.
func ThreeDigits(s string) bool {
	return len(s) >= 3 && IsDigit(s[0]) && IsDigit(s[1]) && IsDigit(s[2]) && (len(s) == 3 || !IsDigit(s[3]))
}

func Lower(c byte) byte {
	if IsUpper(c) {
		return c | 0x20
	}
	return c
}

func appendLower(b []byte, s string) []byte {
	for i := range len(s) {
		b = append(b, Lower(s[i]))
	}
	return b
}
