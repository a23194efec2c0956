package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store/bolt"
	"newswatch/notify/slack/slacktest"
)

// The promises of the program, kept by a real process with a real store.

// A new item that matches arrives once on each channel.
func TestNewItemArrivesOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.configure()
	p := s.daemon()
	s.settled()
	s.feeds.Publish("wire", "Night ferry runs aground off Tarbock", "All passengers are safe.", time.Minute)
	s.until("it is on all channels", func() bool { return len(s.copies("aground")) == 4 && p.console("Night ferry runs") == 1 })
	s.feeds.Publish("ledger", "Union calls ferry timetable a farce", "It has asked for talks.", time.Minute)
	s.until("the next is on all channels", func() bool { return len(s.copies("farce")) == 4 && p.console("Union calls") == 1 })
	p.stop()
	for word, headline := range map[string]string{"aground": "Night ferry runs", "farce": "Union calls"} {
		want := map[string]int{"slack": 1, "slack webhook": 1, "mail": 1, "webhook": 1}
		for where, n := range s.copies(word) {
			if n != want[where] {
				t.Errorf("%s: %d copies of %q", where, n, word)
			}
		}
		if n := p.console(headline); n != 1 {
			t.Errorf("console: %d copies of %q", n, word)
		}
	}
}

// copies counts the messages that hold a word, by channel.
func (s *stage) copies(word string) map[string]int {
	out := map[string]int{}
	for _, m := range s.slack.Messages() {
		if !strings.Contains(m.Text, word) {
			continue
		}
		if m.Hook {
			out["slack webhook"]++
		} else {
			out["slack"]++
		}
	}
	for _, l := range s.letters() {
		if strings.Contains(l.Text, word) {
			out["mail"]++
		}
	}
	for _, h := range s.hook.messages() {
		if strings.Contains(h.raw, word) {
			out["webhook"]++
		}
	}
	return out
}

// console counts the lines beginning with a headline that the process printed.
func (p *process) console(headline string) int {
	return strings.Count("\n"+p.out.String(), "\n"+headline)
}

// What was committed and not sent when the process is killed arrives after the
// restart, and what was sent does not arrive again. Slack takes one message a
// second, so that of four notices committed at once three are still owed when
// the first arrives.
func TestKilledBetweenCommitAndSend(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("newsroom")
	p := s.daemon()
	s.settled()
	words := []string{"Quillon", "Brastow", "Feldhurst", "Okemah"}
	for i, w := range words {
		s.feeds.Publish([]string{"wire", "ledger"}[i%2], fmt.Sprintf("%s ferry %s", w, []string{"sinks at its berth", "adds winter sailings", "crew wins pay case", "terminal gets a new roof"}[i]), "", time.Minute)
	}
	s.until("the first is in Slack", func() bool { return len(s.slack.Messages()) > 0 })
	p.kill()
	if n := len(s.slack.Messages()); n == len(words) {
		t.Skip("this machine stood still for three seconds: nothing was owed")
	}
	p = s.daemon()
	s.until("all is known to have arrived", func() bool {
		return s.count("sent") == len(words)
	})
	p.stop()
	for _, w := range words {
		if n := s.copies(w)["slack"]; n != 1 {
			t.Errorf("%d messages about %s", n, w)
		}
	}
}

// count counts the daemon's notices in a state.
func (s *stage) count(state string) (n int) {
	s.t.Helper()
	for _, l := range s.outbox() {
		if l.State == state {
			n++
		}
	}
	return n
}

// Slack says 429 with a pause and gets exactly one message after it, not
// before.
func TestSlackPauseIsKept(t *testing.T) {
	t.Parallel()
	const pause = 3 * time.Second
	for name, step := range map[string]slacktest.Step{
		"web api": {Status: 429, RetryAfter: "3"},
		"webhook": {Status: 429, RetryAfter: "3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			method := slacktest.Post
			if s.only("newsroom"); name == "webhook" {
				s.only("flat")
				method = slacktest.Hook
			}
			p := s.daemon()
			s.settled()
			s.slack.Script(method, step)
			before := time.Now()
			s.feeds.Publish("wire", "Ferry company asks for patience", "", time.Minute)
			s.until("the message is there", func() bool { return len(s.slack.Messages()) > 0 })
			p.says("notice delivered")
			p.stop()
			all := s.slack.Messages()
			if len(all) != 1 || s.slack.Calls(method) != 2 {
				t.Errorf("%d messages, %d calls; want 1 and 2", len(all), s.slack.Calls(method))
			}
			if early := all[0].At.Sub(before); early < pause {
				t.Errorf("the message came %v after the item, before the pause was over", early)
			}
		})
	}
}

// The first look at a feed tells what is fresh in one card, archives what is
// old, and pings for nothing.
func TestFirstPollOnlyCatchesUp(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.feeds.Publish("wire", "Ferry strike enters its third day", "", 3*time.Hour)
	s.feeds.Publish("ledger", "Old lifeboat found under ferry pier", "", 2*time.Hour)
	s.feeds.Publish("ledger", "Ferry museum opened in spring", "", 1000*time.Hour)
	s.configure()
	p := s.daemon()
	s.until("the catch-up is everywhere", func() bool { return len(s.copies("Catching up")) == 4 && p.console("Catching up") == 1 })
	s.feeds.Publish("wire", "Ferry fares to rise", "", time.Minute)
	s.until("the next alert is everywhere", func() bool { return len(s.copies("fares")) == 4 && p.console("Ferry fares") == 1 })
	p.stop()
	if posts, mails, hooks := len(s.slack.Messages()), len(s.mail.Messages()), len(s.hook.messages()); posts != 4 || mails != 2 || hooks != 2 {
		t.Errorf("%d messages in Slack, %d mails, %d webhooks; want 4, 2 and 2", posts, mails, hooks)
	}
	for where, n := range s.copies("museum") {
		t.Errorf("%s: %d messages tell of what was old", where, n)
	}
	for _, h := range s.hook.messages()[:1] {
		if h.body.Data.Kind != "catchup" || !containsAll(h.raw, "third day", "lifeboat") {
			t.Errorf("the first message is no catch-up with both items:\n%s", h.raw)
		}
	}
}

// summaryLine is the last line of once --json to the letter.
var summaryLine = regexp.MustCompile(`^\{"type":"summary","feeds":(\d+),"ok":(\d+),"unchanged":(\d+),"failed":(\d+),"items":(\d+),"new":(\d+),"matched":(\d+),"notices":(\d+),"sent":(\d+),"owed":(\d+),"seconds":[0-9.e-]+\}$`)

// Summary checks the last line that a process printed, and returns its numbers
// in their order.
func (p *process) summary() string {
	p.t.Helper()
	p.wait()
	lines := strings.Split(strings.TrimSpace(p.out.String()), "\n")
	m := summaryLine.FindStringSubmatch(lines[len(lines)-1])
	if p.status != exitDone || m == nil {
		p.t.Fatalf("exit status %d, last line %q\n%s", p.status, lines[len(lines)-1], p.err.String())
	}
	return strings.Join(m[1:], " ")
}

// once delivers what it finds and ends; a second time it finds nothing.
func TestOnceTwice(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("newsroom, screen")
	s.feeds.Publish("wire", "Ferry strike enters its third day", "", 3*time.Hour)
	//                                                feeds ok unchanged failed items new matched notices sent owed
	if got, want := s.run("once", "--json").summary(), "2 2 0 0 3 3 1 2 2 0"; got != want {
		t.Errorf("first: %s, want %s", got, want)
	}
	if got, want := s.run("once", "--json").summary(), "2 2 2 0 0 0 0 0 0 0"; got != want {
		t.Errorf("second: %s, want %s", got, want)
	}
	s.feeds.Publish("ledger", "Ferry boss resigns", "", time.Minute)
	p := s.run("once")
	if p.console("Ferry boss resigns") != 1 || p.status != exitDone {
		t.Errorf("exit status %d, output\n%s%s", p.status, p.out.String(), p.err.String())
	}
	if n := len(s.slack.Messages()); n != 2 {
		t.Errorf("%d messages, want 2", n)
	}
}

// once --dry-run prints what it would send, and changes nothing.
func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.configure()
	s.run("once").wait()
	before, err := os.ReadFile(s.path("newswatch.db"))
	if err != nil {
		t.Fatal(err)
	}
	s.feeds.Publish("wire", "Ferry boss resigns", "", time.Minute)
	for range 2 {
		p := s.run("once", "--dry-run")
		if p.console("Ferry boss resigns") == 0 || p.status != exitDone {
			t.Errorf("exit status %d, output\n%s%s", p.status, p.out.String(), p.err.String())
		}
	}
	if got := s.run("once", "--dry-run", "--json").summary(); !strings.HasPrefix(got, "2 2 1 0 ") {
		t.Errorf("summary %s", got)
	}
	after, err := os.ReadFile(s.path("newswatch.db"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("the store has changed")
	}
	if n := len(s.slack.Messages()) + len(s.mail.Messages()) + len(s.hook.messages()); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
}

// A digest goes out once for its slot, also when newswatch was down at the
// time.
func TestDigestAfterDowntime(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.write("config.yaml", strings.Replace(plainConfig, "notify: [newsroom, flat, desk, hook, screen]", "notify: []", 1)+
		"digests:\n  - {name: daily, schedule: \"0 7 * * *\", timezone: UTC, notify: [desk, newsroom]}\n")
	db, err := bolt.Open(s.path("newswatch.db"))
	if err != nil {
		t.Fatal(err)
	}
	old := time.Now().UTC().AddDate(0, 0, -3).Format("2006-01-02") + "T07:00"
	if err := db.Commit(monitor.Batch{Slots: map[string]string{"daily": old}}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		p := s.daemon()
		s.until("the digest is out", func() bool { return len(s.mail.Messages()) > 0 && len(s.slack.Messages()) > 0 && s.count("sent") == 2 })
		p.stop()
	}
	if mails, posts := len(s.mail.Messages()), len(s.slack.Messages()); mails != 1 || posts != 1 {
		t.Fatalf("%d mails and %d messages in Slack for one slot", mails, posts)
	}
	letter := s.letters()[0]
	if !strings.Contains(letter.HTML, "<html") || !strings.Contains(letter.Text, "FERRIES") {
		t.Errorf("the mail lacks a part: HTML %d bytes, text %q", len(letter.HTML), letter.Text)
	}
	if !slices.Contains(letter.Types, "multipart/alternative") || letter.Header.Get("X-Newswatch-Kind") != "digest" {
		t.Errorf("parts %v, kind %q", letter.Types, letter.Header.Get("X-Newswatch-Kind"))
	}
}

// SIGTERM ends the daemon while messages are under way, and loses none.
func TestTerminateLosesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("newsroom, hook, desk")
	p := s.daemon()
	s.settled()
	s.slack.Script(slacktest.Post, slacktest.Step{After: 500 * time.Millisecond})
	s.hook.script(hookStep{wait: 500 * time.Millisecond})
	words := []string{"Quillon", "Brastow", "Feldhurst"}
	for i, w := range words {
		s.feeds.Publish("wire", fmt.Sprintf("%s ferry %s", w, []string{"sinks at its berth", "adds winter sailings", "crew wins pay case"}[i]), "", time.Minute)
	}
	s.until("Slack is being told", func() bool { return s.slack.Calls(slacktest.Post) > 0 })
	p.stop()
	p = s.daemon()
	s.until("all has arrived", func() bool { return s.count("sent") == 9 })
	p.stop()
	for _, w := range words {
		for where, n := range s.copies(w) {
			if n != 1 {
				t.Errorf("%s: %d copies about %s", where, n, w)
			}
		}
	}
}

// A destination that does not answer does not hold up the end.
func TestTerminateWithHangingDestinations(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("newsroom, hook")
	p := s.daemon()
	s.settled()
	s.slack.Script(slacktest.Post, slacktest.Step{Hang: true})
	s.hook.script(hookStep{hang: true})
	s.feeds.Publish("wire", "Ferry boss resigns", "", time.Minute)
	s.until("both hang", func() bool { return s.slack.Calls(slacktest.Post) > 0 && s.hook.obeyed() })
	began := time.Now()
	p.stop()
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v to end", took)
	}
	for _, n := range s.rows() {
		if n.Delivery.State != monitor.Unknown && n.Delivery.State != monitor.Inflight {
			t.Errorf("%s: %s, although the answer was lost", n.Destination, n.Delivery.State)
		}
	}
}

// SIGHUP puts a valid configuration into force and refuses a broken one, with
// which nothing changes.
func TestHangupReloads(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("newsroom")
	p := s.daemon()
	s.settled()
	s.only("newsroom", "match: ferry", "match: tram", "{name: ferries,", "{name: trams,")
	p.signal(syscall.SIGHUP)
	p.says("configuration reloaded")
	s.feeds.Publish("wire", "Harbor ferry turns twenty", "", time.Minute)
	s.feeds.Publish("wire", "Tram derails on the old bridge", "", time.Minute)
	s.until("the new watch tells", func() bool { return s.copies("derails")["slack"] == 1 })

	s.write("config.yaml", "feeds: [{url: \"${FEEDS}/wire\", nam: wire}]\nwatches: [{match: \"a AND b OR c\"}]\n")
	p.signal(syscall.SIGHUP)
	p.says("configuration refused, the old one goes on")
	p.says("nam")
	if line := regexp.MustCompile(`.*configuration refused.*`).FindString(p.err.String()); !strings.Contains(line, "config.yaml:1:") {
		t.Errorf("the refusal names no place: %s", line)
	}
	s.feeds.Publish("wire", "Second tram line approved", "", time.Minute)
	s.until("the old configuration goes on", func() bool { return s.copies("approved")["slack"] == 1 })
	p.stop()
	if n := s.copies("turns twenty")["slack"]; n != 0 {
		t.Errorf("%d messages of a watch that was removed", n)
	}
}

// A SIGHUP during the start is a reload, from before nearly all packages were
// initialised on; other commands end of it.
func TestHangupDuringTheStart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("newsroom")
	s.env = append(s.env, "GODEBUG=inittrace=1")
	const caught, late = "init newswatch/cmd/newswatch/hangup @", "init newswatch/feeds/parse @"
	for i := range 6 {
		p := s.start("run")
		p.says(caught)
		if i == 0 {
			p.says(late)
			if said := p.err.String(); strings.Index(said, late) < strings.Index(said, caught) {
				t.Errorf("what asks for SIGHUP is initialised late:\n%s", said)
			}
		}
		time.Sleep(time.Duration(rand.IntN(40*min(i, 1)+1)) * time.Millisecond)
		p.signal(syscall.SIGHUP)
		p.says("configuration reloaded")
		p.stop()
	}
	if signal.Ignored(syscall.SIGHUP) {
		return // the tests run under nohup, and so do commands that they start
	}
	s.only("newsroom", "spacing: 1ms, per_host: 8", "spacing: 1m, per_host: 1") // the second feed is asked long after the first
	p := s.start("once")
	p.says(caught)
	p.signal(syscall.SIGHUP)
	p.wait()
	if p.status != -1 {
		t.Errorf("a command ended with status %d and not of SIGHUP\n%s", p.status, p.err.String())
	}
}

// A second daemon on the same store says who holds it, and the first goes on.
func TestSecondInstance(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("newsroom")
	p := s.daemon()
	s.settled()
	for _, command := range []string{"run", "once"} {
		s.run(command).ends(exitFailed, "newswatch.db is in use by process "+fmt.Sprint(p.cmd.Process.Pid))
	}
	s.feeds.Publish("wire", "Ferry boss resigns", "", time.Minute)
	s.until("the first tells it", func() bool { return len(s.slack.Messages()) == 1 })
	if got := s.run("status", "--json"); got.status != exitDone || !strings.Contains(got.out.String(), `"outbox"`) {
		t.Errorf("status: exit status %d: %s%s", got.status, got.out.String(), got.err.String())
	}
	p.stop()
}
