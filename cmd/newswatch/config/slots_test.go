package config

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no zone data: %v", err)
	}
	return z
}

// TestSlots walks schedules over days on which clocks change.
func TestSlots(t *testing.T) {
	tests := map[string]struct {
		zone, spec, after string
		want              []string // slot and moment
	}{
		"an ordinary day": {"America/New_York", "0 7 * * *", "2026-11-23T12:00:00Z", []string{
			"2026-11-24T07:00 2026-11-24T12:00:00Z", "2026-11-25T07:00 2026-11-25T12:00:00Z"}},
		"02:30 does not exist in spring": {"America/New_York", "30 2 * * *", "2026-03-07T12:00:00Z", []string{
			"2026-03-08T02:30 2026-03-08T07:00:00Z", "2026-03-09T02:30 2026-03-09T06:30:00Z"}},
		"01:30 comes twice in autumn": {"America/New_York", "30 1 * * *", "2026-10-31T12:00:00Z", []string{
			"2026-11-01T01:30 2026-11-01T05:30:00Z", "2026-11-02T01:30 2026-11-02T06:30:00Z"}},
		"after the second 01:10": {"America/New_York", "30 1 * * *", "2026-11-01T06:10:00Z", []string{
			"2026-11-02T01:30 2026-11-02T06:30:00Z"}},
		"several slots in one gap are one": {"America/New_York", "*/20 2 * * *", "2026-03-08T06:00:00Z", []string{
			"2026-03-08T02:00 2026-03-08T07:00:00Z", "2026-03-09T02:00 2026-03-09T06:00:00Z"}},
		"midnight does not exist in São Paulo": {"America/Sao_Paulo", "0 0 * * *", "2018-11-03T12:00:00Z", []string{
			"2018-11-04T00:00 2018-11-04T03:00:00Z", "2018-11-05T00:00 2018-11-05T02:00:00Z"}},
		"midnight comes twice in São Paulo": {"America/Sao_Paulo", "0 0 * * *", "2018-02-17T12:00:00Z", []string{
			"2018-02-18T00:00 2018-02-18T03:00:00Z", "2018-02-19T00:00 2018-02-19T03:00:00Z"}},
		"23:30 comes twice in São Paulo": {"America/Sao_Paulo", "30 23 * * *", "2018-02-17T12:00:00Z", []string{
			"2018-02-17T23:30 2018-02-18T01:30:00Z", "2018-02-18T23:30 2018-02-19T02:30:00Z"}},
		"midnight does not exist in Cairo": {"Africa/Cairo", "0 0 * * *", "2024-04-25T12:00:00Z", []string{
			"2024-04-26T00:00 2024-04-25T22:00:00Z", "2024-04-27T00:00 2024-04-26T21:00:00Z"}},
		"midnight does not exist in Beirut": {"Asia/Beirut", "0 0 * * *", "2024-03-30T12:00:00Z", []string{
			"2024-03-31T00:00 2024-03-30T22:00:00Z", "2024-04-01T00:00 2024-03-31T21:00:00Z"}},
		"half an hour on Lord Howe": {"Australia/Lord_Howe", "15 2 * * *", "2026-10-02T20:00:00Z", []string{
			"2026-10-04T02:15 2026-10-03T15:30:00Z", "2026-10-05T02:15 2026-10-04T15:15:00Z"}},
		"half an hour back on Lord Howe": {"Australia/Lord_Howe", "45 1 * * *", "2026-04-04T10:00:00Z", []string{
			"2026-04-05T01:45 2026-04-04T14:45:00Z", "2026-04-06T01:45 2026-04-05T15:15:00Z"}},
		"a day that Samoa skipped": {"Pacific/Apia", "0 7 * * *", "2011-12-29T12:00:00Z", []string{
			"2011-12-29T07:00 2011-12-29T17:00:00Z", "2011-12-30T07:00 2011-12-30T10:00:00Z", "2011-12-31T07:00 2011-12-30T17:00:00Z"}},
		"weekdays": {"Europe/Berlin", "0 7 * * mon-fri", "2026-11-27T12:00:00Z", []string{
			"2026-11-30T07:00 2026-11-30T06:00:00Z"}},
		"a leap day": {"UTC", "0 7 29 2 *", "2026-01-01T00:00:00Z", []string{
			"2028-02-29T07:00 2028-02-29T07:00:00Z"}},
		"@daily": {"UTC", "@daily", "2026-01-01T00:00:00Z", []string{
			"2026-01-02T00:00 2026-01-02T00:00:00Z"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := ParseSlots(tt.spec, zone(t, tt.zone))
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				var slot string
				slot, at = s.Next(at)
				if got := slot + " " + at.UTC().Format(time.RFC3339); got != want {
					t.Fatalf("got %s, want %s", got, want)
				}
				if last, when := s.Last(at); last != slot || !when.Equal(at) {
					t.Errorf("Last at %s is %s %s", slot, last, when)
				}
			}
		})
	}
}

func TestLast(t *testing.T) {
	tests := map[string]struct{ spec, before, want string }{
		"this morning":       {"0 7 * * *", "2026-11-23T12:00:00Z", "2026-11-23T07:00"},
		"the moment itself":  {"0 7 * * *", "2026-11-23T07:00:00Z", "2026-11-23T07:00"},
		"just before":        {"0 7 * * *", "2026-11-23T06:59:59Z", "2026-11-22T07:00"},
		"last week":          {"0 7 * * mon", "2026-11-22T12:00:00Z", "2026-11-16T07:00"},
		"last year":          {"0 7 1 12 *", "2026-11-22T12:00:00Z", "2025-12-01T07:00"},
		"the leap day":       {"0 7 29 2 *", "2026-11-22T12:00:00Z", "2024-02-29T07:00"},
		"minutes":            {"*/5 * * * *", "2026-11-22T12:03:00Z", "2026-11-22T12:00"},
		"a century's gap":    {"0 7 29 2 *", "2103-11-22T12:00:00Z", "2096-02-29T07:00"},
		"leap days not 1900": {"0 7 29 2 *", "1904-02-29T06:00:00Z", "1896-02-29T07:00"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := ParseSlots(tt.spec, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			before, err := time.Parse(time.RFC3339, tt.before)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := s.Last(before); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestEveryDayOnce holds the promise of digests in any zone on any day: a
// daily slot comes once for each date, never early and at most three hours
// late, but where a whole day is skipped.
func TestEveryDayOnce(t *testing.T) {
	zones := []string{"America/New_York", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe",
		"Europe/London", "America/St_Johns", "Antarctica/Troll", "Asia/Kathmandu", "Pacific/Chatham"}
	rapid.Check(t, func(t *rapid.T) {
		z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Skip("no zone data")
		}
		minute, hour := rapid.IntRange(0, 59).Draw(t, "minute"), rapid.IntRange(0, 23).Draw(t, "hour")
		s, err := ParseSlots(time.Date(0, 1, 1, hour, minute, 0, 0, time.UTC).Format("4 15")+" * * *", z)
		if err != nil {
			t.Fatal(err)
		}
		day := time.Date(rapid.IntRange(1990, 2036).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"), hour, minute, 0, 0, time.UTC)
		at := day.Add(-40 * time.Hour)
		seen := map[string]bool{}
		for range 4 {
			var slot string
			last := at
			if slot, at = s.Next(at); !at.After(last) || seen[slot] {
				t.Fatalf("slot %s at %s after %s", slot, at, last)
			}
			seen[slot] = true
			wall, err := time.Parse(SlotForm, slot)
			if err != nil {
				t.Fatal(err)
			}
			if late := onWall(at).Sub(wall); late < 0 || late > 3*time.Hour {
				t.Fatalf("slot %s runs at %s", slot, at)
			}
		}
		if !seen[day.Format(SlotForm)] {
			t.Fatalf("no slot %s", day.Format(SlotForm))
		}
	})
}

func TestParseSchedule(t *testing.T) {
	ny := zone(t, "America/New_York")
	tests := map[string]struct {
		spec  string
		start time.Duration
		after string
		want  string // next, "" if adaptive
		err   string
	}{
		"duration":                 {spec: "15m", start: 15 * time.Minute},
		"days":                     {spec: "1d12h", start: 36 * time.Hour},
		"cron":                     {spec: "*/15 * * * *", after: "2026-11-23T12:01:00Z", want: "2026-11-23T12:15:00Z"},
		"every":                    {spec: "@every 90s", after: "2026-11-23T12:01:00Z", want: "2026-11-23T12:02:30Z"},
		"in the hour that returns": {spec: "*/30 * * * *", after: "2026-11-01T05:30:00Z", want: "2026-11-01T06:00:00Z"},
		"in the hour that is lost": {spec: "30 2 * * *", after: "2026-03-08T06:00:00Z", want: "2026-03-08T07:00:00Z"},
		"bare number":              {spec: "15", err: "15 of what?"},
		"zero":                     {spec: "0s", err: "too often"},
		"negative":                 {spec: "-5m", err: "duration"},
		"every too short":          {spec: "@every 500ms", err: "too often"},
		"zone without space":       {spec: "TZ=", err: "time zone"},
		"never":                    {spec: "0 0 31 2,4 *", err: "never comes"},
		"words":                    {spec: "now and then", err: "cron expression"},
		"empty":                    {spec: "", err: "neither"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := ParseSchedule(tt.spec, ny)
			if checkError(t, err, tt.err) {
				return
			}
			if s.Start != tt.start {
				t.Errorf("starts with %s, want %s", s.Start, tt.start)
			}
			if tt.want == "" {
				return
			}
			after, err := time.Parse(time.RFC3339, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Next(after).UTC().Format(time.RFC3339); got != tt.want {
				t.Errorf("next is %s, want %s", got, tt.want)
			}
		})
	}
}
