package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"newswatch/notify/email/emailtest"
	"newswatch/notify/slack/slacktest"
)

var (
	crashKills = flag.Int("crash.kills", 12, "how often TestCrashLoop kills newswatch")
	crashSeed  = flag.Uint64("crash.seed", 0, "of TestCrashLoop; 0 for a new one")
)

// crashConfig has one watch that tells everybody. One mailbox refuses for good
// whenever it is asked to take anything.
const crashConfig = `store: {path: newswatch.db}
http: {listen: ""}
fetch: {allow: [127.0.0.0/8], spacing: 1ms, per_host: 8, schedule: "@every 1s", timeout: 5s}
feeds:
  - {url: "${FEEDS}/wire", name: wire}
  - {url: "${FEEDS}/ledger", name: ledger}
watches:
  - {name: ferries, match: ferry, notify: [newsroom, flat, desk, vault, hook]}
destinations:
  - {name: newsroom, slack: {token: "${TOKEN}", channel: "#ferries", api_url: "${SLACK}"}}
  - {name: flat, slack: {webhook_url: "${SLACK_HOOK}"}}
  - {name: desk, email: {host: 127.0.0.1, port: "${SMTP}", tls: none, from: "nw <nw@paper.example>", to: [desk@paper.example, gone@paper.example]}}
  - {name: vault, email: {host: 127.0.0.1, port: "${SECURE}", tls: tls, from: "nw <nw@paper.example>", to: [vault@paper.example]}}
  - {name: hook, webhook: {url: "${HOOK}"}}
`

// newswatch is killed at random moments while items flow and destinations
// fail; now and then a life of it is one pass of once. Afterwards every alert
// is delivered or reported as unconfirmed, copies exist only where an answer
// was lost, and each story's replies follow its alert. The short form has no
// failing destinations: the pauses after failures take longer than a short
// test may. The long form takes half an hour, of which fifteen minutes are the
// longest pause between two replies to one story:
//
//	go test ./cmd/newswatch -run TestCrashLoop -crash.kills=1000 -timeout 2h -v
func TestCrashLoop(t *testing.T) {
	t.Parallel()
	seed := *crashSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	long := *crashKills > 50
	t.Logf("seed %d, %d kills", seed, *crashKills)
	rnd := rand.New(rand.NewPCG(seed, 1))
	s := newStage(t)
	s.slack.Pace = 900 * time.Millisecond
	secure, err := emailtest.New(emailtest.TLS, "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(secure.Close)
	s.write("roots.pem", string(secure.Certificate()))
	s.env = append(s.env, fmt.Sprintf("SECURE=%d", secure.Port), "SSL_CERT_FILE="+s.path("roots.pem"))
	s.write("config.yaml", crashConfig)
	p := s.daemon()
	s.settled()
	p.kill()

	c := &crash{stage: s, secure: secure, rnd: rand.New(rand.NewPCG(seed, 2)), failing: long, quit: make(chan struct{})}
	var weather sync.WaitGroup
	weather.Go(c.newsAndFaults)
	for i := range *crashKills {
		command := "run"
		if i%10 == 9 {
			command = "once"
		}
		p := s.start(command)
		select {
		case <-p.done:
			if command == "run" {
				t.Errorf("it ended by itself with status %d\n%s", p.status, p.err.String())
			}
		case <-time.After(time.Duration(rnd.IntN(700)) * time.Millisecond):
		}
		p.kill()
		c.console(p)
	}
	close(c.quit)
	weather.Wait()
	c.drain(long)
	c.verdict()
}

// crash is a crash loop's weather and what became of it.
type crash struct {
	*stage
	secure  *emailtest.Server
	rnd     *rand.Rand
	failing bool
	several bool // daemons at work
	quit    chan struct{}

	silent   [5]time.Time // until when the destinations close without a word: those of spoil, and the hook
	silences int

	titles []string  // of stories that may be taken up again
	items  int       // published
	last   time.Time // when the last one was
	faults int
}

// console checks that a process said nothing it should not.
func (c *crash) console(p *process) {
	c.t.Helper()
	if said := p.err.String(); strings.Contains(said, "panic") || strings.Contains(said, "goroutine ") || strings.Contains(said, hiddenToken) {
		c.t.Errorf("it said\n%s", said)
	}
}

// newsAndFaults publishes items, some of them about an earlier story, and
// spoils the next call of a destination now and then.
func (c *crash) newsAndFaults() {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var calls [4]int
	for n := 0; ; n++ {
		select {
		case <-c.quit:
			return
		case <-tick.C:
		}
		if c.rnd.IntN(12) == 0 && (c.behind() < mostBehind || time.Since(c.last) > 3*time.Second) {
			c.last = time.Now()
			c.publish()
		}
		if c.failing && c.rnd.IntN(silentEvery) == 0 {
			c.silent[c.rnd.IntN(len(c.silent))] = time.Now().Add(time.Minute + time.Duration(c.rnd.IntN(120))*time.Second)
			c.silences++
		}
		for i, now := range [4]int{c.slack.Calls(slacktest.Post), c.slack.Calls(slacktest.Hook), c.mail.Connections(), c.secure.Connections()} {
			switch {
			case now > calls[i] && time.Now().Before(c.silent[i]):
				c.close(i)
			case now > calls[i] && c.failing && c.rnd.IntN(4) == 0:
				c.faults++
				c.spoil(i)
			}
			calls[i] = now
		}
		switch {
		case time.Now().Before(c.silent[len(calls)]) && c.hook.obeyed():
			c.hook.script(hookStep{drop: true})
		case c.failing && c.rnd.IntN(6) == 0 && c.hook.obeyed():
			c.faults++
			c.hook.script(hookFaults[c.rnd.IntN(len(hookFaults))])
		}
	}
}

// silentEvery is how many ticks lie between two times, on average, at which a
// destination begins to close its connections without a word, for minutes.
const silentEvery = 20 * 90

// close has the next call of a destination be closed without an answer.
func (c *crash) close(destination int) {
	switch destination {
	case 0:
		c.slack.Script(slacktest.Post, slacktest.Step{Drop: true})
	case 1:
		c.slack.Script(slacktest.Hook, slacktest.Step{Drop: true})
	case 2:
		c.mail.Script(emailtest.Fault{At: emailtest.From})
	case 3:
		c.secure.Script(emailtest.Fault{At: emailtest.From})
	}
}

// mostBehind is how many items may wait to be told: on a slow machine few lives
// are long enough to tell any, and a flood is told in catch-up cards.
const mostBehind = 12

// behind counts the items that the webhook, which is told all at once, has had
// no message for; some never get one, because they wait for one reply together.
func (c *crash) behind() int {
	told := map[string]bool{}
	for _, m := range c.hook.messages() {
		told[m.id] = true
	}
	return c.items - len(told)
}

// Publish brings out a new item, one in three about an earlier story.
func (c *crash) publish() {
	c.items++
	feed, title, text := "wire", "", "The company would not comment."
	if len(c.titles) > 0 && c.rnd.IntN(3) == 0 {
		feed = "ledger"
		i := c.rnd.IntN(len(c.titles))
		was := strings.Fields(c.titles[i])
		if !c.failing { // a second reply waits for minutes
			c.titles = append(c.titles[:i], c.titles[i+1:]...)
		}
		title = fmt.Sprintf("%s of %s ferry was warned %d times, papers of %s and %s show", was[0], was[1], c.items+100, was[4], was[6])
		text = fmt.Sprintf("Letters between %s and %s put the damage at $%d million.", was[4], was[6], c.rnd.IntN(900)+100)
	} else {
		title = fmt.Sprintf("%s %s ferry hits %s off %s", c.name(), c.name(), c.name(), c.name())
	}
	c.feeds.Publish(feed, title, text, time.Minute)
	if feed == "wire" {
		c.titles = append(c.titles, title+" .")
	}
}

// Name makes up a name.
func (c *crash) name() string {
	var b strings.Builder
	for range 3 {
		b.WriteByte("bdfgklmnprstvz"[c.rnd.IntN(14)])
		b.WriteByte("aeiou"[c.rnd.IntN(5)])
	}
	b.WriteByte("lmnrstx"[c.rnd.IntN(7)])
	w := b.String()
	return strings.ToUpper(w[:1]) + w[1:]
}

// The faults that a crash loop draws from. None of them is a last word, and
// all leave it open, or clear, whether the message was taken.
var (
	slackFaults = []slacktest.Step{
		{Status: 429, RetryAfter: "2"}, {Status: 429}, {Status: 500}, {Status: 503, Accept: true}, {Drop: true}, {Drop: true, Accept: true},
		{Error: "internal_error"}, {Error: "internal_error", Accept: true}, {Error: "ratelimited"}, {After: time.Second},
		{After: 300 * time.Millisecond, Drop: true, Accept: true},
	}
	mailFaults = []emailtest.Fault{
		{At: emailtest.Greeting, Code: 421, Text: "busy"}, {At: emailtest.Greeting}, {At: emailtest.From, Code: 451, Text: "later"},
		{At: emailtest.To, Code: 450, Text: "greylisted"}, {At: emailtest.Body}, {At: emailtest.End}, {At: emailtest.End, Accept: true},
		{At: emailtest.End, Code: 451, Text: "later"}, {At: emailtest.To, To: "gone@paper.example", Code: 550, Text: "no such user"},
	}
	hookFaults = []hookStep{
		{status: 429, after: "1"}, {status: 429}, {status: 500}, {status: 503, after: "1"}, {drop: true}, {drop: true, accept: true},
		{wait: time.Second}, {wait: 300 * time.Millisecond, drop: true, accept: true},
	}
)

func (c *crash) spoil(destination int) {
	switch destination {
	case 0:
		c.slack.Script(slacktest.Post, slackFaults[c.rnd.IntN(len(slackFaults))])
	case 1:
		f := slackFaults[c.rnd.IntN(len(slackFaults))]
		if f.Error != "" {
			f.Status = 500
		}
		c.slack.Script(slacktest.Hook, f)
	case 2:
		c.mail.Script(mailFaults[c.rnd.IntN(len(mailFaults))])
	case 3: // its greeting fails in the handshake
		c.secure.Script(mailFaults[1:][c.rnd.IntN(len(mailFaults)-2)])
	}
}

// drain runs newswatch until nothing is owed any more.
func (c *crash) drain(long bool) {
	c.t.Helper()
	limit := time.NewTimer(patience + 3*time.Minute) // chance may join two stories, and a second reply waits two minutes
	if long {
		limit.Reset(40 * time.Minute)
	}
	defer limit.Stop()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	p := c.daemon()
	for quiet := 0; quiet < 5; {
		quiet++
		if owed := c.run("outbox", "list", "--json", "--limit", "1", "--state", "pending,inflight,unknown"); owed.status != exitDone || owed.out.String() != "" {
			quiet = 0
		}
		select {
		case <-limit.C:
			c.t.Fatalf("something is still owed\n%s", p.err.String())
		case <-tick.C:
		}
	}
	p.stop()
	c.console(p)
}
