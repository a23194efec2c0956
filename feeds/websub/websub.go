// Package websub has feeds pushed by their hubs.
package websub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/fetch"
	"newswatch/feeds/urls"
)

// A Delivery takes in what a hub pushed: a whole document or only its new
// entries. An error makes the hub push again later.
type Delivery func(ctx context.Context, feedURL string, body []byte, contentType string) error

// A Subscriber has feeds pushed by their hubs (W3C WebSub, 2018, subscriber's
// side). It serves the hubs' requests below a public address and asks them to
// begin and to go on; it has no goroutine and no disk: its owner calls Renew
// now and then, stores Leases and gives them back after a restart. Pushing
// never replaces polling, it only makes it less urgent: hubs lose messages
// and vanish. A Subscriber is safe for concurrent use.
type Subscriber struct {
	client   func() *fetch.Client
	callback *url.URL
	deliver  Delivery

	mu     sync.Mutex
	leases map[string]*Lease // by ID
}

// NewSubscriber returns a subscriber that asks by the client in force, which hubs
// reach at callback, a public http(s) address below which everything is its own,
// and that resumes leases.
func NewSubscriber(client func() *fetch.Client, callback string, leases []Lease, deliver Delivery) (*Subscriber, error) {
	u, err := urls.Parse(callback)
	if err != nil {
		return nil, fmt.Errorf("callback: %w", err)
	}
	if u.RawQuery != "" || u.User != nil {
		return nil, errors.New("callback: has a query or a user; give scheme, host and path only")
	}
	s := &Subscriber{client: client, callback: u, deliver: deliver, leases: map[string]*Lease{}}
	for _, l := range leases {
		l.Feed = urls.Identity(l.Feed) // earlier versions wrote the address itself
		l.dropFuture(client().Now())
		s.leases[l.ID] = &l
	}
	return s, nil
}

// Offer tells the subscriber what a poll found out about f: it wishes for a
// lease where there is a hub, and forgets the one of a feed whose hub or
// topic changed. It reports whether Leases changed.
func (s *Subscriber) Offer(f feeds.Feed, st feeds.State) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, changed, feed := false, false, f.ID()
	for id, l := range s.leases {
		if l.Feed != feed {
			continue
		}
		if l.Hub == st.Hub && l.Topic == st.Self {
			found = true
			continue
		}
		delete(s.leases, id) // its pushes are answered 410 from now on
		changed = true
	}
	if found || st.Hub == "" {
		return changed
	}
	l := newLease(feed, st.Hub, st.Self)
	s.leases[l.ID] = &l
	return true
}

// Keep forgets the leases of all feeds but those of these IDs. It reports
// whether Leases changed.
func (s *Subscriber) Keep(list map[string]bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.leases)
	maps.DeleteFunc(s.leases, func(_ string, l *Lease) bool { return !list[l.Feed] })
	return len(s.leases) != before
}

// Leases returns all leases and wishes, ordered by feed, to be stored.
func (s *Subscriber) Leases() []Lease {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Lease
	for _, l := range s.leases {
		all = append(all, *l)
	}
	slices.SortFunc(all, func(a, b Lease) int { return strings.Compare(a.Feed+a.ID, b.Feed+b.ID) })
	return all
}

// Active reports whether the hub of the feed of an ID pushes now.
func (s *Subscriber) Active(feed string) bool {
	now := s.client().Now()
	return slices.ContainsFunc(s.Leases(), func(l Lease) bool { return l.Feed == feed && l.Active(now) })
}

// Renew asks the hubs of all leases that are due, one after the other. The
// error joins what each hub had to say; the leases are tried again when they
// are due again.
func (s *Subscriber) Renew(ctx context.Context) error {
	var all []error
	now := s.client().Now()
	for _, l := range s.Leases() {
		if l.Due().After(now) || ctx.Err() != nil {
			continue
		}
		if err := s.subscribe(ctx, l); err != nil {
			all = append(all, fmt.Errorf("subscribe %v: %w", l, err))
		}
	}
	return errors.Join(all...)
}

// subscribe asks l's hub, which then calls back to verify.
func (s *Subscriber) subscribe(ctx context.Context, l Lease) error {
	s.change(l.ID, func(l *Lease) { l.Asked, l.Tries = s.client().Now(), l.Tries+1 })
	form := url.Values{
		"hub.mode":          {"subscribe"},
		"hub.topic":         {l.Topic},
		"hub.callback":      {s.callback.JoinPath(l.ID).String()},
		"hub.lease_seconds": {strconv.Itoa(int(leaseAsked / time.Second))},
		"hub.secret":        {l.Key},
	}
	return s.client().Post(ctx, l.Hub, form)
}

// change applies f to the lease called id, if there is one.
func (s *Subscriber) change(id string, f func(*Lease)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.leases[id]; l != nil {
		f(l)
	}
}

// ServeHTTP answers hubs: GET verifies a subscription, POST pushes.
func (s *Subscriber) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := path.Base(r.URL.Path)
	s.mu.Lock()
	l := s.leases[id]
	var lease Lease
	if l != nil {
		lease = *l
	}
	s.mu.Unlock()
	switch {
	case l == nil && r.Method == http.MethodPost:
		http.Error(w, "no such subscription", http.StatusGone) // which tells the hub to end it
	case l == nil && r.URL.Query().Get("hub.mode") == "unsubscribe":
		s.challenge(w, r) // we forgot it, so that is what we want
	case l == nil:
		http.Error(w, "no such subscription", http.StatusNotFound)
	case r.Method == http.MethodPost:
		s.push(w, r, lease)
	case r.Method == http.MethodGet:
		s.verify(w, r, lease)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "only GET and POST", http.StatusMethodNotAllowed)
	}
}

// verify confirms what we asked for, and nothing else (section 5.3).
func (s *Subscriber) verify(w http.ResponseWriter, r *http.Request, l Lease) {
	q := r.URL.Query()
	wanted := q.Get("hub.topic") == l.Topic && !l.Asked.IsZero()
	switch mode := q.Get("hub.mode"); {
	case mode == "denied" && wanted:
		s.change(l.ID, func(l *Lease) { l.deny(s.client().Now(), q.Get("hub.reason")) })
		w.WriteHeader(http.StatusOK)
	case mode == "subscribe" && wanted && q.Get("hub.challenge") != "":
		length, _ := strconv.ParseInt(q.Get("hub.lease_seconds"), 10, 64)
		length = min(max(length, 0), int64(longestLease/time.Second))
		s.change(l.ID, func(l *Lease) { l.confirm(s.client().Now(), time.Duration(length)*time.Second) })
		s.challenge(w, r)
	default:
		http.Error(w, "not asked for", http.StatusNotFound)
	}
}

// maxChallenge bounds what a stranger can have echoed.
const maxChallenge = 1 << 10

func (s *Subscriber) challenge(w http.ResponseWriter, r *http.Request) {
	text := r.URL.Query().Get("hub.challenge")
	if len(text) > maxChallenge {
		http.Error(w, "challenge too long", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff") // it is a stranger's text
	_, _ = io.WriteString(w, text)
}

// push delivers what the hub signed. What it did not sign is acknowledged and
// dropped (section 7.1.2), so that nobody can tell by the answer.
func (s *Subscriber) push(w http.ResponseWriter, r *http.Request, l Lease) {
	wire, err := s.client().ReadBody(r.Body)
	if err != nil {
		http.Error(w, "body cut off or too large", http.StatusRequestEntityTooLarge)
		return
	}
	if !signed(l.Key, r.Header.Get("X-Hub-Signature"), wire) {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	body, err := s.client().Decompress(wire, r.Header.Get("Content-Encoding"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnsupportedMediaType)
		return
	}
	if err := s.deliver(r.Context(), l.Feed, body, r.Header.Get("Content-Type")); err != nil {
		http.Error(w, "could not take it now", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
