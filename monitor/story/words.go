package story

import (
	"unicode"
	"unicode/utf8"
)

// A word is one word of a text, reduced to what is compared.
type word struct {
	stem    uint64 // hash of the stem, in lower case
	number  bool   // holds a digit
	capital bool   // begins with a capital letter
}

// maxWord bounds the bytes of a word that count.
const maxWord = 40

// words appends the words of text to dst until it holds limit of them, each
// reduced to what is compared. A possessive s goes, dotted acronyms and digit groups are joined (U.S. is US,
// 1,000 is 1000), 30M is 30 million, and in scripts written without blanks every sign is a word.
func words(dst []word, text string, limit int, reduce reduction) []word {
	var buf [maxWord]byte
	for i := 0; i < len(text) && len(dst) < limit; {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		switch {
		case !inWord(r):
			i += size
		case ideographic(r):
			dst = append(dst, word{stem: hash([]byte(text[i : i+size]))})
			i += size
		default:
			b, w, next := scan(&buf, text, i)
			i = next
			number, unit := amount(b, w)
			w.stem = reduce(number)
			dst = append(dst, w)
			if unit != "" && len(dst) < limit {
				dst = append(dst, word{stem: reduce([]byte(unit))})
			}
		}
	}
	return dst
}

// scan reads the word that begins at text[i] into buf, in lower case.
func scan(buf *[maxWord]byte, text string, i int) (b []byte, w word, next int) {
	start, n := i, 0
	for i < len(text) {
		for ; i < len(text); i++ { // most of what there is
			c := text[i]
			kind := class[c]
			if kind == 0 {
				break
			}
			if kind == upper {
				c |= 0x20
				w.capital = w.capital || i == start
			} else if kind == digit {
				w.number = true
			}
			if n < maxWord {
				buf[n] = c
				n++
			}
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if size > 1 && inWord(r) && !ideographic(r) {
			w.capital = w.capital || i == start && unicode.IsUpper(r)
			w.number = w.number || unicode.IsDigit(r)
			if n+utf8.UTFMax <= maxWord {
				n += utf8.EncodeRune(buf[n:], unicode.ToLower(r))
			}
			i += size
			continue
		}
		skip, end := 0, true
		if r == '\'' || r == '’' || r == '.' || r == ',' || r == '&' {
			skip, end = joint(text, start, i, w.number)
		}
		if r == '.' && skip > 0 && w.number && n < maxWord {
			buf[n] = '.'
			n++
		}
		if i += skip; end || skip == 0 {
			break
		}
	}
	return buf[:n], w, i
}

// amount splits the unit off a number that is written with it, as in $30M.
func amount(b []byte, w word) (number []byte, unit string) {
	if !w.number {
		return b, ""
	}
	n := len(b)
	for n > 0 && b[n-1] >= 'a' {
		n--
	}
	switch string(b[n:]) {
	case "k":
		unit = "thousand"
	case "m", "mn", "mln":
		unit = "million"
	case "b", "bn":
		unit = "billion"
	case "tn":
		unit = "trillion"
	default:
		return b, ""
	}
	return b[:n], unit
}

// joint looks at a sign within or behind a word, at text[i], and returns how
// many bytes of it belong to the word, and whether the word ends with them.
func joint(text string, start, i int, number bool) (skip int, end bool) {
	r, size := utf8.DecodeRuneInString(text[i:])
	next, n := utf8.DecodeRuneInString(text[i+size:])
	switch r {
	case '\'', '’':
		if next == 's' || next == 'S' {
			if after, _ := utf8.DecodeRuneInString(text[i+size+n:]); i+size+n == len(text) || !inWord(after) {
				return size + n, true
			}
		}
		if unicode.IsLetter(next) && n > 0 {
			return size, false
		}
	case '.', ',':
		if number && unicode.IsDigit(next) {
			return size, false
		}
		// U.S.: single letters between full stops.
		if r == '.' && unicode.IsLetter(next) && (i-start == 1 || text[i-2] == '.') {
			return size, false
		}
	case '&':
		if i-start <= 2 && unicode.IsUpper(next) { // AT&T, S&P
			return size, false
		}
	}
	return 0, false
}

// Classes of the ASCII letters and digits.
const (
	lower = 1 + iota
	upper
	digit
)

// class tells letters and digits of ASCII, 0 is anything else.
var class = func() (table [256]byte) {
	for c := range table {
		switch {
		case 'a' <= c && c <= 'z':
			table[c] = lower
		case 'A' <= c && c <= 'Z':
			table[c] = upper
		case '0' <= c && c <= '9':
			table[c] = digit
		}
	}
	return table
}()

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return class[r] != 0
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

func ideographic(r rune) bool {
	return r >= 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// hash is FNV-1a with a final mix that spreads to all bits: sketches select by
// the highest ones.
func hash(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return mix(h)
}

func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// chain hashes a sequence of hashes, one at a time.
func chain(h, next uint64) uint64 { return mix(h*0x9e3779b97f4a7c15 + next) }
