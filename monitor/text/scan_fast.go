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
	sc.Start, sc.End, sc.at = i, j, j
	sc.Key, sc.Tag, sc.Size = key, uint32(state>>32), j-i
	sc.Class = caseClass(s[i], s[j-1], caps, letters)
	sc.folded = false
	return true
}
