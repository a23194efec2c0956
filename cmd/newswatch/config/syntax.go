package config

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// noteSyntax notes what the YAML parser found, in the words of people who do
// not write parsers.
func (l *loader) noteSyntax(d *document, err error) {
	var le *yaml.LoadError
	if !errors.As(err, &le) {
		l.note(d, 1, 1, Problem{Message: "not YAML: " + err.Error()})
		return
	}
	line, col := le.Mark.Line, le.Mark.Column
	if line == 0 { // the reader counts bytes only
		before := d.text[:min(le.Mark.Index, len(d.text))]
		line = 1 + strings.Count(before, "\n")
		col = 1 + len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
	}
	message, hint := le.Message, ""
	for _, s := range syntaxHints {
		if strings.Contains(message, s.says) {
			message, hint = s.message, s.hint
			break
		}
	}
	// What was never closed is mended where it was opened.
	if strings.Contains(le.Message, "unexpected end of stream") || strings.Contains(le.Message, "expected ',' or") {
		line, col = le.ContextMark.Line, le.ContextMark.Column
	}
	if text := d.line(line); strings.HasPrefix(strings.TrimLeft(text, " "), "\t") {
		col = strings.IndexByte(text, '\t') + 1
		message, hint = "a tab where YAML wants spaces", "indent with spaces"
	} else if slip, ok := d.slip(le.ContextMark.Line, le.Mark.Line); ok {
		line, col, message, hint = slip.Line, slip.Col, slip.Message, slip.Hint
	} else if slip, ok := l.colonless(d, line); ok {
		line, col, message, hint = slip.Line, slip.Col, slip.Message, slip.Hint
	}
	l.note(d, line, col, Problem{Message: "not YAML: " + message, Hint: cmp.Or(hint, "look for a missing quote, bracket or colon just before")})
}

// The slips of those who write queries and channels without quotes, or with two
// kinds of them, which parsers explain worst: text that goes on behind what is a
// whole value, a value that begins with two quotes, and a "#" that hides the end
// of its line.
var (
	twice  = regexp.MustCompile(`: +(''[^'\s,}\]]|""[^"\s,}\]])`)
	goesOn = regexp.MustCompile(`: +("(?:[^"\\]|\\.)*"|'[^']*'|\{[^{}]*\}|\[[^\[\]]*\]) +[^\s,#}\]]`)
	hides  = regexp.MustCompile(`[:,\[{] +(#[^\s#].*)$`)
)

// slip looks for them in the lines that the parser was reading.
func (d *document) slip(from, to int) (Problem, bool) {
	if at := goesOn.FindStringSubmatchIndex(d.line(to)); at != nil {
		return Problem{Line: to, Col: column(d.line(to), at[1]-1), Message: "text goes on behind what looks like the whole value",
			Hint: `put all of it in single quotes, as in '"task order" OR {ice}'`}, true
	}
	for n := max(min(from, to-1), 1); n <= to; n++ {
		if at := twice.FindStringSubmatchIndex(d.line(n)); at != nil {
			return Problem{Line: n, Col: column(d.line(n), at[2]), Message: "two quotes in a row are an empty text",
				Hint: `put the whole query in single quotes and phrases in double ones, as in '"task order" OR {ice}'`}, true
		}
		if at := hides.FindStringSubmatchIndex(d.line(n)); at != nil {
			return Problem{Line: n, Col: column(d.line(n), at[2]), Message: `"#" begins a remark, which hides the rest of this line`,
				Hint: `text that begins with "#" needs quotes`}, true
		}
	}
	return Problem{}, false
}

// keyed is a line that begins with a word, and what stands behind that.
var keyed = regexp.MustCompile(`^[ ]*(?:- +)?(\w+)(:?)( *)(.*)$`)

// linesBack is how many lines a parser reads on behind a missing colon, with
// empty ones and remarks between them.
const linesBack = 6

// colonless looks for a key without its colon, or without the space behind it,
// in a line and those before it.
func (l *loader) colonless(d *document, line int) (Problem, bool) {
	for n := line; n > 0 && n > line-linesBack; n-- {
		at := keyed.FindStringSubmatchIndex(d.line(n))
		if at == nil {
			continue
		}
		text := d.line(n)
		key, colon, gap, rest := text[at[2]:at[3]], at[4] < at[5], at[6] < at[7], text[at[8]:at[9]]
		if l.keys[key] == nil || rest != "" && colon == gap || colon && rest == "" {
			continue
		}
		p := Problem{Line: n, Col: column(text, at[3]), Message: fmt.Sprintf("a colon is missing behind %q", key), Hint: "write " + key + ": ..."}
		if colon {
			p.Col, p.Message = column(text, at[5]), fmt.Sprintf("a space is missing behind %q", key+":")
		}
		return p, true
	}
	return Problem{}, false
}

// column turns an offset of a line into a column.
func column(line string, offset int) int { return 1 + len([]rune(line[:offset])) }

// syntaxHints says in plain words what the parser's messages mean.
var syntaxHints = []struct{ says, message, hint string }{
	{"tab character", "a tab where YAML wants spaces", "indent with spaces"},
	{"expected ',' or ']'", "this bracket is not closed", `end the list with "]"`},
	{"expected ',' or '}'", "this brace is not closed", `put commas between the pairs and end them with "}"`},
	{"unexpected end of stream", "this quote is not closed", `end the text with the quote it began with`},
	{"mapping values are not allowed", "a second colon on one line, or a key that is indented too far",
		`put text with ": " in quotes`},
	{"did not find expected key", "this line is neither a key nor a value of what stands above",
		"check its indentation against the lines above"},
	{"did not find expected '-' indicator", `an entry of this list does not begin with "- "`,
		"check the indentation against the lines above"},
	{"cannot start any token", "text cannot begin with this character", "put it in quotes"},
	{"could not find expected ':'", "a key without a colon", `write "key: value"`},
	{"unknown anchor", "an alias to an anchor that does not exist", `text that begins with "*" needs quotes`},
	{"control characters", "a control character", "is this a text file? save it as UTF-8"},
	{"UTF-8", "bytes that are not UTF-8", "save the file as UTF-8"},
}

// line returns line n of the file, from 1, "" if there is none.
func (d *document) line(n int) string {
	if n < 1 || n > len(d.lines) {
		return ""
	}
	return d.lines[n-1]
}

// kindName says what a node is in words that need no knowledge of YAML.
func kindName(n *yaml.Node) string {
	switch target(n).Kind {
	case yaml.MappingNode:
		return "a group of keys"
	case yaml.SequenceNode:
		return "a list"
	}
	return "a single value"
}
