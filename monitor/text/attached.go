package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Stem is another form of a word that it is found by, as Key and Tag of a
// Scanner are those of the word.
type Stem struct {
	Key uint64
	Tag uint32
}

// Varies reports whether the current word may have other forms: a plural or
// those of AppendStems. It is false for most words of ASCII.
func (sc *Scanner) Varies() bool { return sc.folded || sc.text[sc.End-1]|0x20 == 's' }

// AppendStems appends the forms of the current word without Korean particles
// behind it or Arabic prefixes before it, and with ä, ö and ü written as ae, oe
// and ue. It has none for words of ASCII.
func (sc *Scanner) AppendStems(out []Stem) []Stem {
	b := sc.buf
	switch {
	case !sc.folded || len(b) == 0:
	case len(b) > 3 && hangulByte(b[len(b)-3]):
		return appendKorean(out, b)
	case 0xd8 <= b[0] && b[0] <= 0xdb:
		return appendArabic(out, b)
	case sc.Start < sc.End && strings.IndexByte(sc.text[sc.Start:sc.End], 0xc3) >= 0: // Latin-1
		return sc.appendSpelledOut(out)
	}
	return out
}

func appendStem(out []Stem, b []byte) []Stem {
	key, tag := KeyOf(b)
	return append(out, Stem{key, tag})
}

func hangulByte(c byte) bool { return 0xea <= c && c <= 0xed }

// A particle is an ending of Korean nouns.
type particle struct {
	text string
	pal  final // what the noun must end in
}

// A final is what the last syllable of a Korean noun ends in.
type final uint8

const (
	anyFinal final = iota
	vowel
	consonant
	vowelOrL    // before 로
	consonantNL // before 으로: any but l
)

// particles are the endings that are taken off nouns, longer ones first.
var particles = []particle{
	{"에서", anyFinal}, {"에게", anyFinal}, {"한테", anyFinal}, {"께서", anyFinal}, {"부터", anyFinal}, {"까지", anyFinal},
	{"처럼", anyFinal}, {"보다", anyFinal}, {"마다", anyFinal}, {"조차", anyFinal}, {"으로", consonantNL},
	{"이", consonant}, {"은", consonant}, {"을", consonant}, {"과", consonant},
	{"가", vowel}, {"는", vowel}, {"를", vowel}, {"와", vowel},
	{"로", vowelOrL}, {"의", anyFinal}, {"에", anyFinal}, {"도", anyFinal}, {"만", anyFinal},
}

// maxParticles is how many particles a noun has at most: 서울/에서/는.
const maxParticles = 3

// appendKorean takes particles off a word one after the other. At least two
// syllables stay, or two letters of another script: ICE는.
func appendKorean(out []Stem, b []byte) []Stem {
	for range maxParticles {
		n := particleOf(b)
		if n == 0 {
			break
		}
		b = b[:len(b)-n]
		out = appendStem(out, b)
	}
	return out
}

// particleOf returns the length of the particle that a word ends in, 0 for none.
func particleOf(b []byte) int {
	for _, p := range particles {
		k := len(b) - len(p.text)
		if k < 2 || string(b[k:]) != p.text {
			continue
		}
		r, n := utf8.DecodeLastRune(b[:k])
		if !unicode.Is(unicode.Hangul, r) {
			return len(p.text)
		}
		if before, _ := utf8.DecodeLastRune(b[:k-n]); unicode.IsLetter(before) && p.pal.fits(r) {
			return len(p.text)
		}
	}
	return 0
}

// fits reports whether a syllable ends so.
func (f final) fits(syllable rune) bool {
	const first, finals, l = 0xac00, 28, 8
	if syllable < first || syllable > 0xd7a3 {
		return true
	}
	tail := (syllable - first) % finals
	switch f {
	case vowel:
		return tail == 0
	case consonant:
		return tail != 0
	case vowelOrL:
		return tail == 0 || tail == l
	case consonantNL:
		return tail != 0 && tail != l
	}
	return true
}

const (
	arabicArticle = "ال"
	// What stays of an Arabic word has so many bytes at least: three letters
	// behind the article, and four behind one letter, which may as well belong
	// to the word.
	minBehindArticle = 6
	minBehindLetter  = 8
)

// appendArabic takes and (و ف), with, like and for (ب ك ل) and the article (ال)
// off the beginning of a word.
func appendArabic(out []Stem, b []byte) []Stem {
	out = appendUnprefixed(out, b)
	if rest, ok := cutLetter(b, "و", "ف"); ok {
		out = appendUnprefixed(appendStem(out, rest), rest)
	}
	return out
}

// appendUnprefixed is appendArabic behind and.
func appendUnprefixed(out []Stem, b []byte) []Stem {
	if rest, ok := cutArticle(b, arabicArticle); ok {
		return appendStem(out, rest)
	}
	if rest, ok := cutArticle(b, "لل"); ok { // li-l-: the article loses its alif
		var whole [64]byte
		return appendStem(appendStem(out, rest), append(append(whole[:0], arabicArticle...), rest...))
	}
	if rest, ok := cutLetter(b, "ب", "ك", "ل"); ok {
		out = appendStem(out, rest)
		if rest, ok = cutArticle(rest, arabicArticle); ok {
			out = appendStem(out, rest)
		}
	}
	return out
}

func cutArticle(b []byte, article string) ([]byte, bool) {
	if len(b) < len(article)+minBehindArticle || string(b[:len(article)]) != article {
		return nil, false
	}
	return b[len(article):], true
}

func cutLetter(b []byte, letters ...string) ([]byte, bool) {
	for _, l := range letters {
		if len(b) >= len(l)+minBehindLetter && string(b[:len(l)]) == l {
			return b[len(l):], true
		}
	}
	return nil, false
}

// spelledOut are the letters that are written as two where a keyboard has none
// for them.
var spelledOut = map[rune]string{'ä': "ae", 'ö': "oe", 'ü': "ue", 'ø': "oe", 'å': "aa", 'ß': "ss"}

// appendSpelledOut appends the word with its umlauts as two letters.
func (sc *Scanner) appendSpelledOut(out []Stem) []Stem {
	sc.work = sc.work[:0]
	for _, r := range sc.text[sc.Start:sc.End] {
		r = unicode.ToLower(r)
		switch two := spelledOut[r]; {
		case two != "":
			sc.work = append(sc.work, two...)
		case r < utf8.RuneSelf:
			sc.work = append(sc.work, byte(r))
		case int(r) < len(plain) && plain[r] != 0 && !joins(r):
			sc.work = utf8.AppendRune(sc.work, plain[r])
		default:
			return out
		}
	}
	if string(sc.work) == string(sc.buf) {
		return out
	}
	return appendStem(out, sc.work)
}
