package main

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
	"time"

	"newswatch/monitor/api"
)

// A feed and a watch come into the configuration by commands, the running
// daemon takes them over, and what is published then is told.
func TestEditByCommand(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("hook", "match: ferry", "match: never-said", "  - {url: \"${FEEDS}/ledger\", name: ledger}\n", "  # The rest.\n")
	s.daemon()
	s.run("feeds", "add", s.feeds.URL()+"/ledger", "--name", "ledger", "--tags", "local").says("")
	s.settled()
	p := s.run("watch", "add", "piers", "pier OR harbor", "--notify", "hook", "--feeds", "local")
	if p.status != exitDone || !strings.Contains(p.out.String(), "the running daemon has taken it over") {
		t.Fatalf("watch add: %d %s%s", p.status, p.out.String(), p.err.String())
	}
	s.feeds.Publish("ledger", "Pier collapses at noon", "", time.Minute)
	p = s.run("feeds", "poll", "ledger")
	if p.status != exitDone || p.out.String() != "due now: ledger\n" {
		t.Errorf("feeds poll: %d %s%s", p.status, p.out.String(), p.err.String())
	}
	s.until("it is told", func() bool { return len(s.hook.messages()) > 0 })
	text, err := os.ReadFile(s.path("config.yaml"))
	if err != nil || !strings.Contains(string(text), "  # The rest.\n") || !strings.Contains(string(text), "  - {name: ledger, url: ") {
		t.Errorf("the configuration is\n%s", text)
	}
	p = s.run("watch", "preview", "harbor OR pier", "--watch", "piers", "--since", "1d")
	if out := p.out.String(); p.status != exitDone || !strings.Contains(out, "“harbor” or “pier”") || !strings.Contains(out, "Pier collapses") {
		t.Errorf("watch preview: %d %s%s", p.status, out, p.err.String())
	}
	p = s.run("search", "pier", "--csv")
	if rows, err := csv.NewReader(strings.NewReader(p.out.String())).ReadAll(); err != nil || len(rows) != 2 || len(rows[0]) != len(api.ItemColumns) {
		t.Errorf("search --csv: %v %q", err, rows)
	}
	p = s.run("stories", "--csv")
	if rows, err := csv.NewReader(strings.NewReader(p.out.String())).ReadAll(); err != nil || len(rows) != 2 || rows[1][3] != "Pier collapses at noon" {
		t.Errorf("stories --csv: %v %q", err, rows)
	}
	p = s.run("watch", "remove", "piers")
	if now, err := os.ReadFile(s.path("config.yaml")); p.status != exitDone || err != nil || strings.Contains(string(now), "piers") {
		t.Errorf("watch remove: %d %v\n%s", p.status, err, now)
	}
}

// What check would refuse changes nothing, with exit status 2 and the place of
// the mistake.
func TestEditRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.configure()
	s.write("list.opml", `<opml version="2.0"><body><outline text="Local"><outline text="Wire" xmlUrl="`+s.feeds.URL()+`/wire"/><outline text="Coast" xmlUrl="https://coast.example/feed"/></outline></body></opml>`)
	for args, says := range map[string]string{
		"watch add new (ferry":                     "bracket is not closed",
		"watch add ferries harbor":                 `two watches are named "ferries"`,
		"watch add new harbor --notify nobody":     `no destination "nobody"`,
		"watch add new harbor --weak never":        "weak",
		"watch remove nothing":                     "no such entry",
		"watch show nothing":                       "there are ferries",
		"watch preview (ferry":                     "no store at",
		"feeds add ftp://x.example/feed":           "http",
		"feeds add https://x.example/f --kind odd": "kind",
		"feeds remove nothing":                     "no such entry",
		"feeds poll wire":                          "no daemon is running",
	} {
		p := s.run(strings.Fields(args)...)
		if p.status == exitDone || !strings.Contains(p.err.String(), says) {
			t.Errorf("%s: exit status %d, want one that says %q:\n%s", args, p.status, says, p.err.String())
		}
		if _, err := os.Stat(s.path("config.yaml.bak")); err == nil {
			t.Fatalf("%s changed the configuration", args)
		}
	}
	p := s.run("feeds", "import", "list.opml")
	text, err := os.ReadFile(s.path("config.yaml"))
	if p.status != exitDone || err != nil || !strings.Contains(p.out.String(), "added 1 of 2 feeds") || !strings.Contains(string(text), "https://coast.example/feed") {
		t.Errorf("feeds import: %d %s%s\n%s", p.status, p.out.String(), p.err.String(), text)
	}
}
