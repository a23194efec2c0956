package daemon

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor/web"
)

// A signal that came before the daemon ran is a reload once it runs.
func TestReloadAskedForDuringTheStart(t *testing.T) {
	asked := make(chan os.Signal, 1)
	asked <- syscall.SIGHUP
	ctx, stop := context.WithCancel(t.Context())
	var log bytes.Buffer
	d := &Daemon{components: &components{metrics: web.NewMetrics("test")}, cfg: &config.Config{File: filepath.Join(t.TempDir(), "none.yaml")},
		Options: Options{Reloads: asked, Log: slog.New(slog.NewTextHandler(&stopping{&log, stop}, nil))}}
	if err := reloadOnSignal(ctx, d.Reloads, d.reload); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "configuration refused") {
		t.Errorf("log: %q, want the attempt to read none.yaml", log.String())
	}
}

// stopping ends a context at the first line of a log.
type stopping struct {
	*bytes.Buffer
	stop func()
}

func (s *stopping) Write(b []byte) (int, error) {
	defer s.stop()
	return s.Buffer.Write(b)
}
