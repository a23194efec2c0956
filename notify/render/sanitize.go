package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/unicode/norm"
)

// Zero-width characters that scripts and emoji need: between two letters or
// symbols they stay.
const (
	zwnj = '\u200c'
	zwj  = '\u200d'
)

// marksInARow is how many combining marks one letter may carry. No script
// needs more than a handful; texts that climb over their neighbours do.
const marksInARow = 6

// Sanitize returns a stranger's text as one line that can do nothing but be read:
// in NFC, without control characters, terminal escapes, direction overrides
// and invisible characters, and with white space collapsed. It is idempotent.
func Sanitize(s string) string { return strings.TrimSpace(sanitize(s)) }

// sanitize is Sanitize with one space kept at either end, for a part of a sentence.
func sanitize(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	s = norm.NFC.String(strings.ToValidUTF8(s, "\ufffd"))
	var prev rune
	marks := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r == '\x1b':
			i += escape(s[i:])
			continue
		case unicode.IsSpace(r):
			if prev != ' ' {
				b.WriteByte(' ')
			}
			prev = ' '
			continue
		case (r == zwj || r == zwnj) && joins(prev) && joins(first(s[i:])):
		case hidden(r):
			continue
		}
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		if marks <= marksInARow {
			b.WriteRune(r)
		}
		prev = r
	}
	return norm.NFC.String(b.String()) // what was removed may have kept a letter from its accent
}

// plain reports whether s is printable ASCII with single spaces, as nearly all
// texts are.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && i > 0 && s[i-1] == ' ' {
			return false
		}
	}
	return true
}

// escape returns the length of the terminal control sequence that an ESC
// before s begins, without the ESC.
func escape(s string) int {
	if !strings.HasPrefix(s, "[") {
		return 0
	}
	i := 1
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x3f {
		i++
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
		return i + 1
	}
	return 0
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func joins(r rune) bool {
	return r != utf8.RuneError && (unicode.In(r, unicode.L, unicode.M, unicode.So, unicode.Sk) || r == '\ufe0f')
}

// hidden reports whether r shows nothing by itself and only steers how its
// neighbours show.
func hidden(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u00ad', r == '\u034f', r == '\u061c', r == '\u180e',
		r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u206f',
		r == '\ufeff', r >= '\ufff9' && r <= '\ufffb', r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return false
}

// Truncate returns s if it has at most max runes, or else as much of its beginning
// as fits with an ellipsis, cut between characters as people see them and, if
// one is near, between words.
func Truncate(s string, max int) string {
	if len(s) <= max || utf8.RuneCountInString(s) <= max {
		return s
	}
	if max <= 0 {
		return ""
	}
	end, word, runes := 0, 0, 0
	for g := graphemes.FromString(s); g.Next(); {
		runes += utf8.RuneCountInString(g.Value())
		if runes > max-1 {
			break
		}
		if g.Value() == " " {
			word = end
		}
		end = g.End()
	}
	if word > end*3/4 {
		end = word
	}
	return strings.TrimRight(s[:end], " ,;:") + "…"
}
