package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/notify/email/emailtest"
	"newswatch/notify/slack/slacktest"
)

// Bad input: each ends in one clear line, and the daemon goes on where it can.

// What is wrong from the start ends the start, with the status that says whose
// fault it is.
func TestStartRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		prepare func(t *testing.T, s *stage) []string // returns the arguments, nil for run
		status  int
		words   []string
	}{
		"no configuration": {func(_ *testing.T, s *stage) []string {
			return []string{"run", "--config", "nowhere.yaml"}
		}, exitUsage, []string{"nowhere.yaml", "no such file"}},
		"a directory as configuration": {func(_ *testing.T, s *stage) []string {
			return []string{"run", "--config", s.dir}
		}, exitUsage, []string{stageDir, "is a directory"}},
		"port in use": {func(t *testing.T, s *stage) []string {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			s.configure(`http: {listen: ""}`, fmt.Sprintf("http: {listen: %q}", l.Addr()))
			return nil
		}, exitFailed, []string{"in use", "another port"}},
		"empty store": {func(_ *testing.T, s *stage) []string {
			s.configure()
			s.write("newswatch.db", "")
			return nil
		}, exitFailed, []string{"newswatch.db is damaged", "empty", "backup"}},
		"text as store": {func(_ *testing.T, s *stage) []string {
			s.configure()
			s.write("newswatch.db", strings.Repeat("These are my notes on ferries. ", 1000))
			return nil
		}, exitFailed, []string{"newswatch.db is damaged", "backup"}},
		"truncated store": {func(t *testing.T, s *stage) []string {
			s.configure()
			if p := s.run("once", "--json"); p.status != exitDone {
				t.Fatal(p.err.String())
			}
			if err := os.Truncate(s.path("newswatch.db"), int64(3*os.Getpagesize())); err != nil {
				t.Fatal(err)
			}
			return nil
		}, exitFailed, []string{"newswatch.db is damaged", "backup"}},
		"a directory as store": {func(t *testing.T, s *stage) []string {
			s.configure()
			if err := os.Mkdir(s.path("newswatch.db"), 0o700); err != nil {
				t.Fatal(err)
			}
			return nil
		}, exitFailed, []string{"newswatch.db is a directory"}},
		"store in a file": {func(_ *testing.T, s *stage) []string {
			s.configure("{path: newswatch.db}", "{path: config.yaml/newswatch.db}")
			return nil
		}, exitFailed, []string{"store", "config.yaml", "not a directory"}},
		"unknown command": {func(*testing.T, *stage) []string { return []string{"rnu"} }, exitUsage, []string{"rnu", "did you mean run"}},
		"unknown flag":    {func(*testing.T, *stage) []string { return []string{"run", "--fast"} }, exitUsage, []string{"--fast", "--help"}},
		"bad log level":   {func(_ *testing.T, s *stage) []string { s.configure(); return []string{"run", "--log-level", "loud"} }, exitUsage, []string{"loud", "debug, info, warn or error"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			args := tt.prepare(t, s)
			if args == nil {
				args = []string{"run"}
			}
			for i, w := range tt.words {
				if w == stageDir {
					tt.words[i] = s.dir
				}
			}
			p := s.run(args...)
			p.ends(tt.status, tt.words...)
			p.discreet()
		})
	}
}

// stageDir stands for the stage's directory in a table.
const stageDir = "\x00dir"

// discreet checks that a process printed no secret and no trace of a panic.
func (p *process) discreet() {
	p.t.Helper()
	for where, text := range map[string]string{"standard output": p.out.String(), "standard error": p.err.String()} {
		for _, word := range []string{hiddenToken, "goroutine ", "panic"} {
			if strings.Contains(text, word) {
				p.t.Errorf("%v: %q on %s:\n%s", p.cmd.Args[1:], word, where, text)
			}
		}
	}
}

// Mistakes in the configuration are told all at once, each with its place and
// a proposal.
func TestConfigurationRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.configure("watches:", "watchs:", `"@every 1s"`, `"@every 1x"`, `token: "${TOKEN}", channel`, "token_file: nothere.txt, channel",
		`"${SLACK_HOOK}"`, `"${UNSET_HOOK}"`, "{name: screen, console: {}}", "{name: screen, consol: {}}")
	for _, command := range []string{"run", "once", "check"} {
		p := s.run(command)
		if p.status != exitUsage {
			t.Errorf("%s: exit status %d", command, p.status)
		}
		said := p.out.String() + p.err.String()
		for _, words := range []string{"config.yaml:7:1: |watchs|watches", "config.yaml:3:|1x", "|nothere.txt", "|UNSET_HOOK", "|consol|console"} {
			if !anyLine(said, strings.Split(words, "|")...) {
				t.Errorf("%s: no line with %q in\n%s", command, words, said)
			}
		}
		p.discreet()
	}
	if exists(s.path("newswatch.db")) {
		t.Error("a store was made")
	}
}

// anyLine reports whether one line holds all the words.
func anyLine(text string, words ...string) bool {
	for line := range strings.Lines(text) {
		if containsAll(line, words...) {
			return true
		}
	}
	return false
}

// Feeds that misbehave are named in one line each, and the others go on.
func TestMisbehavingFeeds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	quit := make(chan struct{})
	bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { misbehave(w, r, quit) }))
	t.Cleanup(func() { close(quit); bad.CloseClientConnections(); bad.Close() })
	s.env = append(s.env, "BAD="+bad.URL)
	feeds := "feeds:\n"
	want := map[string][]string{
		"html":     {"not a feed"},
		"endless":  {"larger than", "max_body"},
		"drip":     {"timeout"},
		"silent":   {"timeout"},
		"metadata": {"169.254.169.254"},
		"passwd":   {"file"},
		"gopher":   {"gopher"},
		"loop":     {"redirect"},
		"closed":   {"EOF"},
		"deep":     {"nest"},
	}
	for name := range want {
		feeds += fmt.Sprintf("  - {url: \"${BAD}/%s?key=%s\", name: %s}\n", name, hiddenToken, name)
	}
	s.only("hook, screen", "feeds:\n", feeds, "timeout: 5s}", "timeout: 1s, max_body: 256KiB}")
	p := s.daemon()
	s.settled()
	s.feeds.Publish("wire", "Ferry boss resigns", "", time.Minute)
	s.until("the good feed goes on", func() bool { return len(s.hook.messages()) == 1 })
	for name, words := range want {
		// Not the first line: on a busy machine a loop may end in a timeout too.
		await(t, fmt.Sprintf("%s: a line with %q", name, words), func() bool {
			return anyLine(p.err.String(), append(words, "feed not read", "feed="+name)...)
		}, p.err.String)
	}
	p.stop()
	p.discreet()
	if got := s.run("status").out.String() + s.run("feeds", "list").out.String(); strings.Contains(got, hiddenToken) {
		t.Errorf("the key shows in\n%s", got)
	}
}

// misbehave answers as its path says.
func misbehave(w http.ResponseWriter, r *http.Request, quit chan struct{}) {
	const head = `<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>`
	item := "<item><title>Ferry</title><link>https://x.example/1</link></item>" + strings.Repeat(" ", 1000)
	switch strings.TrimPrefix(r.URL.Path, "/") {
	case "html":
		fmt.Fprint(w, "<!doctype html><html><title>Welcome</title><body>News of ferries</body></html>")
	case "endless":
		fmt.Fprint(w, head)
		for r.Context().Err() == nil {
			fmt.Fprint(w, item)
		}
	case "drip":
		for fmt.Fprint(w, head); r.Context().Err() == nil; fmt.Fprint(w, " ") {
			w.(http.Flusher).Flush()
			select {
			case <-quit:
				return
			case <-r.Context().Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	case "silent":
		select {
		case <-quit:
		case <-r.Context().Done():
		}
	case "metadata":
		w.Header().Set("Location", "http://169.254.169.254/latest/meta-data/")
		w.WriteHeader(http.StatusFound)
	case "passwd":
		w.Header().Set("Location", "file:///etc/passwd")
		w.WriteHeader(http.StatusMovedPermanently)
	case "gopher":
		w.Header().Set("Location", "gopher://127.0.0.1:70/")
		w.WriteHeader(http.StatusMovedPermanently)
	case "loop":
		http.Redirect(w, r, r.URL.String(), http.StatusFound)
	case "deep":
		fmt.Fprint(w, head+strings.Repeat("<a>", 20000))
	default:
		panic(http.ErrAbortHandler)
	}
}

// Slack's refusals are no deliveries: one line says so, operations hears of it
// elsewhere, and the other destinations are told all the same.
func TestSlackSaysNo(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		step  slacktest.Step
		state monitor.State
		words []string
	}{
		"channel is not there": {slacktest.Step{Error: "channel_not_found"}, monitor.Pending, []string{"channel_not_found", "check the channel's name"}},
		"token was revoked":    {slacktest.Step{Error: "token_revoked"}, monitor.Pending, []string{"token_revoked", "new token"}},
		"a code of tomorrow":   {slacktest.Step{Error: "no_longer_fashionable"}, monitor.Dead, []string{"no_longer_fashionable"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.only("newsroom, hook")
			config, err := os.ReadFile(s.path("config.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			p := s.daemon()
			s.settled()
			p.stop()
			s.write("config.yaml", string(config)+"operations: {notify: [newsroom, desk]}\n")
			p = s.daemon()
			s.slack.Script(slacktest.Post, tt.step)
			s.feeds.Publish("wire", "Ferry boss resigns", "", time.Minute)
			s.until("the webhook is told", func() bool { return len(s.hook.messages()) == 1 })
			s.until("operations hears of it by mail", func() bool { return len(s.mail.Messages()) >= 1 })
			p.stop()
			p.discreet()
			if !anyLine(p.err.String(), append(tt.words, "channel=newsroom")...) {
				t.Errorf("no line with %q in\n%s", tt.words, p.err.String())
			}
			for _, n := range s.rows() {
				if n.Destination == "newsroom" && n.Kind == monitor.AlertKind && n.Delivery.State != tt.state {
					t.Errorf("the notice is %s: %s", n.Delivery.State, n.Delivery.Reason)
				}
			}
			if l := s.letters()[0]; !strings.Contains(l.Text, "newsroom") || !strings.Contains(l.Text, tt.words[0]) {
				t.Errorf("operations is told\n%s", l.Text)
			}
		})
	}
}

// A mail server that hangs after the message delays nobody, and what the
// program did not hear of before its end is sent again.
func TestMailHangsAfterData(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("desk, hook")
	p := s.daemon()
	s.settled()
	s.mail.Script(emailtest.Fault{At: emailtest.End, Hang: true})
	s.feeds.Publish("wire", "Ferry boss resigns", "", time.Minute)
	s.until("the webhook is told", func() bool { return len(s.hook.messages()) == 1 })
	s.until("the mail is under way", func() bool { return s.mail.Connections() == 1 && s.count("inflight") == 1 })
	p.kill()
	p = s.daemon()
	s.until("the mail is there", func() bool { return len(s.mail.Messages()) == 1 && s.count("sent") == 2 })
	p.stop()
}

// Without trust in its certificate a mail server is told nothing; with it, all.
func TestMailServerIsNotTrusted(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	secure, err := emailtest.New(emailtest.StartTLS, "nw", hiddenToken)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(secure.Close)
	s.env = append(s.env, fmt.Sprintf("SECURE=%d", secure.Port))
	s.only("desk", `"${SMTP}", tls: none,`, `"${SECURE}", username: nw, password: "`+hiddenToken+`",`)
	s.feeds.Publish("wire", "Ferry boss resigns", "", 3*time.Hour)
	p := s.daemon()
	p.says("certificate does not hold")
	p.stop()
	p.discreet()
	if n := len(secure.Messages()); n != 0 {
		t.Fatalf("%d mails went to a server that could not prove who it is", n)
	}
	s.write("roots.pem", string(secure.Certificate()))
	s.env = append(s.env, "SSL_CERT_FILE="+s.path("roots.pem"))
	p = s.daemon()
	s.until("the mail is there", func() bool { return len(secure.Messages()) == 1 })
	p.stop()
	p.discreet()
}

// A pass that is cut short says so, and the next one makes it good.
func TestOnceInterrupted(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	asked, quit := make(chan struct{}, 1), make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-quit:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(quit); silent.Close() })
	s.env = append(s.env, "SILENT="+silent.URL)
	s.only("hook", "timeout: 5s}", "timeout: 1h}", "feeds:\n", "feeds:\n  - {url: \"${SILENT}\", name: silent}\n")
	s.feeds.Publish("wire", "Ferry boss resigns", "", 3*time.Hour)
	p := s.start("once", "--json", "--log-level", "error")
	<-asked
	p.signal(os.Interrupt)
	p.ends(exitFailed, "interrupted", "the next run")
	s.only("hook")
	if p := s.run("once"); p.status != exitDone || len(s.hook.messages()) != 1 {
		t.Errorf("exit status %d, %d messages\n%s", p.status, len(s.hook.messages()), p.err.String())
	}
}

// onDisk starts newswatch run with a small disk of its own mounted at disk.
func (s *stage) onDisk(options string) *process {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.MkdirAll(s.path("disk"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	mount := fmt.Sprintf("mount -t tmpfs -o %s none %q", options, s.path("disk"))
	if out, err := exec.Command("unshare", "-rm", "sh", "-c", mount).CombinedOutput(); err != nil {
		s.t.Skipf("no disk of our own here: %v %s", err, out)
	}
	return s.exec("unshare", "-rm", "sh", "-c", mount+` && exec "$0" run`, self)
}

// A directory that cannot be written to ends the start.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("hook", "{path: newswatch.db}", "{path: disk/newswatch.db}")
	p := s.onDisk("size=2m,ro")
	p.ends(exitFailed, "newswatch.db", "read-only file system")
}

// On a full disk nothing is sent that could not be recorded; the daemon says
// what is wrong, and goes on by itself once there is space.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("hook, newsroom", "{path: newswatch.db}", "{path: disk/newswatch.db}")
	p := s.onDisk("size=2m")
	p.says("started")
	s.until("the first look is over", func() bool {
		_, err := os.Stat(filepath.Join(s.inside(p), "newswatch.db"))
		return err == nil
	})
	s.feeds.Publish("wire", "Ferry boss resigns", "", time.Minute)
	s.until("all is well", func() bool { return len(s.hook.messages()) == 1 && len(s.slack.Messages()) == 1 })
	ballast := filepath.Join(s.inside(p), "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); err == nil {
		t.Fatal("the disk did not fill up")
	}
	big := strings.Repeat("There is more to say of this harbor than fits a page. ", 200)
	for i := range 40 {
		s.feeds.Publish("ledger", fmt.Sprintf("Harbor report number %d of the season", i), fmt.Sprint(i, big), time.Minute)
	}
	s.feeds.Publish("wire", "Ferry heir returns", "", time.Minute)
	p.says("no space left on device")
	p.says("free some space")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	s.until("the news of the bad times arrives", func() bool {
		return s.copies("heir")["webhook"] == 1 && s.copies("heir")["slack"] == 1
	})
	s.feeds.Publish("wire", "Ferry line sold", "", time.Minute)
	s.until("it goes on", func() bool { return s.copies("sold")["webhook"] == 1 && s.copies("sold")["slack"] == 1 })
	p.stop()
	p.discreet()
}

// Where the disk is large enough to set space aside, operations hears of a
// full one while it is full, and what is owed goes out.
func TestFullDiskIsTold(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("hook", "{path: newswatch.db}", "{path: disk/newswatch.db}")
	config, err := os.ReadFile(s.path("config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	s.write("config.yaml", string(config)+"operations: {notify: [newsroom]}\n")
	p := s.onDisk("size=40m")
	p.says("started")
	s.until("the feeds are announced", func() bool { return strings.Contains(s.heard(), "newswatch is at work") })
	filler := filepath.Join(s.inside(p), "filler")
	if err := os.WriteFile(filler, make([]byte, 64<<20), 0o600); err == nil {
		t.Fatal("the disk did not fill up")
	}
	big := strings.Repeat("There is more to say of this harbor than fits a page. ", 200)
	for i := range 40 {
		s.feeds.Publish("ledger", fmt.Sprintf("Harbor report number %d of the season", i), fmt.Sprint(i, big), time.Minute)
	}
	s.feeds.Publish("wire", "Ferry heir returns", "", time.Minute)
	s.until("operations hears of it", func() bool { return strings.Contains(s.heard(), "the disk of the store is full") })
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	s.until("the news of the bad times arrives", func() bool { return s.copies("heir")["webhook"] == 1 })
	s.until("and that they are over", func() bool { return strings.Contains(s.heard(), "has space again") })
	p.stop()
	p.discreet()
}

// heard is all that Slack was told.
func (s *stage) heard() string {
	var b strings.Builder
	for _, m := range s.slack.Messages() {
		b.WriteString(m.Render(false))
	}
	return b.String()
}

// inside is where the disk of a process shows from outside.
func (s *stage) inside(p *process) string {
	return fmt.Sprintf("/proc/%d/root%s", p.cmd.Process.Pid, s.path("disk"))
}
