package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// A message is a request, or the answer to one, on its way to another process and
// back.
type message struct {
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	Status int    `json:"status,omitempty"`
	Body   []byte `json:"body"`
}

// Remote is a Server for requests that other processes pass on.
type Remote struct{ *Server }

// Answer answers what another process has passed on by its Forward.
func (s Remote) Answer(request []byte) (answer []byte) {
	out := message{Status: http.StatusBadRequest}
	var in message
	if err := json.Unmarshal(request, &in); err == nil {
		if req, err := http.NewRequest(in.Method, "http://newswatch"+in.Path, bytes.NewReader(in.Body)); err == nil {
			req.Header.Set("Content-Type", "application/json")
			if resp, err := (local{s.SocketHandler()}).RoundTrip(req); err == nil {
				out.Status = resp.StatusCode
				out.Body, _ = io.ReadAll(resp.Body) // a cut answer is no JSON, which the asker says
				resp.Body.Close()
			}
		}
	}
	answer, _ = json.Marshal(out) // it has but numbers and bytes
	return answer
}

// forwardFor is how long an answer from the leader is waited for.
const forwardFor = 20 * time.Second

// forward passes a request on to the process that may change something.
func (s Remote) forward(r *Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(r.Writer, r.Body, maxOrder))
	if err != nil {
		return Refuse(http.StatusRequestEntityTooLarge, "the request is too large")
	}
	request, err := json.Marshal(message{Method: r.Method, Path: r.URL.RequestURI(), Body: body})
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(r.Context(), forwardFor)
	defer stop()
	raw, err := s.Forward(ctx, request)
	if err != nil {
		return Refuse(http.StatusServiceUnavailable, "%v", err)
	}
	var answer message
	if err := json.Unmarshal(raw, &answer); err != nil {
		return err
	}
	return r.Send(answer.Status, "application/json", answer.Body)
}

// A Team is the daemons that share one store, where several do.
type Team struct {
	Leader  string // "" while nobody leads
	Daemons []Daemon
}

// A Daemon is one of a Team.
type Daemon struct {
	Name    string `json:"name"`
	Leads   bool   `json:"leads"`
	Seen    Stamp  `json:"seen"`
	Version string `json:"version"`
	Config  string `json:"config"` // the same where two configurations mean the same
}

// Configs returns how many different configurations the daemons have.
func (t Team) Configs() int {
	met := map[string]bool{}
	for _, d := range t.Daemons {
		met[d.Config] = true
	}
	return len(met)
}
