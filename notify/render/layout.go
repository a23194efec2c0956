package render

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/width"
)

// A style is how a terminal shows a text.
type style string

const (
	normal style = ""
	bold   style = "1"
	dim    style = "2"
	hit    style = "1;33" // bold yellow
	link   style = "4;36" // underlined cyan
	name   style = "1;36" // bold cyan
	alarm  style = "1;31" // bold red
	doubt  style = "35"   // magenta
)

// A styled is text in one style. It must be sanitized.
type styled struct {
	text  string
	style style
}

// A layout sets paragraphs for a fixed pitch.
type layout struct {
	Options
	b strings.Builder
}

// blank ends a paragraph with an empty line, but never makes two.
func (p *layout) blank() {
	if s := p.b.String(); s != "" && !strings.HasSuffix(s, "\n\n") {
		p.b.WriteByte('\n')
	}
}

// line writes spans on one line, whatever its length. Addresses go here, so
// that they stay whole.
func (p *layout) line(indent string, spans ...styled) {
	p.b.WriteString(indent)
	for _, s := range spans {
		p.put(s)
	}
	p.b.WriteByte('\n')
}

// para writes spans as a paragraph: first before its first line, rest before
// every other.
func (p *layout) para(first, rest string, spans ...styled) {
	if p.Stars && !p.Colour {
		spans = starred(spans)
	}
	col := columns(first)
	p.b.WriteString(first)
	var on []styled // what stands on this line
	for _, w := range splitWords(spans, p.Width-max(col, columns(rest))) {
		switch {
		case len(on) > 0 && w.space && col+1+w.width > p.Width, len(on) > 0 && col+w.width > p.Width:
			p.line("", on...)
			p.b.WriteString(rest)
			col, on = columns(rest), nil
		case len(on) > 0 && w.space:
			on = join(on, styled{" ", gap(on[len(on)-1].style, w.spans[0].style)})
			col++
		}
		for _, s := range w.spans {
			on = join(on, s)
		}
		col += w.width
	}
	p.line("", on...)
}

// join appends s to a line, to its last span if that has the same style.
func join(on []styled, s styled) []styled {
	if last := len(on) - 1; last >= 0 && on[last].style == s.style {
		on[last].text += s.text
		return on
	}
	return append(on, s)
}

// gap is the style of the space between two words.
func gap(a, b style) style {
	if a == b {
		return a
	}
	return normal
}

func (p *layout) put(s styled) {
	switch {
	case s.text == "":
	case p.Colour && s.style != normal:
		p.b.WriteString("\x1b[" + string(s.style) + "m" + s.text + "\x1b[0m")
	default:
		p.b.WriteString(s.text)
	}
}

// starred sets hits between asterisks, with the spaces at their ends outside.
func starred(spans []styled) []styled {
	out := slices.Clone(spans)
	for i, s := range out {
		if text := strings.TrimSpace(s.text); s.style == hit && text != "" {
			before, after, _ := strings.Cut(s.text, text)
			out[i] = styled{before + "*" + text + "*" + after, normal}
		}
	}
	return out
}

// A word is what must not be broken: spans with no space between them.
type word struct {
	spans []styled
	width int
	space bool // a space stands before it
}

// splitWords splits spans at their spaces, and words wider than most wherever they
// may be split.
func splitWords(spans []styled, most int) []word {
	var out []word
	open := false // the last word may go on in the next span
	space := false
	for _, s := range spans {
		for i, part := range strings.Split(s.text, " ") {
			if i > 0 {
				open, space = false, true
			}
			for part != "" {
				if !open {
					out = append(out, word{space: space})
				}
				w := &out[len(out)-1]
				piece := cut(part, most-w.width)
				wide := columns(piece)
				if open, space = w.width == 0 || w.width+wide <= most, false; !open {
					continue // into a word of its own
				}
				w.spans = append(w.spans, styled{piece, s.style})
				w.width += wide
				part = part[len(piece):]
			}
		}
	}
	return out
}

// cut returns as much of s as fits in most columns, at least one character.
func cut(s string, most int) string {
	used := 0
	for g := graphemes.FromString(s); g.Next(); {
		used += columns(g.Value())
		if used > most && g.Start() > 0 {
			return s[:g.Start()]
		}
	}
	return s
}

// columns returns how many places s takes on a terminal.
func columns(s string) int {
	if ascii(s) {
		return len(s)
	}
	n := 0
	for g := graphemes.FromString(s); g.Next(); {
		r, size := utf8.DecodeRuneInString(g.Value())
		switch k := width.LookupRune(r).Kind(); {
		case k == width.EastAsianWide, k == width.EastAsianFullwidth,
			strings.ContainsRune(g.Value()[size:], '\ufe0f'):
			n += 2
		default:
			n++
		}
	}
	return n
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
