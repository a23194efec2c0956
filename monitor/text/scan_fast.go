// A fifth of matching an article with 1,000 watches: go test ./monitor/match -run '^$' -bench Match/article/1000

package text

import "math/bits"

const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

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

// ascii is slow for a word that begins with an ASCII letter or digit at i.
func (sc *Scanner) ascii(s string, i int) bool {
	key, upper, n := chunk(load(s, i))
	var state uint64
	j := i + n
	for n == 8 {
		var low, caps uint64
		low, caps, n = chunk(load(s, j))
		if n > 0 {
			state = mix(state, low)
		}
		upper |= caps
		j += n
	}
	if j < len(s) && byteClass[s[j]] >= isOdd {
		if done := sc.odd(i, j); done {
			return true
		}
	}
	sc.Start, sc.End, sc.at = i, j, j
	sc.Key, sc.Tag, sc.Size = key, uint32(state>>32), j-i
	sc.Class = ClassLower
	if upper != 0 {
		sc.Class = classOf(s[i:j])
	}
	sc.folded = false
	return true
}

// chunk returns the n first of eight bytes that are ASCII letters or digits, in
// lower case, and a bit in each that is a capital.
func chunk(x uint64) (low, upper uint64, n int) {
	y := x &^ high
	low = y | 0x20*ones
	alpha := (low + (0x80-'a')*ones) &^ (low + (0x7f-'z')*ones)
	digit := (y + (0x80-'0')*ones) &^ (y + (0x7f-'9')*ones)
	rest := ^(alpha|digit)&high | x&high // a bit in each byte that does not belong to the word
	upper = alpha &^ (x << 2) & high
	if rest == 0 {
		return low, upper, 8
	}
	mask := (rest ^ (rest - 1)) >> 8 // the bytes before the first of them
	return low & mask, upper & mask, bits.TrailingZeros64(rest) >> 3
}
