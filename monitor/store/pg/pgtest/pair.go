package pgtest

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A Pair is a server and its synchronous standby, which takes over when the server
// crashes.
type Pair struct {
	URL string // of both, for whoever wants the one that takes writes

	dir              string // links to the folders of both: their addresses stay
	links            [2]string
	primary, standby *Server
}

// NewPair makes a pair, until the test ends. Without a PostgreSQL the test is
// skipped.
func NewPair(t testing.TB) *Pair {
	t.Helper()
	primary, err := Start()
	if errors.Is(err, ErrNone) {
		t.Skip("not run: " + err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	p := &Pair{dir: t.TempDir(), primary: primary}
	t.Cleanup(func() {
		for _, s := range []*Server{p.primary, p.standby} {
			if s != nil {
				_ = s.Stop() // its folder goes with it
			}
		}
	})
	p.links = [2]string{filepath.Join(p.dir, "a"), filepath.Join(p.dir, "b")}
	p.URL = "postgres:///postgres?user=newswatch&target_session_attrs=read-write&host=" + p.links[0] + "," + p.links[1]
	if err := errors.Join(os.Symlink(primary.Dir, p.links[0]), p.attach()); err != nil {
		t.Fatal(err)
	}
	return p
}

// attach gives the primary a standby, without which it commits nothing from then
// on.
func (p *Pair) attach() (err error) {
	if p.standby, err = start(p.primary.Dir, nil); err != nil {
		return err
	}
	if err := os.Remove(p.links[1]); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return errors.Join(os.Symlink(p.standby.Dir, p.links[1]),
		run(p.primary.URL, `ALTER SYSTEM SET synchronous_standby_names='*'`), run(p.primary.URL, `SELECT pg_reload_conf()`))
}

// Promote crashes the primary, has the standby take its place, and makes a new
// standby of that.
func (p *Pair) Promote() error {
	if err := syscall.Kill(p.primary.PID, syscall.SIGQUIT); err != nil {
		return err
	}
	if err := run(p.standby.URL, `SELECT pg_promote(true, 60)`); err != nil {
		return err
	}
	err := p.primary.Stop()
	p.primary, p.standby = p.standby, nil
	p.links[0], p.links[1] = p.links[1], p.links[0]
	return errors.Join(err, p.attach())
}
