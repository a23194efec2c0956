package listing

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newswatch/feeds/date"
	"newswatch/feeds/htmltree"
)

// timeIn reads the first time element of an item that has a time.
func timeIn(item *html.Node, now time.Time) (t time.Time) {
	htmltree.Each(item, func(n *html.Node) bool {
		if n.DataAtom == atom.Time && t.IsZero() {
			if t = parseDay(htmltree.Attribute(n, "datetime"), now); t.IsZero() {
				t = parseDay(strings.Join(htmltree.Paragraphs(n), " "), now)
			}
		}
		return t.IsZero()
	})
	return t
}

var (
	ago = regexp.MustCompile(`(?i)^(?:about |updated |posted )?(an?|\d{1,3}) ?(sec|min|hour|hr|day|week|h|m|d)\w*\.? ago$`)
)

// parseDay reads a date as pages write it, a day without a zone as UTC, and
// "2 hours ago" counted from now, to the minute, hour or day that it names. It
// returns the zero time for what it cannot read, and for what is later than a
// day after now.
func parseDay(s string, now time.Time) time.Time {
	const longest = 60
	s = strings.TrimSpace(s)
	if s == "" || len(s) > longest {
		return time.Time{}
	}
	if m := ago.FindStringSubmatch(s); m != nil && !now.IsZero() {
		return before(now, m[1], strings.ToLower(m[2]))
	}
	switch strings.ToLower(s) {
	case "today":
		return now.UTC().Truncate(24 * time.Hour)
	case "yesterday":
		return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)
	}
	t := date.Parse(s)
	if !now.IsZero() && !t.Before(now.Add(24*time.Hour)) {
		return time.Time{}
	}
	return t
}

func before(now time.Time, count, unit string) time.Time {
	n, err := strconv.Atoi(count)
	if err != nil {
		n = 1 // "an hour"
	}
	size := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[unit[0]]
	return now.UTC().Add(-time.Duration(n) * size).Truncate(min(size, 24*time.Hour))
}
