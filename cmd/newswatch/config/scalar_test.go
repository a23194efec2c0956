package config

import (
	"strings"
	"testing"
	"time"
)

// checkError compares err with a part of its text, "" for none, and reports
// whether there is nothing more to test.
func checkError(t *testing.T, err error, want string) (done bool) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Fatalf("unexpected error: %v", err)
	case want != "" && err == nil:
		t.Fatalf("no error, want %q", want)
	case want != "" && !strings.Contains(err.Error(), want):
		t.Fatalf("error %q, want %q", err, want)
	}
	return want != ""
}

func TestParseDuration(t *testing.T) {
	tests := map[string]time.Duration{
		"30s": 30 * time.Second, "1h30m": 90 * time.Minute, "7d": 168 * time.Hour, "2w": 336 * time.Hour,
		"1w2d3h": (7*24 + 2*24 + 3) * time.Hour, "1.5d": 36 * time.Hour, " 5m ": 5 * time.Minute, "0": 0, "500ms": 500 * time.Millisecond,
	}
	for text, want := range tests {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "5", "1d1w", "-1d", "NaNd", "1e99w", "9999999w", "3 days", "5m2d", "Infd"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %s", text, got)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"1KiB": 1024, "16MiB": 16 << 20, "1.5GiB": 3 << 29, "4096": 4096, "8 MiB": 8 << 20} {
		if got, message, _ := parseSize(text, "size"); message != "" || int64(got) != want {
			t.Errorf("parseSize(%q) = %d %s, want %d", text, got, message, want)
		}
	}
	for text, hint := range map[string]string{"16MB": "write 16MiB", "5k": "write 5KiB", "2 gb": "write 2GiB", "-1": "like", "much": "like", "": "like", "1e99GiB": "like"} {
		if _, message, got := parseSize(text, "size"); message == "" || !strings.Contains(got, hint) {
			t.Errorf("parseSize(%q): %q, hint %q, want hint %q", text, message, got, hint)
		}
	}
}

func TestExpand(t *testing.T) {
	env := environ("A", "alpha", "EMPTY", "", "B_2", "beta")
	tests := map[string]struct{ text, want, wrong string }{
		"nothing":             {"plain $A $(A) {A}", "plain $A $(A) {A}", ""},
		"one":                 {"x${A}y", "xalphay", ""},
		"two":                 {"${A}${B_2}", "alphabeta", ""},
		"default, set":        {"${A:-z}", "alpha", ""},
		"default, unset":      {"${Z:-z:-$y}", "z:-$y", ""},
		"default, empty":      {"${EMPTY:-z}", "z", ""},
		"set but empty":       {"x${EMPTY}y", "xy", ""},
		"escaped":             {"$${A} ${A}", "${A} alpha", ""},
		"escaped, at the end": {"a$${", "a${", ""},
		"regex":               {"/a$/", "/a$/", ""},
		"not expanded twice":  {"${A:-${B}}", "alpha}", ""},
		"unset":               {"${Z}", "", "${Z} is not set"},
		"no end":              {"a${A", "a", "without }"},
		"no name":             {"${1A}", "", "no name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := expand(tt.text, env)
			switch {
			case tt.wrong == "" && len(e.wrong) > 0:
				t.Errorf("unexpected: %v", e.wrong)
			case tt.wrong != "" && (len(e.wrong) != 1 || !strings.Contains(e.wrong[0].message, tt.wrong)):
				t.Errorf("got %v, want %q", e.wrong, tt.wrong)
			case e.text != tt.want:
				t.Errorf("got %q, want %q", e.text, tt.want)
			}
		})
	}
}

func TestExpansionOrigin(t *testing.T) {
	e := expand("ab${A}cd$${e", environ("A", "alpha"))
	if want := "abalphacd${e"; e.text != want {
		t.Fatalf("got %q", e.text)
	}
	for out, raw := range map[int]int{0: 0, 1: 1, 2: 2, 6: 2, 7: 6, 8: 7, 9: 8, 10: 8, 11: 11} {
		if got := e.origin(out); got != raw {
			t.Errorf("origin(%d) = %d, want %d", out, got, raw)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"schedule", "name", "url", "tags", "notify"}
	for s, want := range map[string]string{"shedule": "schedule", "nmae": "name", "uri": "url", "tag": "tags", "Notify": "notify",
		"x": "", "completely": "", "": "", "notfiy": "notify"} {
		if got := nearest(s, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", s, got, want)
		}
	}
}
