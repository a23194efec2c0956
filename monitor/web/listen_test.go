package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// running serves h on an address of its own until the test ends.
func running(t *testing.T, h http.Handler) string {
	t.Helper()
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, h, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return l.Addr().String()
}

func TestListenRefuses(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ addr, want string }{
		"port in use":       {l.Addr().String(), "choose another port"},
		"no address":        {"nonsense", "host:port or unix:/path"},
		"no such folder":    {"unix:" + filepath.Join(filepath.Dir(file), "none", "x"), "the folder must exist"},
		"a file in the way": {"unix:" + file, "no socket is in the way"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := Listen(tt.addr)
			if err == nil {
				l.Close()
				t.Fatal("no error")
			}
			where := strings.TrimPrefix(tt.addr, "unix:")
			if !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), where) {
				t.Errorf("%q does not name %q and %q", err, where, tt.want)
			}
		})
	}
}

func TestListenUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nw.sock")
	l, err := Listen("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", fi.Mode(), err)
	}
	if _, err := Listen("unix:" + path); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second: %v", err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close() // as if the process had died
	again, err := Listen("unix:" + path)
	if err != nil {
		t.Fatalf("after a crash: %v", err)
	}
	again.Close()
}

// TestThousandConnections keeps a thousand connections open, half of them in
// the middle of a request, and wants an answer on another.
func TestThousandConnections(t *testing.T) {
	s, _ := newServer(t)
	addr := running(t, s.Handler())
	for i := range 1000 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i%2 == 0 {
			fmt.Fprintf(c, "GET /feeds HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
		}
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + addr + "/api/v1/status")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%d, %v", resp.StatusCode, err)
	}
}

// Far more connections than there are places, all in the middle of a header, do
// not silence the page, and what is being served keeps its place.
func TestSlowConnectionsGiveWay(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{Listener: l, most: 20}
	began, finish := make(chan struct{}), make(chan struct{})
	srv := &http.Server{ConnContext: withGuest, ReadHeaderTimeout: headerTime, Handler: keepPlaces(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/long" {
			close(began)
			<-finish
		}
		fmt.Fprint(w, "here")
	}))}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(d) }()
	defer func() { srv.Close(); <-served }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(path string) error {
		resp, err := client.Get("http://" + l.Addr().String() + path)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if string(b) != "here" {
			err = fmt.Errorf("%q, %w", b, err)
		}
		return err
	}
	long := make(chan error, 1)
	go func() { long <- get("/long") }()
	<-began
	for range 100 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
	}
	for range 5 {
		if err := get("/"); err != nil {
			t.Errorf("beside slow connections: %v", err)
		}
	}
	close(finish)
	if err := <-long; err != nil {
		t.Errorf("what was being served: %v", err)
	}
}

func TestBigHeadersAreRefused(t *testing.T) {
	s, _ := newServer(t)
	addr := running(t, s.Handler())
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() {
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n", strings.Repeat("x", 200<<10))
	}()
	line, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && !strings.Contains(line, "431") {
		t.Errorf("answered %q, want 431", line)
	}
}

// TestStreamsEndWithTheServer leaves a stream of events open when the server
// is told to end: running's cleanup waits for it.
func TestStreamsEndWithTheServer(t *testing.T) {
	s, _ := newServer(t)
	addr := running(t, s.Handler())
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + addr + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil || line == "" {
		t.Errorf("%q, %v", line, err)
	}
}
