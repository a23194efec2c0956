package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

// The bounds of one server. A thousand idle connections cost a few megabytes;
// of more than maxConns those without a request give way, see door.
const (
	maxConns    = 2048
	maxHeader   = 64 << 10
	headerTime  = 10 * time.Second
	requestTime = 30 * time.Second
	idleTime    = 60 * time.Second
	closeTime   = 5 * time.Second
)

// Listen opens a TCP address such as "127.0.0.1:8087", or a socket file given
// as "unix:/path", which only its owner may use. Its error names the address
// and what to do.
func Listen(addr string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		return listenUnix(path)
	}
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another program, or by another newswatch: choose another port for http.listen, or \"\" for no page: %w", addr, err)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s may not be opened: choose a port above 1023: %w", addr, err)
	case err != nil:
		return nil, fmt.Errorf("%s: write it as host:port or unix:/path: %w", addr, err)
	}
	return l, nil
}

// listenUnix makes a socket file that only its owner may open, from its first
// moment on.
func listenUnix(path string) (net.Listener, error) {
	if err := clearSocket(path); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("%s: the folder must exist and be ours to write: %w", path, err)
	}
	return l, nil
}

// clearSocket removes a socket file that a dead process left behind.
func clearSocket(path string) error {
	fi, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if fi.Mode().Type() != fs.ModeSocket {
		return errors.New("a file that is no socket is in the way: choose another path")
	}
	if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
		return errors.Join(errors.New("in use by another program, or by another newswatch: choose another path"), c.Close())
	}
	return os.Remove(path)
}

// Serve answers on l until ctx ends, gives requests under way a moment to
// finish, and closes l. It bounds how long a request may take, how much it may
// send and how many connections are served at once.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	live, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	srv := &http.Server{
		Handler: keepPlaces(h), ConnContext: withGuest, ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: requestTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader,
		// What strangers do to a connection is news to nobody.
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return live },
	}
	srv.RegisterOnShutdown(end) // streams of events would never end by themselves
	served := make(chan error, 1)
	go func() { served <- srv.Serve(&door{Listener: l, most: maxConns}) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	err := srv.Shutdown(grace)
	if err != nil {
		err = srv.Close() // whoever is still reading has had time enough
	}
	<-served
	return err
}
