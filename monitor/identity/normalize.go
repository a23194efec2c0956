package identity

import (
	"unicode"
	"unicode/utf8"
)

// Normalize reduces a text to its letters and digits in lower case, single spaced.
func Normalize(s string) string { return string(appendNormalized(make([]byte, 0, len(s)), s)) }

// appendNormalized appends what normal returns.
func appendNormalized(b []byte, s string) []byte {
	begin := len(b)
	gap := false
	for i := 0; i < len(s); {
		c := plain[s[i]]
		size := 1
		var r rune
		switch {
		case c == other:
			r, size = utf8.DecodeRuneInString(s[i:])
			switch {
			case unicode.IsLetter(r) || unicode.IsDigit(r):
				r = unicode.ToLower(r)
			case r == '’':
				r = 0
			default:
				r, gap = 0, true
			}
		case c == space:
			gap = true
		case c != mute:
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
	space = ' '  // keeps words apart
	mute  = '\'' // leaves no trace
	other = 0xff // begins a rune beyond ASCII
)

// plain maps every ASCII letter and digit to its lower case.
var plain = func() (t [256]byte) {
	for i := range t {
		switch c := byte(i); {
		case c >= utf8.RuneSelf:
			t[i] = other
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z':
			t[i] = c
		case 'A' <= c && c <= 'Z':
			t[i] = c | 0x20
		case c == '\'':
			t[i] = mute
		default:
			t[i] = space
		}
	}
	return t
}()
