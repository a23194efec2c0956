package webhook

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
)

// A Format is the shape of what is posted.
type Format string

// The formats. All but Standard are for people, in the shape that the service
// of the name takes.
const (
	Standard Format = "standard"
	Discord  Format = "discord"
	Teams    Format = "teams"
	Ntfy     Format = "ntfy"
	Telegram Format = "telegram"
)

// A shape makes bodies. The address as configured may hold a part of them.
type shape struct {
	message func(n monitor.Notice, to *url.URL, zone *time.Location) any
	address func(to *url.URL) string // where to post, if elsewhere
}

var formats = map[Format]shape{
	Standard: {message: func(n monitor.Notice, _ *url.URL, zone *time.Location) any { return standard(n, zone) }},
	Discord:  {message: discord},
	Teams:    {message: teams},
	Ntfy:     {message: ntfy, address: ntfyAddress},
	Telegram: {message: telegram},
}

func formatNames() string {
	var names []string
	for _, f := range slices.Sorted(maps.Keys(formats)) {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// A block is a story, or whatever else a notice says, in the parts that chat
// services show apart.
type block struct {
	title string
	link  string
	watch string
	runs  []notify.Run // the hit sentence
	foot  []string     // outlet, counts and times
}

// footer is what stands below a story.
func (b block) footer() string { return strings.Join(append([]string{b.watch}, b.foot...), " · ") }

// most is how many stories a chat message lists; the rest it counts.
const most = 8

// blocks takes a notice apart. The lead is what stands above its stories, ""
// for an alert, and rest counts stories that are not listed.
func blocks(n monitor.Notice, zone *time.Location) (lead string, bs []block, rest int) {
	c := n.Content
	cards := c.Cards
	rest = c.More
	switch {
	case c.Digest != nil:
		lead = title(n) + "\n" + notify.DigestSummary(c.Digest, zone)
		for _, w := range c.Digest.Watches {
			lead += "\n" + notify.Inert(w.Name) + ": " + notify.WatchSummary(c.Digest, w)
			cards = append(cards, w.Stories...)
			rest += w.More
		}
	case n.Kind == monitor.OperationsKind:
		lead = title(n)
		for _, l := range c.Lines {
			lead += "\n" + notify.Fit(notify.Inert(l), 300)
		}
	case n.Kind == monitor.ReplyKind:
		lead = notify.Inert("update: " + c.Change)
	case n.Kind == monitor.CatchupKind, len(cards) == 0:
		lead = title(n)
	}
	if len(cards) > most {
		rest += len(cards) - most
		cards = cards[:most]
	}
	for _, c := range cards {
		bs = append(bs, blockOf(c, zone))
	}
	return notify.Fit(lead[:cutLines(lead)], 1500), bs, rest
}

// cutLines returns how much of a lead of lines is shown.
func cutLines(s string) int {
	at := 0
	for range 30 {
		i := strings.IndexByte(s[at:], '\n')
		if i < 0 {
			return len(s)
		}
		at += i + 1
	}
	return at - 1
}

func blockOf(c monitor.Card, zone *time.Location) block {
	b := block{
		title: notify.Fit(notify.Inert(c.Headline), 240), link: notify.Link(c.URL),
		watch: notify.Fit(notify.Inert(c.Watch), 80), runs: fitRuns(notify.Runs(c), 400),
	}
	if b.title == "" {
		b.title = "(no headline)"
	}
	for _, s := range []string{notify.Fit(notify.Inert(c.Outlet), 80), notify.Outlets(c), notify.Times(c, zone)} {
		if s != "" {
			b.foot = append(b.foot, s)
		}
	}
	return b
}

func fitRuns(rs []notify.Run, max int) []notify.Run {
	var out []notify.Run
	for _, r := range rs {
		text := notify.Fit(r.Text, max)
		max -= len([]rune(r.Text))
		if text == "" {
			break
		}
		out = append(out, notify.Run{Text: text, Hit: r.Hit})
	}
	return out
}

func andMore(rest int) string { return "and " + notify.Count(rest, "more story", "more stories") }

// emphasis escapes a run and sets it between marks if it is a hit, with the
// spaces at its ends outside.
func emphasis(r notify.Run, escape func(string) string, open, end string) string {
	text := strings.TrimSpace(r.Text)
	if !r.Hit || text == "" {
		return escape(r.Text)
	}
	before, after, _ := strings.Cut(r.Text, text)
	return before + open + escape(text) + end + after
}
