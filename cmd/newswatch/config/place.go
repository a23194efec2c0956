package config

import (
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// place returns where byte offset of a scalar's value stands in the file, line
// and column from 1, through quotes, escapes and folded lines. Where the way
// back is not certain it returns the scalar's start.
func (d *document) place(n *yaml.Node, offset int) (line, col int) {
	n = target(n)
	if n.Kind == yaml.ScalarNode && offset >= 0 && offset <= len(n.Value) {
		if line, col, ok := d.align(n, offset); ok {
			return line, col
		}
	}
	return n.Line, n.Column
}

// A cursor walks the source of a scalar in step with its value. YAML's rules
// for line breaks are not computed but read off the value: it says whether a
// break became a space or stayed.
type cursor struct {
	lines  []string
	line   int // index
	at     int // byte within the line
	style  yaml.Style
	indent int // of a block scalar
}

const blockStyle = yaml.LiteralStyle | yaml.FoldedStyle

func (d *document) align(n *yaml.Node, offset int) (line, col int, ok bool) {
	c, ok := d.cursor(n)
	if !ok {
		return 0, 0, false
	}
	for i := 0; ; {
		if i < len(n.Value) {
			var w int
			if w, ok = c.breaks(n.Value[i:]); !ok {
				return 0, 0, false
			}
			if w > 0 && offset < i+w { // within what a line break became
				offset = i + w
			}
			i += w
		}
		if i >= offset {
			text := c.text()
			return c.line + 1, 1 + utf8.RuneCountInString(text[:min(c.at, len(text))]), true
		}
		w, ok := c.step(n.Value[i:])
		if !ok {
			return 0, 0, false
		}
		i += w
	}
}

// cursor stands before the first character of n's value.
func (d *document) cursor(n *yaml.Node) (*cursor, bool) {
	c := &cursor{lines: d.lines, line: n.Line - 1, style: n.Style}
	if c.line < 0 || c.line >= len(d.lines) {
		return nil, false
	}
	for range n.Column - 1 {
		_, w := utf8.DecodeRuneInString(c.rest())
		c.at += w
	}
	switch {
	case n.Style&(yaml.TaggedStyle) != 0 || n.Anchor != "":
		return nil, false
	case n.Style&blockStyle != 0:
		return c, c.enterBlock()
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		c.at++
	}
	return c, true
}

// enterBlock goes from the | or > to the first line of the text.
func (c *cursor) enterBlock() bool {
	for c.line++; c.line < len(c.lines); c.line++ {
		if text := c.text(); strings.TrimLeft(text, " ") != "" {
			c.indent = len(text) - len(strings.TrimLeft(text, " "))
			c.at = c.indent
			return true
		}
	}
	return false
}

func (c *cursor) text() string {
	if c.line >= len(c.lines) {
		return ""
	}
	return c.lines[c.line]
}

func (c *cursor) rest() string { return c.text()[min(c.at, len(c.text())):] }

// ended reports whether the line holds no more of the value.
func (c *cursor) ended() bool {
	if c.style&blockStyle != 0 {
		return c.rest() == ""
	}
	return strings.TrimLeft(c.rest(), " \t") == ""
}

// breaks goes to the next line with text if this one has ended, and returns
// how much of value the break became.
func (c *cursor) breaks(value string) (width int, ok bool) {
	if c.style&yaml.DoubleQuotedStyle != 0 && c.rest() == `\` { // a break that becomes nothing
		c.line++
		c.at = len(c.text()) - len(strings.TrimLeft(c.text(), " \t"))
	}
	if !c.ended() {
		return 0, true
	}
	blank := 0
	for c.line++; c.line < len(c.lines) && strings.TrimLeft(c.text(), " \t") == ""; c.line++ {
		blank++
	}
	if c.line >= len(c.lines) {
		return 0, false
	}
	c.at = len(c.text()) - len(strings.TrimLeft(c.text(), " \t"))
	if c.style&blockStyle != 0 {
		c.at = min(c.at, c.indent)
	}
	if blank == 0 && value[0] == ' ' {
		return 1, true
	}
	for width < len(value) && width <= blank && value[width] == '\n' {
		width++
	}
	return width, width > 0
}

// step goes past one character of the value.
func (c *cursor) step(value string) (width int, ok bool) {
	r, w := utf8.DecodeRuneInString(value)
	rest := c.rest()
	switch {
	case rest == "":
		return 0, false
	case c.style&yaml.DoubleQuotedStyle != 0 && rest[0] == '\\':
		c.at += escapeWidth(rest)
	case c.style&yaml.SingleQuotedStyle != 0 && strings.HasPrefix(rest, "''"):
		c.at += 2
	default:
		source, sw := utf8.DecodeRuneInString(rest)
		if source != r {
			return 0, false
		}
		c.at += sw
	}
	return w, true
}

func escapeWidth(s string) int {
	if len(s) > 1 {
		switch s[1] {
		case 'x':
			return 4
		case 'u':
			return 6
		case 'U':
			return 10
		}
	}
	return 2
}
