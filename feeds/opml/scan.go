package opml

import (
	"html"
	"regexp"
	"strings"
)

// tagNames are what is looked for behind a "<", in lower case.
var tagNames = []string{"!--", "opml", "/opml", "body", "/body", "outline", "/outline"}

// nextTag returns the name of the first tag of a list in text, as it is written,
// and where it begins.
func nextTag(text string) (name string, at int, ok bool) {
	for {
		i := strings.IndexByte(text[at:], '<')
		if i < 0 {
			return "", 0, false
		}
		at += i
		rest := text[at+1:]
		for _, name := range tagNames {
			if len(rest) < len(name) || !strings.EqualFold(rest[:len(name)], name) {
				continue
			}
			if name == "!--" || len(rest) == len(name) || !word(rest[len(name)]) {
				return rest[:len(name)], at, true
			}
		}
		at++
	}
}

// word reports whether c is a letter, a digit or an underscore.
func word(c byte) bool {
	return letter(c) || '0' <= c && c <= '9' || c == '_'
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// attributes are those of a tag: the first of each name.
type attributes []attribute

type attribute struct{ name, value string }

// get returns the value of the attribute of that name, given in lower case, with
// its entities resolved.
func (a attributes) get(name string) string {
	for _, at := range a {
		if strings.EqualFold(at.name, name) {
			if strings.IndexByte(at.value, '&') < 0 {
				return at.value
			}
			return entity.ReplaceAllStringFunc(at.value, html.UnescapeString)
		}
	}
	return ""
}

var entity = regexp.MustCompile(`&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);`)

const (
	maxAttributes = 64
	space         = " \t\n\f\r"
)

// read reads the attributes of a tag: a name, "=" and a value in quotes, whatever
// stands between them.
func (a *attributes) read(tag string) {
	*a = (*a)[:0]
	for at := 0; len(*a) < maxAttributes; {
		i := strings.IndexByte(tag[at:], '=')
		if i < 0 {
			return
		}
		name := nameBefore(tag[at : at+i])
		at += i + 1
		value := strings.TrimLeft(tag[at:], space)
		if name == "" || value == "" || value[0] != '"' && value[0] != '\'' {
			continue
		}
		n := strings.IndexByte(value[1:], value[0])
		if n < 0 {
			continue
		}
		*a = append(*a, attribute{name, value[1 : 1+n]})
		at = len(tag) - len(value) + n + 2
	}
}

// nameBefore returns the name that text ends with, "" for none.
func nameBefore(text string) string {
	text = strings.TrimRight(text, space)
	from := len(text)
	for from > 0 && (word(text[from-1]) || strings.IndexByte(":.-", text[from-1]) >= 0) {
		from--
	}
	for from < len(text) && !letter(text[from]) {
		from++
	}
	return text[from:]
}
