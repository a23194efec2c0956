package date

import (
	"slices"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for s, want := range map[string]string{
		"Tue, 24 Nov 2026 07:15:00 GMT":           "2026-11-24T07:15:00Z",
		"Tue, 24 Nov 2026 07:15:00 +0100":         "2026-11-24T06:15:00Z",
		"Tue, 24 Nov 2026 07:15:00 -0330":         "2026-11-24T10:45:00Z",
		"24 Nov 26 0715 EST":                      "2026-11-24T12:15:00Z",
		"Tue, 24 November 2026 7:15 AEST":         "2026-11-23T21:15:00Z",
		"Tuesday, November 24, 2026 7:15 PM":      "2026-11-24T19:15:00Z",
		"Nov 24, 2026 12:05 am":                   "2026-11-24T00:05:00Z",
		"Tue Nov 24 07:15:00 2026":                "2026-11-24T07:15:00Z",
		"Tue Nov 24 07:15:00 UTC 2026":            "2026-11-24T07:15:00Z",
		"Tue Nov 24 2026 07:15:00 GMT+0100 (CET)": "2026-11-24T06:15:00Z",
		"2026-11-24T07:15:00Z":                    "2026-11-24T07:15:00Z",
		"2026-11-24T07:15:00.25+05:30":            "2026-11-24T01:45:00.25Z",
		"2026-11-24 07:15:00 UTC":                 "2026-11-24T07:15:00Z",
		"2026-11-24T24:00:00Z":                    "2026-11-25T00:00:00Z",
		"2026-11-24T23:59:60Z":                    "2026-11-25T00:00:00Z",
		"20261124T071500Z":                        "2026-11-24T07:15:00Z",
		"20261124":                                "2026-11-24T00:00:00Z",
		"2026-11-24":                              "2026-11-24T00:00:00Z",
		"2026-11":                                 "2026-11-01T00:00:00Z",
		"24.11.2026 07:15":                        "2026-11-24T07:15:00Z",
		"24/11/2026 07:15":                        "2026-11-24T07:15:00Z",
		"11/24/2026 07:15":                        "2026-11-24T07:15:00Z",
		"2026/11/24":                              "2026-11-24T00:00:00Z",
		"Di, 24 Nov 2026 07:15:00 MEZ":            "2026-11-24T06:15:00Z",
		"mar., 24 d\u00e9c. 2026 07:15:00 +0100":  "2026-12-24T06:15:00Z",
		"\u0432\u0442, 24 \u043d\u043e\u044f 2026 07:15:00 +0300": "2026-11-24T04:15:00Z",
		"1795504500000":                    "2026-11-24T07:15:00Z",
		"1795504500":                       "2026-11-24T07:15:00Z",
		"2026\u5e7411\u670824\u65e5 07:15": "2026-11-24T07:15:00Z",
		"2026-11-24 \uc624\ud6c4 01:31:15": "2026-11-24T13:31:15Z",
		"2026\ub144 5\uc6d4 28\uc77c":      "2026-05-28T00:00:00Z",
		"2026-11-24T07:15:00\u221205:00":   "2026-11-24T12:15:00Z",
		"2026-328":                         "2026-11-24T00:00:00Z",
		"2026328":                          "2026-11-24T00:00:00Z",
		"2026-11-24T0715Z":                 "2026-11-24T07:15:00Z",
		"Tue, 24 Nov 2026 07:15:00 XYZ":    "2026-11-24T07:15:00Z",
		"Tue, 24 Nov 2026 07:15:00 +00:zz": "",
		"2026-367":                         "",
		"":                                 "",
		"11-24-2026 07:15":                 "2026-11-24T07:15:00Z",
		"11/5/26":                          "2026-11-05T00:00:00Z",
		"Thu, 01 Jan 1970 00:00:00 GMT":    "",
		"1970-01-21T18:45:04Z":             "",
		"yesterday":                        "",
		"Tue, 24 Foo 2026 07:15:00 GMT":    "",
		"2026-13-24":                       "",
		"2026-11-24T25:00:00Z":             "",
		"0000-00-00 00:00:00":              "",
		"0001-01-01T00:00:00Z":             "",
		"-":                                "",
	} {
		got := ""
		if d := Parse(s); !d.IsZero() {
			got = d.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

// The dates of one publisher say what comes first in each of them.
func TestOrderOf(t *testing.T) {
	now := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		dates []string
		want  Order
	}{
		"a day above 12":        {[]string{"05/11/2025", "25/11/2025 10:00"}, DayFirst},
		"American":              {[]string{"05/11/2025", "11/25/2025 10:00"}, MonthFirst},
		"American with hyphens": {[]string{"11-25-2025"}, MonthFirst},
		"both":                  {[]string{"25/11/2025", "11/25/2025"}, 0},
		"none":                  {[]string{"05/11/2025", "Tue, 24 Nov 2026 07:15:00 GMT", "2026-11-24", "x", "06-01-25"}, 0},
		"May is not yet":        {[]string{"05/03/2026", "04/03/2026 10:00"}, DayFirst},
		"December is not yet":   {[]string{"02.12.2026"}, MonthFirst},
		"nothing past 12 twice": {[]string{"25/25/2025"}, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := OrderOf(slices.Values(tt.dates), now); got != tt.want {
				t.Errorf("OrderOf(%q) = %d, want %d", tt.dates, got, tt.want)
			}
		})
	}
	for o, want := range map[Order]time.Month{0: time.May, DayFirst: time.November, MonthFirst: time.May} {
		if got := o.Parse("05/11/2026 10:00"); got.Month() != want || !Ambiguous("05/11/2026 10:00") {
			t.Errorf("order %d: 05/11/2026 is %v, want %v", o, got, want)
		}
	}
	for _, s := range []string{"25/11/2026", "2026-11-05", "Tue, 24 Nov 2026 07:15:00 GMT", "06-01-02", ""} {
		if Ambiguous(s) {
			t.Errorf("%q is ambiguous", s)
		}
	}
}

// FuzzDate: no text is too odd, and a year is always a plausible one.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"Tue, 24 Nov 2026 07:15:00 GMT", "2026-11-24T07:15:00.5+01:00", "1518478934", "70000000000", "20261124T071500Z", "1/2/2026", "x", "12:", "1:2:3+"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := Parse(s); !got.IsZero() && (got.Year() < 1969 || got.Year() > 3000) {
			t.Fatalf("%q is %v", s, got)
		}
	})
}

func BenchmarkDate(b *testing.B) {
	for b.Loop() {
		if Parse("Tue, 24 Nov 2026 07:15:00 GMT").IsZero() {
			b.Fatal("unread")
		}
	}
}
