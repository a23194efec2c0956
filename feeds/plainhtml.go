package feeds

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plainHTML is readHTML for the markup that feeds are full of: tags with tidy
// attributes, none of which hides its content. ok is false for all else, which
// takes the tokenizer that knows every turn of the standard; it is ten times
// slower.
func plainHTML(s string) (text string, ok bool) {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(html.UnescapeString(s))
			return b.String(), true
		}
		if i > 0 {
			b.WriteString(html.UnescapeString(s[:i]))
		}
		rest := s[i+1:]
		if name := strings.TrimPrefix(rest, "/"); name == "" || !isLetter(name[0]) {
			if rest == "" || strings.IndexByte("!?/", rest[0]) >= 0 {
				return "", false
			}
			b.WriteByte('<') // one that means itself
			s = rest
			continue
		}
		a, to := plainTag(rest)
		if to == 0 || isHidden(a) {
			return "", false
		}
		if !isInline(a) {
			b.WriteByte(' ')
		}
		s = rest[to:]
	}
}

// plainTag reads a tag behind its "<". to is the offset past it, 0 if it is
// none of the plain ones.
func plainTag(s string) (a atom.Atom, to int) {
	end := strings.IndexByte(s, '>')
	if end < 0 {
		return 0, 0
	}
	from := 0
	if s[0] == '/' {
		from = 1
	}
	at := from
	for at < end && isTagName(s[at]) {
		at++
	}
	if at-from > longestTag {
		return 0, 0
	}
	var name [longestTag]byte
	for i := from; i < at; i++ {
		name[i-from] = s[i]
		if 'A' <= s[i] && s[i] <= 'Z' {
			name[i-from] |= 0x20
		}
	}
	a = atom.Lookup(name[:at-from])
	for {
		blank := at
		for at < len(s) && (s[at] == ' ' || s[at] == '\n' || s[at] == '\t') {
			at++
		}
		switch {
		case at == len(s):
			return 0, 0
		case s[at] == '>':
			return a, at + 1
		case strings.HasPrefix(s[at:], "/>"):
			return a, at + 2
		case at == blank:
			return 0, 0
		}
		if at = plainAttribute(s, at); at == 0 {
			return 0, 0
		}
	}
}

const longestTag = 16

// plainAttribute reads one with a quoted value, or without any, and returns
// the offset past it, 0 if it is another kind.
func plainAttribute(s string, at int) int {
	from := at
	for at < len(s) && (isTagName(s[at]) || s[at] == '-' || s[at] == '_' || s[at] == ':') {
		at++
	}
	if at == from {
		return 0
	}
	if at+1 >= len(s) || s[at] != '=' {
		return at
	}
	if q := s[at+1]; q == '"' || q == '\'' {
		if n := strings.IndexByte(s[at+2:], q); n >= 0 {
			return at + 2 + n + 1
		}
	}
	return 0
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isTagName(c byte) bool { return isLetter(c) || '0' <= c && c <= '9' }
