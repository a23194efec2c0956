package daemon

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"newswatch/monitor"
)

// An outage of our own network is logged once, its end once, and what fails by
// itself feed by feed.
func TestPollLogOfAnOutage(t *testing.T) {
	dead := errors.New("no route")
	polls := map[byte]monitor.PollResult{'d': {Err: dead, Down: true}, 'f': {Err: dead}, '.': {}, 'm': {New: 1, Matched: 1}}
	tests := map[string]struct{ polls, want string }{
		"all well":              {"..m", "feed polled"},
		"one server":            {".f.f", "feed not read|feed not read"},
		"an outage":             {"ffdddddd", "feed not read|feed not read|network seems down"},
		"and its end":           {"ddd....d", "network seems down|network is back|network seems down"},
		"an answer from inside": {"dd.d.d..d", "network seems down"},
		"a failure of its own":  {"dd..f..", "network seems down|feed not read"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			log := slog.New(slog.NewTextHandler(&out, nil))
			var polled pollLog
			for i := range len(tt.polls) {
				polled.write(log, "wire", polls[tt.polls[i]])
			}
			var got []string
			for line := range strings.Lines(out.String()) {
				_, rest, _ := strings.Cut(line, `msg="`)
				msg, _, _ := strings.Cut(rest, `"`)
				got = append(got, msg)
			}
			if s := strings.Join(got, "|"); s != tt.want {
				t.Errorf("logged %q, want %q", s, tt.want)
			}
		})
	}
}
