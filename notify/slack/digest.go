package slack

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// digest is the account of a day: what was found by watch, a small chart, and
// what was not seen.
func digest(c monitor.Content, s size) []slack.Block {
	d := c.Digest
	var head, sum line
	head.put(heading(c, s), true)
	sum.put(summary(d), false)
	blocks := []slack.Block{rich(head.section(), sum.section())}
	if chart := chart(d, s); chart != nil {
		blocks = append(blocks, rich(chart))
	}
	shown, quiet := 0, []string{}
	for _, w := range d.Watches {
		if len(w.Stories)+w.More == 0 {
			if w.Beside > 0 {
				continue // its stories name it
			}
			quiet = append(quiet, render.Truncate(render.Sanitize(w.Name), s.name))
			continue
		}
		if shown++; shown <= s.watches {
			blocks = append(blocks, part(w, s))
		}
	}
	if shown > s.watches {
		blocks = append(blocks, contextBlock(fmt.Sprintf("and stories of %s more", render.Count(shown-s.watches, "watch", "watches"))))
	}
	if len(quiet) > 0 && shown > 0 {
		blocks = append(blocks, contextBlock("no stories: "+literal(listed(quiet, s.watches))))
	}
	return append(blocks, gapsAndFailures(d, s)...)
}

// summary says in one line what the digest rests on.
func summary(d *monitor.Digest) string {
	count := d.Stories()
	feeds := fmt.Sprintf("%s of %s", render.Number(d.FeedsOK), render.Count(d.Feeds, "feed", "feeds"))
	found := render.Count(count, "story", "stories") + " from " + feeds
	if count == 0 {
		found = "No matches from " + feeds
	}
	parts := []string{found, render.Count(d.Items, "new item", "new items")}
	return joined(append(parts, render.DigestLate(d)), " · ")
}

func listed(names []string, max int) string {
	if len(names) > max {
		return strings.Join(names[:max], ", ") + " and " + render.Number(len(names)-max) + " more"
	}
	return strings.Join(names, ", ")
}

// chart draws stories per day and watch with block characters.
func chart(d *monitor.Digest, s size) slack.RichTextElement {
	var rows []string
	width := 0
	for _, w := range d.Watches {
		if len(w.PerDay) > 0 && len(rows) < min(s.watches, 12) {
			width = max(width, utf8.RuneCountInString(render.Truncate(render.Sanitize(w.Name), s.name/2)))
			rows = append(rows, "")
		}
	}
	if width == 0 || len(d.Days) == 0 {
		return nil
	}
	rows = rows[:0]
	for _, w := range d.Watches {
		if len(w.PerDay) == 0 || len(rows) == min(s.watches, 12) {
			continue
		}
		name, sum := render.Truncate(render.Sanitize(w.Name), s.name/2), 0
		for _, k := range w.PerDay {
			sum += k
		}
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(name))
		rows = append(rows, fmt.Sprintf("%s%s  %s  %d", name, pad, render.Sparkline(w.PerDay), sum))
	}
	last := d.Days[len(d.Days)-1]
	rows = append(rows, fmt.Sprintf("%*s  %s to %s", width, "", day(d.Days[0]), day(last)))
	var l line
	l.put(strings.Join(rows, "\n"), false)
	return &slack.RichTextPreformatted{Type: slack.RTEPreformatted, Elements: l}
}

// day shortens a date, as in 24 Nov.
func day(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return render.Truncate(render.Sanitize(date), 10)
	}
	return t.Format("2 Jan")
}

// part is one watch of a digest.
func part(w monitor.DigestWatch, s size) slack.Block {
	var head line
	head.put(render.Truncate(render.Sanitize(w.Name), s.name), true)
	head.put("  "+render.Count(len(w.Stories)+w.More, "story", "stories"), false)
	items, more := stories(w.Stories, w.More, s, false)
	if more > 0 {
		var l line
		l.put("and "+render.Number(more)+" more", false)
		items = append(items, l)
	}
	return rich(head.section(), bullets(items))
}

// gapsAndFailures are what stands under the stories of a digest: what is doubtful,
// what was not seen, and what went wrong.
func gapsAndFailures(d *monitor.Digest, s size) []slack.Block {
	var out []slack.Block
	add := func(title string, items []line) {
		if len(items) > 0 {
			var head line
			head.put(title, true)
			out = append(out, rich(head.section(), bullets(items)))
		}
	}
	short := s
	short.stories = min(s.stories, s.lines)
	possible, more := stories(d.Possible, d.More.Possible, short, true)
	if more > 0 {
		var l line
		l.put("and "+render.Number(more)+" more", false)
		possible = append(possible, l)
	}
	add("Possible", possible)
	var trouble []string
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		zone = time.UTC
	}
	for _, t := range d.FailedDeliveries {
		trouble = append(trouble, render.FailedDelivery(t))
	}
	add("Unusual", texts(d.Unusual, s))
	add("Blind spots", texts(render.CoverageGaps(d, zone), s))
	add("Delivery troubles", texts(trouble, s))
	add("Silences", texts(d.Silences, s))
	add("Remarks", texts(d.Audit, s))
	return out
}
