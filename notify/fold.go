package notify

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// What a card lists at most; it counts the rest.
const (
	cardStories = 100
	cardLines   = 40 // of reports on operations
)

// mostParts is how many cards one fold makes at most, where a destination shows
// fewer stories on one than are folded and there is a page that lists them all.
// A flood beyond that is one card that leads there: nobody reads on.
const mostParts = 10

// cardPrefix begins the keys of the cards made here. They are not folded
// again, or nothing would ever go out under a budget.
const cardPrefix = "card-"

func isCard(n monitor.Notice) bool { return strings.HasPrefix(n.Key, cardPrefix) }

// foldable reports whether another notice can tell what n tells. One that may
// have arrived already cannot be untold.
func foldable(n monitor.Notice) bool {
	switch n.Kind {
	case monitor.AlertKind, monitor.ReplyKind, monitor.CatchupKind, monitor.OperationsKind:
		return n.Delivery.State == monitor.Pending && !isCard(n)
	}
	return false
}

// fold plans cards for the stories among rows and one for the reports on
// operations, of those that may be folded at all, and returns the rows that
// are left to send. The cards are new rows; they are sent when they are next
// listed as due.
func (s *situation) fold(p *plan, rows []monitor.Notice, when string, may func(monitor.Notice) bool) []monitor.Notice {
	var left, news, ops []monitor.Notice
	for _, n := range rows {
		switch {
		case !foldable(n) || !may(n):
			left = append(left, n)
		case n.Kind == monitor.OperationsKind:
			ops = append(ops, n)
		default:
			news = append(news, n)
		}
	}
	parts := append(s.parts(news), ops)
	for i, group := range parts {
		if len(group) < 2 {
			left = append(left, group...)
			continue
		}
		title := when
		if len(parts) > 2 && i < len(parts)-1 {
			title = fmt.Sprintf("%s, part %d of %d", when, i+1, len(parts)-1)
		}
		p.write = append(p.write, foldInto(s.policy.card(group, s.now.Add(time.Duration(i)), title), group))
	}
	return left
}

// parts divides what is folded, evenly, so that each part is listed in full. A
// budget has room for one card alone, if there is a page that lists the rest.
func (s *situation) parts(news []monitor.Notice) [][]monitor.Notice {
	most, all := cmp.Or(s.capabilities.Lists, cardStories), 0
	for _, n := range news {
		all += storyCount(n)
	}
	if all <= most || s.policy.Page != "" && (all > most*mostParts || s.policy.Budget.N > 0) {
		return [][]monitor.Notice{news}
	}
	n := (all + most - 1) / most
	room := (all + n - 1) / n // of one part
	var parts [][]monitor.Notice
	left := 0
	for _, n := range news {
		if storyCount(n) > left {
			parts, left = append(parts, nil), room
		}
		last := len(parts) - 1
		parts[last], left = append(parts[last], n), left-storyCount(n)
	}
	return parts
}

// storyCount counts the stories that a notice lists or counts.
func storyCount(n monitor.Notice) int { return max(1, len(n.Content.Cards)+n.Content.More) }

// foldInto returns the card and the rows that it tells, to be written at once.
func foldInto(c monitor.Notice, group []monitor.Notice) []monitor.Notice {
	rows := []monitor.Notice{c}
	for _, n := range group {
		n.Delivery.State, n.Delivery.Into, n.Delivery.Due = monitor.Folded, c.Key, time.Time{}
		n.Delivery.Reason = "told by " + c.Content.Headline
		rows = append(rows, n)
	}
	return rows
}

// card makes one notice that tells what the others would have told.
func (p Policy) card(group []monitor.Notice, now time.Time, when string) monitor.Notice {
	first := group[0]
	c := monitor.Notice{
		Key: cardKey(group), Destination: first.Destination, Kind: monitor.CatchupKind,
		Watch: first.Watch, Priority: first.Priority, Created: now, Seen: first.Seen,
		Delivery: monitor.Delivery{State: monitor.Pending, Due: now},
	}
	for _, n := range group {
		for _, w := range monitor.AllWatches(n) {
			if !slices.Contains(c.Watches, w) {
				c.Watches = append(c.Watches, w)
			}
		}
		if n.Priority == monitor.High {
			c.Priority = monitor.High
		}
		if !n.Seen.IsZero() && (c.Seen.IsZero() || n.Seen.Before(c.Seen)) {
			c.Seen = n.Seen
		}
	}
	if first.Kind == monitor.OperationsKind {
		c.Kind = monitor.OperationsKind
		c.Content = reports(group, when)
	} else {
		c.Content = stories(group, when)
	}
	if p.Page != "" {
		c.Content.Page = monitor.PageOf(p.Page, c.Key)
	}
	return c
}

// cardKey is the same for the same notices, so that a fold made twice is one.
func cardKey(group []monitor.Notice) string {
	keys := make([]string, len(group))
	for i, n := range group {
		keys[i] = n.Key
	}
	slices.Sort(keys)
	sum := sha256.Sum256([]byte(strings.Join(keys, "\n")))
	return cardPrefix + hex.EncodeToString(sum[:12])
}

// stories lists what the group tells, each story once with all its reports,
// strongest first.
func stories(group []monitor.Notice, when string) monitor.Content {
	place := map[monitor.StoryID]int{}
	rank := map[monitor.StoryID]int{} // below 0 for high priority
	var cards []monitor.Card
	more := 0
	for _, n := range group {
		more += n.Content.More
		for _, c := range cardsOf(n) {
			if n.Priority == monitor.High {
				rank[c.Story] = -1
			}
			if i, ok := place[c.Story]; ok && c.Story != 0 {
				cards[i] = cards[i].With(c)
				continue
			}
			place[c.Story] = len(cards)
			cards = append(cards, c)
		}
	}
	slices.SortStableFunc(cards, func(a, b monitor.Card) int {
		return cmp.Or(cmp.Compare(rank[a.Story], rank[b.Story]),
			cmp.Compare(b.Verdict, a.Verdict), cmp.Compare(b.Independent, a.Independent), cmp.Compare(b.Outlets, a.Outlets))
	})
	total := len(cards) + more
	if len(cards) > cardStories {
		more += len(cards) - cardStories
		cards = cards[:cardStories]
	}
	return monitor.Content{Headline: render.Count(total, "story", "stories") + " " + when, Cards: cards, More: more}
}

// cardsOf returns what a notice lists, or else its headline as a card. What a
// reply says has changed stands among its reports.
func cardsOf(n monitor.Notice) []monitor.Card {
	switch {
	case len(n.Content.Cards) == 0 && n.Content.More == 0:
		return []monitor.Card{{Story: n.Story, Headline: n.Content.Headline, Watch: n.Watch, Watches: n.Watches, Seen: n.Seen}}
	case len(n.Content.Cards) == 1 && n.Kind == monitor.ReplyKind && n.Content.Change != "":
		c := n.Content.Cards[0]
		c.Reports = append(slices.Clone(c.Reports), monitor.Report{Outlet: c.Outlet, Title: n.Content.Change, URL: c.URL, At: n.Created})
		return []monitor.Card{c}
	}
	return n.Content.Cards
}

// reports lists the headlines of notices on operations.
func reports(group []monitor.Notice, when string) monitor.Content {
	c := monitor.Content{Headline: render.Count(len(group), "report", "reports") + " " + when}
	for i, n := range group {
		if i == cardLines {
			c.Lines = append(c.Lines, fmt.Sprintf("and %s, see newswatch outbox list", render.Count(len(group)-i, "more", "more")))
			break
		}
		line := n.Content.Headline
		if len(n.Content.Lines) > 0 {
			line += ": " + strings.Join(n.Content.Lines, "; ")
		}
		c.Lines = append(c.Lines, render.Truncate(line, render.LineLimit))
	}
	return c
}
