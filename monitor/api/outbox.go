package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
)

// Notice is a row of the outbox as commands and the Server give it.
type Notice struct {
	Key         string    `json:"key"`
	Destination string    `json:"destination"`
	Kind        string    `json:"kind"`
	State       string    `json:"state"`
	Attempts    int       `json:"attempts"`
	Due         Stamp     `json:"due"` // null once nothing is due any more
	Headline    string    `json:"headline"`
	Reason      string    `json:"reason"`
	Watch       string    `json:"watch,omitempty"`   // the first of Watches
	Watches     []string  `json:"watches,omitempty"` // all that it tells for
	Story       string    `json:"story,omitempty"`
	Into        string    `json:"into,omitempty"`    // folded: key of the notice that shows it
	Stories     int       `json:"stories,omitempty"` // that a catch-up tells
	Created     time.Time `json:"created"`
	Receipt     string    `json:"receipt,omitempty"`
	SentAt      time.Time `json:"sent_at,omitzero"`
}

// NoticeOf shows one row of the outbox.
func NoticeOf(n monitor.Notice) Notice {
	v := Notice{Key: n.Key, Destination: n.Destination, Kind: string(n.Kind), State: string(n.Delivery.State), Attempts: n.Delivery.Attempts,
		Due: Stamp{n.Delivery.Due}, Headline: n.Content.Headline, Reason: n.Delivery.Reason, Watch: n.Watch, Watches: monitor.AllWatches(n),
		Story: n.Story.String(), Into: n.Delivery.Into, Created: n.Created, Receipt: n.Delivery.Receipt.ID, SentAt: n.Delivery.Receipt.At}
	if n.Kind == monitor.CatchupKind {
		v.Stories = len(n.Content.Cards) + n.Content.More
	}
	return v
}

// Tag names its watches briefly, see monitor.Tag.
func (n Notice) Tag() string { return monitor.Tag(n.Watch, n.Watches) }

// Retriable reports whether an operator may have the notice tried again.
func (n Notice) Retriable() bool {
	return slices.Contains([]string{"dead", "unconfirmed", "pending", "parked"}, n.State)
}

// Droppable reports whether an operator may give the notice up.
func (n Notice) Droppable() bool {
	return slices.Contains([]string{"pending", "unknown", "parked"}, n.State)
}

// Notices shows rows of the outbox. One that has no reason of its own to wait
// has that of its destination, if it takes nothing at present.
func Notices(r Reader, rows []monitor.Notice, now time.Time) ([]Notice, error) {
	out := make([]Notice, 0, len(rows))
	known := map[string]string{}
	for _, n := range rows {
		v := NoticeOf(n)
		if v.Reason == "" && n.Delivery.State == monitor.Pending {
			why, ok := known[n.Destination]
			if !ok {
				g, err := r.Breaker(n.Destination)
				if err != nil {
					return nil, err
				}
				if g.Until.After(now) {
					why = fmt.Sprintf("the destination waits until %s: %s", g.Until.Local().Format(time.TimeOnly), g.Reason)
				}
				known[n.Destination] = why
			}
			v.Reason = why
		}
		out = append(out, v)
	}
	return out, nil
}

func (s *Server) serveOutbox(r *Request) error {
	q, err := r.OutboxQuery()
	if err != nil {
		return err
	}
	limit, err := r.Number("limit", 1000, 1, maxList)
	if err != nil {
		return err
	}
	offset, err := r.Number("offset", 0, 0, 1_000_000)
	if err != nil {
		return err
	}
	q.Limit = offset + limit + 1
	rows, err := s.Reader.List(q)
	if err != nil {
		return err
	}
	if rows, err = page(r, rows, 1000); err != nil {
		return err
	}
	out, err := Notices(s.Reader, rows, s.Time())
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, out)
}

// OutboxQuery reads which rows of the outbox are asked for.
func (r *Request) OutboxQuery() (monitor.NoticeFilter, error) {
	q := monitor.NoticeFilter{Destination: r.FormValue("destination")}
	for _, name := range r.Form["state"] {
		if name == "" {
			continue
		}
		if !slices.Contains(AllStates[:], monitor.State(name)) {
			return q, Refuse(http.StatusBadRequest, "no notice is ever in that state: use one of %s", strings.Join(States(), ", "))
		}
		q.States = append(q.States, monitor.State(name))
	}
	return q, nil
}

// AllStates are all a notice can be in, in the order of its way.
var AllStates = [...]monitor.State{monitor.Pending, monitor.Inflight, monitor.Unknown, monitor.Sent, monitor.Folded, monitor.Unconfirmed,
	monitor.Dead, monitor.Parked}

// States returns the names of all states a notice can be in.
func States() []string {
	var names []string
	for _, st := range AllStates {
		names = append(names, string(st))
	}
	return names
}
