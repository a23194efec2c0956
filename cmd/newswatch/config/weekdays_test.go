package config

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Days of the week are read as crontab(5) has them: Sunday is 0 and 7, and a
// range may end with it.
func TestWeekdays(t *testing.T) {
	for field, want := range map[string]string{
		"7": "sun", "sun": "sun", "5-7": "sun fri sat", "fri-sun": "sun fri sat", "FRI-SUN": "sun fri sat", "1-7": "sun mon tue wed thu fri sat",
		"0-7": "sun mon tue wed thu fri sat", "mon,7": "sun mon", "1-7/2": "sun mon wed fri", "mon-fri": "mon tue wed thu fri", "sun-tue": "sun mon tue",
	} {
		slots, err := ParseSlots("0 7 * * "+field, time.UTC)
		if err != nil {
			t.Errorf("%s: %v", field, err)
			continue
		}
		days := [7]bool{}
		at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
		for end := at.AddDate(0, 0, 7); ; days[at.Weekday()] = true {
			if _, at = slots.Next(at); at.After(end) {
				break
			}
		}
		var got []string
		for d, on := range days {
			if on {
				got = append(got, strings.ToLower(time.Weekday(d).String()[:3]))
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s means %s, want %s", field, s, want)
		}
	}
	for _, field := range []string{"8", "7-9", "mon-8", "8-sun", "5-7/0", "-7"} {
		if _, err := ParseSlots("0 7 * * "+field, time.UTC); err == nil {
			t.Errorf("%s is taken for days of the week", field)
		}
	}
}

// A day of the month beside a day of the week gets a remark: cron takes either.
func TestEitherDayIsRemarked(t *testing.T) {
	for spec, want := range map[string]bool{
		"0 7 1-7 * mon": true, "0 7 13 * fri": true, "0 7 * * mon": false, "0 7 1 * *": false, "0 7 */2 * mon": false, "@daily": false,
	} {
		_, report := Load(write(t, t.TempDir(), "config.yaml", `
watches: [{name: w, match: contract, notify: [screen]}]
destinations: [{name: screen, console: {}}]
digests: [{name: d, schedule: "`+spec+`", notify: [screen]}]
`), environ())
		if got := strings.Contains(rendered(report), "also these days of the week"); got != want || !report.OK() {
			t.Errorf("%s: remarked: %v\n%s", spec, got, rendered(report))
		}
	}
}

// A digest may have a time of day instead of a schedule.
func TestDigestAt(t *testing.T) {
	for lines, want := range map[string]string{
		`at: "07:05"`:                        "",
		`at: "7:05"`:                         "",
		`at: "25:00"`:                        "is no time of day",
		`at: seven`:                          "is no time of day",
		`at: "07:00", schedule: "0 7 * * *"`: "has a schedule and a time",
	} {
		cfg, report := Load(write(t, t.TempDir(), "config.yaml", `
watches: [{name: w, match: contract, notify: [screen]}]
destinations: [{name: screen, console: {}}]
digests: [{name: d, `+lines+`, notify: [screen]}]
`), environ())
		switch {
		case want != "":
			if report.OK() || !strings.Contains(rendered(report), want) {
				t.Errorf("%s: want %q\n%s", lines, want, rendered(report))
			}
		case cfg == nil:
			t.Errorf("%s\n%s", lines, rendered(report))
		default:
			if slot, _ := cfg.Digests[0].Slots.Next(time.Date(2026, 11, 28, 12, 0, 0, 0, cfg.Zone)); slot != "2026-11-29T07:05" {
				t.Errorf("%s: next at %s", lines, slot)
			}
		}
	}
}

// What editors put around a secret in a file is no part of it.
func TestSecretFileAsEditorsWriteIt(t *testing.T) {
	for _, text := range []string{"xoxb-1", "xoxb-1\n", "xoxb-1\r\n", "\ufeffxoxb-1\r\n"} {
		dir := t.TempDir()
		write(t, dir, "token", text)
		cfg, report := Load(write(t, dir, "config.yaml", `
watches: [{name: w, match: contract, notify: [s]}]
destinations: [{name: s, slack: {token_file: token, channel: "#a"}}]
`), environ())
		if cfg == nil {
			t.Fatalf("%q: %s", text, rendered(report))
		}
		if got := cfg.Destinations[0].Slack.Token.Reveal(); got != "xoxb-1" {
			t.Errorf("%q in %s is read as %q", text, filepath.Join(dir, "token"), got)
		}
	}
}
