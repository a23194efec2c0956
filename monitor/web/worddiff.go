package web

import "strings"

// A wording is a part of a text that stayed, came or went.
type wording struct {
	Text string
	How  string // "", ins or del
}

// diffWords is how many words of two texts are compared one by one: enough for
// any headline and summary.
const diffWords = 400

// wordDiff says in words what became of a text. What is too long to compare is
// replaced as a whole.
func wordDiff(before, after string) (out []wording) {
	a, b := strings.Fields(before), strings.Fields(after)
	if len(a) > diffWords || len(b) > diffWords {
		return []wording{{before, "del"}, {after, "ins"}}
	}
	same := common(a, b)
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = also(out, a[i], "")
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && same[i+1][j] >= same[i][j+1]:
			out = also(out, a[i], "del")
			i++
		default:
			out = also(out, b[j], "ins")
			j++
		}
	}
	return out
}

// common returns how many words a[i:] and b[j:] have in common, in order.
func common(a, b []string) [][]int16 {
	same := make([][]int16, len(a)+1)
	for i := range same {
		same[i] = make([]int16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				same[i][j] = same[i+1][j+1] + 1
			} else {
				same[i][j] = max(same[i+1][j], same[i][j+1])
			}
		}
	}
	return same
}

// also appends a word to what has the same fate, or begins another part.
func also(out []wording, word, how string) []wording {
	if n := len(out); n > 0 && out[n-1].How == how {
		out[n-1].Text += " " + word
		return out
	}
	return append(out, wording{word, how})
}
