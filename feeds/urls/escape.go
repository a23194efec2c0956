package urls

import "strings"

// The parts of an address differ in the punctuation that may stand bare.
const (
	inPath     = "-._~!$'()*,:@/;=&+"
	inQuery    = "-._~!$'()*,:@/?=+"
	inFragment = "-._~!$'()*,:@/?;=&+"
)

// escape gives s the normal form of percent-encoding: bytes that may stand
// bare in this part do, all others are %XX in capitals, and a stray % is %25.
// Escapes of bytes with a meaning of their own in the part are left escaped,
// and a blank in a query is "+".
func escape(s, bare string) string {
	if isAllBare(s, bare) {
		return s
	}
	inAQuery := strings.HasPrefix(bare, inQuery)
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); i++ {
		c := s[i]
		escaped := false
		if c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			c, escaped = unhex(s[i+1])<<4|unhex(s[i+2]), true
			i += 2
		}
		switch {
		case c == ' ' && inAQuery:
			b.WriteByte('+')
		case isBare(c, bare) && !(escaped && strings.IndexByte("/;=&+?", c) >= 0):
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}

// unescape decodes a query value; what is no escape stands for itself.
func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		case s[i] == '+':
			b = append(b, ' ')
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

// isAllBare reports whether escape has nothing to do on s: the usual case.
func isAllBare(s, bare string) bool {
	for i := range len(s) {
		if !isBare(s[i], bare) {
			return false
		}
	}
	return true
}

func isBare(c byte, bare string) bool {
	return isLetterOrDigit(c) || 'A' <= c && c <= 'Z' || strings.IndexByte(bare, c) >= 0
}

func isLetterOrDigit(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
