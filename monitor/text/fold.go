package text

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// wordRune reports whether r can begin a word.
func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 0 && isAlnum(byte(r))
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r)) && !invisible(r)
}

// invisible reports whether r is removed wherever it stands: soft hyphen,
// zero-width and direction marks, variation selectors, Arabic tatweel and the
// vowel marks upon it.
func invisible(r rune) bool {
	switch {
	case r < 0xad:
		return false
	case r == 0xad, r == 0x034f, r == 0x061c, r == 0x0640, r == 0x180e, r == 0xfeff:
		return true
	case 0x200b <= r && r <= 0x200f, 0x202a <= r && r <= 0x202e, 0x2060 <= r && r <= 0x206f:
		return true
	}
	return 0xfe00 <= r && r <= 0xfe0f || 0xfcf2 <= r && r <= 0xfcf4 || 0xfe70 <= r && r <= 0xfe7f || 0xe0000 <= r && r <= 0xe01ef
}

// spaceless are the scripts written without spaces between words.
var spaceless = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// single reports whether r is a word of its own.
func single(r rune) bool {
	return r >= 0x0e00 && (r == 'ー' || r == 'ｰ' || unicode.In(r, spaceless...))
}

// joins reports whether r belongs to the letter before it.
func joins(r rune) bool {
	return r >= 0x300 && (unicode.IsMark(r) || r == 0xff9e || r == 0xff9f)
}

// slow reads the word at i, whatever it is made of.
func (sc *Scanner) slow(i int) bool {
	s, j, alone := sc.text, i, false
	for j < len(s) {
		r, n := utf8.DecodeRuneInString(s[j:])
		if r == utf8.RuneError && n <= 1 {
			break
		}
		if j == i {
			alone = single(r)
		} else if !joins(r) && !invisible(r) && (alone || !wordRune(r) || single(r)) {
			break
		}
		j += n
	}
	end := j
	for end > i {
		r, n := utf8.DecodeLastRuneInString(s[i:end])
		if !invisible(r) {
			break
		}
		end -= n
	}
	sc.Start, sc.End, sc.at = i, end, j
	sc.Class = sc.fold(s[i:end])
	if j < len(s) && byteClass[s[j]] >= isOdd && !alone {
		sc.possessive(j)
	}
	sc.finish()
	return true
}

// possessive skips an 's behind a word that ends at j.
func (sc *Scanner) possessive(j int) {
	if n := apostrophe(sc.text[j:]); n > 0 {
		if k := contraction(sc.text[j+n:]); k > 0 {
			sc.at = j + n + k
		}
	}
}

// plain folds the letters of the alphabets most news is written in without
// consulting the normaliser: one rune to one rune; 0 where that does not do.
var plain = func() (t [0x600]rune) {
	for r := rune(0x80); r < rune(len(t)); r++ {
		var sc Scanner
		sc.normalise(string(r))
		if f, n := utf8.DecodeRune(sc.buf); n > 0 && n == len(sc.buf) {
			t[r] = f
		}
	}
	return t
}()

// fold puts the folded word into buf and returns its class of case.
func (sc *Scanner) fold(word string) uint8 {
	sc.buf = sc.buf[:0]
	caps, letters := 0, 0
	var first, last rune
	for _, r := range word {
		f := r
		switch {
		case r < utf8.RuneSelf:
			f = rune(Lower(byte(r)))
		case invisible(r):
			continue
		case int(r) < len(plain) && plain[r] != 0 && !joins(r):
			f = plain[r]
		default:
			return sc.normalise(word)
		}
		if letters == 0 {
			first = r
		}
		if cased(r) {
			letters++
		}
		if unicode.IsUpper(r) {
			caps++
		}
		last = r
		sc.buf = utf8.AppendRune(sc.buf, f)
	}
	return runeClass(first, last, caps, letters)
}

// normalise is fold by way of compatibility decomposition.
func (sc *Scanner) normalise(word string) uint8 {
	sc.work = norm.NFKD.AppendString(sc.work[:0], word)
	caps, letters := 0, 0
	var first, last, base rune
	sc.buf = sc.buf[:0]
	for i := 0; i < len(sc.work); {
		r, n := utf8.DecodeRune(sc.work[i:])
		i += n
		if invisible(r) || stripped(r, base) {
			continue
		}
		if letters == 0 {
			first = r
		}
		if unicode.IsLetter(r) {
			base = r
		}
		if cased(r) {
			letters++
		}
		if unicode.IsUpper(r) || unicode.IsTitle(r) {
			caps++
		}
		last = r
		sc.buf = appendFolded(sc.buf, r)
	}
	sc.work = norm.NFC.Append(sc.work[:0], sc.buf...)
	sc.buf = append(sc.buf[:0], sc.work...)
	return runeClass(first, last, caps, letters)
}

// cased reports whether r is a letter of a script that has capitals: ICE는 is in
// capitals.
func cased(r rune) bool { return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) }

// stripped reports whether the mark r over base makes no difference: accents
// on Latin and Greek letters, points of Arabic and Hebrew, the two dots of
// the Russian yo. Marks that make another letter (й, が) stay.
func stripped(r, base rune) bool {
	switch {
	case 0x300 <= r && r <= 0x36f:
		return !unicode.Is(unicode.Cyrillic, base) || r == 0x308 && (base == 'е' || base == 'Е') || r == 0x301 || r == 0x300
	case 0x591 <= r && r <= 0x5c7, 0x64b <= r && r <= 0x65f, r == 0x670, 0x1ab0 <= r && r <= 0x1aff:
		return unicode.IsMark(r)
	}
	return 0x1dc0 <= r && r <= 0x1dff || 0x20d0 <= r && r <= 0x20ff
}

// appendFolded appends r in lower case, with the letters that Unicode does not
// decompose but readers take for others.
func appendFolded(b []byte, r rune) []byte {
	switch r = unicode.ToLower(r); r {
	case 'ß':
		return append(b, "ss"...)
	case 'ς':
		r = 'σ'
	case 'ø':
		r = 'o'
	case 'ł':
		r = 'l'
	case 'đ':
		r = 'd'
	case 'ı':
		r = 'i'
	case 'æ':
		return append(b, "ae"...)
	case 'œ':
		return append(b, "oe"...)
	}
	return utf8.AppendRune(b, r)
}

// runeClass is caseClass for runes.
func runeClass(first, last rune, caps, letters int) uint8 {
	switch {
	case caps == 0:
		return ClassLower
	case caps == letters:
		return ClassUpper
	case last == 's' && caps == letters-1 && caps > 1:
		return ClassPlural
	case unicode.IsUpper(first) || unicode.IsTitle(first):
		return ClassTitle
	}
	return ClassLower
}
