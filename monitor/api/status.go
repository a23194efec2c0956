package api

import (
	"net/http"
	"time"

	"newswatch/monitor"
)

// Status sums up the daemon.
type Status struct {
	Version    string         `json:"version"`
	Started    Stamp          `json:"started"` // null if no daemon runs
	Feeds      map[string]int `json:"feeds"`
	Outbox     map[string]int `json:"outbox"`
	StoreBytes int64          `json:"store_bytes"`
	LastPoll   Stamp          `json:"last_poll"`
}

// StatusOf counts feeds and notices by state.
func StatusOf(r Reader, rules *monitor.Rules, version string, started, now time.Time) (Status, error) {
	st := Status{Version: version, Started: Stamp{started}, Feeds: map[string]int{}, Outbox: map[string]int{}, StoreBytes: r.Size()}
	feeds, err := Feeds(r, rules, now)
	if err != nil {
		return st, err
	}
	recs, err := r.Feeds()
	if err != nil {
		return st, err
	}
	for _, f := range feeds {
		st.Feeds[f.State]++
	}
	for _, rec := range recs {
		if rec.Poll.Last.After(st.LastPoll.Time) {
			st.LastPoll = Stamp{rec.Poll.Last}
		}
	}
	counts, err := r.Counts()
	for _, states := range counts {
		for state, n := range states {
			st.Outbox[string(state)] += n
		}
	}
	return st, err
}

func (s *Server) serveStatus(r *Request) error {
	st, err := s.status()
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, st)
}

// Status is StatusOf from what is at hand.
func (s *Server) status() (Status, error) {
	st := Status{Version: s.Version, Started: Stamp{s.Started}, Feeds: map[string]int{}, Outbox: map[string]int{}, StoreBytes: s.Reader.Size()}
	feeds, err := s.FeedList()
	if err != nil {
		return st, err
	}
	for _, f := range feeds {
		st.Feeds[f.State]++
		if f.LastPoll.After(st.LastPoll.Time) {
			st.LastPoll = f.LastPoll
		}
	}
	counts, err := s.Reader.Counts()
	for _, states := range counts {
		for state, n := range states {
			st.Outbox[string(state)] += n
		}
	}
	return st, err
}
