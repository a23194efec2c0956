package pg

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"newswatch/monitor"
	"newswatch/monitor/store/pg/pgtest"
)

// refusing is a server that answers every connection with an error.
func refusing(t *testing.T, code, message string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b := pgproto3.NewBackend(c, c)
			if _, err := b.ReceiveStartupMessage(); err == nil {
				b.Send(&pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: code, Message: message})
				_ = b.Flush() // who asked may be gone
			}
			c.Close()
		}
	}()
	return "postgres://u:sesame@" + l.Addr().String() + "/db?sslmode=disable"
}

// What a server or a pooler refuses a connection for is said in one line with its
// remedy and without the password.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct{ code, message, want string }{
		"wrong password":      {"28P01", `password authentication failed for user "u"`, "the password in store.url is wrong"},
		"not let in":          {"28000", `no pg_hba.conf entry for host "10.0.0.1"`, "pg_hba.conf"},
		"out of connections":  {"53300", "sorry, too many clients already", "raise max_connections"},
		"a pooler":            {"08P01", "unsupported startup parameter: statement_timeout", "a pooler in transaction mode"},
		"a server that stops": {"57P03", "the database system is shutting down", "starting or stopping"},
		"a standby that lags": {"57P03", "the database system is not yet accepting connections", "starting or stopping"},
	} {
		_, err := Open(t.Context(), refusing(t, c.code, c.message), Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "sesame") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q in one line", what, err, c.want)
		}
	}
}

// A clock that is a minute off the database's neither leads nor ends the term of
// who does.
func TestClockOff(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	s := led(t, dial(t, address, Options{}))
	schema := strings.Split(strings.Split(address, "search_path=")[1], "&")[0]
	mustExec(t, s.DB, `CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT pg_catalog.clock_timestamp() + interval '61 seconds' $$`)
	t.Cleanup(func() {
		if _, err := s.lease.Exec(context.Background(), `DROP FUNCTION `+schema+`.clock_timestamp()`); err != nil {
			t.Error(err)
		}
	})
	off := dial(t, pgtest.With(address, "search_path", schema+",pg_catalog"), Options{})
	if got, err := off.Lead(t.Context()); got != nil || err == nil || !strings.Contains(err.Error(), "1m1s off") || !strings.Contains(err.Error(), "set it right") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a clock that is off: %v, %v; want one line that says by how much", got, err)
	}
	if err := s.Commit(item(1)); err != nil {
		t.Errorf("the leader with the right clock: %v", err)
	}
}

// A full disk of the server refuses a write whole. The term goes on, and so does
// everything else once there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	s := led(t, dial(t, address, Options{}))
	if err := s.Commit(item(1)); err != nil {
		t.Fatal(err)
	}
	widen := fill(t, s)
	big := monitor.Batch{URLs: map[uint64]monitor.ItemID{}}
	for n := 2; n < 600; n++ {
		one := item(n).Items[0]
		one.Item.Content = noise(n)
		big.Items, big.URLs[uint64(n)] = append(big.Items, one), one.ID
	}
	err := s.Commit(big)
	if !hasCode(err, codeDiskFull) || errors.Is(err, ErrTermOver) || !strings.Contains(err.Error(), "free some space") || strings.Contains(err.Error(), "\n") {
		t.Fatalf("Commit on a full disk = %v, want one line that says what to do", err)
	}
	if err := s.Ended(); err != nil {
		t.Fatalf("the term has ended: %v", err)
	}
	if _, known, err := s.ByURL(2); known || err != nil {
		t.Errorf("a part of what was refused is there: %v", err)
	}
	widen()
	if err := s.Commit(big); err != nil {
		t.Fatalf("once there is room: %v", err)
	}
	if n := last(t, s); n != 599 {
		t.Errorf("item %d is the last, want 599", n)
	}
}

// fill has the table of items on a disk with hardly any room, and returns what
// makes room. Where a test may mount nothing the server only says so.
func fill(t *testing.T, s *Store) (widen func()) {
	t.Helper()
	server, err := pgtest.Shared()
	if err != nil {
		t.Fatal(err)
	}
	var stat syscall.Stat_t
	dir := t.TempDir()
	if server.Dir == "" || syscall.Stat(server.Dir, &stat) != nil || syscall.Mount("none", dir, "tmpfs", 0, "size=1m") != nil {
		mustExec(t, s.DB, `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			RAISE 'could not extend file: No space left on device' USING ERRCODE='disk_full'; END $$;
			CREATE TRIGGER full_disk AFTER INSERT ON address EXECUTE FUNCTION full_disk()`)
		return func() { mustExec(t, s.DB, `DROP FUNCTION full_disk CASCADE`) }
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	for at := dir; at != os.TempDir() && len(at) > 1; at = at[:strings.LastIndexByte(at, '/')] {
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(dir, int(stat.Uid), int(stat.Gid)); err != nil {
		t.Fatal(err)
	}
	mustExec(t, s.DB, `CREATE TABLESPACE small LOCATION '`+dir+`'`)
	mustExec(t, s.DB, `ALTER TABLE item SET TABLESPACE small`)
	t.Cleanup(func() {
		for _, sql := range []string{`ALTER TABLE item SET TABLESPACE pg_default`, `DROP TABLESPACE small`} {
			if _, err := s.lease.Exec(context.Background(), sql); err != nil {
				t.Error(err)
			}
		}
	})
	return func() {
		if err := syscall.Mount("none", dir, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
			t.Fatal(err)
		}
	}
}

// noise returns a text that packing cannot shrink much.
func noise(seed int) string {
	rnd := rand.New(rand.NewPCG(uint64(seed), 1))
	text := make([]byte, 6000)
	for i := range text {
		text[i] = 'a' + byte(rnd.IntN(26))
	}
	return string(text)
}
