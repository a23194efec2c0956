package email

import (
	"fmt"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/notify/chart"
	"newswatch/notify/render"
)

// digest lays out the account of one slot.
func (p *htmlPage) digest(d *monitor.Digest, z *time.Location, s size) {
	p.Glimpse = render.DigestSummary(d, z)
	p.Late = render.DigestLate(d)
	p.Footer = fmt.Sprintf("%s to %s", render.When(d.From, z), render.When(d.To, z))
	p.Numbers = []number{
		{render.Number(d.Stories()), plural(d.Stories(), "story", "stories")},
		{fmt.Sprintf("%s/%s", render.Number(d.FeedsOK), render.Number(d.Feeds)), "feeds answered"},
		{render.Number(d.Items), plural(d.Items, "new item", "new items")},
	}
	p.Series = chart.SeriesOf(d)
	if len(d.Days) > 0 {
		short := chart.Days(d.Days)
		p.Span = short[0] + " to " + short[len(short)-1]
	}
	var alt []string
	for _, c := range p.Series {
		alt = append(alt, fmt.Sprintf("%s %s %d", c.Name, render.Sparkline(c.PerDay), c.Sum))
	}
	p.PictureAlt = "Stories a day, " + p.Span + ": " + strings.Join(alt, "; ")
	p.sections(d, z, s)
	p.margins(d, z, s)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// sections lays out the watches that found something, and names the others.
func (p *htmlPage) sections(d *monitor.Digest, z *time.Location, s size) {
	var quiet []string
	left := 0
	for _, w := range d.Watches {
		name := render.Truncate(render.Sanitize(w.Name), 80)
		switch {
		case len(w.Stories)+w.More == 0 && w.Beside > 0: // its stories name it
		case len(w.Stories)+w.More == 0:
			quiet = append(quiet, name)
		case len(p.Sections) == s.watches:
			left++
		default:
			sec := section{Title: name, Note: render.WatchSummary(d, w)}
			sec.Stories, sec.More = p.items(w.Stories, w.More, z, s, false)
			p.Sections = append(p.Sections, sec)
		}
	}
	if left > 0 {
		p.Cut = true
		p.More = "and stories of " + render.Count(left, "more watch", "more watches")
	}
	switch {
	case len(quiet) == 0:
	case len(quiet) == len(d.Watches):
		p.Quiet = fmt.Sprintf("No matches from %s of %s: %s.", render.Number(d.FeedsOK),
			render.Count(d.Feeds, "feed", "feeds"), strings.Join(p.lines(quiet, s), ", "))
	default:
		p.Quiet = "No matches: " + strings.Join(p.lines(quiet, s), ", ") + "."
	}
}

// margins lays out what is doubtful, what was not seen and what went wrong.
func (p *htmlPage) margins(d *monitor.Digest, z *time.Location, s size) {
	if items, more := p.items(d.Possible, d.More.Possible, z, s, true); len(items) > 0 {
		m := margin{Title: "Possible", Note: "These rest on doubtful mentions.", Stories: items}
		if more != "" {
			m.Lines = []string{more}
		}
		p.Margins = append(p.Margins, m)
	}
	add := func(title, note string, lines []string) {
		if lines = p.lines(lines, s); len(lines) > 0 {
			p.Margins = append(p.Margins, margin{Title: title, Note: note, Lines: lines})
		}
	}
	var trouble []string
	for _, t := range d.FailedDeliveries {
		trouble = append(trouble, render.FailedDelivery(t))
	}
	add("Unusual", "", d.Unusual)
	add("Blind spots", "What could not be seen, and whom that touches.", render.CoverageGaps(d, z))
	add("Delivery troubles", "What did not arrive as it should.", trouble)
	add("Silences", "", d.Silences)
	add("Audit", "", d.Audit)
}
