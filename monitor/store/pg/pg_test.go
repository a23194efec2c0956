package pg

import (
	"context"
	"flag"
	"fmt"
	"sync/atomic"
	"testing"

	"newswatch/monitor/monitortest"
	"newswatch/monitor/store"
	"newswatch/monitor/store/pg/pgtest"
	"newswatch/notify"
	"newswatch/notify/notifytest"
)

var daemons atomic.Int64

// dial connects as a daemon of its own.
func dial(t testing.TB, address string, o Options) *DB {
	t.Helper()
	if o.Name == "" {
		o.Name = fmt.Sprint("d", daemons.Add(1))
	}
	db, err := Open(context.Background(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	if err := db.Prepare(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

// led is a store whose daemon leads.
func led(t testing.TB, db *DB) *Store {
	t.Helper()
	s, err := db.Lead(context.Background())
	if err != nil || s == nil {
		t.Fatalf("Lead = %v, %v", s, err)
	}
	return s
}

// scratch is a store on an empty schema.
func scratch(t testing.TB) *Store {
	s := led(t, dial(t, pgtest.URL(t), Options{}))
	t.Cleanup(func() { s.Close() })
	return s
}

// alone is a store that closes its database.
type alone struct{ *Store }

func (s alone) Close() error {
	err := s.Store.Close()
	s.DB.Close()
	return err
}

func TestStoreContract(t *testing.T) {
	if flag.Lookup("rapid.checks").Value.String() == "100" { // each takes a second
		if err := flag.Set("rapid.checks", "8"); err != nil {
			t.Fatal(err)
		}
	}
	monitortest.RunStore(t, func(t testing.TB) (monitortest.Store, func() monitortest.Store) {
		db := dial(t, pgtest.URL(t), Options{})
		s := led(t, db)
		t.Cleanup(func() { s.Close() })
		return alone{s}, func() monitortest.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = led(t, db)
			return alone{s}
		}
	})
}

func TestRoles(t *testing.T) {
	open := func(t testing.TB) store.Store { return scratch(t) }
	t.Run("archive", func(t *testing.T) { monitortest.RunArchive(t, open) })
	t.Run("ledger", func(t *testing.T) { monitortest.RunLedger(t, open) })
	t.Run("notes", func(t *testing.T) { monitortest.RunNotes(t, open) })
}

func TestOutboxContract(t *testing.T) {
	notifytest.RunOutbox(t, func(t *testing.T) notify.Outbox { return scratch(t) })
}

// A database of an earlier version is brought up to date by the next leader.
func TestMigrations(t *testing.T) {
	t.Parallel()
	db := dial(t, pgtest.URL(t), Options{})
	mustExec(t, db, `DROP TABLE words`) // came with version 2
	mustExec(t, db, `UPDATE meta SET version=1`)
	s := led(t, db)
	defer s.Close()
	if _, err := s.IndexWords(); err != nil {
		t.Error(err)
	}
	if have, err := db.usable(t.Context()); err != nil || have != version {
		t.Errorf("version %d, %v, want %d", have, err, version)
	}
}
