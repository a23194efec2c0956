package console

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/text"
	"newswatch/notify"
	"newswatch/notify/render"
)

var n = monitor.Notice{
	Key: "k", Kind: monitor.AlertKind, Watch: "w",
	Content: monitor.Content{Cards: []monitor.Card{{
		Headline: "Evil \x1b[2J\x1b]0;owned\a\u202etitle\u0085 \u009b31m", URL: "https://news.example/a", Outlet: "Example",
		Watch: "w", Seen: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Verdict: match.Strong,
		Sentence: "A \x1b[31msentence", Hits: []text.Range{{Start: 7, End: 15}},
	}}},
}

func TestNotify(t *testing.T) {
	var out strings.Builder
	to := New(&out, nil)
	r, err := to.Notify(t.Context(), n, monitor.Receipt{})
	if err != nil || r.ID != "k" {
		t.Fatalf("Notify = %+v, %v", r, err)
	}
	if strings.ContainsAny(out.String(), "\x1b\a\u202e\u0085\u009b") {
		t.Errorf("control characters got through: %q", out.String())
	}
	for _, want := range []string{"Evil", "Example", "https://news.example/a", "seen 24 Nov 12:00 UTC", "\n\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing from\n%s", want, out.String())
		}
	}
}

// TestColour: in colour, every escape is one of ours and is closed on its line.
func TestColour(t *testing.T) {
	for line := range strings.Lines(render.Text(n, render.Options{Colour: true})) {
		if strings.Count(line, "\x1b[") != 2*strings.Count(line, "\x1b[0m") || strings.Contains(line, "[2J") {
			t.Errorf("escapes of %q are not ours", line)
		}
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if Colour(f) || Colour(&strings.Builder{}) {
		t.Error("colour for what is no terminal")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestWriteFails(t *testing.T) {
	_, err := New(full{}, nil).Notify(t.Context(), n, monitor.Receipt{})
	if _, ok := notify.RetryAfter(err); !ok {
		t.Errorf("Notify = %v, want an error to retry", err)
	}
}
