package console

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/text"
	"newswatch/notify/notifytest"
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

// paper is a terminal that may run out of it. Each Write is one notice.
type paper struct {
	mu      sync.Mutex
	written []string
	out     bool
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out {
		return 0, errors.New("no space left on device")
	}
	p.written = append(p.written, string(b))
	return len(b), nil
}

// TestContract holds the console to what every channel promises.
func TestContract(t *testing.T) {
	notifytest.RunNotifier(t, func(*testing.T) notifytest.Peer {
		p := &paper{}
		return notifytest.Peer{
			Notifier: New(p, nil), Away: func() { p.out = true },
			Arrived: func() []string { p.mu.Lock(); defer p.mu.Unlock(); return slices.Clone(p.written) },
		}
	})
}
