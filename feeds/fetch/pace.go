package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"newswatch/feeds"
)

// The bounds of what a server may ask for. Less than the shortest silence is
// a server that means "later", more than a day one that means nothing.
const (
	shortestSilence = time.Minute
	quietAfter429   = 4 * time.Hour // without a usable Retry-After
)

// setWishes records in s what a document asks of its readers.
func setWishes(s *feeds.State, d feeds.Document) {
	s.TTL = int64(min(d.TTL, feeds.MaxSilence) / time.Second)
	s.SkipHours = d.SkipHours
	s.SkipDays = nil
	for _, day := range d.SkipDays {
		s.SkipDays = append(s.SkipDays, int(day))
	}
}

// freshness returns for how long the response says it stays fresh: max-age
// less Age, or else Expires less Date (RFC 9111, section 4.2.1). s-maxage is
// for shared caches. It is 0 without a usable answer and never over a day.
func freshness(h http.Header) time.Duration {
	if age, ok := maxAge(h["Cache-Control"]); ok {
		return max(age-seconds(h.Get("Age")), 0)
	}
	if h.Get("Expires") == "" {
		return 0
	}
	expires, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0 // "0" and "-1" are usual, and mean already stale
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return clamp(expires.Sub(date), 0, feeds.MaxSilence)
}

// maxAge finds max-age among Cache-Control directives; no-cache and no-store
// make it 0.
func maxAge(lines []string) (age time.Duration, ok bool) {
	for _, line := range lines {
		for directive := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "no-cache", "no-store":
				return 0, true
			case "max-age":
				age, ok = seconds(strings.Trim(value, ` "`)), true
			}
		}
	}
	return age, ok
}

// seconds reads a count of seconds, 0 if it is none, a day at most.
func seconds(text string) time.Duration {
	n, ok := wholeSeconds(strings.TrimSpace(text))
	if !ok {
		return 0
	}
	return min(n, feeds.MaxSilence)
}

// wholeSeconds reads digits only; more of them than a duration holds are a day.
func wholeSeconds(text string) (time.Duration, bool) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > int64(feeds.MaxSilence/time.Second) {
		return feeds.MaxSilence, true
	}
	return time.Duration(n) * time.Second, true
}

// retryAfter reads a Retry-After header (RFC 9110, section 10.2.3) in either
// form, clamped to between a minute and a day. It is 0 if there is none that
// can be read.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0
	}
	if n, ok := wholeSeconds(text); ok {
		return clamp(n, shortestSilence, feeds.MaxSilence)
	}
	if n, ok := wholeSeconds(strings.TrimPrefix(text, "-")); ok && n >= 0 {
		return shortestSilence
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return clamp(at.Sub(now), shortestSilence, feeds.MaxSilence)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func clamp(d, least, most time.Duration) time.Duration { return min(max(d, least), most) }
