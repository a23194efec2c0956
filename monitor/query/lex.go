package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"newswatch/monitor/text"
)

// A kind is what a token of a query is.
type kind uint8

const (
	tokEnd kind = iota
	tokOpen
	tokClose
	tokComma
	tokWord   // text
	tokString // text between quotes
	tokRegex  // text between slashes, flags
	tokEntity // text between braces
	tokAnd
	tokOr
	tokNot
	tokNear   // n
	tokBefore // n
	tokSent
	tokOf
	tokField   // text: the name before a colon
	tokMeasure // text: age, published or amount, with tokCmp behind it
	tokCount   // count(
	tokCmp     // cmp
)

// A token is a piece of a query.
type token struct {
	kind     kind
	text     string
	flags    string
	style    style
	rel      Relation
	n        int
	pos, end int
}

// A Mistake is an error at a place of a query.
type Mistake struct {
	Pos     int
	Message string
	Hint    string
}

func (m *Mistake) Error() string { return m.Message }

func Errorf(pos int, hint, format string, args ...any) *Mistake {
	return &Mistake{pos, fmt.Sprintf(format, args...), hint}
}

// A lexer cuts a query into tokens.
type lexer struct {
	src   string
	at    int
	notes []Mistake // remarks on what is accepted nevertheless
}

var quotes = map[rune]rune{'"': '"', '“': '”', '”': '”', '„': '“', '«': '»', '»': '«', '‟': '”', '＂': '＂'}

// next returns the next token.
func (l *lexer) next() (token, *Mistake) {
	l.space()
	if l.at >= len(l.src) {
		return token{kind: tokEnd, pos: l.at, end: l.at}, nil
	}
	pos := l.at
	r, n := utf8.DecodeRuneInString(l.src[l.at:])
	switch {
	case r == '(' || r == ')' || r == ',':
		l.at += n
		k := map[rune]kind{'(': tokOpen, ')': tokClose, ',': tokComma}[r]
		return token{kind: k, pos: pos, end: l.at}, nil
	case r == '{':
		return l.entity()
	case r == '/':
		return l.regex()
	case r == '-' || r == '–' || r == '—' || r == '−' || r == '!':
		return l.minus(r, n)
	case quotes[r] != 0:
		return l.quoted(AsWritten)
	case r == '=' || r == '~':
		return l.styled(byte(r))
	case r == '<' || r == '>':
		return l.comparison()
	case r == utf8.RuneError && n == 1:
		return token{}, Errorf(pos, "save the file as UTF-8", "not valid UTF-8")
	}
	return l.word(AsWritten)
}

func (l *lexer) space() {
	for l.at < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.at:])
		if !unicode.IsSpace(r) && r != '\ufeff' && r != '\u200b' {
			return
		}
		l.at += n
	}
}

func (l *lexer) entity() (token, *Mistake) {
	pos := l.at
	i := strings.IndexAny(l.src[pos+1:], "{}")
	if i < 0 || l.src[pos+1+i] == '{' {
		return token{}, Errorf(pos, "write {name}", "brace is not closed")
	}
	l.at = pos + i + 2
	name := strings.TrimSpace(l.src[pos+1 : l.at-1])
	if name == "" {
		return token{}, Errorf(pos, "write {name}", "empty braces")
	}
	return token{kind: tokEntity, text: name, pos: pos, end: l.at}, nil
}

func (l *lexer) regex() (token, *Mistake) {
	pos := l.at
	for i := pos + 1; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case '/':
			l.at = i + 1
			for l.at < len(l.src) && text.IsLetter(l.src[l.at]) {
				l.at++
			}
			return token{kind: tokRegex, text: l.src[pos+1 : i], flags: l.src[i+1 : l.at], pos: pos, end: l.at}, nil
		}
	}
	return token{}, Errorf(pos, "end it with a slash, or quote the word", "pattern is not closed")
}

// minus is NOT if a term follows at once.
func (l *lexer) minus(r rune, n int) (token, *Mistake) {
	pos := l.at
	l.at += n
	rest, _ := utf8.DecodeRuneInString(l.src[l.at:])
	if l.at >= len(l.src) || unicode.IsSpace(rest) || rest == ')' {
		return token{}, Errorf(pos, "put it before the term that must be absent, without a space", "%q stands alone", string(r))
	}
	if r != '-' {
		l.notes = append(l.notes, *Errorf(pos, "write - or NOT", "%q is read as a minus: the term behind it must be absent", string(r)))
	}
	return token{kind: tokNot, pos: pos, end: l.at}, nil
}

// quoted reads a phrase between any kind of double quotes.
func (l *lexer) quoted(how style) (token, *Mistake) {
	pos := l.at
	open, n := utf8.DecodeRuneInString(l.src[pos:])
	closing := quotes[open]
	for i := pos + n; i < len(l.src); {
		r, m := utf8.DecodeRuneInString(l.src[i:])
		if r == closing || open != '"' && quotes[r] != 0 {
			l.at = i + m
			if open != '"' || r != '"' {
				l.notes = append(l.notes, *Errorf(pos, `write "`+l.src[pos+n:i]+`"`, "curly quotes are read as straight ones"))
			}
			return token{kind: tokString, text: l.src[pos+n : i], style: how, pos: pos, end: l.at}, nil
		}
		i += m
	}
	return token{}, Errorf(pos, l.mixed(pos, pos+n), "quote is not closed")
}

// styled reads =word, ="phrase", ~word, or a lone comparison.
func (l *lexer) styled(c byte) (token, *Mistake) {
	pos := l.at
	how := exact
	if c == '~' {
		how = nocase
	}
	l.at++
	r, _ := utf8.DecodeRuneInString(l.src[l.at:])
	var t token
	var err *Mistake
	switch {
	case l.at < len(l.src) && quotes[r] != 0:
		t, err = l.quoted(how)
	case l.at < len(l.src) && !stops(r) && r != '=' && r != '~':
		t, err = l.word(how)
	case c == '=':
		l.at = pos
		return l.comparison()
	default:
		return token{}, Errorf(pos, "write ~WORD", "~ stands alone")
	}
	t.pos = pos
	return t, err
}

func (l *lexer) comparison() (token, *Mistake) {
	pos := l.at
	for c := range Relations {
		// The two-byte names come behind their first byte: take the longest.
		name := Relations[len(Relations)-1-c]
		if strings.HasPrefix(l.src[pos:], name) && !(len(name) == 1 && pos+1 < len(l.src) && l.src[pos+1] == '=') {
			l.at = pos + len(name)
			return token{kind: tokCmp, rel: Relation(len(Relations) - 1 - c), pos: pos, end: l.at}, nil
		}
	}
	return token{}, Errorf(pos, "use = < <= > or >=", "no such comparison")
}

// stops reports whether r ends a bare word.
func stops(r rune) bool {
	return unicode.IsSpace(r) || quotes[r] != 0 || strings.ContainsRune("(){},<>=", r)
}

// word reads a bare word, an operator, or the name of a field.
func (l *lexer) word(how style) (token, *Mistake) {
	pos := l.at
	for l.at < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.at:])
		if r == utf8.RuneError && n <= 1 {
			return token{}, Errorf(l.at, "save the file as UTF-8", "not valid UTF-8")
		}
		if stops(r) && !(r == ',' && l.at > pos && text.IsDigit(l.src[l.at-1]) && text.ThreeDigits(l.src[l.at+1:])) {
			break
		}
		if r == ':' && how == AsWritten && IsFieldName(l.src[pos:l.at]) {
			name := l.src[pos:l.at]
			l.at += n
			return token{kind: tokField, text: strings.ToLower(name), pos: pos, end: l.at}, nil
		}
		l.at += n
	}
	if l.at == pos {
		_, n := utf8.DecodeRuneInString(l.src[l.at:])
		return token{}, Errorf(pos, "remove or quote it", "unexpected %q", l.src[pos:pos+n])
	}
	text := l.src[pos:l.at]
	t := token{kind: tokWord, text: text, style: how, pos: pos, end: l.at}
	if how != AsWritten {
		return t, nil
	}
	if err := l.singleQuoted(pos); err != nil {
		return token{}, err
	}
	l.noteSum(pos, text)
	return l.operator(t)
}

// SmallNumber reads up to six digits.
func SmallNumber(s string) (int, bool) {
	if s == "" || len(s) > 6 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if !text.IsDigit(s[i]) {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
