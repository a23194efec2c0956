package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"newswatch/monitor/store"
)

// The control socket serves all routes of api.Server. Whoever may open the
// socket file may do everything, so only its owner may.

// SocketPath returns where the daemon on a store listens.
func SocketPath(storePath string) string {
	if dir := os.Getenv("RUNTIME_DIRECTORY"); dir != "" {
		return filepath.Join(dir, "control.sock")
	}
	return filepath.Join(store.RuntimeDir(storePath), "control.sock")
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
func serveControl(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	srv := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: h, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
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
