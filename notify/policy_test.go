package notify

import (
	"strings"
	"testing"
	"time"
)

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestQuietUntil(t *testing.T) {
	york := location(t, "America/New_York")
	tests := map[string]struct {
		quiet string
		zone  *time.Location
		now   string // RFC 3339
		want  string // "" for not quiet
	}{
		"before":                       {"22:00-07:00", time.UTC, "2026-11-24T21:59:59Z", ""},
		"at the beginning":             {"22:00-07:00", time.UTC, "2026-11-24T22:00:00Z", "2026-11-25T07:00:00Z"},
		"after midnight":               {"22:00-07:00", time.UTC, "2026-11-25T06:59:59Z", "2026-11-25T07:00:00Z"},
		"at the end":                   {"22:00-07:00", time.UTC, "2026-11-25T07:00:00Z", ""},
		"within a day":                 {"12:30-13:15", time.UTC, "2026-11-24T12:45:10Z", "2026-11-24T13:15:00Z"},
		"in the zone's time":           {"22:00-07:00", york, "2026-11-25T04:00:00Z", "2026-11-25T12:00:00Z"},
		"the night of 23 hours":        {"22:00-07:00", york, "2026-03-08T04:00:00Z", "2026-03-08T11:00:00Z"},
		"the night of 25 hours":        {"22:00-07:00", york, "2026-11-01T03:00:00Z", "2026-11-01T12:00:00Z"},
		"an end that is skipped":       {"22:00-02:30", york, "2026-03-08T05:00:00Z", "2026-03-08T07:00:00Z"}, // 01:59 EST is followed by 03:00 EDT
		"a beginning that is skipped":  {"02:30-05:00", york, "2026-03-08T07:10:00Z", "2026-03-08T09:00:00Z"},
		"a zone off by half an hour":   {"22:00-07:00", location(t, "Asia/Kolkata"), "2026-11-24T17:00:00Z", "2026-11-25T01:30:00Z"},
		"none configured":              {"", york, "2026-11-25T04:00:00Z", ""},
		"the last minute of the night": {"00:00-23:59", time.UTC, "2026-11-24T23:59:30Z", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := ParsePolicy(tt.quiet, "", tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			now, err := time.Parse(time.RFC3339, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if until := p.Quiet.Until(now); !until.IsZero() {
				got = until.UTC().Format(time.RFC3339)
			}
			if got != tt.want {
				t.Errorf("quiet until %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParsePolicy(t *testing.T) {
	tests := map[string]struct {
		quiet, budget string
		want          Budget
		mistake       string
	}{
		"an hour":          {"", "20/h", Budget{20, time.Hour}, ""},
		"a day":            {"", "100/d", Budget{100, 24 * time.Hour}, ""},
		"a minute":         {"", "5/m", Budget{5, time.Minute}, ""},
		"a stretch":        {"", "5/30m", Budget{5, 30 * time.Minute}, ""},
		"with spaces":      {"22:00 - 07:00", " 20 / h ", Budget{20, time.Hour}, ""},
		"no budget":        {"", "", Budget{}, ""},
		"none at all":      {"", "0/h", Budget{}, "budget"},
		"no time":          {"", "20", Budget{}, "20/h"},
		"no number":        {"", "many/h", Budget{}, "20/h"},
		"no clock":         {"22-7", "", Budget{}, "22:00-07:00"},
		"one time of day":  {"22:00", "", Budget{}, "22:00-07:00"},
		"25 hours":         {"25:00-07:00", "", Budget{}, "22:00-07:00"},
		"never not quiet":  {"07:00-07:00", "", Budget{}, "begins when it ends"},
		"a negative count": {"", "-1/h", Budget{}, "budget"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := ParsePolicy(tt.quiet, tt.budget, nil)
			if tt.mistake == "" && err != nil || tt.mistake != "" && (err == nil || !strings.Contains(err.Error(), tt.mistake)) {
				t.Fatalf("error %v, want one about %q", err, tt.mistake)
			}
			if err == nil && p.Budget != tt.want {
				t.Errorf("budget = %+v, want %+v", p.Budget, tt.want)
			}
		})
	}
}
