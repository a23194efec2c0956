package notifytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/text"
	"newswatch/notify"
)

// A Peer is the far end of a channel under test. The functions below Secrets
// set what becomes of the next attempt; one is nil if the far end cannot do so.
type Peer struct {
	Notifier notify.Notifier
	Arrived  func() []string // what tells the accepted messages apart, in order; copies of one notice are equal
	Secrets  []string        // no error shows them

	Away   func() // nobody answers, from now on
	Reject func() // this notice is refused for good
	Ban    func() // everything is refused until somebody mends it
	Busy   func() // a pause is asked for
	Drop   func() // the message was read, and no answer comes
	Lose   func() // the message is accepted, and no answer comes
	Hang   func() // the message was read, and the connection stays open
}

// RunNotifier checks that a channel keeps the promises of notify.Notifier,
// Prober and Capable. open returns a peer that has accepted nothing yet, and
// closes it when its test ends.
func RunNotifier(t *testing.T, open func(t *testing.T) Peer) {
	for name, test := range map[string]func(*testing.T, Peer){
		"takes every kind":              takesEveryKind,
		"takes whatever a feed may say": takesHostileTexts,
		"gives copies one identity":     givesOneIdentity,
		"serves many at once":           servesMany,
		"names bounds that hold":        namesBounds,
		"ends with its context":         endsWithContext,
		"says what failures mean":       classifiesFailures,
		"says whether it arrived":       answersProbes,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// Class says in a word what an outcome means to the outbox: sent, retry,
// unknown, doubtful, down or refused; behind retry the pause, if one was asked
// for.
func Class(err error) string {
	if after, ok := notify.RetryAfter(err); ok && after > 0 {
		return "retry " + after.String()
	} else if ok {
		return "retry"
	}
	_, down := notify.IsDown(err)
	switch {
	case err == nil:
		return "sent"
	case notify.IsDoubtful(err):
		return "doubtful"
	case notify.IsUnknown(err):
		return "unknown"
	case down:
		return "down"
	}
	return "refused"
}

// notice is an alert of a story.
func notice(key, headline string) monitor.Notice {
	c := monitor.Card{Story: 7, Headline: headline, URL: "https://news.example/a?b=1&c=2", Outlet: headline, Watch: "w",
		Published: dawn, Seen: dawn, Verdict: match.Strong, Sentence: "Before " + headline, Hits: []text.Range{{Start: 0, End: 6}},
		Why: []string{headline}, Outlets: 3, Independent: 2, Also: []monitor.Mention{{Outlet: headline, Title: headline, URL: "javascript:alert(1)"}}}
	return monitor.Notice{Key: key, Destination: "d", Kind: monitor.AlertKind, Watch: "w", Story: 7, Created: dawn, Seen: dawn,
		Content: monitor.Content{Headline: headline, Cards: []monitor.Card{c}}, Delivery: monitor.Delivery{Started: time.Now()}}
}

// kinds is one notice of every kind but edits, and some with nothing to say.
func kinds(headline string) []monitor.Notice {
	var all []monitor.Notice
	add := func(k monitor.Kind, change func(*monitor.Notice)) {
		n := notice(fmt.Sprint(k, len(all)), headline)
		n.Kind = k
		change(&n)
		all = append(all, n)
	}
	card := notice("", headline).Content.Cards[0]
	add(monitor.AlertKind, func(*monitor.Notice) {})
	add(monitor.AlertKind, func(n *monitor.Notice) { n.Priority, n.Content.Cards = monitor.High, nil })
	add(monitor.ReplyKind, func(n *monitor.Notice) { n.Parent, n.Content.Change = "alert", headline })
	add(monitor.CatchupKind, func(n *monitor.Notice) { n.Content.Cards, n.Content.More = slices.Repeat([]monitor.Card{card}, 30), 7 })
	add(monitor.OperationsKind, func(n *monitor.Notice) { n.Content.Cards, n.Content.Lines = nil, slices.Repeat([]string{headline}, 60) })
	add(monitor.DigestKind, func(n *monitor.Notice) {
		n.Content.Cards = nil
		n.Content.Digest = &monitor.Digest{Name: "daily", Slot: "2026-11-24T06:00", Zone: "UTC", From: dawn.AddDate(0, 0, -1), To: dawn,
			Feeds: 3, FeedsOK: 2, Items: 9, Silences: []string{headline}, Audit: []string{headline}, Possible: []monitor.Card{card},
			Watches: []monitor.DigestWatch{{Name: headline, Stories: []monitor.Card{card}, More: 2}, {Name: "no news"}}}
	})
	add(monitor.DigestKind, func(n *monitor.Notice) {
		n.Content = monitor.Content{Digest: &monitor.Digest{From: dawn, To: dawn}}
	})
	return all
}

// send makes one attempt that has to be accepted.
func send(t *testing.T, p Peer, n monitor.Notice, parent monitor.Receipt) monitor.Receipt {
	t.Helper()
	before := len(p.Arrived())
	r, err := p.Notifier.Notify(t.Context(), n, parent)
	if err != nil {
		t.Fatalf("Notify of %s: %v", n.Key, err)
	}
	if r.At.IsZero() || time.Since(r.At).Abs() > time.Hour {
		t.Errorf("receipt of %s is of %v", n.Key, r.At)
	}
	if after := len(p.Arrived()); after != before+1 && n.Kind != monitor.EditKind {
		t.Errorf("%s has a receipt, and %d messages arrived", n.Key, after-before)
	}
	return r
}

func capabilities(p Peer) notify.Capabilities {
	if c, ok := p.Notifier.(notify.Capable); ok {
		return c.Capabilities()
	}
	return notify.Capabilities{}
}

func takesEveryKind(t *testing.T, p Peer) {
	for _, n := range kinds("A headline") {
		send(t, p, n, monitor.Receipt{})
	}
	parent := send(t, p, notice("alert", "A headline"), monitor.Receipt{})
	reply := notice("reply", "A headline")
	reply.Kind, reply.Parent, reply.Content.Change = monitor.ReplyKind, "alert", "now 14 outlets"
	send(t, p, reply, parent)
	if capabilities(p).Edits {
		edit := notice("edit", "A headline")
		edit.Kind, edit.Parent = monitor.EditKind, "alert"
		send(t, p, edit, parent)
	}
}

func takesHostileTexts(t *testing.T, p Peer) {
	for _, headline := range []string{
		"", " ", "\xff\xfe\x00", "a\r\nBcc: all@example.org\r\n\r\n.\r\n", strings.Repeat("long ", 2000), strings.Repeat("\U0001f469\u200d\U0001f4bb", 500),
		"A \"quoted\" \\ title with </b><script>, @everyone <!channel> [a](b) *x* _y_ `z` {{.}} \u202eevil\x1b[31m",
	} {
		for i, n := range kinds(headline) {
			n.Key = fmt.Sprintf("%s-%d-%d", n.Key, len(headline), i)
			send(t, p, n, monitor.Receipt{})
		}
	}
}

func givesOneIdentity(t *testing.T, p Peer) {
	send(t, p, notice("a", "A headline"), monitor.Receipt{})
	send(t, p, notice("a", "A headline"), monitor.Receipt{})
	send(t, p, notice("b", "Another headline"), monitor.Receipt{})
	if got := p.Arrived(); got[0] != got[1] || got[1] == got[2] {
		t.Errorf("a, a and b arrived as %q", got)
	}
}

func servesMany(t *testing.T, p Peer) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := p.Notifier.Notify(t.Context(), notice(fmt.Sprint("n", i), fmt.Sprint("Headline ", i)), monitor.Receipt{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := p.Arrived()
	if slices.Sort(got); len(slices.Compact(got)) != 8 {
		t.Errorf("8 notices arrived as %q", got)
	}
}

func namesBounds(t *testing.T, p Peer) {
	c := capabilities(p)
	if c.Timeout < 0 || c.Timeout > 15*time.Minute || c.Parallel < 0 || c.PerSecond < 0 || c.Lists < 0 {
		t.Errorf("capabilities = %+v", c)
	}
	if c.Bulk && c.PerSecond > 0 {
		t.Error("a flood is not folded and goes out one a second: it would take hours")
	}
}

// endsWithContext: an attempt ends soon after its context does, and its error
// does not blame the notice or the destination for it.
func endsWithContext(t *testing.T, p Peer) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.Notifier.Notify(ctx, notice("a", "h"), monitor.Receipt{})
	if got := Class(err); got != "sent" && got != "retry" {
		t.Errorf("cancelled before it began: %s (%v), want retry", got, err)
	}
	if p.Hang == nil {
		return
	}
	p.Hang()
	ctx, cancel = context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err = p.Notifier.Notify(ctx, notice("b", "h"), monitor.Receipt{})
	if got := Class(err); got != "unknown" {
		t.Errorf("cut off while it waits for the answer: %s (%v), want unknown", got, err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %v to notice that time was up", took)
	}
}

func classifiesFailures(t *testing.T, p Peer) {
	for _, f := range []struct {
		name, want string
		arm        func()
	}{
		{"refuses this notice", "refused", p.Reject}, {"refuses everything", "down", p.Ban}, {"asks for a pause", "retry", p.Busy},
		{"gives no answer", "unknown doubtful", p.Drop}, {"is away", "retry", p.Away},
	} {
		if f.arm == nil {
			continue
		}
		f.arm()
		_, err := p.Notifier.Notify(t.Context(), notice("a", "h"), monitor.Receipt{})
		if got := Class(err); !slices.Contains(strings.Fields(f.want), strings.Fields(got)[0]) {
			t.Errorf("a far end that %s: %s (%v), want %s", f.name, got, err, f.want)
		}
		for _, s := range p.Secrets {
			if strings.Contains(fmt.Sprint(err), s) {
				t.Errorf("a far end that %s: the error tells a secret: %v", f.name, err)
			}
		}
	}
	if got := p.Arrived(); len(got) > 0 {
		t.Errorf("%q arrived", got)
	}
}

// answersProbes: a message whose answer was lost is found if it arrived.
func answersProbes(t *testing.T, p Peer) {
	to, ok := p.Notifier.(notify.Prober)
	if !ok {
		return
	}
	for _, c := range []struct {
		arm     func()
		arrived bool
	}{{p.Lose, true}, {p.Drop, false}} {
		c.arm()
		n := notice(fmt.Sprint("arrived-", c.arrived), "h")
		if _, err := to.(notify.Notifier).Notify(t.Context(), n, monitor.Receipt{}); !notify.IsUnknown(err) {
			t.Fatalf("outcome %v, want unknown", err)
		}
		r, found, err := to.Probe(t.Context(), n)
		if errors.Is(err, notify.ErrCannotProbe) {
			continue
		}
		if err != nil || found != c.arrived || found && (r.ID == "" || r.At.IsZero()) {
			t.Errorf("%s: Probe = %+v, %v, %v", n.Key, r, found, err)
		}
	}
}
