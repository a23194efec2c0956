package render

import (
	"fmt"
	"strings"
	"time"

	"newswatch/monitor"
)

// digest writes the account of one slot: what was found, watch by watch, then
// what was doubtful, unseen, undelivered and silenced.
func (p *layout) digest(c monitor.Content) {
	d := c.Digest
	if zone, err := time.LoadLocation(d.Zone); err == nil && d.Zone != "" {
		p.Zone = zone
	}
	p.para("", "", styled{Truncate(Sanitize(c.Headline), HeadlineLimit), bold})
	p.para("", "", styled{DigestSummary(d, p.Zone), dim})
	if d.Late || d.Missed > 0 {
		p.para("", "", styled{DigestLate(d), doubt})
	}
	p.list("unusual", d.Unusual)
	for _, w := range d.Watches {
		p.section(Sanitize(w.Name), WatchSummary(d, w))
		p.cards(w.Stories, w.More, false)
	}
	p.chart(d)
	if len(d.Possible) > 0 {
		p.section("possible", "rests on doubtful mentions")
		p.cards(d.Possible, d.More.Possible, true)
	}
	p.coverageGaps(d)
	p.failedDeliveries(d.FailedDeliveries)
	p.list("silences", d.Silences)
	p.list("audit", d.Audit)
}

// DigestSummary says in one line what a digest covers.
func DigestSummary(d *monitor.Digest, zone *time.Location) string {
	const day = "2 Jan 15:04"
	return fmt.Sprintf("%s to %s · %s of %s answered · %s · %s",
		d.From.In(zone).Format(day), d.To.In(zone).Format(day+" MST"),
		Number(d.FeedsOK), Count(d.Feeds, "feed", "feeds"),
		Count(d.Items, "new item", "new items"), Count(d.Stories(), "story", "stories"))
}

// DigestLate says why a digest does not come at its time or covers more than
// one, "" if it is as planned.
func DigestLate(d *monitor.Digest) string {
	switch {
	case d.Missed > 0:
		return fmt.Sprintf("This digest stands for %s: %s before it could not be made, because newswatch was not running.",
			strings.Replace(d.Slot, "T", " ", 1), Count(d.Missed, "digest", "digests"))
	case d.Late:
		return fmt.Sprintf("This digest stands for %s and is late, because newswatch was not running then.",
			strings.Replace(d.Slot, "T", " ", 1))
	}
	return ""
}

// WatchSummary says in a few words what a digest has on one watch. An empty
// day still says how much was looked at.
func WatchSummary(d *monitor.Digest, w monitor.DigestWatch) string {
	n := len(w.Stories) + w.More
	switch {
	case n == 0 && w.Beside > 0:
		return Count(w.Beside, "story", "stories") + " listed under other watches"
	case w.Beside > 0:
		return Count(n, "story", "stories") + ", " + Number(w.Beside) + " more under other watches"
	case n > 0:
		return Count(n, "story", "stories")
	}
	return fmt.Sprintf("no matches from %s of %s", Number(d.FeedsOK), Count(d.Feeds, "feed", "feeds"))
}

func (p *layout) section(title, note string) {
	p.blank()
	p.para("", "", styled{strings.ToUpper(title), name}, styled{" · ", dim}, styled{note, dim})
}

// chart draws the stories per day of every watch that had any.
func (p *layout) chart(d *monitor.Digest) {
	wide := 0
	for _, w := range d.Watches {
		if total(w.PerDay) > 0 {
			wide = max(wide, columns(Sanitize(w.Name)))
		}
	}
	if wide == 0 {
		return
	}
	p.section("stories a day", dayRange(d.Days))
	for _, w := range d.Watches {
		if n := total(w.PerDay); n > 0 {
			title := Sanitize(w.Name)
			pad := strings.Repeat(" ", wide-columns(title)+2)
			p.line("  ", styled{title + pad, normal}, styled{Sparkline(w.PerDay), name}, styled{fmt.Sprintf("  %s", Number(n)), dim})
		}
	}
}

// dayRange says which days a chart covers.
func dayRange(days []string) string {
	if len(days) == 0 {
		return "one bar a day"
	}
	return days[0] + " to " + days[len(days)-1]
}

func total(counts []int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

func (p *layout) coverageGaps(d *monitor.Digest) {
	lines := CoverageGaps(d, p.Zone)
	if len(lines) == 0 {
		return
	}
	p.section("blind spots", "what could not be seen")
	for _, l := range lines {
		p.para("  ", "    ", styled{l, normal})
	}
}

// CoverageGaps says what a digest's period has not seen, a line each.
func CoverageGaps(d *monitor.Digest, zone *time.Location) []string {
	var out []string
	for _, b := range d.CoverageGaps {
		out = append(out, coverageGap(b, zone))
	}
	if d.More.CoverageGaps > 0 {
		out = append(out, "and "+Count(d.More.CoverageGaps, "more", "more")+", see newswatch feeds list")
	}
	return out
}

// coverageGap says in one line what was not seen, when, why, and whom it
// touches.
func coverageGap(b monitor.CoverageGap, zone *time.Location) string {
	const day = "2 Jan 15:04"
	until := "and still"
	if !b.To.IsZero() {
		until = "to " + b.To.In(zone).Format(day)
	}
	touches := "all watches"
	if len(b.Watches) > 0 {
		touches = strings.Join(b.Watches, ", ")
	}
	return Sanitize(fmt.Sprintf("%s: from %s %s: %s (touches %s)", b.Feed, b.From.In(zone).Format(day), until, Truncate(b.Why, LineLimit), touches))
}

func (p *layout) failedDeliveries(ts []monitor.FailedDelivery) {
	if len(ts) == 0 {
		return
	}
	p.section("delivery troubles", Count(len(ts), "notice", "notices"))
	for _, t := range ts {
		p.para("  ", "    ", styled{FailedDelivery(t), normal})
	}
}

// FailedDelivery says in one line which notice did not arrive as it should.
func FailedDelivery(t monitor.FailedDelivery) string {
	return Sanitize(fmt.Sprintf("%s, %s: %s (%s)", t.Destination, t.State, Truncate(t.Headline, HeadlineLimit), Truncate(t.Reason, LineLimit)))
}

func (p *layout) list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.blank()
	p.para("", "", styled{strings.ToUpper(title), name})
	for _, l := range lines {
		p.para("  ", "    ", styled{Truncate(Sanitize(l), LineLimit), normal})
	}
}
