package config

import (
	"strings"
	"testing"
)

// TestMessages holds what is said of mistakes that many make: once, where it
// is, and what to write.
func TestMessages(t *testing.T) {
	const (
		feed  = "feeds: [{name: wire, url: 'https://example.org/f'}]\n"
		watch = "watches: [{name: all, match: contract}]\n"
		query = "watches:\n  - name: all\n    match: "
	)
	for name, tt := range map[string]struct {
		text string
		want []string // the beginnings of all problems; none for a sound file without remarks
	}{
		"sound":               {feed + watch, nil},
		"colon before a list": {feed + "watches\n  - name: all\n    match: contract\n", []string{`2:8: not YAML: a colon is missing behind "watches" (write watches: ...)`}},
		"colon in an entry":   {feed + "watches:\n  - name all\n    match: contract\n", []string{`3:9: not YAML: a colon is missing behind "name"`}},
		"colon in its middle": {feed + "watches:\n  - name: all\n    match contract\n\n    notify: []\n", []string{`4:10: not YAML: a colon is missing behind "match"`}},
		"colon at the top":    {"timezone Europe/Berlin\n" + feed + watch, []string{`1:9: not YAML: a colon is missing behind "timezone"`}},
		"space":               {feed + "watches:\n  - name:all\n    match: contract\n", []string{`3:10: not YAML: a space is missing behind "name:"`}},
		"single in single":    {feed + query + "''task order' OR contract'\n", []string{`4:12: not YAML: two quotes in a row are an empty text`}},
		"double in double":    {feed + query + `""task order" OR contract"` + "\n", []string{`4:12: not YAML: two quotes in a row are an empty text`}},
		"single as double":    {feed + query + `"'task order' OR contract"` + "\n", []string{`4:13: single quotes make no phrase (write "task order")`}},
		"double, then single": {feed + query + `'"task order'''` + "\n", []string{`4:13: quote is not closed (it ends with ': close it with ")`}},
		"single, then double": {feed + query + `'''task order"'` + "\n", []string{`4:25: quote is not closed (the phrase begins with ': write "task order")`}},
		"a sum as text":       {feed + query + "contracts over $1M\n", []string{`4:27: warning: "$1M" is looked for as text (write amount>=1M for sums of that size)`}},
		"less than a sum":     {feed + query + "contracts under €30 million\n", []string{`4:28: warning: "€30 million" is looked for as text (write amount<30million for`}},
		"no summer time":      {"timezone: EST\n" + feed + watch, []string{`1:11: warning: EST has no summer time (America/New_York has)`}},
		"no zone":             {"timezone: PST\n" + feed + watch, []string{`1:11: there is no time zone "PST" (write it like America/Los_Angeles)`}},
		"a zone":              {"timezone: CET\n" + feed + watch, nil},
		"secret without braces": {feed + watch + "destinations: [{name: s, slack: {token: $TOKEN, channel: '#x'}}]\n",
			[]string{`3:41: warning: token begins with "$" and is taken as it stands (write ${NAME} for`}},
		"variable without braces": {feed + watch + "http: {listen: '', public_url: $PUBLIC}\n",
			[]string{`3:32: warning: public_url is the text $PUBLIC itself (write ${PUBLIC}`, `3:32: public_url is not an address`}},
		"a symbol":          {feed + query + "$TSLA\n", nil},
		"no watches":        {feed, []string{`1:1: warning: no watches are listed (nothing will be told`}},
		"hosts with a port": {feed + watch + "http: {listen: '', hosts: [nw.internal, \"nw.internal:8087\", 192.0.2.7, \"::1\"]}\n", []string{`3:41: hosts: "nw.internal:8087" is no host name`}},
		"an empty digest":   {feed + watch + "destinations: [{name: screen, console: {}}]\ndigests: [{name: d, at: \"07:00\", notify: [screen], empty: never}]\n", []string{`4:59: empty: "never" is neither send nor skip`}},
		"older TLS":         {"feeds: [{name: wire, url: \"https://example.org/f\", tls: old}]\n" + watch, []string{`1:57: tls: "old" is not legacy`}},
		"a negative bound":  {"feeds: [{name: wire, url: \"https://example.org/f\", max_new: -1}]\n" + watch, []string{`1:61: max_new: "-1" is not a whole number`}},
		"a wrong address":   {"feeds: [{name: wire, tags: [t], url: example.org/f}]\nwatches: [{name: all, match: contract, feeds: [wire, t]}]\n", []string{`1:38: url: no scheme`}},
		"as others call it": {"feeds: [{name: wire, url: \"https://example.org/f\", every: 5m}]\nwatches: [{name: all, query: contract, match: contract}]\nnotify: [{name: s, console: {}}]\n",
			[]string{`1:52: unknown key "every" (did you mean "schedule"?)`, `2:23: unknown key "query" (did you mean "match"?)`, `3:1: unknown key "notify" (did you mean "destinations"?)`}},
		"in its own place": {"feeds: [{name: wire, url: \"https://example.org/f\"}]\nwatches: [{name: all, match: contract, interval: 5m}]\n",
			[]string{`2:40: unknown key "interval" (known here: `}},
		"and another wrong": {"feeds: [{name: wire, url: example.org/f}]\nwatches: [{name: all, match: contract, feeds: [wirr]}]\n", []string{`1:27: url: no scheme`, `2:48: there is no feed or tag "wirr" (did you mean "wire"?)`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, ".", "c.yaml", tt.text)
			_, report := Load("c.yaml", environ("PUBLIC", "https://example.org"))
			ok := len(report.Problems) == len(tt.want)
			for i := range min(len(report.Problems), len(tt.want)) {
				ok = ok && strings.HasPrefix(report.Problems[i].String(), "c.yaml:"+tt.want[i])
			}
			if !ok {
				t.Errorf("got:\n%swant:\n%s", rendered(report), strings.Join(tt.want, "\n"))
			}
		})
	}
}
