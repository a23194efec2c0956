package web

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"newswatch/monitor"
)

func TestZZDemo(t *testing.T) {
	addr := os.Getenv("DEMO")
	if addr == "" {
		t.Skip()
	}
	now := time.Date(2026, 11, 24, 9, 2, 0, 0, time.UTC)
	p, r := newsroom(now)
	s := &Server{Reader: p, Rules: func() *monitor.Rules { return r }, Metrics: NewMetrics("demo"), Version: "0.4.0", Listen: addr,
		Started: now.Add(-time.Hour), Now: func() time.Time { return now }, Silence: func(monitor.Silence) error { return nil },
		Retry: func(string, string) error { return nil }, Drop: func(string, string, string) error { return nil }}
	l, err := Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Fatal(Serve(context.Background(), l, s.Handler(), slog.Default()))
}
