package main

import (
	"bytes"
	stdlog "log"
	"log/slog"
	"strings"
	"testing"
)

// What a library logs on its own is a record like any other, and for debugging.
func TestCaptureLog(t *testing.T) {
	defer captureLog(slog.New(slog.DiscardHandler))
	for level, want := range map[slog.Level]string{slog.LevelDebug: "level=DEBUG msg=\"Unsolicited response\"", slog.LevelInfo: ""} {
		var out bytes.Buffer
		captureLog(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level})))
		stdlog.Printf("Unsolicited response")
		if got := out.String(); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("at level %v: %q, want %q", level, got, want)
		}
	}
}
