package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"newswatch/cmd/newswatch/demo"
	"newswatch/monitor"
	"newswatch/monitor/store/bolt"
	"newswatch/notify/email/emailtest"
	"newswatch/notify/slack/slacktest"
)

// beNewswatch in the environment makes the test binary newswatch itself: a
// process that can be killed, with a store, signals and an exit status of its
// own.
const beNewswatch = "NEWSWATCH_TEST_BE"

// TestMain lets the test binary stand in for the program. The tests here
// mostly wait for a process or a timer, so more of them run side by side than
// there are processors.
func TestMain(m *testing.M) {
	if os.Getenv(beNewswatch) != "" {
		go func() { // ends with the process, or ends it when the test is gone
			_, _ = io.Copy(io.Discard, os.NewFile(3, "leash"))
			os.Exit(99)
		}()
		main()
	}
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = flag.Set("test.parallel", "12")
	}
	os.Exit(m.Run())
}

// A stage is the world around newswatch: feeds to read, a Slack, a mail server
// and a webhook to tell. They keep what they took apart from what they
// answered, so they are the ground truth.
type stage struct {
	t     *testing.T
	dir   string
	feeds *demo.Feeds
	slack *slacktest.Server
	mail  *emailtest.Server
	hook  *hookServer
	env   []string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir(), slack: slacktest.New(), hook: newHookServer()}
	t.Cleanup(s.slack.Close)
	t.Cleanup(s.hook.Close)
	var err error
	if s.mail, err = emailtest.New(emailtest.Plain, "", ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.mail.Close)
	if s.feeds, err = demo.NewFeeds(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.feeds.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	s.env = []string{"FEEDS=" + s.feeds.URL(), "SLACK=" + s.slack.APIURL(), "SLACK_HOOK=" + s.slack.WebhookURL(),
		"SMTP=" + strconv.Itoa(s.mail.Port), "HOOK=" + s.hook.URL, "TOKEN=xoxb-" + hiddenToken}
	s.feeds.Publish("wire", "Harbor pilots rest", "Nothing more was said.", 2*time.Hour)
	s.feeds.Publish("ledger", "Council counts its chairs", "There were eleven.", 2*time.Hour)
	return s
}

// hiddenToken must not show in anything newswatch prints.
const hiddenToken = "7Qk-hidden-token-31"

// plainConfig is a configuration with one destination of each kind; tests
// change it by replacing lines.
const plainConfig = `store: {path: newswatch.db}
http: {listen: ""}
fetch: {allow: [127.0.0.0/8], spacing: 1ms, per_host: 8, schedule: "@every 1s", timeout: 5s}
feeds:
  - {url: "${FEEDS}/wire", name: wire}
  - {url: "${FEEDS}/ledger", name: ledger}
watches:
  - {name: ferries, match: ferry, notify: [newsroom, flat, desk, hook, screen]}
destinations:
  - {name: newsroom, slack: {token: "${TOKEN}", channel: "#ferries", api_url: "${SLACK}"}}
  - {name: flat, slack: {webhook_url: "${SLACK_HOOK}"}}
  - {name: desk, email: {host: 127.0.0.1, port: "${SMTP}", tls: none, from: "nw <nw@paper.example>", to: [desk@paper.example]}}
  - {name: hook, webhook: {url: "${HOOK}/in?key=` + hiddenToken + `", secret: "` + hiddenToken + `"}}
  - {name: screen, console: {}}
`

// configure writes config.yaml: plainConfig with old replaced by new, in pairs.
func (s *stage) configure(pairs ...string) {
	s.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(plainConfig, pairs[i]) {
			s.t.Fatalf("the configuration has no %q", pairs[i])
		}
	}
	s.write("config.yaml", strings.NewReplacer(pairs...).Replace(plainConfig))
}

// only is configure with notices for these destinations alone.
func (s *stage) only(destinations string, pairs ...string) {
	s.t.Helper()
	s.configure(append([]string{"notify: [newsroom, flat, desk, hook, screen]", "notify: [" + destinations + "]"}, pairs...)...)
}

func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

func (s *stage) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// A process is newswatch at work.
type process struct {
	t        *testing.T
	cmd      *exec.Cmd
	out, err transcript
	leash    *os.File
	done     chan struct{} // closed when it has ended
	status   int           // after done; -1 if a signal ended it
}

// start starts newswatch with arguments in the stage's directory.
func (s *stage) start(args ...string) *process {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	return s.exec(append([]string{self}, args...)...)
}

// exec starts a command line in which newswatch runs.
func (s *stage) exec(argv ...string) *process {
	s.t.Helper()
	end, leash, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	p := &process{t: s.t, leash: leash, done: make(chan struct{}), cmd: exec.Command(argv[0], argv[1:]...)}
	p.cmd.Dir = s.dir
	p.cmd.Env = append([]string{beNewswatch + "=1", "HOME=" + s.dir, "TZ=UTC", "PATH=" + os.Getenv("PATH"), "GOCOVERDIR=" + s.dir}, s.env...)
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.ExtraFiles = &p.out, &p.err, []*os.File{end}
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	end.Close()
	go func() { // ends with the process, which Cleanup sees to
		defer close(p.done)
		_ = p.cmd.Wait() // the status tells
		p.status = p.cmd.ProcessState.ExitCode()
	}()
	s.t.Cleanup(func() {
		leash.Close()
		p.kill()
	})
	return p
}

// run runs newswatch to its end.
func (s *stage) run(args ...string) *process {
	s.t.Helper()
	p := s.start(args...)
	p.wait()
	return p
}

// feed runs newswatch to its end with text on standard input.
func (s *stage) feed(text string, args ...string) *process {
	s.t.Helper()
	s.write("input", text)
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	p := s.exec(append([]string{"/bin/sh", "-c", `exec "$0" "$@" < input`, self}, args...)...)
	p.wait()
	return p
}

// daemon starts newswatch run and waits until it is up.
func (s *stage) daemon() *process {
	s.t.Helper()
	p := s.start("run")
	p.says("started")
	return p
}

// settled waits until the daemon has committed its first look at the feeds:
// what is published from then on is news.
func (s *stage) settled() {
	s.t.Helper()
	s.until("both feeds are known", func() bool {
		p := s.run("feeds", "list", "--json")
		return strings.Count(p.out.String(), `"last_success":"2`) >= 2
	})
}

// wait waits for the end of the process.
func (p *process) wait() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Signal(syscall.SIGQUIT)
		<-p.done
		p.t.Fatalf("%v: still running\n%s", p.cmd.Args[1:], p.err.String()) // with all its goroutines
	}
}

// kill ends the process as a crash would. Killing twice does no harm.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.done
}

func (p *process) signal(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatal(err)
	}
}

// stop asks the process to end and checks that it does so in order.
func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	p.wait()
	if p.status != exitDone {
		p.t.Errorf("exit status %d after SIGTERM\n%s", p.status, p.err.String())
	}
}

// says waits until the process has written text to standard error.
func (p *process) says(text string) {
	p.t.Helper()
	await(p.t, fmt.Sprintf("%v says %q", p.cmd.Args[1:], text), func() bool {
		return strings.Contains(p.err.String(), text)
	}, func() string { return p.err.String() })
}

// ends checks how a process ended: with this status, and with one line on
// standard error that holds all these words.
func (p *process) ends(status int, words ...string) {
	p.t.Helper()
	p.wait()
	said := strings.TrimRight(p.err.String(), "\n")
	if p.status != status {
		p.t.Errorf("%v: exit status %d, want %d", p.cmd.Args[1:], p.status, status)
	}
	if strings.Contains(said, "\n") || !containsAll(said, words...) {
		p.t.Errorf("%v: want one line with %q, got\n%s", p.cmd.Args[1:], words, said)
	}
}

func containsAll(s string, words ...string) bool {
	for _, w := range words {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}

// patience is how long a test waits for what must happen: far longer than it
// takes, so that a busy machine fails no test.
const patience = 2 * time.Minute

// until waits for a condition.
func (s *stage) until(what string, ok func() bool) {
	s.t.Helper()
	await(s.t, what, ok, func() string { return "" })
}

func await(t *testing.T, what string, ok func() bool, say func() string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("in vain: %s\n%s", what, say())
		}
	}
}

// A transcript is what a process writes, readable while it does.
type transcript struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *transcript) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// rows opens the store of a stage whose process has ended and lists the
// outbox.
func (s *stage) rows() []monitor.Notice {
	s.t.Helper()
	db, err := bolt.Open(s.path("newswatch.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.List(monitor.NoticeFilter{Limit: 1 << 20})
	if err != nil {
		s.t.Fatal(err)
	}
	return rows
}

// outbox asks the daemon for its outbox.
func (s *stage) outbox() []outboxLine {
	s.t.Helper()
	p := s.run("outbox", "list", "--json", "--limit", "100000")
	if p.status != exitDone {
		s.t.Fatalf("outbox list: %s", p.err.String())
	}
	var out []outboxLine
	for line := range strings.Lines(p.out.String()) {
		var l outboxLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			s.t.Fatalf("outbox list: %v: %s", err, line)
		}
		out = append(out, l)
	}
	return out
}

// outboxLine is a line of outbox list --json.
type outboxLine struct {
	Key, Destination, Kind, State, Headline, Reason string
	Attempts                                        int
	Due                                             time.Time
}

// A hookServer takes webhooks and fails on demand.
type hookServer struct {
	*httptest.Server

	mu    sync.Mutex
	steps []hookStep
	taken []delivered
}

// A hookStep is how one call goes; the zero step is success.
type hookStep struct {
	status int           // answered instead of 200
	after  string        // Retry-After beside it
	accept bool          // taken all the same
	drop   bool          // the connection is closed instead of an answer
	hang   bool          // no answer until the caller leaves
	wait   time.Duration // before all this
}

// delivered is one delivery that was taken.
type delivered struct {
	id   string
	body struct {
		Type string
		Data struct{ Kind, Watch, Story, Headline string }
	}
	raw string
	at  time.Time
}

func newHookServer() *hookServer {
	h := &hookServer{}
	h.Server = httptest.NewServer(h)
	return h
}

func (h *hookServer) script(steps ...hookStep) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.steps = append(h.steps, steps...)
}

// messages returns what was taken, in order.
func (h *hookServer) messages() []delivered {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]delivered(nil), h.taken...)
}

// ServeHTTP takes one webhook.
func (h *hookServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller died while writing: not taken
	}
	h.mu.Lock()
	var st hookStep
	if len(h.steps) > 0 {
		st, h.steps = h.steps[0], h.steps[1:]
	}
	if st.accept || st == (hookStep{wait: st.wait}) {
		d := delivered{id: r.Header.Get("webhook-id"), raw: string(raw), at: time.Now()}
		_ = json.Unmarshal(raw, &d.body)
		h.taken = append(h.taken, d)
	}
	h.mu.Unlock()
	if st.hang {
		st.wait = time.Hour
	}
	if st.wait > 0 {
		select {
		case <-r.Context().Done():
		case <-time.After(st.wait):
		}
	}
	if st.drop || st.hang {
		panic(http.ErrAbortHandler)
	}
	if st.after != "" {
		w.Header().Set("Retry-After", st.after)
	}
	if st.status != 0 {
		w.WriteHeader(st.status)
	}
}

// exists reports whether there is a file.
func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist)
}

// obeyed reports whether every step of the script has been taken.
func (h *hookServer) obeyed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.steps) == 0
}

// letters returns the mails as read.
func (s *stage) letters() []emailtest.Read {
	s.t.Helper()
	var out []emailtest.Read
	for _, m := range s.mail.Messages() {
		r, err := m.Read()
		if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}
