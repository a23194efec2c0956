package parse

import "bytes"

// A tag is a start tag as written.
type tag struct {
	name       byteRange
	to         int  // past it; 0 if it is none
	read       int  // how far it took to see that it is none
	empty      bool // it closes itself
	sound      bool // written as XML wants it
	attributes int
	spaces     int // of them namespace declarations
}

// readTag reads the start tag at i as far as it makes sense, and says whether
// it is sound. each, if not nil, is called with the name and the value of
// every attribute.
func readTag(doc []byte, i int, each func(name, value []byte)) tag {
	at := i + 1
	for at < len(doc) && isName(doc[at]) {
		at++
	}
	t := tag{name: byteRange{i + 1, at}, sound: bytes.Count(doc[i+1:at], []byte(":")) < 2}
	if !t.sound || at < len(doc) && doc[at] >= 0x80 {
		return tag{read: at}
	}
	for {
		at = skipSpace(doc, at)
		if at == len(doc) {
			return tag{read: at} // cut off, or no tag at all
		}
		switch c := doc[at]; {
		case c == '>':
			t.to = at + 1
			return t
		case c == '/' && at+1 < len(doc) && doc[at+1] == '>':
			t.to, t.empty = at+2, true
			return t
		case c == '<':
			return tag{read: at}
		case isNameStart(c):
			if at = t.attribute(doc, at, each); at == 0 {
				return tag{read: len(doc)}
			}
		default:
			t.sound = false
			at++
		}
	}
}

// attribute reads the one at at and returns the offset past it, 0 if it never
// ends.
func (t *tag) attribute(doc []byte, at int, each func(name, value []byte)) int {
	from := at
	for at < len(doc) && isName(doc[at]) {
		at++
	}
	name := doc[from:at]
	if t.attributes++; bytes.HasPrefix(name, []byte("xmlns")) {
		t.spaces++
	}
	if bytes.Count(name, []byte(":")) > 1 {
		t.sound = false
		name = name[bytes.LastIndexByte(name, ':')+1:]
	}
	if at = skipSpace(doc, at); at == len(doc) || doc[at] != '=' {
		t.sound = false
		return at
	}
	at = skipSpace(doc, at+1)
	if at == len(doc) {
		return 0
	}
	value, next := attributeValue(doc, at)
	if next == 0 {
		return 0
	}
	if q := doc[at]; q != '"' && q != '\'' || bytes.IndexByte(value, '<') >= 0 {
		t.sound = false
	}
	if next < len(doc) && isName(doc[next]) {
		t.sound = false
	}
	if each != nil && len(name) > 0 {
		each(name, value)
	}
	return next
}

func attributeValue(doc []byte, at int) (value []byte, next int) {
	if q := doc[at]; q == '"' || q == '\'' {
		n := bytes.IndexByte(doc[at+1:], q)
		if n < 0 {
			return nil, 0
		}
		return doc[at+1 : at+1+n], at + n + 2
	}
	n := bytes.IndexAny(doc[at:], " \t\r\n>")
	if n < 0 {
		return nil, 0
	}
	return doc[at : at+n], at + n
}

func skipSpace(doc []byte, at int) int {
	for at < len(doc) && (doc[at] == ' ' || doc[at] == '\n' || doc[at] == '\t' || doc[at] == '\r') {
		at++
	}
	return at
}

func isNameStart(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

func isName(c byte) bool {
	return isNameStart(c) || '0' <= c && c <= '9' || c == ':' || c == '-' || c == '.'
}

type aside int

const (
	asideOther aside = iota // a processing instruction or a declaration
	asideComment
	asideCDATA
)

// skipAside returns the offset past the comment, CDATA section, instruction or
// declaration that begins at i, the document's end if it has none.
func skipAside(doc []byte, i int) (to int, kind aside) {
	rest := doc[i:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return past(doc, i+4, "-->"), asideComment
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return past(doc, i+9, "]]>"), asideCDATA
	case rest[1] == '?':
		return past(doc, i+2, "?>"), asideOther
	}
	return pastDeclaration(doc, i+2), asideOther
}

func past(doc []byte, from int, mark string) int {
	if n := bytes.Index(doc[from:], []byte(mark)); n >= 0 {
		return from + n + len(mark)
	}
	return len(doc)
}

// pastDeclaration skips a DOCTYPE with its internal subset.
func pastDeclaration(doc []byte, at int) int {
	depth := 0
	for at < len(doc) {
		n := bytes.IndexAny(doc[at:], `<>[]"'`)
		if n < 0 {
			break
		}
		at += n
		switch c := doc[at]; c {
		case '"', '\'':
			if n := bytes.IndexByte(doc[at+1:], c); n >= 0 && depth > 0 {
				at += n + 1
			}
		case '[', '<':
			depth++
		case ']':
			depth--
		case '>':
			if depth--; depth < 0 {
				return at + 1
			}
		}
		at++
	}
	return len(doc)
}

// badReference returns the offset of the first numeric reference to a
// character that XML forbids, which would end the parse, or -1.
func badReference(doc []byte) int {
	for at := 0; ; {
		n := bytes.Index(doc[at:], []byte("&#"))
		if n < 0 {
			return -1
		}
		at += n
		if length := reference(doc[at:]); length > 0 {
			return at
		}
		at += 2
	}
}

// reference returns the length of the forbidden reference that s begins with,
// 0 if it is a good one or none.
func reference(s []byte) int {
	at, base := 2, 10
	if len(s) > 2 && s[2]|0x20 == 'x' {
		at, base = 3, 16
	}
	from, r := at, 0
	for at < len(s) {
		digit := digitValue(s[at])
		if digit >= base {
			break
		}
		r = min(r*base+digit, 1<<24)
		at++
	}
	if at == from {
		return 0
	}
	if at < len(s) && s[at] == ';' {
		at++
	}
	switch {
	case r == '\t', r == '\n', r == '\r', r >= 0x20 && r < 0xd800, r >= 0xe000 && r < 0xfffe, r >= 0x10000 && r <= 0x10ffff:
		return 0
	}
	return at
}

// digitValue is what c counts as a hexadecimal digit, 16 if it is none.
func digitValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return 16
}
