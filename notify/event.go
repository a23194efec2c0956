package notify

import (
	"fmt"
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// An EventKind says what operations should hear about a destination.
type EventKind string

// The events.
const (
	Failing     EventKind = "failing"   // it refuses everything, or nobody answers, and that persists
	Recovered   EventKind = "recovered" // it accepts again
	Undelivered EventKind = "undone"    // Notices ended without having certainly arrived
	Left        EventKind = "left"      // it left the configuration while it is owed Notices
)

// An Event is something about a destination that somebody should know. It is
// to be told through any destination but the one it is about.
type Event struct {
	Kind        EventKind
	Destination string
	At          time.Time
	Since       time.Time        // Failing, Recovered: of the first failure
	Reason      string           // Failing: the last failure, with its remedy
	Notices     []monitor.Notice // Undelivered: Dead and Unconfirmed rows; Left: Parked ones
}

// Key names the event for good: told twice, it is one.
func (e Event) Key() string {
	if e.Kind == Undelivered && len(e.Notices) > 0 {
		return "operations-" + e.Destination + "-" + string(e.Kind) + "-" + e.Notices[0].Key
	}
	return fmt.Sprintf("operations-%s-%s-%d", e.Destination, e.Kind, e.Since.Unix())
}

// eventLines bounds the notices that an event names.
const eventLines = 20

// Content says the event to people, with times in UTC.
func (e Event) Content() monitor.Content {
	switch e.Kind {
	case Failing:
		return monitor.Content{
			Headline: "destination " + e.Destination + " is failing",
			Lines: []string{e.Reason, "since " + render.When(e.Since, time.UTC),
				"what it is owed waits in the outbox and is sent when it works again"},
		}
	case Recovered:
		return monitor.Content{
			Headline: "destination " + e.Destination + " works again",
			Lines:    []string{"it had failed since " + render.When(e.Since, time.UTC)},
		}
	}
	c := monitor.Content{Headline: fmt.Sprintf("%s for %s did not certainly arrive", render.Count(len(e.Notices), "notice", "notices"), e.Destination)}
	remedy := "newswatch outbox retry sends a notice again"
	if e.Kind == Left {
		c.Headline = fmt.Sprintf("%s for %s, which is configured no more", render.Count(len(e.Notices), "notice waits", "notices wait"), e.Destination)
		remedy = "what waits goes out once a destination is named " + Destination(e.Destination) + " again; newswatch outbox drop gives a notice up"
	}
	for i, n := range e.Notices {
		if i == eventLines {
			c.Lines = append(c.Lines, "and "+render.Count(len(e.Notices)-i, "more", "more"))
			break
		}
		c.Lines = append(c.Lines, fmt.Sprintf("%s: %s (%s)", n.Delivery.State, render.Truncate(render.Sanitize(n.Content.Headline), render.HeadlineLimit), n.Delivery.Reason))
	}
	c.Lines = append(c.Lines, remedy)
	return c
}
