package daemon

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// The control socket: POST /NAME with the arguments as JSON; the answer is
// JSON Lines, the last of which is {"error": ..., "usage": ...} if the
// request failed; usage means that the request is a mistake. Whoever may open the
// socket file may do everything, so only its owner may.

// MaxArgs bounds the arguments of a request: explain may carry a whole article.
const MaxArgs = 4 << 20

// SocketPath returns where the daemon on a store listens.
func SocketPath(storePath string) string {
	if dir := os.Getenv("RUNTIME_DIRECTORY"); dir != "" {
		return filepath.Join(dir, "control.sock")
	}
	return storePath + ".sock"
}

// listenControl opens the socket. A file left by a process that died is
// replaced: the store's lock says that nobody else is alive.
func listenControl(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("control socket %s: %w", path, plainSocket(err, path))
	}
	return l, nil
}

// plainSocket explains the one puzzling failure: unix sockets have short names.
func plainSocket(err error, path string) error {
	if len(path) >= 108 {
		return fmt.Errorf("%w: the path has %d bytes, the system allows 107: choose a shorter store.path", err, len(path))
	}
	return err
}

// serveControl answers requests until ctx ends.
func serveControl(ctx context.Context, l net.Listener, d *server, log *slog.Logger) error {
	commands := handlers()
	srv := &http.Server{
		ReadHeaderTimeout: 5 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			name, _ := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/"))
			do, ok := commands[name]
			if !ok || r.Method != http.MethodPost {
				http.Error(w, "no such command: "+name, http.StatusNotFound)
				return
			}
			respond(w, r, d, do)
		}),
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stop := context.AfterFunc(ctx, func() {
		late, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if srv.Shutdown(late) != nil {
			srv.Close()
		}
	})
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func respond(w http.ResponseWriter, r *http.Request, d *server, do handler) {
	args, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxArgs))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	w.Header().Set("Content-Type", "application/jsonl")
	enc := json.NewEncoder(w)
	if err := do(r.Context(), d, args, enc.Encode); err != nil {
		_, mistaken := errors.AsType[BadRequest](err)
		enc.Encode(failure{err.Error(), mistaken})
	}
}

// BadRequest is the error of a request that is a mistake of whoever made it.
type BadRequest struct{ error }

// Unwrap returns what is wrong.
func (e BadRequest) Unwrap() error { return e.error }

// A failure is the last line of an answer that has one.
type failure struct {
	Error string `json:"error"`
	Usage bool   `json:"usage"`
}

// ErrNoDaemon means that nobody listens on the control socket.
var ErrNoDaemon = errors.New("no daemon is running on this store")

// CallDaemon makes a request to the daemon that listens at path and passes each
// line of its answer to take.
func CallDaemon(ctx context.Context, path, name string, args any, take func(line []byte) error) error {
	body, err := json.Marshal(args)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://newswatch/"+url.PathEscape(name), bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return ErrNoDaemon
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("control socket %s: permission denied: run this as the user newswatch runs as, or as root", path)
	}
	if err != nil {
		return fmt.Errorf("control socket %s: %w", path, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		return errors.New(strings.TrimSpace(string(text)))
	}
	return takeLines(resp.Body, take)
}

// takeLines splits an answer into lines; one that says error ends it.
func takeLines(r io.Reader, take func([]byte) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 64<<20)
	for sc.Scan() {
		var failed failure
		if json.Unmarshal(sc.Bytes(), &failed) == nil && failed.Error != "" {
			if failed.Usage {
				return BadRequest{errors.New(failed.Error)}
			}
			return errors.New(failed.Error)
		}
		if err := take(sc.Bytes()); err != nil {
			return err
		}
	}
	return sc.Err()
}
