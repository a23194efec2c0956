package api

import (
	"net/http"
)

// Status sums up the daemon.
type Status struct {
	Version    string         `json:"version"`
	Started    Stamp          `json:"started"` // null if no daemon runs
	Feeds      map[string]int `json:"feeds"`
	Outbox     map[string]int `json:"outbox"`
	StoreBytes int64          `json:"store_bytes"`
	TextsS     int64          `json:"texts_s,omitempty"` // how long texts are kept, in seconds; 0 is as long as items
	LastPoll   Stamp          `json:"last_poll"`
	Articles   *Articles      `json:"articles,omitempty"` // nil where none are read
	Leader     string         `json:"leader,omitempty"`   // of the daemons that share the store; "" if one has it alone, or nobody leads
	Daemons    []Daemon       `json:"daemons,omitzero"`
}

func (s *Server) serveStatus(r *Request) error {
	st, err := s.status()
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, st)
}

// status counts feeds and notices by state.
func (s *Server) status() (Status, error) {
	st := Status{Version: s.Version, Started: Stamp{s.Started}, Feeds: map[string]int{}, Outbox: map[string]int{}, StoreBytes: s.Reader.Size(), Articles: s.Articles.Status(),
		TextsS: int64(s.Rules().Archive.Seconds())}
	if s.Team != nil {
		team, err := s.Team()
		if err != nil {
			return st, err
		}
		st.Leader, st.Daemons = team.Leader, append([]Daemon{}, team.Daemons...)
	}
	roster, err := s.Roster()
	if err != nil {
		return st, err
	}
	for _, f := range roster.Feeds {
		st.Feeds[f.State]++
		if f.Poll.Last.After(st.LastPoll.Time) {
			st.LastPoll = Stamp{f.Poll.Last}
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
