// Package pgtest gives tests a PostgreSQL: that of NEWSWATCH_POSTGRES, else one
// of its own from the server's binaries, in a temporary folder, on a unix
// socket, as long as the test's process lives.
package pgtest

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// Environment names the variable that holds the postgres:// address of a
// database in which tests may make schemas.
const Environment = "NEWSWATCH_POSTGRES"

// ErrNone means that there is no PostgreSQL on this machine.
var ErrNone = errors.New("no PostgreSQL: set " + Environment + " or install the server (Debian: postgresql)")

// A Server is a PostgreSQL for tests.
type Server struct {
	URL  string    // of a database, as its owner
	PID  int       // of the server; 0 for one that was running
	Dir  string    // of its data; "" for one that was running
	stop io.Closer // ends it; nil for one that was running
}

// shared is the server of this process.
var shared = sync.OnceValues(func() (*Server, error) {
	if url := os.Getenv(Environment); url != "" {
		return &Server{URL: url}, nil
	}
	return Start()
})

// Shared returns the server of this process, the same for all tests.
func Shared() (*Server, error) { return shared() }

// binaries returns the folder of the newest server on this machine.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", ErrNone
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4])
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(version(a), version(b)) })), nil
}

// script makes and runs a server, says that it is up, and ends it with its
// standard input, whatever ended the process at the other end.
const script = `
dir=$1 bin=$2 of=$3; shift 3
if [ -n "$of" ]; then
	"$bin/pg_basebackup" -D "$dir/data" -h "$of" -U newswatch -R -X stream --checkpoint=fast --no-sync
else
	"$bin/initdb" -D "$dir/data" -U newswatch -A trust -E UTF8 --locale=C --no-sync
fi >"$dir/initdb.log" 2>&1 || { tail -1 "$dir/initdb.log"; exit 1; }
"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=60 "$@" >"$dir/log" 2>&1 &
pid=$!
ready() { grep -q "ready to accept" "$dir/log"; }
while ! ready && kill -0 $pid 2>/dev/null; do sleep 0.02; done
if ready; then echo "up $pid"; else tail -1 "$dir/log"; fi
read end
kill -INT $pid 2>/dev/null
wait $pid
rm -rf "$dir"
`

// Start makes a server of its own. settings go to it, such as "-c",
// "fsync=on".
func Start(settings ...string) (*Server, error) { return start("", settings) }

// start is Start; with the folder of a server, it makes a standby of that.
func start(of string, settings []string) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "newswatch-pg-")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/bin/sh", append([]string{"-c", script, "sh", dir, bin, of}, settings...)...)
	cmd.Dir = "/"
	if os.Getuid() == 0 { // the server refuses to run as root
		if err := asNobody(cmd, dir); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s := &Server{URL: "postgres:///postgres?user=newswatch&host=" + dir, Dir: dir, stop: in}
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, scanErr := fmt.Sscanf(line, "up %d", &s.PID); scanErr != nil {
		return nil, fmt.Errorf("PostgreSQL did not start: %s: %w", strings.TrimSpace(line), errors.Join(err, s.Stop()))
	}
	return s, nil
}

// Stop ends a server of one's own.
func (s *Server) Stop() error {
	if s.stop == nil {
		return nil
	}
	return s.stop.Close()
}

// asNobody has a command run without privileges, and gives it its folder.
func asNobody(cmd *exec.Cmd, dir string) error {
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return os.Chown(dir, uid, gid)
}
