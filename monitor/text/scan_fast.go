// A fifth of matching an article with 1,000 watches: go test ./monitor/match -run '^$' -bench Match/article/1000

package text

import "math/bits"

const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

// ascii is slow for a word that begins with an ASCII letter or digit at i.
func (sc *Scanner) ascii(s string, i int) bool {
	var x uint64
	if i+8 <= len(s) {
		b := s[i : i+8]
		x = uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
	} else {
		x = tail(s, i)
	}
	y := x &^ high
	low := y | 0x20*ones
	alpha := (low + (0x80-'a')*ones) &^ (low + (0x7f-'z')*ones) & high
	digit := (y + (0x80-'0')*ones) &^ (y + (0x7f-'9')*ones)
	rest := (^(alpha | digit) | x) & high // a bit in each byte that does not belong to the word
	if rest == 0 {
		return sc.long(s, i, low, bits.OnesCount64(alpha&^(x<<2)), bits.OnesCount64(alpha))
	}
	mask := (rest ^ (rest - 1)) >> 8 // the bytes before the first of them
	j := i + bits.TrailingZeros64(rest)>>3
	if j < len(s) && byteClass[s[j]] >= isOdd {
		if done := sc.odd(i, j); done {
			return true
		}
	}
	sc.Start, sc.End, sc.at = i, j, j
	sc.Key, sc.Tag, sc.Size = low&mask, 0, j-i
	sc.Class, sc.folded = ClassLower, false
	if caps := alpha &^ (x << 2) & mask; caps != 0 {
		sc.Class = caseClass(s[i], s[j-1], bits.OnesCount64(caps), bits.OnesCount64(alpha&mask))
	}
	return true
}

// long is ascii for a word of eight bytes or more: key is the first in lower
// case, of which letters are letters and caps capitals.
func (sc *Scanner) long(s string, i int, key uint64, caps, letters int) bool {
	var state uint64
	j, n := i+8, 8
	for n == 8 {
		x := tail(s[:min(j+8, len(s))], j)
		y := x &^ high
		low := y | 0x20*ones
		alpha := (low + (0x80-'a')*ones) &^ (low + (0x7f-'z')*ones) & high
		digit := (y + (0x80-'0')*ones) &^ (y + (0x7f-'9')*ones)
		rest := (^(alpha | digit) | x) & high
		n = bits.TrailingZeros64(rest) >> 3 // 8 if all belong to the word
		mask := uint64(1)<<(8*n) - 1        // a shift by 64 gives 0, so all ones
		if n > 0 {
			state = mix(state, low&mask)
		}
		caps += bits.OnesCount64(alpha &^ (x << 2) & mask)
		letters += bits.OnesCount64(alpha & mask)
		j += n
	}
	if j < len(s) && byteClass[s[j]] >= isOdd {
		if done := sc.odd(i, j); done {
			return true
		}
	}
	sc.Start, sc.End, sc.at = i, j, j
	sc.Key, sc.Tag, sc.Size = key, uint32(state>>32), j-i
	sc.Class, sc.folded = caseClass(s[i], s[j-1], caps, letters), false
	return true
}

// tail returns the last bytes of s from i on, fewer than eight, and zeros.
func tail(s string, i int) (x uint64) {
	for j := len(s) - 1; j >= i; j-- {
		x = x<<8 | uint64(s[j])
	}
	return x
}
