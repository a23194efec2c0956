package robots

import "time"

const (
	// lifetime is how long a copy is used (RFC 9309 section 2.4).
	lifetime = 24 * time.Hour
	// retry is how long a site that could not be asked is left alone.
	retry = time.Hour
	// forgiven is how long a site may be unreachable before it counts as one
	// without rules (RFC 9309 section 2.3.1.4).
	forgiven = 30 * 24 * time.Hour
)

// A Copy is the robots.txt of one site as last fetched. The zero value is one
// that was never asked for.
type Copy struct {
	Rules Rules
	Until time.Time // when to ask again
	lost  time.Time // since when the site has not answered; zero if it did
	known bool      // Rules were once read, and hold while the site is lost
}

// Fresh reports whether c may be used at now; else the site is asked again.
func (c Copy) Fresh(now time.Time) bool { return now.Before(c.Until) }

// Update returns the copy after the site was asked at now, redirects followed.
// status is the HTTP status, 0 if there was no answer; body counts only with
// a status of success.
//
//   - 2xx: the rules of body, for 24 hours;
//   - other than 5xx: there are no rules, everything is allowed, for 24 hours;
//   - 5xx and no answer: the copy of before holds or, where there is none,
//     everything is disallowed; the site is asked again after an hour. After
//     30 days of this there are no rules.
func (c Copy) Update(status int, body []byte, agent string, now time.Time) Copy {
	switch {
	case status >= 200 && status < 300:
		return Copy{Rules: Parse(body, agent), Until: now.Add(lifetime), known: true}
	case status > 0 && status < 500:
		return Copy{Until: now.Add(lifetime), known: true}
	}
	if c.lost.IsZero() {
		c.lost = now
	}
	c.Until = now.Add(retry)
	if now.Sub(c.lost) >= forgiven {
		c.Rules = Rules{}
	} else if !c.known {
		c.Rules = Rules{disallow: true}
	}
	return c
}
