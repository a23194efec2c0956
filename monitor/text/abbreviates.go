package text

// Abbreviates reports whether letters abbreviate folded words: they take the
// first letter of every word but the small ones, in order, and maybe letters
// from inside words.
func Abbreviates(words [][]byte, letters []byte) bool {
	if len(words) == 0 {
		return len(letters) == 0
	}
	w := words[0]
	if SmallWords[string(w)] && Abbreviates(words[1:], letters) {
		return true
	}
	if len(letters) == 0 || len(w) == 0 || w[0] != letters[0] {
		return false
	}
	n := 1 // letters this word can give, in order
	for _, c := range w[1:] {
		if n < len(letters) && c == letters[n] {
			n++
		}
	}
	for ; n > 0; n-- {
		if Abbreviates(words[1:], letters[n:]) {
			return true
		}
	}
	return false
}
