package render

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"newswatch/monitor"
)

// Domain returns the registrable domain of an address, which tells people
// whose page it is, or "" if it has none. It stays in punycode unless all its
// letters are of one script, so that it cannot pass for another.
func Domain(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return Sanitize(host)
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(ascii); err == nil {
		ascii = d
	}
	if shown, err := idna.Display.ToUnicode(ascii); err == nil && oneScript(shown) {
		return shown
	}
	return ascii
}

// oneScript reports whether all letters of s are Latin, or all of one other
// script.
func oneScript(s string) bool {
	var script *unicode.RangeTable
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		if script == nil {
			script = scriptOf(r)
		}
		if script == nil || !unicode.Is(script, r) {
			return false
		}
	}
	return true
}

func scriptOf(r rune) *unicode.RangeTable {
	for _, t := range unicode.Scripts {
		if unicode.Is(t, r) {
			return t
		}
	}
	return nil
}

// Link returns the address if it is an absolute http or https one, and ""
// otherwise: anything else does not become a link.
func Link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// When says a moment in full, as in "Tue 24 Nov 2026, 07:42 EST". It does not
// depend on when it is asked, so a message sent again is the same message.
func When(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("Mon 2 Jan 2006, 15:04 MST")
}

// Times says when a card's report was published, as in "24 Nov 07:31 EST", and
// when it was first seen if that was much later or there is nothing else to
// say.
func Times(c monitor.Card, zone *time.Location) string {
	const day = "2 Jan 15:04 MST"
	switch seen := c.Seen.In(zone); {
	case c.Published.IsZero() && c.Seen.IsZero():
		return ""
	case c.Published.IsZero():
		return "seen " + seen.Format(day)
	case c.Seen.Sub(c.Published) < Late:
		return c.Published.In(zone).Format(day)
	case c.Published.In(zone).Year() != seen.Year():
		return c.Published.In(zone).Format("2 Jan 2006") + ", seen " + seen.Format("2 Jan 2006 15:04 MST")
	default:
		return c.Published.In(zone).Format("2 Jan 15:04") + ", seen " + seen.Format(day)
	}
}

// Late is how long after its publication the sight of an item is worth a word.
const Late = time.Hour

// Facts are what stands in one quiet line below a headline: the watches or,
// under the heading of the first, only the others, the outlet, when, and how widely it is told. Each is sanitized
// but not escaped.
func Facts(c monitor.Card, zone *time.Location, watches bool) []string {
	var out []string
	switch {
	case watches:
		out = append(out, Watches(c))
	case len(c.Watches) > 1:
		out = append(out, "also "+namesOf(c.Watches[1:]))
	}
	out = append(out, Truncate(Sanitize(c.Outlet), nameLimit), Times(c, zone), Outlets(c))
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// Watches names the watches that a card tells for.
func Watches(c monitor.Card) string {
	if len(c.Watches) == 0 {
		return namesOf([]string{c.Watch})
	}
	return namesOf(c.Watches)
}

func namesOf(names []string) string {
	said := make([]string, 0, len(names))
	for _, n := range names {
		if n = Truncate(Sanitize(n), nameLimit); n != "" {
			said = append(said, n)
		}
	}
	return strings.Join(said, ", ")
}

// Doubt is why a mention was taken for what it is, in one short line, where a
// reader could doubt it; "" elsewhere.
func Doubt(c monitor.Card) string { return Truncate(Sanitize(c.Doubt), nameLimit) }

// Claimed says who works on a story, "" if nobody does.
func Claimed(c monitor.Card) string {
	if c.Claimed == "" {
		return ""
	}
	return "taken by " + Truncate(Sanitize(c.Claimed), nameLimit)
}

// Follows says which catch-up told a story before its card, "" if none did.
func Follows(c monitor.Card, zone *time.Location) string {
	if c.Follows.IsZero() {
		return ""
	}
	return "follows the catch-up of " + c.Follows.In(zone).Format("2 Jan 15:04 MST")
}

// Others are the outlets of a story's other reports, each once and never the
// card's own, with their reports.
func Others(c monitor.Card) []monitor.Mention {
	var out []monitor.Mention
	said := map[string]bool{Sanitize(c.Outlet): true, "": true}
	for _, m := range c.Also {
		if o := Sanitize(m.Outlet); !said[o] {
			said[o] = true
			out = append(out, m)
		}
	}
	return out
}

// ReportLine is one report of a story in one line: when, who, and what it
// says.
func ReportLine(r monitor.Report, zone *time.Location) string {
	return r.At.In(zone).Format("2 Jan 15:04") + " " + Truncate(Sanitize(r.Outlet), nameLimit) + ": " +
		Truncate(Sanitize(r.Title), HeadlineLimit)
}

// MoreReports counts the reports that a digest does not list, "" if it lists
// all.
func MoreReports(c monitor.Card) string {
	if c.MoreReports == 0 {
		return ""
	}
	return "and " + Number(c.MoreReports) + " more"
}

// Tag names a notice's watches for a line that has little room, as in
// "azure-at-ice +2".
func Tag(n monitor.Notice) string { return Truncate(Sanitize(monitor.Tag(n.Watch, n.Watches)), 60) }

// Outlets says how widely a story is told, as in "14 outlets, 3 independent",
// or "" while there is but one.
func Outlets(c monitor.Card) string {
	if c.Outlets < 2 {
		return ""
	}
	return fmt.Sprintf("%s, %s independent", Count(c.Outlets, "outlet", "outlets"), Number(c.Independent))
}

// Count says a number of things, as in "1 story" or "1,204 stories".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Number writes n with its thousands set apart.
func Number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// A Run is a piece of text in one weight.
type Run struct {
	Text string // sanitized; a space at either end counts
	Hit  bool   // what the watch was looking for: set it in bold
}

// TruncateRuns returns the first of runs, max characters of them in all: none
// follows one that was cut.
func TruncateRuns(runs []Run, max int) []Run {
	var out []Run
	for _, r := range runs {
		text := Truncate(r.Text, max)
		max -= len([]rune(r.Text))
		if text == "" {
			break
		}
		out = append(out, Run{text, r.Hit})
	}
	return out
}

// Runs returns the hit sentence of a card in pieces, each sanitized, with the
// hits apart from what stands around them. Hits that do not lie within the
// sentence are passed over.
func Runs(c monitor.Card) []Run {
	var out []Run
	add := func(s string, hit bool) {
		if s = sanitize(s); s != "" {
			out = append(out, Run{s, hit})
		}
	}
	s, at := c.Sentence, 0
	for _, h := range c.Hits {
		if h.Start < at || h.End <= h.Start || h.End > len(s) || !edge(s, h.Start) || !edge(s, h.End) {
			continue
		}
		add(s[at:h.Start], false)
		add(s[h.Start:h.End], true)
		at = h.End
	}
	add(s[at:], false)
	return trimRuns(out)
}

// PlainText joins runs into one text.
func PlainText(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return strings.TrimSpace(b.String())
}

// RepeatsHeadline reports whether a card's hit sentence is its headline, which
// is not said twice: then its hits show there.
func RepeatsHeadline(c monitor.Card) bool { return PlainText(Runs(c)) == Sanitize(c.Headline) }

func edge(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

func trimRuns(rs []Run) []Run {
	if len(rs) == 0 {
		return nil
	}
	rs[0].Text = strings.TrimLeft(rs[0].Text, " ")
	last := len(rs) - 1
	rs[last].Text = strings.TrimRight(rs[last].Text, " ")
	return rs
}

// Sparkline draws counts as one line of bars, one character each, the highest
// at full height. A count of 0 is a dot on the ground.
func Sparkline(counts []int) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	top := 1
	for _, n := range counts {
		top = max(top, n)
	}
	var b strings.Builder
	for _, n := range counts {
		if n <= 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(bars[(n*len(bars)-1)/top])
	}
	return b.String()
}
