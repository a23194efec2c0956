package main

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"newswatch/cmd/newswatch/daemon"
)

// promised are the keys that users' scripts read in the first line of a
// command's answer, in whatever state things are.
var promised = map[string]string{
	"status --json":         "version started feeds outbox store_bytes last_poll",
	"feeds list --json":     "name url tags state since last_success next_poll interval_s items gaps",
	"outbox list --json":    "key destination kind state attempts due headline reason",
	"stories --json":        "story headline first_seen last_seen outlets independent watches items",
	"digest --json":         "kind headline text digest",
	"search ferry --json":   "type guid url title summary content authors tags published updated lang feed seen story",
	"store check --json":    "path sound faults",
	"once --json":           "type feeds ok unchanged failed items new matched notices sent owed seconds",
	"once --dry-run --json": "type feeds ok unchanged failed items new matched notices sent owed seconds",
}

// Commands answer with every promised key, whether it is known yet or not,
// with a daemon and without.
func TestPromisedKeys(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("hook", "${FEEDS}/ledger", "${FEEDS}/never")
	p := s.daemon()
	s.until("the feed is known", func() bool {
		return strings.Contains(s.run("feeds", "list", "--json").out.String(), `"last_success":"2`)
	})
	s.feeds.Publish("wire", "Ferry boss resigns", "", time.Minute)
	s.until("it is delivered", func() bool { return len(s.hook.messages()) > 0 })
	s.until("and that is noted", func() bool { return strings.Contains(s.run("outbox", "list", "--json").out.String(), `"sent"`) })
	for command := range promised {
		if !strings.HasPrefix(command, "once --json") && !strings.HasPrefix(command, "store") {
			s.answers(command)
		}
	}
	p.stop()
	for command := range promised {
		s.answers(command)
	}
}

// answers checks that every line of a command's answer has the promised keys.
func (s *stage) answers(command string) {
	s.t.Helper()
	p := s.run(strings.Fields(command)...)
	if p.status != exitDone || p.out.String() == "" {
		s.t.Errorf("%s: exit status %d, output %q\n%s", command, p.status, p.out.String(), p.err.String())
	}
	for line := range strings.Lines(p.out.String()) {
		var got map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			s.t.Errorf("%s: %v in %q", command, err, line)
		}
		for key := range strings.FieldsSeq(promised[command]) {
			if _, ok := got[key]; !ok {
				s.t.Errorf("%s: no %q in %s", command, key, line)
			}
		}
	}
}

// match prints one line for every line, also for blank ones, and says in plain
// words what is no item.
func TestMatchLineByLine(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.configure()
	tests := map[string]struct {
		args, in string
		lines    int
		says     string
	}{
		"titles":        {"match --text", "Ferry late\n\nFerry early\n", 3, ""},
		"items":         {"match", `{"title":"Ferry late","feed":"nowhere"}` + "\n\n{}\n", 3, ""},
		"no JSON":       {"match", "{}\nFerry late\n", 1, "line 2: not JSON"},
		"a wrong type":  {"match", `{"tags":"harbor"}`, 0, `line 1: "tags" is a JSON string, not a list of texts`},
		"a wrong time":  {"match", `{"published":"yesterday"}`, 0, "2026-11-24T07:00:00Z"},
		"a wrong shape": {"match", `["Ferry late"]`, 0, "a JSON array, not an object"},
		"items of old":  {"backtest --json --items -", `{"title":"Council late","seen":"2026-11-20T10:00:00Z","feed":"wire"}` + "\n\n", 2, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := s.feed(tt.in, strings.Fields(tt.args)...)
			status := exitDone
			if tt.says != "" {
				status = exitFailed
			}
			if n := strings.Count(p.out.String(), "\n"); p.status != status || n != tt.lines || !strings.Contains(p.err.String(), tt.says) {
				t.Errorf("exit status %d, %d lines, want %d and %d, and %q:\n%s%s", p.status, n, status, tt.lines, tt.says, p.out.String(), p.err.String())
			}
		})
	}
}

// Rules see the canonical address of an item, whoever brings it.
func TestMatchSeesCanonicalAddresses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.configure("match: ferry", `match: "url:ref_src OR url:https://paper.example/ferry"`)
	p := s.feed(`{"url":"http://www.paper.example/ferry?utm_source=x"}`+"\n"+`{"url":"https://paper.example/boat?ref_src=twsrc"}`+"\n", "match")
	want := []bool{true, false}
	for line := range strings.Lines(p.out.String()) {
		if strings.Contains(line, `"strong"`) != want[0] {
			t.Errorf("match = %s, want a match: %v", line, want[0])
		}
		want = want[1:]
	}
	if p.status != exitDone || len(want) > 0 {
		t.Errorf("exit status %d, %d lines missing: %s", p.status, len(want), p.err.String())
	}
}

// Whoever mistypes a command is told what was meant, on standard error, with
// exit status 2.
func TestMistypedCommands(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.configure()
	s.run("once").wait()
	for line, says := range map[string]string{
		"chek":                          "did you mean check?",
		"feeds lst":                     "did you mean list?",
		"feeds frobnicate":              "there are add, discover, export, import, list, parse, poll",
		"help chek":                     "did you mean check?",
		"search":                        "usage is newswatch search QUERY",
		"search AND":                    "quote it if the word is meant",
		"outbox list --state lost":      "pending, inflight",
		"silence add --for 1h":          "--watch, --story, --feed or --query",
		"stories --watch nobody":        `no watch is named "nobody"`,
		"digest --name never":           `no digest is named "never"`,
		"notify test nobody":            "there are newsroom, flat, desk, hook, screen",
		"silence add --watch x --for 0": "must end",

		"silence add --watch nobody --for 1h": `no watch is named "nobody"`,
		"silence add --feed nobody --for 1h":  `no feed is named "nobody"`,
		"silence add --query AND --for 1h":    "quote it if the word is meant",
	} {
		p := s.run(strings.Fields(line)...)
		if p.status != exitUsage || p.out.String() != "" || !strings.Contains(p.err.String(), says) {
			t.Errorf("%s: exit status %d, want %d and %q:\n%s%s", line, p.status, exitUsage, says, p.out.String(), p.err.String())
		}
	}
}

// A silence names its story as all other answers do.
func TestSilenceNamesItsStory(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.configure()
	s.run("once").wait()
	for _, line := range []string{"silence add --story ea8rb3llog0 --for 1h --json", "silence list --json"} {
		var got struct {
			Story string `json:"story"`
			Until time.Time
		}
		p := s.run(strings.Fields(line)...)
		if err := json.Unmarshal([]byte(p.out.String()), &got); err != nil || got.Story != "ea8rb3llog0" || got.Until.IsZero() {
			t.Errorf("%s: %v, %+v:\n%s%s", line, err, got, p.out.String(), p.err.String())
		}
	}
	if p := s.run("silence", "list"); !strings.Contains(p.out.String(), "story ea8rb3llog0, until") {
		t.Errorf("silence list: %s%s", p.out.String(), p.err.String())
	}
}

// outbox list stops where it was told to, for people and for programs, and
// without a limit gives programs all.
func TestOutboxListEnds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.configure()
	s.feeds.Publish("wire", "Ferry boss resigns", "", time.Minute)
	s.run("once").wait()
	rows := func(args ...string) int {
		return strings.Count(s.run(append([]string{"outbox", "list"}, args...)...).out.String(), "\n")
	}
	if all := rows("--json"); all < 3 {
		t.Fatalf("%d rows, want three or more", all)
	}
	for _, n := range []int{1, 2} {
		if got := rows("--json", "--limit", strconv.Itoa(n)); got != n {
			t.Errorf("--limit %d --json gives %d rows", n, got)
		}
		if got := rows("--limit", strconv.Itoa(n)); got != n+1 {
			t.Errorf("--limit %d prints %d lines, want one more for the head", n, got)
		}
	}
}

// once --dry-run beside a daemon works on the daemon's store as it is, and
// says to whom it would send.
func TestDryRunBesideADaemon(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("newsroom, desk", `"@every 1s"`, "24h")
	p := s.daemon()
	s.settled()
	s.feeds.Publish("wire", "Ferry boss resigns", "", time.Minute)
	var to []string
	for line := range strings.Lines(s.run("once", "--dry-run", "--json").out.String()) {
		var n daemon.DryNotice
		if err := json.Unmarshal([]byte(line), &n); err != nil {
			t.Fatal(err)
		}
		if n.Type == "notice" && n.Headline == "Ferry boss resigns" && strings.Contains(n.Text, "Ferry boss resigns") {
			to = append(to, n.Kind+" "+n.Destination)
		}
	}
	slices.Sort(to)
	if want := []string{"alert desk/desk@paper.example", "alert newsroom"}; !slices.Equal(to, want) {
		t.Errorf("told %q, want %q", to, want)
	}
	p.stop()
	if n := len(s.slack.Messages()) + len(s.mail.Messages()); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
}
