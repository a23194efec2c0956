// Package plain turns markup into plain text.
package plain

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text turns a text of a feed, whose XML escapes are resolved, into plain
// text of at most limit bytes: HTML is read if there is any, entities are
// resolved, once more where they were escaped twice, and white space is
// single.
func Text(s string, limit int) string {
	if strings.IndexByte(s, '<') >= 0 && HasMarkup(s) {
		if text, ok := quickText(s); ok {
			return Shorten(text, limit)
		}
		s = htmlText(s)
	} else if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	if escapedTwice(s) {
		s = html.UnescapeString(s)
	}
	return Shorten(Tidy(s), limit)
}

// escapedTwice reports whether s, a text already unescaped, has entities that
// nobody writes about.
func escapedTwice(s string) bool {
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			return false
		}
		s = s[i+1:]
		for _, e := range [...]string{"amp;", "quot;", "apos;", "nbsp;", "rsquo;", "lsquo;", "ldquo;", "rdquo;", "ndash;", "mdash;",
			"hellip;"} {
			if strings.HasPrefix(s, e) {
				return true
			}
		}
		if strings.HasPrefix(s, "#") {
			n := len(s) - len(strings.TrimLeft(s[1:], "x0123456789abcdefABCDEF"))
			if n > 2 && n < len(s) && s[n] == ';' {
				return true
			}
		}
	}
}

// Tidy makes white space single and removes controls. Code points 128 to 159
// are read as windows-1252, from which careless software takes them.
func Tidy(s string) string {
	if clean(s) {
		return s
	}
	return string(appendTidy(make([]byte, 0, len(s)), s))
}

func appendTidy[T string | []byte](b []byte, s T) []byte {
	begin, space := len(b), false
	for i := 0; i < len(s); {
		if n := blackLength(s[i:]); n > 0 {
			if space {
				b = append(b, ' ')
				space = false
			}
			b = append(b, s[i:i+n]...)
			i += n
			continue
		}
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
		}
		i += n
		if r >= 0x80 && r < 0xa0 {
			r = windows1252[r-0x80]
		}
		switch {
		case unicode.IsSpace(r):
			space = len(b) > begin
			continue
		case unicode.IsControl(r), isInvisible(r):
			continue
		}
		if space {
			b = append(b, ' ')
			space = false
		}
		b = utf8.AppendRune(b, r)
	}
	return b
}

// blackLength is how many bytes of s from its start are visible ASCII.
func blackLength[T string | []byte](s T) int {
	n := 0
	for n < len(s) && s[n] > ' ' && s[n] < 0x7f {
		n++
	}
	return n
}

// clean reports whether tidy has nothing to do on s: the usual case.
func clean(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}

// isInvisible tells marks that change how a text is shown and never what it
// says. Joiners and the marks of direction that belong to a letter stay: scripts need
// them.
func isInvisible(r rune) bool {
	switch {
	case r == '\u200b', r == '\u2060', r == '\ufeff', r == '\ufffe', r == '\uffff', r == '\u2028', r == '\u2029':
		return true
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return false
}

// windows1252 maps the bytes 0x80 to 0x9f; 0 marks the unassigned.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// Shorten cuts s to at most limit bytes, at a space if one is near.
func Shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	n := limit - len("…")
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	if i := strings.LastIndexByte(s[:n], ' '); i > n*9/10 {
		n = i
	}
	return s[:n] + "…"
}
