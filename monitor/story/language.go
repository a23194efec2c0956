package story

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// smallWords are the words that tell headlines in English (1) from others (-1).
// Those that several languages have, such as in, are left out.
var smallWords = sync.OnceValue(func() map[uint64]int {
	set := make(map[uint64]int)
	for i, list := range [...]string{
		`de la el los las del que en un una para por con al se su lo es y sobre desde sin más tras ante según do da dos das em
			um uma ao à às pelo pela não no na nos nas é os e o mais sem são com após até der das und im den von mit auf
			ist ein eine einen dem zu für bei nach sich nicht über gegen aus wird vor welche dabei sind wie als le les des
			du et au aux sur dans une est qui pas ne sa ses son ce cette il di che per non gli nel della alla dei sono più het
			een van met voor op niet zijn te w z do się nie jest od i v s za je po pri so pa iz ki в на и с не за из что как для от до при об у к`,
		`the of to and for with on at by from is are as after over it its his her will be was new has have not that how what
			why who says say first this your you their out up off into amid us against`,
	} {
		for s := range strings.FieldsSeq(list) {
			for _, w := range words(nil, s, 1, english) {
				set[w.stem] = 2*i - 1
			}
		}
	}
	return set
})

// inEnglish tells the language of a headline by its small words, and where it
// has none of them by how much of it general English has.
func (a *analyst) inEnglish(title []word) bool {
	n, by, known := 0, 0, 0
	for _, w := range title {
		if w.number {
			continue
		}
		n++
		by += a.small[w.stem]
		if a.share[w.stem] > 0 {
			known++
		}
	}
	if by != 0 {
		return by > 0
	}
	return known*4 >= n
}

// A reduction makes of a word, which it may change, what is compared.
type reduction func(b []byte) uint64

// english reduces a word to its stem.
func english(b []byte) uint64 { return hash(stem(b)) }

// beginning is how many letters are compared of a word of another language: a
// simple measure that suits languages of many endings, and does no harm to
// others (McNamee and Mayfield, "Character N-Gram Tokenization for European
// Language Text Retrieval", 2004).
const beginning = 5

// foreign reduces a word to its first letters, if it is none that english.txt
// knows.
func (a *analyst) foreign(b []byte) uint64 {
	var kept [maxWord]byte
	whole := append(kept[:0], b...)
	if h := english(b); len(b) == 0 || b[0] <= '9' || a.share[h] > 0 || a.dated[h] {
		return h
	}
	end := 0
	for n := 0; n < beginning && end < len(whole); n++ {
		_, size := utf8.DecodeRune(whole[end:])
		end += size
	}
	return hash(whole[:end])
}
