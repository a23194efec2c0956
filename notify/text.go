package notify

import (
	"fmt"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
)

// TextOptions say how Text writes. The zero value is 78 columns of plain text
// in UTC.
type TextOptions struct {
	Width  int            // columns; 0 is 78, and fewer than 30 are taken as 30
	Colour bool           // with the escapes of a terminal
	Stars  bool           // without Colour: hits stand between asterisks, as people do in mail
	Zone   *time.Location // nil is UTC; a digest brings its own
}

// Texts are cut to these many runes, so that one item cannot fill a screen.
const (
	longHeadline = 300
	longSentence = 600
	longLine     = 500
	longName     = 120
)

// Text writes a notice as plain text for people: every kind, complete, each
// line ended. All of a stranger's text in it is inert.
func Text(n monitor.Notice, o TextOptions) string {
	if o.Width == 0 {
		o.Width = 78
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	o.Width = max(o.Width, 30)
	p := &page{TextOptions: o}
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

func (p *page) alert(n monitor.Notice) {
	for _, c := range n.Content.Cards {
		if n.Priority == monitor.High {
			p.para("", "", span{"high priority", alarm}, span{" · ", dim}, span{Inert(c.Watch), name}, doubtful(c))
		} else {
			p.para("", "", span{Inert(c.Watch), name}, doubtful(c))
		}
		p.card("", c)
	}
	if len(n.Content.Cards) == 0 {
		p.para("", "", span{Fit(Inert(n.Content.Headline), longHeadline), bold})
	}
}

func (p *page) reply(n monitor.Notice) {
	p.para("", "", span{"update", bold}, span{" · ", dim}, span{Inert(n.Watch), name})
	if n.Content.Change != "" {
		p.para("", "", span{Fit(Inert(n.Content.Change), longLine), bold})
	}
	for _, c := range n.Content.Cards {
		p.card("", c)
	}
}

func (p *page) catchup(c monitor.Content) {
	p.para("", "", span{Fit(Inert(c.Headline), longHeadline), bold})
	p.cards(c.Cards, c.More, true)
}

func (p *page) operations(c monitor.Content) {
	p.para("", "", span{"newswatch", name}, span{" · ", dim}, span{Fit(Inert(c.Headline), longHeadline), bold})
	for _, l := range c.Lines {
		p.para("  ", "    ", span{Fit(Inert(l), longLine), normal})
	}
}

// cards lists stories by number, and says how many more there are.
func (p *page) cards(cs []monitor.Card, more int, watch bool) {
	digits := len(fmt.Sprint(len(cs)))
	for i, c := range cs {
		p.blank()
		p.para(fmt.Sprintf("%*d. ", digits+1, i+1), strings.Repeat(" ", digits+3), p.title(c)...)
		indent := strings.Repeat(" ", digits+3)
		if watch && c.Watch != "" {
			p.para(indent, indent, span{Inert(c.Watch), name}, doubtful(c))
		}
		p.body(indent, c)
	}
	if more > 0 {
		p.blank()
		p.para("  ", "  ", span{"and " + Count(more, "more story", "more stories") + ", see newswatch stories", dim})
	}
}

// card writes a story of its own: the headline, then the rest.
func (p *page) card(indent string, c monitor.Card) {
	p.para(indent, indent, p.title(c)...)
	p.body(indent, c)
}

func (p *page) title(c monitor.Card) []span {
	return []span{{Fit(Inert(c.Headline), longHeadline), bold}}
}

// body writes what stands below a headline: why, where, when, how widely, and
// the address.
func (p *page) body(indent string, c monitor.Card) {
	if s := sentence(c); len(s) > 0 {
		s = append(append([]span{{"“", dim}}, s...), span{"”", dim})
		p.para(indent+"  ", indent+"   ", s...)
	}
	for _, w := range c.Why {
		p.para(indent+"  ", indent+"    ", span{"why: " + Fit(Inert(w), longLine), dim})
	}
	meta := []span{{Fit(Inert(c.Outlet), longName), normal}}
	if o := Outlets(c); o != "" {
		meta = append(meta, span{" · ", dim}, span{o, normal})
	}
	if also := others(c); also != "" {
		meta = append(meta, span{" · also " + also, dim})
	}
	p.para(indent, indent, meta...)
	p.para(indent, indent, span{Times(c, p.Zone), dim})
	if u := Link(c.URL); u != "" {
		p.line(indent, span{u, link})
	}
}

// sentence returns the hit sentence with its hits, unless it only repeats the
// headline with nothing to point out.
func sentence(c monitor.Card) []span {
	var out []span
	left := longSentence
	for _, r := range Runs(c) {
		st := normal
		if r.Hit {
			st = hit
		}
		text := Fit(r.Text, left)
		if left -= len([]rune(text)); text != "" {
			out = append(out, span{text, st})
		}
	}
	return out
}

// doubtful is the mark of a weak match.
func doubtful(c monitor.Card) span {
	if c.Verdict == match.Weak {
		return span{" · possible", doubt}
	}
	return span{}
}

// others names the outlets of a story's other reports, each once.
func others(c monitor.Card) string {
	var names []string
	told := map[string]bool{Inert(c.Outlet): true}
	for _, m := range c.Also {
		if o := Inert(m.Outlet); o != "" && !told[o] {
			told[o] = true
			names = append(names, o)
		}
	}
	return Fit(strings.Join(names, ", "), longHeadline)
}
