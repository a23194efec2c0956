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
	if n.Priority == monitor.High {
		p.para("", "", styled{"high priority", alarm})
	}
	for _, c := range n.Content.Cards {
		p.card("", c, true)
	}
	if len(n.Content.Cards) == 0 {
		p.para("", "", styled{Truncate(Sanitize(n.Content.Headline), HeadlineLimit), bold})
	}
}

func (p *layout) reply(n monitor.Notice) {
	head := []styled{{"update", bold}}
	if n.Content.Change != "" {
		head = append(head, styled{" · ", dim}, styled{Truncate(Sanitize(n.Content.Change), LineLimit), bold})
	}
	p.para("", "", head...)
	for _, c := range n.Content.Cards {
		p.card("", c, true)
	}
}

func (p *layout) catchup(c monitor.Content) {
	p.para("", "", styled{Truncate(Sanitize(c.Headline), HeadlineLimit), bold})
	p.cards(c.Cards, c.More, true)
	if page := Link(c.Page); page != "" && c.More > 0 {
		p.line("  ", styled{page, link})
	}
}

func (p *layout) operations(c monitor.Content) {
	p.para("", "", styled{"newswatch", name}, styled{" · ", dim}, styled{Truncate(Sanitize(c.Headline), HeadlineLimit), bold})
	for _, l := range c.Lines {
		p.para("  ", "    ", styled{Truncate(Sanitize(l), LineLimit), normal})
	}
}

// cards lists stories by number, and says how many more there are.
func (p *layout) cards(cs []monitor.Card, more int, watches bool) {
	digits := len(fmt.Sprint(len(cs)))
	indent := strings.Repeat(" ", digits+3)
	for i, c := range cs {
		p.blank()
		p.para(fmt.Sprintf("%*d. ", digits+1, i+1), indent, p.title(c)...)
		p.body(indent, c, watches)
	}
	if more > 0 {
		p.blank()
		p.para("  ", "  ", styled{"and " + Count(more, "more story", "more stories") + ", see newswatch stories", dim})
	}
}

// card writes a story of its own: the headline, then the rest.
func (p *layout) card(indent string, c monitor.Card, watches bool) {
	p.para(indent, indent, p.title(c)...)
	p.body(indent, c, watches)
}

func (p *layout) title(c monitor.Card) []styled {
	if p.Colour && RepeatsHeadline(c) {
		return emphasized(c, HeadlineLimit, bold)
	}
	return []styled{{Truncate(Sanitize(c.Headline), HeadlineLimit), bold}}
}

// body writes what stands below a headline: the telling sentence, one line of
// facts, what a reader could doubt, the other reports, and the address.
func (p *layout) body(indent string, c monitor.Card, watches bool) {
	if s := emphasized(c, sentenceLimit, normal); len(s) > 0 && !RepeatsHeadline(c) {
		s = append(append([]styled{{"“", dim}}, s...), styled{"”", dim})
		p.para(indent+"  ", indent+"   ", s...)
	}
	var facts []styled
	for i, f := range Facts(c, p.Zone, watches) {
		st := dim
		if i == 0 && watches && Watches(c) != "" {
			st = name
		}
		if i > 0 {
			facts = append(facts, styled{" · ", dim})
		}
		facts = append(facts, styled{f, st})
	}
	p.para(indent, indent, append(facts, doubtful(c))...)
	for _, line := range [...]string{Doubt(c), Follows(c, p.Zone), Claimed(c), also(c)} {
		if line != "" {
			p.para(indent, indent+"  ", styled{line, dim})
		}
	}
	p.reports(indent, c)
	if u := Link(c.URL); u != "" {
		p.line(indent, styled{u, link})
	}
}

// reports lists a story's reports that are no reprints, with outlet and time.
func (p *layout) reports(indent string, c monitor.Card) {
	for _, r := range c.Reports {
		p.para(indent+"- ", indent+"  ", styled{ReportLine(r, p.Zone), normal})
	}
	if c.MoreReports > 0 {
		p.para(indent+"- ", indent+"  ", styled{MoreReports(c), dim})
	}
}

// emphasized returns the hit sentence with its hits set apart.
func emphasized(c monitor.Card, limit int, plain style) []styled {
	var out []styled
	for _, r := range Runs(c) {
		st := plain
		if r.Hit {
			st = hit
		}
		text := Truncate(r.Text, limit)
		if limit -= len([]rune(text)); text != "" {
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

// also names the outlets of a story's other reports.
func also(c monitor.Card) string {
	if len(c.Reports) > 0 {
		return "" // they stand below
	}
	var names []string
	for _, m := range Others(c) {
		names = append(names, Sanitize(m.Outlet))
	}
	if len(names) == 0 {
		return ""
	}
	return "also " + Truncate(strings.Join(names, ", "), HeadlineLimit)
}
