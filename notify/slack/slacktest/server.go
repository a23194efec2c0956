// Package slacktest is a Slack for tests and demonstrations: one workspace on
// a loopback address that takes messages by the Web API and by webhook,
// refuses what Slack refuses, answers questions about its history, and fails
// on demand.
package slacktest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// The methods that can be scripted to fail.
const (
	Post    = "chat.postMessage"
	Update  = "chat.update"
	History = "conversations.history"
	Replies = "conversations.replies"
	List    = "conversations.list"
	Open    = "apps.connections.open"
	Hook    = "webhook"
)

// A Step is how one call goes. The zero Step is success.
type Step struct {
	Status     int           // answered instead of 200, without a verdict
	RetryAfter string        // header beside Status
	Error      string        // answered 200 with ok false; through the webhook the body, beside Status
	Body       string        // answered literally, with 200 unless there is a Status
	Accept     bool          // the message is taken all the same
	Hang       bool          // no answer until the caller leaves
	Drop       bool          // the connection is closed instead of an answer
	After      time.Duration // waited before all this
}

// A Server is the workspace. Set its fields before the first request.
type Server struct {
	Token      string        // the only one that is accepted; "" accepts all
	Pace       time.Duration // least time between two messages of one channel, else 429; 0 for none
	ClockAhead time.Duration // of its Date headers and timestamps

	http *httptest.Server

	mu       sync.Mutex
	scripts  map[string][]Step
	calls    map[string]int
	messages []*Message
	whispers []string
	names    map[string]string // channel name -> ID
	last     map[string]time.Time
	stamp    int64
	sockets  sockets
	arrived  chan struct{} // closed and replaced at each message
	quit     chan struct{}
	closing  sync.Once
}

// New starts a workspace on a port of its own. Close must be called.
func New() *Server {
	s := &Server{
		scripts: map[string][]Step{}, calls: map[string]int{}, names: map[string]string{},
		last: map[string]time.Time{}, arrived: make(chan struct{}), quit: make(chan struct{}),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/chat.postMessage", s.call(Post, s.postMessage))
	mux.HandleFunc("POST /api/chat.update", s.call(Update, s.update))
	mux.HandleFunc("POST /api/chat.postEphemeral", s.call("chat.postEphemeral", s.postEphemeral))
	mux.HandleFunc("POST /api/conversations.history", s.call(History, s.history))
	mux.HandleFunc("POST /api/conversations.replies", s.call(Replies, s.replies))
	mux.HandleFunc("POST /api/conversations.list", s.call(List, s.list))
	mux.HandleFunc("POST /api/apps.connections.open", s.call(Open, s.openSocket))
	mux.HandleFunc("POST /services/T0001/B0001/"+hookSecret, s.hook)
	mux.HandleFunc("GET /socket", s.socket)
	s.http = httptest.NewServer(mux)
	return s
}

// hookSecret is the part of the webhook's address that must not leak.
const hookSecret = "k9XmQsecretQ2vT"

// APIURL is what to configure as api_url.
func (s *Server) APIURL() string { return s.http.URL + "/api/" }

// WebhookURL is what to configure as webhook_url.
func (s *Server) WebhookURL() string { return s.http.URL + "/services/T0001/B0001/" + hookSecret }

// Close hangs up on everybody and waits for its handlers. Closing twice does
// no harm.
func (s *Server) Close() {
	s.closing.Do(func() {
		close(s.quit)
		s.http.CloseClientConnections()
		s.http.Close()
	})
}

// Script adds steps for the next calls of a method. After the last one all
// goes well.
func (s *Server) Script(method string, steps ...Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[method] = append(s.scripts[method], steps...)
}

// Calls counts the requests for a method, failed ones included.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// Messages returns what was posted so far, replies in threads included, in
// order of arrival and as it now stands.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Message, len(s.messages))
	for i, m := range s.messages {
		out[i] = *m
	}
	return out
}

// Thread returns the replies to the message with that timestamp.
func (s *Server) Thread(ts string) []Message {
	all := s.Messages()
	return slices.DeleteFunc(all, func(m Message) bool { return m.ThreadTS != ts || m.TS == ts })
}

// Whispers returns the messages that only one user saw.
func (s *Server) Whispers() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.whispers)
}

// Arrived returns a channel that is closed when the next message is taken or
// changed.
func (s *Server) Arrived() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.arrived
}

// step takes the next step of a method.
func (s *Server) step(method string) Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[method]++
	steps := s.scripts[method]
	if len(steps) == 0 {
		return Step{}
	}
	s.scripts[method] = steps[1:]
	return steps[0]
}

// answer is an object of the Web API.
type answer map[string]any

func refusal(code string) answer { return answer{"ok": false, "error": code} }

// call wraps a method: the script first, then the token, then the method.
func (s *Server) call(method string, do func(*http.Request) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			http.Error(w, "bad form", http.StatusBadRequest)
			return
		}
		w.Header().Set("Date", time.Now().Add(s.ClockAhead).UTC().Format(http.TimeFormat))
		st := s.step(method)
		if st.Accept || st == (Step{After: st.After}) {
			s.wait(r, st.After)
			a := s.checked(r, do)
			if !st.Accept {
				s.write(w, a)
				return
			}
		}
		s.fail(w, r, st)
	}
}

func (s *Server) checked(r *http.Request, do func(*http.Request) answer) answer {
	token := r.PostForm.Get("token")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		token = bearer
	}
	if s.Token != "" && token != s.Token && !strings.HasPrefix(token, "xapp-") {
		return refusal("invalid_auth")
	}
	return do(r)
}

func (s *Server) write(w http.ResponseWriter, a answer) {
	if wait, ok := a["retry_after"]; ok {
		w.Header().Set("Retry-After", fmt.Sprint(wait))
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(a) // the caller may have left
}

// fail carries out a step that is no success.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, st Step) {
	s.wait(r, st.After)
	switch {
	case st.Hang:
		s.wait(r, time.Hour)
		panic(http.ErrAbortHandler)
	case st.Drop:
		panic(http.ErrAbortHandler)
	}
	if st.RetryAfter != "" {
		w.Header().Set("Retry-After", st.RetryAfter)
	}
	if st.Status != 0 {
		w.WriteHeader(st.Status)
	}
	switch {
	case st.Body != "":
		fmt.Fprint(w, st.Body)
	case st.Error != "" && strings.HasPrefix(r.URL.Path, "/services/"):
		fmt.Fprint(w, st.Error)
	case st.Error != "":
		s.write(w, refusal(st.Error))
	}
}

// wait lasts for d, or until the caller leaves or the server closes.
func (s *Server) wait(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	case <-s.quit:
	}
}

// channelID makes up the ID of a channel that is posted to by name. IDs stand
// for themselves.
func (s *Server) channelID(name string) string {
	if isID(name) {
		return name
	}
	name = strings.TrimLeft(name, "#")
	h := fnv.New32a()
	h.Write([]byte(name))
	id := fmt.Sprintf("C%08X", h.Sum32())
	s.names[name] = id
	return id
}

func isID(s string) bool {
	return len(s) > 1 && (s[0] == 'C' || s[0] == 'G') && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}
