package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"newswatch/monitor/store/pg/pgtest"
	"newswatch/notify/email/emailtest"
)

var (
	teamKills      = flag.Int("team.kills", 5, "how often TestTeamCrashLoop kills one of its daemons")
	teamStalls     = flag.Int("team.stalls", 1, "how often it stops the leader for a while")
	teamCuts       = flag.Int("team.cuts", 8, "how often it cuts or freezes the network to the database")
	teamPromotions = flag.Int("team.promotions", 1, "how often TestTeamPromotion crashes the database, whose standby takes over")
	teamSeed       = flag.Uint64("team.seed", 0, "of TestTeamCrashLoop and TestTeamPromotion; 0 for a new one")
)

// teamLease is how long a silent daemon leads on in the test.
const teamLease = 2 * time.Second

// Three daemons share a database. One or another is killed, the leader is stopped
// for as long as several leases and goes on, connections are cut or frozen, all
// while items flow. Afterwards the same holds as after TestCrashLoop: every item
// is archived once, every alert told once but where an answer was lost, replies
// follow their alerts, and the database took no write under a fence that was over.
// The ground truth lies with the stand-ins. The long form
// takes about half an hour:
//
//	go test ./cmd/newswatch -run TestTeamCrashLoop -team.kills=300 -team.stalls=60 -team.cuts=500 -timeout 2h -v
func TestTeamCrashLoop(t *testing.T) {
	t.Parallel()
	seed := *teamSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d: %d kills, %d stalls, %d cuts", seed, *teamKills, *teamStalls, *teamCuts)
	database := pgtest.URL(t)
	proxy := pgtest.NewProxy(t, database)
	team, c := newTeam(t, seed, proxy.URL)
	team.proxy = proxy
	watched := pgtest.WatchFences(t, database)
	team.work(c, team.trouble, *teamKills > 50)
	fences := watched()
	if t.Logf("%+v", fences); fences.Foreign+fences.Fallen > 0 || fences.Terms < 2 {
		t.Errorf("what a leader alone may write: %+v, want several terms, and nothing foreign or fallen", fences)
	}
	t.Logf("terms: %d; takeovers of a stopped leader: %v", strings.Count(team.said(), "msg=leading"), team.takeovers)
}

// The database crashes, and its synchronous standby takes over, while three
// daemons work with both addresses: the same holds, and somebody leads again soon.
// For longer:
//
//	go test ./cmd/newswatch -run TestTeamPromotion -team.promotions=20 -timeout 1h -v
func TestTeamPromotion(t *testing.T) {
	t.Parallel()
	seed := *teamSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d: %d promotions", seed, *teamPromotions)
	pair := pgtest.NewPair(t)
	team, c := newTeam(t, seed, pair.URL)
	team.work(c, func() {
		for range *teamPromotions {
			time.Sleep(time.Duration(1000+team.rnd.IntN(3000)) * time.Millisecond)
			terms := strings.Count(team.said(), "msg=leading")
			began := time.Now()
			if err := pair.Promote(); err != nil {
				t.Fatal(err)
			}
			team.until("somebody leads with the new primary", func() bool { return strings.Count(team.said(), "msg=leading") > terms })
			team.takeovers = append(team.takeovers, time.Since(began).Round(100*time.Millisecond))
		}
	}, false)
	t.Logf("from the crash until somebody led, a new standby made meanwhile: %v", team.takeovers)
}

// newTeam starts three daemons on a database, with the stand-ins of TestCrashLoop.
func newTeam(t *testing.T, seed uint64, database string) (*team, *crash) {
	t.Helper()
	s := newStage(t)
	secure, err := emailtest.New(emailtest.TLS, "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(secure.Close)
	s.write("roots.pem", string(secure.Certificate()))
	s.env = append(s.env, fmt.Sprintf("SECURE=%d", secure.Port), "SSL_CERT_FILE="+s.path("roots.pem"), "DATABASE="+database)
	s.write("config.yaml", strings.Replace(crashConfig, "store: {path: newswatch.db}", fmt.Sprintf(`store: {url: "${DATABASE}", lease: %v}`, teamLease), 1))
	m := &team{stage: s, rnd: rand.New(rand.NewPCG(seed, 1)), database: database}
	for i := range m.members {
		m.start(i)
	}
	s.settled()
	return m, &crash{stage: s, secure: secure, rnd: rand.New(rand.NewPCG(seed, 2)), several: true, quit: make(chan struct{})}
}

// work has news flow while trouble is made, lets the daemons tell what they owe,
// and looks at what became of it.
func (m *team) work(c *crash, trouble func(), long bool) {
	m.t.Helper()
	var weather sync.WaitGroup
	weather.Go(c.newsAndFaults)
	trouble()
	close(c.quit)
	weather.Wait()
	for _, p := range m.members {
		p.kill()
		c.console(p)
	}
	c.drain(long)
	if p := m.run("store", "copy", m.database, m.path("newswatch.db")); p.status != exitDone {
		m.t.Fatalf("store copy: %s", p.err.String())
	}
	c.verdict()
}

// team is the daemons and what is done to them.
type team struct {
	*stage
	rnd       *rand.Rand
	database  string
	proxy     *pgtest.Proxy
	members   [3]*process
	before    strings.Builder // what those that were killed have said
	takeovers []time.Duration
}

// start starts a daemon as if on a machine of its own.
func (m *team) start(i int) {
	m.t.Helper()
	own := *m.stage
	dir := m.path(fmt.Sprint("machine", i))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		m.t.Fatal(err)
	}
	own.env = append(slices.Clone(m.env), "STATE_DIRECTORY="+dir)
	m.members[i] = own.start("run")
}

// until is that of stage, and tells what the daemons said last where it waits in
// vain.
func (m *team) until(what string, ok func() bool) {
	m.t.Helper()
	await(m.t, what, ok, func() string {
		lines := slices.Sorted(strings.Lines(m.said())) // each begins with its time
		return strings.Join(lines[max(0, len(lines)-60):], "")
	})
}

// said is all that daemons have said so far.
func (m *team) said() string {
	out := m.before.String()
	for _, p := range m.members {
		out += p.err.String()
	}
	return out
}

// leader returns the daemon that led last, and its number.
func (m *team) leader() int {
	best, at := -1, ""
	for i, p := range m.members {
		for line := range strings.Lines(p.err.String()) {
			if strings.Contains(line, "msg=leading") && line > at { // lines begin with the time
				best, at = i, line
			}
		}
	}
	return max(best, 0)
}

// trouble does all that is to be done, in random order.
func (m *team) trouble() {
	m.t.Helper()
	var acts []func()
	for range *teamKills {
		acts = append(acts, m.kill)
	}
	for range *teamStalls {
		acts = append(acts, m.stall)
	}
	for i := range *teamCuts {
		if i%4 == 3 {
			acts = append(acts, m.freeze)
		} else {
			acts = append(acts, m.proxy.Cut)
		}
	}
	m.rnd.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
	for _, act := range acts {
		time.Sleep(time.Duration(300+m.rnd.IntN(1700)) * time.Millisecond)
		act()
	}
}

// kill ends one of the daemons, as often as not the leader, and starts another.
func (m *team) kill() {
	i := m.rnd.IntN(len(m.members))
	if m.rnd.IntN(2) == 0 {
		i = m.leader()
	}
	m.members[i].kill()
	m.before.WriteString(m.members[i].err.String())
	m.start(i)
}

// stall stops the leader until another daemon leads, and a while longer.
func (m *team) stall() {
	m.t.Helper()
	p := m.members[m.leader()]
	terms := strings.Count(m.said(), "msg=leading")
	if p.cmd.Process.Signal(syscall.SIGSTOP) != nil {
		return
	}
	began := time.Now()
	m.until("another daemon leads while the leader is stopped", func() bool { return strings.Count(m.said(), "msg=leading") > terms })
	m.takeovers = append(m.takeovers, time.Since(began).Round(100*time.Millisecond))
	time.Sleep(time.Duration(m.rnd.IntN(2000)) * time.Millisecond)
	p.signal(syscall.SIGCONT)
}

// freeze has the network swallow everything for about a lease.
func (m *team) freeze() {
	m.proxy.Freeze()
	time.Sleep(teamLease/2 + time.Duration(m.rnd.IntN(int(teamLease))))
	m.proxy.Cut()
}
