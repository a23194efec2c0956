package monitor_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"newswatch/monitor/store"
	"newswatch/monitor/store/bolt"
	"newswatch/monitor/store/pg"
	"newswatch/monitor/store/pg/pgtest"
)

// backend is what the stores of the tests are at present. The function it
// returns opens an empty one, and then again what that holds once it is closed.
var backend = onBolt

// TestMain runs all tests on each backend that is there.
func TestMain(m *testing.M) {
	code := m.Run()
	if code != 0 || testing.Short() {
		os.Exit(code)
	}
	if _, err := pgtest.Shared(); errors.Is(err, pgtest.ErrNone) {
		fmt.Println("not run on PostgreSQL:", err)
		os.Exit(code)
	}
	backend = onPostgres
	if !given("rapid.checks") {
		_ = flag.Set("rapid.checks", "4") // each takes a hundred times as long
	}
	if !given("test.skip") {
		_ = flag.Set("test.skip", "^TestBrake") // weeks of polls, which are about what is judged rather than kept
	}
	fmt.Println("again, on PostgreSQL:")
	os.Exit(m.Run())
}

func given(name string) (set bool) {
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

func onBolt(t testing.TB) func() store.Store {
	path := filepath.Join(t.TempDir(), "n.db")
	return func() store.Store {
		s, err := bolt.OpenScratch(path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// named makes names of daemons.
var named atomic.Int64

func onPostgres(t testing.TB) func() store.Store {
	db, err := pg.Open(t.Context(), pgtest.URL(t), pg.Options{Name: fmt.Sprint("test", named.Add(1))})
	if err == nil {
		err = db.Prepare(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return func() store.Store {
		s, err := db.Lead(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}
