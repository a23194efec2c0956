package text

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Span is a range of bytes on rune edges.
type Range struct{ Start, End int }

// MaxSentence is the length in bytes to which a sentence is shown whole.
const MaxSentence = 300

// MergeRanges sorts spans and joins those that overlap.
func MergeRanges(spans []Range) []Range {
	slices.SortFunc(spans, func(a, b Range) int { return cmp.Compare(a.Start, b.Start) })
	n := 0
	for _, s := range spans {
		if n > 0 && s.Start <= spans[n-1].End {
			spans[n-1].End = max(spans[n-1].End, s.End)
			continue
		}
		spans[n] = s
		n++
	}
	return spans[:n]
}

// Clip trims a sentence, replaces runs of white space by one space unless it is
// tidy, see Tidy, and cuts it to about MaxSentence bytes round its first hits, at
// word edges. The spans come back as they lie in the result, in the same memory.
func Clip(s string, tidy bool, spans []Range) (string, []Range) {
	from := len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
	to := len(strings.TrimRightFunc(s, unicode.IsSpace))
	if from >= to {
		return "", nil
	}
	lo, hi := from, to
	if to-from > MaxSentence {
		lo, hi = window(s, from, to, spans)
	}
	cutFront, cutBack := lo > from, hi < to
	from, to = lo, hi
	for i := range spans {
		spans[i].Start -= from
		spans[i].End -= from
	}
	s, spans = s[from:to], slices.DeleteFunc(spans, func(sp Range) bool { return sp.Start < 0 || sp.End > to-from })
	if !tidy {
		s, spans = tidied(s, spans)
	}
	if !cutFront && !cutBack {
		return s, spans
	}
	return ellipsis(s, spans, cutFront, cutBack)
}

// window returns the part of s[from:to] to show: round the first hits, at the
// edges of words.
func window(s string, from, to int, spans []Range) (lo, hi int) {
	first, last := from, from
	if len(spans) > 0 {
		first, last = spans[0].Start, spans[0].End
		for _, sp := range spans[1:] {
			if sp.End-first <= MaxSentence-40 {
				last = sp.End
			}
		}
	}
	room := max(MaxSentence-(last-first), 40)
	lo, hi = max(first-room/2, from), min(last+room/2, to)
	lo, hi = max(lo-max(last+room/2-to, 0), from), min(hi+max(from-(first-room/2), 0), to)
	return wordStart(s, lo, from, first), wordEnd(s, hi, last, to)
}

// maxWord is how far the edge of a word is looked for; text without spaces is
// cut between letters.
const maxWord = 40

// wordStart moves i forward to the start of a word, at most to limit.
func wordStart(s string, i, from, limit int) int {
	if i <= from {
		return from
	}
	for j := i; j < min(limit, i+maxWord); {
		r, n := utf8.DecodeRuneInString(s[j:])
		j += n
		if unicode.IsSpace(r) {
			return min(j, limit)
		}
	}
	for i < limit {
		if r, _ := utf8.DecodeRuneInString(s[i:]); utf8.RuneStart(s[i]) && !joins(r) && !invisible(r) {
			break
		}
		i++
	}
	return i
}

// wordEnd moves i back to the end of a word, at least to limit.
func wordEnd(s string, i, limit, to int) int {
	if i >= to {
		return to
	}
	for j := i; j > max(limit, i-maxWord); {
		r, n := utf8.DecodeLastRuneInString(s[:j])
		if unicode.IsSpace(r) {
			return max(j-n, limit)
		}
		j -= n
	}
	for i > limit {
		if r, _ := utf8.DecodeRuneInString(s[i:]); utf8.RuneStart(s[i]) && !joins(r) && !invisible(r) {
			break
		}
		i--
	}
	return i
}

// Cut returns the first n bytes of s at most, without half a character.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// ellipsis marks where a sentence was cut, moving the spans along.
func ellipsis(s string, spans []Range, front, back bool) (string, []Range) {
	before, after := "", ""
	if front {
		before = "… "
	}
	if back {
		after = " …"
	}
	for i := range spans {
		spans[i].Start += len(before)
		spans[i].End += len(before)
	}
	return before + s + after, spans
}

// tidied replaces white space by single spaces and bytes that are not UTF-8 by
// the replacement character, moving the spans along, which are sorted and
// apart.
func tidied(s string, spans []Range) (string, []Range) {
	b := make([]byte, 0, len(s)+8)
	edge := 0 // of spans, counting starts and ends
	space := false
	for i, r := range s {
		edge = moveEdges(spans, edge, i, len(b))
		switch {
		case !unicode.IsSpace(r):
			space = false
			b = utf8.AppendRune(b, r)
		case !space:
			space = true
			b = append(b, ' ')
		}
	}
	moveEdges(spans, edge, len(s), len(b))
	return string(b), spans
}

// moveEdges moves the edges of spans at from, beginning with the given one, to
// to, and returns the first behind them.
func moveEdges(spans []Range, edge, from, to int) int {
	for ; edge < 2*len(spans); edge++ {
		at := &spans[edge/2].Start
		if edge%2 == 1 {
			at = &spans[edge/2].End
		}
		if *at > from {
			break
		}
		*at = to
	}
	return edge
}

// Tidy reports whether s is UTF-8 without white space but single spaces.
func Tidy(s string) bool {
	ascii, gap := true, false
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c == ' ' && gap {
			return false
		}
		ascii, gap = ascii && c < utf8.RuneSelf, c == ' '
	}
	return ascii || utf8.ValidString(s)
}
