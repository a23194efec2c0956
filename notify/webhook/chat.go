package webhook

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
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
type chatFormat struct {
	message func(n monitor.Notice, to *url.URL, zone *time.Location) any
	address func(to *url.URL) string // where to post, if elsewhere
	// concernsAll reports whether a 400 is about the destination rather than the
	// message; nil for never.
	concernsAll func(a answer) bool
}

var formats = map[Format]chatFormat{
	Standard: {message: func(n monitor.Notice, _ *url.URL, zone *time.Location) any { return standard(n, zone) }},
	Discord:  {message: discord, concernsAll: discordConcernsAll},
	Teams:    {message: teams},
	Ntfy:     {message: ntfy, address: ntfyAddress},
	Telegram: {message: telegram, concernsAll: telegramConcernsAll},
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
	runs  []render.Run // the hit sentence
	foot  []string     // outlet, counts and times
}

// footer is what stands below a story.
func (b block) footer() string { return strings.Join(append([]string{b.watch}, b.foot...), " · ") }

// maxStories is how many stories a chat message lists; the rest it counts.
const maxStories = 8

// blocks takes a notice apart. The lead is what stands above its stories, ""
// for an alert, and rest counts stories that are not listed.
func blocks(n monitor.Notice, zone *time.Location) (lead string, bs []block, rest int) {
	c := n.Content
	cards := c.Cards
	rest = c.More
	switch {
	case c.Digest != nil:
		lead = title(n) + "\n" + render.DigestSummary(c.Digest, zone)
		for _, w := range c.Digest.Watches {
			lead += "\n" + render.Sanitize(w.Name) + ": " + render.WatchSummary(c.Digest, w)
			cards = append(cards, w.Stories...)
			rest += w.More
		}
	case n.Kind == monitor.OperationsKind:
		lead = title(n)
		for _, l := range c.Lines {
			lead += "\n" + render.Truncate(render.Sanitize(l), 300)
		}
	case n.Kind == monitor.ReplyKind:
		lead = render.Sanitize("update: " + c.Change)
	case n.Kind == monitor.CatchupKind, len(cards) == 0:
		lead = title(n)
	}
	if len(cards) > maxStories {
		rest += len(cards) - maxStories
		cards = cards[:maxStories]
	}
	for _, c := range cards {
		bs = append(bs, blockOf(c, zone))
	}
	return render.Truncate(lead[:cutLines(lead)], 1500), bs, rest
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
		title: render.Truncate(render.Sanitize(c.Headline), 240), link: render.Link(c.URL),
		watch: render.Truncate(render.Watches(c), 160), runs: render.TruncateRuns(render.Runs(c), 400),
	}
	if b.title == "" {
		b.title = "(no headline)"
	}
	b.foot = render.Facts(monitor.Card{Outlet: c.Outlet, Published: c.Published, Seen: c.Seen, Outlets: c.Outlets, Independent: c.Independent}, zone, false)
	return b
}

func andMore(rest int) string { return "and " + render.Count(rest, "more story", "more stories") }

// emphasis escapes a run and sets it between marks if it is a hit, with the
// spaces at its ends outside.
func emphasis(r render.Run, escape func(string) string, open, end string) string {
	text := strings.TrimSpace(r.Text)
	if !r.Hit || text == "" {
		return escape(r.Text)
	}
	before, after, _ := strings.Cut(r.Text, text)
	return before + open + escape(text) + end + after
}
