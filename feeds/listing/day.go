package listing

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

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

// layouts are the forms of days on pages; those for machines come first.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly,
	"January 2, 2006", "Jan 2, 2006", "Jan. 2, 2006", "2 January 2006", "2 Jan 2006", "Monday, January 2, 2006", "Mon, January 2, 2006", "Monday, 2 January 2006", "01/02/2006", "2006/01/02", "02.01.2006", time.RFC1123Z, time.RFC1123}

var (
	ago       = regexp.MustCompile(`(?i)^(?:about |updated |posted )?(an?|\d{1,3}) ?(sec|min|hour|hr|day|week|h|m|d)\w*\.? ago$`)
	dateLabel = regexp.MustCompile(`(?i)^(published|posted|updated|date|on|released?)( on)?:?\s+`)
)

// parseDay reads a date as pages write it, a day without a zone as UTC, and
// "2 hours ago" counted from now, to the minute, hour or day that it names. It
// returns the zero time for what it cannot read, and for what is later than a
// day after now.
func parseDay(s string, now time.Time) time.Time {
	const longest = 60
	s = dateLabel.ReplaceAllString(strings.TrimSpace(s), "")
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
	for _, layout := range layouts {
		t, err := time.Parse(layout, s)
		if err == nil && t.Year() >= 1990 && (now.IsZero() || t.Before(now.Add(24*time.Hour))) {
			return t.UTC()
		}
	}
	return time.Time{}
}

func before(now time.Time, count, unit string) time.Time {
	n, err := strconv.Atoi(count)
	if err != nil {
		n = 1 // "an hour"
	}
	size := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[unit[0]]
	return now.UTC().Add(-time.Duration(n) * size).Truncate(min(size, 24*time.Hour))
}
