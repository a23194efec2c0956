// Package render turns notices into the words that people read: the plain text
// of every kind, and the facts, counts and lines that the channels set in their
// own formats. Text that comes from feeds passes Sanitize first and is cut by
// Truncate.
//
// It does not know channels, the outbox or what became of a notice.
package render

import (
	"fmt"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
)

// Options say how Text writes. The zero value is 78 columns of plain text
// in UTC.
type Options struct {
	Width  int            // columns; 0 is 78, and fewer than 30 are taken as 30
	Colour bool           // with the escapes of a terminal
	Stars  bool           // without Colour: hits stand between asterisks, as people do in mail
	Zone   *time.Location // nil is UTC; a digest brings its own
}

// Texts are cut to these many runes, so that one item cannot fill a screen.
const (
	HeadlineLimit = 300
	sentenceLimit = 600
	LineLimit     = 500
	nameLimit     = 120
)

// Text writes a notice as plain text for people: every kind, complete, each
// line ended. All of a stranger's text in it is sanitized.
func Text(n monitor.Notice, o Options) string {
	if o.Width == 0 {
		o.Width = 78
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	o.Width = max(o.Width, 30)
	p := &layout{Options: o}
	switch {
	case n.Content.Digest != nil:
		p.digest(n.Content)
	case n.Kind == monitor.OperationsKind:
		p.operations(n.Content)
	case n.Kind == monitor.CatchupKind:
		p.catchup(n.Content)
	case n.Kind == monitor.ReplyKind:
		p.reply(n)
	default:
		p.alert(n)
	}
	return p.b.String()
}

func (p *layout) alert(n monitor.Notice) {
	for _, c := range n.Content.Cards {
		if n.Priority == monitor.High {
			p.para("", "", styled{"high priority", alarm}, styled{" · ", dim}, styled{Sanitize(c.Watch), name}, doubtful(c))
		} else {
			p.para("", "", styled{Sanitize(c.Watch), name}, doubtful(c))
		}
		p.card("", c)
	}
	if len(n.Content.Cards) == 0 {
		p.para("", "", styled{Truncate(Sanitize(n.Content.Headline), HeadlineLimit), bold})
	}
}

func (p *layout) reply(n monitor.Notice) {
	p.para("", "", styled{"update", bold}, styled{" · ", dim}, styled{Sanitize(n.Watch), name})
	if n.Content.Change != "" {
		p.para("", "", styled{Truncate(Sanitize(n.Content.Change), LineLimit), bold})
	}
	for _, c := range n.Content.Cards {
		p.card("", c)
	}
}

func (p *layout) catchup(c monitor.Content) {
	p.para("", "", styled{Truncate(Sanitize(c.Headline), HeadlineLimit), bold})
	p.cards(c.Cards, c.More, true)
}

func (p *layout) operations(c monitor.Content) {
	p.para("", "", styled{"newswatch", name}, styled{" · ", dim}, styled{Truncate(Sanitize(c.Headline), HeadlineLimit), bold})
	for _, l := range c.Lines {
		p.para("  ", "    ", styled{Truncate(Sanitize(l), LineLimit), normal})
	}
}

// cards lists stories by number, and says how many more there are.
func (p *layout) cards(cs []monitor.Card, more int, watch bool) {
	digits := len(fmt.Sprint(len(cs)))
	for i, c := range cs {
		p.blank()
		p.para(fmt.Sprintf("%*d. ", digits+1, i+1), strings.Repeat(" ", digits+3), p.title(c)...)
		indent := strings.Repeat(" ", digits+3)
		if watch && c.Watch != "" {
			p.para(indent, indent, styled{Sanitize(c.Watch), name}, doubtful(c))
		}
		p.body(indent, c)
	}
	if more > 0 {
		p.blank()
		p.para("  ", "  ", styled{"and " + Count(more, "more story", "more stories") + ", see newswatch stories", dim})
	}
}

// card writes a story of its own: the headline, then the rest.
func (p *layout) card(indent string, c monitor.Card) {
	p.para(indent, indent, p.title(c)...)
	p.body(indent, c)
}

func (p *layout) title(c monitor.Card) []styled {
	return []styled{{Truncate(Sanitize(c.Headline), HeadlineLimit), bold}}
}

// body writes what stands below a headline: why, where, when, how widely, and
// the address.
func (p *layout) body(indent string, c monitor.Card) {
	if s := sentence(c); len(s) > 0 {
		s = append(append([]styled{{"“", dim}}, s...), styled{"”", dim})
		p.para(indent+"  ", indent+"   ", s...)
	}
	for _, w := range c.Why {
		p.para(indent+"  ", indent+"    ", styled{"why: " + Truncate(Sanitize(w), LineLimit), dim})
	}
	meta := []styled{{Truncate(Sanitize(c.Outlet), nameLimit), normal}}
	if o := Outlets(c); o != "" {
		meta = append(meta, styled{" · ", dim}, styled{o, normal})
	}
	if also := others(c); also != "" {
		meta = append(meta, styled{" · also " + also, dim})
	}
	p.para(indent, indent, meta...)
	p.para(indent, indent, styled{Times(c, p.Zone), dim})
	if u := Link(c.URL); u != "" {
		p.line(indent, styled{u, link})
	}
}

// sentence returns the hit sentence with its hits, unless it only repeats the
// headline with nothing to point out.
func sentence(c monitor.Card) []styled {
	var out []styled
	left := sentenceLimit
	for _, r := range Runs(c) {
		st := normal
		if r.Hit {
			st = hit
		}
		text := Truncate(r.Text, left)
		if left -= len([]rune(text)); text != "" {
			out = append(out, styled{text, st})
		}
	}
	return out
}

// doubtful is the mark of a weak match.
func doubtful(c monitor.Card) styled {
	if c.Verdict == match.Weak {
		return styled{" · possible", doubt}
	}
	return styled{}
}

// others names the outlets of a story's other reports, each once.
func others(c monitor.Card) string {
	var names []string
	told := map[string]bool{Sanitize(c.Outlet): true}
	for _, m := range c.Also {
		if o := Sanitize(m.Outlet); o != "" && !told[o] {
			told[o] = true
			names = append(names, o)
		}
	}
	return Truncate(strings.Join(names, ", "), HeadlineLimit)
}
