// About a third of a cold poll: go test ./cmd/newswatch/daemon -run '^$' -bench Poll/cold/newswatch

package plain

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// notepads are for texts on their way from markup to plain: what is kept of
// them is made to measure.
var notepads = sync.Pool{New: func() any { return new([2][]byte) }}

// quickText is the plain text of the HTML s. ok is false where it takes the
// long way.
func quickText(s string) (text string, ok bool) {
	pad := notepads.Get().(*[2][]byte)
	if pad[0], ok = plainHTML(pad[0][:0], s); ok && bytes.IndexByte(pad[0], '&') >= 0 {
		ok = !escapedTwice(string(pad[0]))
	}
	if ok {
		pad[1] = appendTidy(pad[1][:0], pad[0])
		text = string(pad[1])
	}
	if len(s) <= maxPooled {
		notepads.Put(pad)
	}
	return text, ok
}

// plainHTML appends to b what readHTML reads, for the markup that feeds are
// full of: tags with tidy attributes, none of which hides its content. ok is
// false for all else, which takes the tokenizer that knows every turn of the
// standard; it is ten times slower.
func plainHTML(b []byte, s string) (_ []byte, ok bool) {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return appendUnescaped(b, s), true
		}
		b = appendUnescaped(b, s[:i])
		rest := s[i+1:]
		if name := strings.TrimPrefix(rest, "/"); name == "" || !isLetter(name[0]) {
			if rest == "" || strings.IndexByte("!?/", rest[0]) >= 0 {
				return b, false
			}
			b = append(b, '<') // one that means itself
			s = rest
			continue
		}
		a, to := plainTag(rest)
		if to == 0 || isHidden(a) {
			return b, false
		}
		if !isInline(a) {
			b = append(b, ' ')
		}
		s = rest[to:]
	}
}

// appendUnescaped appends s with its entities resolved.
func appendUnescaped(b []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			return append(b, s...)
		}
		b = append(b, s[:i]...)
		r, length := commonEntity(s[i:])
		if length == 0 {
			return append(b, html.UnescapeString(s[i:])...)
		}
		b = utf8.AppendRune(b, r)
		s = s[i+length:]
	}
}

// commonEntity reads the entity that s begins with. length is 0 for one that
// takes the whole table, or that is none.
func commonEntity(s string) (r rune, length int) {
	end := strings.IndexByte(s[:min(len(s), 9)], ';')
	if end < 0 {
		return 0, 0
	}
	switch s[1:end] {
	case "amp":
		return '&', end + 1
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "quot":
		return '"', end + 1
	case "nbsp":
		return '\u00a0', end + 1
	}
	if s[1] != '#' {
		return 0, 0
	}
	for _, c := range []byte(s[2:end]) {
		if c < '0' || c > '9' {
			return 0, 0
		}
		r = r*10 + rune(c-'0')
	}
	if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0xd800 && r < 0xe000 || r > 0x10ffff {
		return 0, 0
	}
	return r, end + 1
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

// maxPooled bounds the buffers that are kept for the next text.
const maxPooled = 1 << 20

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isTagName(c byte) bool { return isLetter(c) || '0' <= c && c <= '9' }
