package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/wire"
	"newswatch/monitor/store/pg"
	"newswatch/monitor/store/pg/pgtest"
)

// elsewhere is what another daemon fetches: it says so in the title.
type elsewhere struct {
	mu    sync.Mutex
	names []string
	err   error
}

func (e *elsewhere) Begin(feeds.Feed, feeds.State, time.Time) (func(), time.Duration) {
	return func() {}, 0
}

func (e *elsewhere) Fetch(_ context.Context, f feeds.Feed, st feeds.State, known feeds.Known) (feeds.Result, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.names = append(e.names, f.Name)
	if _, err := known(1000); err != nil {
		return feeds.Result{State: st}, err
	}
	st.ETag = "elsewhere"
	return feeds.Result{State: st, Document: feeds.Document{Title: "elsewhere"}, Status: 200}, e.err
}

// shared is a leader with one slot, and a database.
func shared(t *testing.T) (*sharing, *pg.DB, *httptest.Server) {
	t.Helper()
	db, err := pg.Open(t.Context(), pgtest.URL(t), pg.Options{Name: teamName()})
	if err == nil {
		err = db.Prepare(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	term, err := db.Lead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { term.Close() })
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><title>here</title><item><title>T</title><guid>1</guid></item></channel></rss>`)
	}))
	t.Cleanup(srv.Close)
	client := &fetcher{version: "test"}
	if err := client.use(feeds.Settings{Concurrency: 1, Allow: []string{"127.0.0.0/8"}, Spacing: time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Load().Close() })
	s := newSharing(client, term, slog.New(slog.DiscardHandler))
	s.wait = 2 * time.Second
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return s, db, srv
}

// ask makes an exchange and says where it was made.
func (s *sharing) ask(t *testing.T, f feeds.Feed) (string, error) {
	t.Helper()
	res, err := s.Fetch(t.Context(), f, feeds.State{}, nil)
	return res.Document.Title, err
}

// A leader makes exchanges itself while it can; what goes beyond is made by
// another daemon, unless it needs a credential, and comes back whole.
func TestExchangesAreShared(t *testing.T) {
	t.Parallel()
	s, db, srv := shared(t)
	plain := feeds.Feed{Name: "plain", URL: srv.URL + "/feed"}
	if got, err := s.ask(t, plain); got != "here" || err != nil {
		t.Fatalf("with a free slot: %q, %v", got, err)
	}
	e := &elsewhere{}
	h := &helper{client: e, db: db, store: db.Reader(), log: s.log, slots: 2}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.run(ctx) }()
	s.others.Store(2)
	s.own <- struct{}{} // all slots are taken
	if got, err := s.ask(t, plain); got != "elsewhere" || err != nil {
		t.Fatalf("without one: %q, %v", got, err)
	}
	e.mu.Lock()
	e.err = &feeds.FetchError{Fault: feeds.Throttled, StatusCode: 429, RetryAfter: time.Hour, Err: errors.New("slow down")}
	e.mu.Unlock()
	if _, err := s.ask(t, plain); err == nil || err.Error() != "slow down" {
		t.Errorf("a failure elsewhere: %v", err)
	}
	go func() { time.Sleep(300 * time.Millisecond); <-s.own }()
	secret := feeds.Feed{Name: "secret", URL: srv.URL + "/feed", Headers: map[string]feeds.Secret{"X-Key": "sesame"}}
	if got, err := s.ask(t, secret); got != "here" || err != nil {
		t.Errorf("with a credential: %q, %v", got, err)
	}
	stop()
	<-done
	if open, lost, late := s.counts(); open+lost+late != 0 || fmt.Sprint(e.names) != "[plain plain]" {
		t.Errorf("%d open, %d lost, %d late; elsewhere %v", open, lost, late, e.names)
	}
}

// What other daemons lose, garble or bring late costs nothing but time.
func TestHelpersMayFail(t *testing.T) {
	t.Parallel()
	s, db, srv := shared(t)
	f := feeds.Feed{Name: "plain", URL: srv.URL + "/feed"}
	claim := func() pg.Job {
		for {
			jobs, err := db.Claim(t.Context(), wire.Version, 1)
			if err != nil {
				t.Error(err)
				return pg.Job{}
			}
			if len(jobs) == 1 {
				return jobs[0]
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	for what, answer := range map[string]func(pg.Job){
		"never answers": func(pg.Job) {},
		"answers garbage": func(j pg.Job) {
			if err := db.Deliver(context.Background(), []pg.Job{{ID: j.ID, Body: []byte("garbage, of some length")}}); err != nil {
				t.Error(err)
			}
		},
	} {
		s.others.Store(1)
		s.own <- struct{}{}
		var job pg.Job
		var helped sync.WaitGroup
		helped.Go(func() {
			job = claim()
			answer(job)
			<-s.own // the leader has a slot again
		})
		if got, err := s.ask(t, f); got != "here" || err != nil {
			t.Errorf("a helper %s: %q, %v", what, got, err)
		}
		helped.Wait()
		body, err := wire.EncodeOutcome(feeds.Result{Document: feeds.Document{Title: "late"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Deliver(t.Context(), []pg.Job{{ID: job.ID, Body: body}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.exchange(); err != nil {
		t.Fatal(err)
	}
	if open, lost, late := s.counts(); open != 0 || lost != 2 || late != 2 {
		t.Errorf("%d open, %d lost, %d late; want 0, 2 and 2", open, lost, late)
	}
}

// A new term begins without the jobs of the one before.
func TestJobsEndWithTheirTerm(t *testing.T) {
	t.Parallel()
	s, db, _ := shared(t)
	if err := s.term.Offer(wire.Version, []pg.Job{{ID: 1, Body: []byte("x")}}); err != nil {
		t.Fatal(err)
	}
	if err := s.term.Close(); err != nil {
		t.Fatal(err)
	}
	term, err := db.Lead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer term.Close()
	if jobs, err := db.Claim(t.Context(), wire.Version, 10); err != nil || len(jobs) != 0 {
		t.Errorf("%d jobs of the former term, %v", len(jobs), err)
	}
}
