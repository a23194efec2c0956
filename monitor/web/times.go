package web

import (
	"fmt"
	"time"

	"golang.org/x/net/idna"
)

// lookalike turns international host names into their ASCII form.
var lookalike = idna.Punycode

// A timeWords writes times for people who read them at now.
type timeWords struct {
	now  time.Time
	zone *time.Location
}

// A moment is a time in words, in full, and for programs.
type moment struct{ Text, Full, ISO string }

// When says how long ago a time was, or how far off it is.
func (c timeWords) When(t time.Time) moment {
	if t.IsZero() {
		return moment{Text: "never"}
	}
	return moment{c.words(t.In(c.zone)), t.In(c.zone).Format("Monday 2 January 2006, 15:04 MST"), t.UTC().Format(time.RFC3339)}
}

func (c timeWords) words(t time.Time) string {
	now := c.now.In(c.zone)
	age := now.Sub(t)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, c.zone)
	switch {
	case age < -24*time.Hour:
		return t.Format("Mon 2 Jan 15:04")
	case age < -time.Minute:
		return "in " + span(-age)
	case age < 0:
		return "in a moment"
	case age < time.Minute:
		return "just now"
	case age < 12*time.Hour:
		return span(age) + " ago"
	case t.After(midnight):
		return "today " + t.Format("15:04")
	case t.After(midnight.AddDate(0, 0, -1)):
		return "yesterday " + t.Format("15:04")
	case t.After(midnight.AddDate(0, 0, -6)):
		return t.Format("Mon 15:04")
	case t.Year() == now.Year():
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 Jan 2006")
}

// Clock returns the time of day now.
func (c timeWords) Clock() moment {
	now := c.now.In(c.zone)
	return moment{now.Format("Monday 2 January, 15:04"), now.Format("Monday 2 January 2006, 15:04 MST"), now.UTC().Format(time.RFC3339)}
}

// Now is when the page was made.
func (c timeWords) Now() time.Time { return c.now }

// Late says a number of seconds as a duration.
func (c timeWords) Late(seconds int) string { return span(time.Duration(seconds) * time.Second) }

// Lasted says how long something took.
func (c timeWords) Lasted(from, to time.Time) string {
	if to.IsZero() {
		to = c.now
	}
	return span(to.Sub(from))
}

// span says a duration in its largest fitting unit, as in "4 min" and "3 days".
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 90*time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
