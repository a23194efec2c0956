package text

import (
	"unicode"
	"unicode/utf8"
)

// Normalize reduces a text to its letters and digits in lower case, single spaced.
func Normalize(s string) string { return string(AppendNormalized(make([]byte, 0, len(s)), s)) }

// AppendNormalized appends what Normalize returns.
func AppendNormalized(b []byte, s string) []byte {
	begin := len(b)
	gap := false
	for i := 0; i < len(s); {
		c := folded[s[i]]
		size := 1
		var r rune
		switch {
		case c == wideByte:
			r, size = utf8.DecodeRuneInString(s[i:])
			switch {
			case unicode.IsLetter(r) || unicode.IsDigit(r):
				r = unicode.ToLower(r)
			case r == '’':
				r = 0
			default:
				r, gap = 0, true
			}
		case c == gapByte:
			gap = true
		case c != muteByte:
			r = rune(c)
		}
		i += size
		if r == 0 {
			continue
		}
		if gap && len(b) > begin {
			b = append(b, ' ')
		}
		gap = false
		b = utf8.AppendRune(b, r)
	}
	return b
}

// What plain makes of a byte that is no letter or digit.
const (
	gapByte  = ' '  // keeps words apart
	muteByte = '\'' // leaves no trace
	wideByte = 0xff // begins a rune beyond ASCII
)

// folded maps every ASCII letter and digit to its lower case.
var folded = func() (t [256]byte) {
	for i := range t {
		switch c := byte(i); {
		case c >= utf8.RuneSelf:
			t[i] = wideByte
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z':
			t[i] = c
		case 'A' <= c && c <= 'Z':
			t[i] = c | 0x20
		case c == '\'':
			t[i] = muteByte
		default:
			t[i] = gapByte
		}
	}
	return t
}()
