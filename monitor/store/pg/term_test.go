package pg

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
	"newswatch/monitor/store/pg/pgtest"
)

// short is a lease for tests.
const short = 1500 * time.Millisecond

// item is a batch of one item.
func item(n int) monitor.Batch {
	return monitor.Batch{Items: []monitor.Record{{ID: monitor.ItemID(n), Feed: "wire"}}}
}

func last(t *testing.T, s *Store) int {
	t.Helper()
	id, err := s.LastItem()
	if err != nil {
		t.Fatal(err)
	}
	return int(id)
}

// One daemon leads at a time; when it goes the next one leads at once, and when
// it is silent, after its lease.
func TestOneLeads(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	a, b := dial(t, address, Options{TTL: short}), dial(t, address, Options{TTL: short})
	first := led(t, a)
	if s, err := b.Lead(t.Context()); s != nil || err != nil {
		t.Fatalf("a second leads: %v, %v", s, err)
	}
	time.Sleep(2 * short)
	if s, err := b.Lead(t.Context()); s != nil || err != nil {
		t.Fatalf("the lease was not renewed: %v, %v", s, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := led(t, b)
	if second.Fence() != first.Fence()+1 {
		t.Errorf("fence %d after %d", second.Fence(), first.Fence())
	}
	if err := first.Commit(item(1)); !errors.Is(err, ErrTermOver) {
		t.Errorf("Commit after Close = %v", err)
	}
	// As if its process had been stopped: no more renewals.
	second.term.done.Add(1)
	second.term.end(errors.New("stopped"))
	second.term.done.Done()
	began := time.Now()
	for {
		s, err := a.Lead(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if s != nil {
			s.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if took := time.Since(began); took > short+2*time.Second {
		t.Errorf("taken over after %v", took)
	}
}

// The watch over fences sees what the leader did not write, and a fence that fell.
func TestFencesAreWatched(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	s := led(t, dial(t, address, Options{}))
	watched := pgtest.WatchFences(t, address)
	if err := s.Commit(item(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.pool.Exec(t.Context(), `UPDATE lead SET fence=fence-1`); err != nil {
		t.Fatal(err)
	}
	other := dial(t, address, Options{})
	if _, err := other.pool.Exec(t.Context(), `INSERT INTO item VALUES (2, '')`); err != nil {
		t.Fatal(err)
	}
	if got := watched(); got.Statements < 2 || got.Terms != 2 || got.Foreign != 1 || got.Fallen != 1 {
		t.Errorf("watched %+v, want two terms, and one statement foreign and fallen", got)
	}
}

// What a deposed leader writes counts for nothing, though it does not know yet
// that it was deposed.
func TestFence(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	a, b := dial(t, address, Options{}), dial(t, address, Options{})
	writes := map[string]func(*Store) error{
		"Commit":     func(s *Store) error { return s.Commit(item(9)) },
		"Update":     func(s *Store) error { return s.Update([]monitor.Notice{{Destination: "desk", Key: "k"}}) },
		"SetBreaker": func(s *Store) error { return s.SetBreaker("desk", monitor.Breaker{}) },
		"PutNote":    func(s *Store) error { return s.PutNote("n", []byte("v")) },
		"Prune":      func(s *Store) error { _, err := s.pruneStories(time.Now()); return err },
		"Moved":      func(s *Store) error { return s.Moved("elsewhere") },
		"Restore":    func(s *Store) error { return s.Restore("notes", []store.Row{{Table: "notes", Key: []byte("n")}}) },
	}
	for name, write := range writes {
		old := led(t, a)
		mustExec(t, b, `UPDATE lead SET until='-infinity'`) // its lease has run out, and it was not told
		s := led(t, b)
		if err := write(old); !errors.Is(err, ErrTermOver) {
			t.Errorf("%s under an old fence = %v", name, err)
		}
		if _, err := old.LastItem(); !errors.Is(err, ErrTermOver) {
			t.Errorf("a look after %s = %v", name, err)
		}
		if sum, err := store.SumOf(s); err != nil || len(sum) > 0 {
			t.Errorf("%s under an old fence has written %v, %v", name, sum, err)
		}
		old.Close()
		s.Close()
	}
	reader := a.Reader()
	for name, write := range writes {
		if err := write(reader); name != "Update" && !errors.Is(err, ErrNoTerm) {
			t.Errorf("%s without a term = %v", name, err)
		}
	}
}

func mustExec(t *testing.T, db *DB, sql string) {
	t.Helper()
	if _, err := db.lease.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// A connection cut amid a write leaves open whether it was made. The term ends,
// and after the next one has begun the answer is there for good.
func TestUnclearWrites(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	proxy := pgtest.NewProxy(t, address)
	db := dial(t, proxy.URL, Options{})
	s := led(t, db)
	known, unclear := 0, 0
	for n := 1; n <= 400 && unclear < 12; n++ {
		var cut sync.WaitGroup
		if n%3 == 0 {
			cut.Go(func() { time.Sleep(time.Duration(n%7) * 300 * time.Microsecond); proxy.Cut() })
		}
		err := s.Commit(item(n))
		cut.Wait()
		if err == nil {
			known = n
			continue
		}
		if !errors.Is(err, ErrTermOver) {
			t.Fatalf("Commit = %v, want the end of the term", err)
		}
		unclear++
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = raised(t, db)
		seen := last(t, s)
		if seen != known && seen != n {
			t.Fatalf("item %d is the last, acknowledged was %d, unclear %d", seen, known, n)
		}
		time.Sleep(2 * time.Millisecond)
		if again := last(t, s); again != seen {
			t.Fatalf("a write of the former term landed after the look: %d, then %d", seen, again)
		}
	}
	if unclear == 0 {
		t.Error("no write was cut: the test shows nothing")
	}
	s.Close()
}

// A standby that takes over, with nothing under way meanwhile, may lack what was
// written last: the term is over, and the same daemon leads again at once.
func TestPromotionEndsTheTerm(t *testing.T) {
	t.Parallel()
	pair := pgtest.NewPair(t)
	db := dial(t, pair.URL, Options{})
	for _, notices := range map[string]func(*Store) error{
		"a write":     func(s *Store) error { return s.Commit(item(2)) },
		"the renewal": func(s *Store) error { <-s.Over(); return s.Ended() },
	} {
		s := led(t, db)
		if err := s.Commit(item(1)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1100 * time.Millisecond) // after which the pool looks whether a connection is alive, and takes another
		if err := pair.Promote(); err != nil {
			t.Fatal(err)
		}
		if err := notices(s); !errors.Is(err, ErrTermOver) {
			t.Errorf("after the promotion: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		next := led(t, db)
		if next.Fence() != s.Fence()+1 || last(t, next) != 1 {
			t.Errorf("fence %d after %d, last item %d", next.Fence(), s.Fence(), last(t, next))
		}
		if err := next.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// raised leads again, as often as it takes over a connection that is cut.
func raised(t *testing.T, db *DB) *Store {
	t.Helper()
	var why error
	for range 50 {
		s, err := db.Lead(context.Background())
		if s != nil {
			return s
		}
		why = err
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal(why)
	return nil
}

// A leader whose network swallows everything is deposed, though it holds locks.
func TestFrozenLeader(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	proxy := pgtest.NewProxy(t, address)
	a, b := dial(t, proxy.URL, Options{TTL: short}), dial(t, address, Options{TTL: short})
	s := led(t, a)
	big := monitor.Batch{}
	for i := range 20000 {
		big.Polls = append(big.Polls, monitor.FeedPoll{ID: fmt.Sprintf("https://%d.example/%s", i, strings.Repeat("x", 100))})
	}
	written := make(chan error, 1)
	go func() { written <- s.Commit(big) }()
	time.Sleep(20 * time.Millisecond)
	proxy.Freeze()
	began := time.Now()
	for {
		next, err := b.Lead(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if next != nil {
			defer next.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if took := time.Since(began); took > short+2*time.Second {
		t.Errorf("taken over after %v", took)
	}
	proxy.Cut()
	if err := <-written; err != nil && !errors.Is(err, ErrTermOver) {
		t.Errorf("the frozen Commit = %v", err)
	}
	select {
	case <-s.Over():
	case <-time.After(2 * short):
		t.Error("the frozen leader does not know that its term is over")
	}
	s.Close()
}

// A command on any machine has the leader do something and hears of it; what no
// leader does in time is said.
func TestRequests(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	a, b := dial(t, address, Options{}), dial(t, address, Options{Name: "command"})
	short, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	if _, err := b.Ask(short, []byte("early")); !errors.Is(err, ErrUnanswered) {
		t.Errorf("without a leader: %v", err)
	}
	s := led(t, a)
	defer s.Close()
	var asked []string
	done := make(chan error, 1)
	go func() {
		for len(asked) < 2 {
			if err := s.Answer(func(r []byte) []byte { asked = append(asked, string(r)); return append([]byte("done: "), r...) }); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	got, err := b.Ask(t.Context(), []byte("late"))
	if err != nil || string(got) != "done: late" {
		t.Errorf("Ask = %q, %v", got, err)
	}
	if err := <-done; err != nil || fmt.Sprint(asked) != "[early late]" {
		t.Errorf("asked %q, %v", asked, err)
	}
	for _, d := range []*DB{a, b} {
		if err := d.Announce(t.Context(), Daemon{Slots: 4, Version: "v", Config: "c"}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := b.Daemons(t.Context())
	if err != nil || len(list) != 2 || list[0].Leads == list[1].Leads {
		t.Errorf("Daemons = %+v, %v; want two, one of which leads", list, err)
	}
	if err := a.Depart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list, err = b.Daemons(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("Daemons = %+v, %v; want one", list, err)
	}
}

// What is wrong with an address is said in one line that names the remedy and
// no password.
func TestBadAddresses(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	a := dial(t, address, Options{})
	for what, c := range map[string]struct{ address, want string }{
		"no server":   {"postgres://u:sesame@127.0.0.1:1/db", "connection refused): see whether it runs"},
		"no database": {strings.Replace(address, "/postgres?", "/nowhere?", 1), "there is no such database"},
		"no user":     {pgtest.With(address, "user", "nobody", "password", "sesame"), "does not exist"},
		"no address":  {"postgres://u:sesame@[bad/db", "store.url"},
	} {
		_, err := Open(t.Context(), c.address, Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "sesame") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q in one line", what, err, c.want)
		}
	}
	mustExec(t, a, `UPDATE meta SET version=version+1`)
	if _, err := a.Lead(t.Context()); err == nil || !strings.Contains(err.Error(), "newer newswatch") {
		t.Errorf("a newer database: %v", err)
	}
	mustExec(t, a, `UPDATE meta SET version=version-1`)
	standby := dial(t, pgtest.With(address, "default_transaction_read_only", "on"), Options{})
	if _, err := standby.Lead(t.Context()); err == nil || !strings.Contains(err.Error(), "is a standby") {
		t.Errorf("a standby: %v", err)
	}
	mustExec(t, a, `DROP TABLE meta`)
	if err := a.Usable(t.Context()); err == nil || !strings.Contains(err.Error(), "start newswatch run") {
		t.Errorf("no tables: %v", err)
	}
}
