package story

// stem cuts the regular endings of English words, so that plans, planned and
// planning are one. It is the first step of Porter's algorithm with -ly added:
// more would join words of different events. Words of other languages lose an
// ending here and there, on both sides of a comparison alike.
func stem(b []byte) []byte {
	if n := len(b); n > 1 && b[0] <= '9' && b[n-1] == 's' {
		return b[:n-1] // the 1990s
	}
	if len(b) <= 3 || b[0] < 'a' || b[0] > 'z' {
		return b
	}
	b = singular(b)
	switch {
	case ends(b, "ing") && len(b) > 5 && hasVowel(b[:len(b)-3]):
		b = undouble(b[:len(b)-3])
	case ends(b, "ed") && !ends(b, "eed") && len(b) > 4 && hasVowel(b[:len(b)-2]):
		b = undouble(b[:len(b)-2])
	case ends(b, "ly") && len(b) > 5:
		b = b[:len(b)-2]
	}
	if ends(b, "e") && len(b) > 3 {
		b = b[:len(b)-1]
	}
	if ends(b, "y") && len(b) > 3 {
		b[len(b)-1] = 'i'
	}
	return b
}

func singular(b []byte) []byte {
	if b[len(b)-1] != 's' {
		return b
	}
	switch {
	case ends(b, "sses"), ends(b, "shes"), ends(b, "ches"), ends(b, "xes"):
		return b[:len(b)-2]
	case ends(b, "ies") && len(b) > 4:
		return append(b[:len(b)-3], 'y')
	case !ends(b, "ss") && !ends(b, "us") && !ends(b, "is"):
		return b[:len(b)-1]
	}
	return b
}

// undouble makes plan of plann, but leaves call, pass and buzz.
func undouble(b []byte) []byte {
	if n := len(b); n > 3 && b[n-1] == b[n-2] && b[n-1] != 'l' && b[n-1] != 's' && b[n-1] != 'z' {
		return b[:n-1]
	}
	return b
}

func ends(b []byte, suffix string) bool {
	return len(b) > len(suffix) && string(b[len(b)-len(suffix):]) == suffix
}

func hasVowel(b []byte) bool {
	for _, c := range b {
		switch c {
		case 'a', 'e', 'i', 'o', 'u', 'y':
			return true
		}
	}
	return false
}
