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

// What a card of many stories lists at most; it counts the rest.
const (
	cardStories = 100
	cardLines   = 40
)

// mostParts is how many cards one fold makes at most, where a destination
// shows fewer stories on one than are folded. A flood beyond that is one card
// that counts: nobody reads on.
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
		p.write = append(p.write, foldInto(card(group, s.now.Add(time.Duration(i)), title), group))
	}
	return left
}

// parts divides what is folded, evenly, so that each part is listed in full. A
// budget has room for one card alone.
func (s *situation) parts(news []monitor.Notice) [][]monitor.Notice {
	most, all := cmp.Or(s.capabilities.Lists, cardStories), 0
	for _, n := range news {
		all += storyCount(n)
	}
	if all <= most || all > most*mostParts || s.policy.Budget.N > 0 {
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
func card(group []monitor.Notice, now time.Time, when string) monitor.Notice {
	first := group[0]
	c := monitor.Notice{
		Key: cardKey(group), Destination: first.Destination, Kind: monitor.CatchupKind,
		Watch: first.Watch, Priority: first.Priority, Created: now, Seen: first.Seen,
		Delivery: monitor.Delivery{State: monitor.Pending, Due: now},
	}
	for _, n := range group {
		if n.Watch != c.Watch {
			c.Watch = ""
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

// stories lists what the group tells, each story of a watch once, strongest
// first.
func stories(group []monitor.Notice, when string) monitor.Content {
	type cardID struct {
		story monitor.StoryID
		watch string
	}
	place := map[cardID]int{}
	rank := map[cardID]int{} // below 0 for high priority
	var cards []monitor.Card
	more := 0
	for _, n := range group {
		more += n.Content.More
		for _, c := range cardsOf(n) {
			if n.Content.Change != "" {
				c.Why = append([]string{n.Content.Change}, c.Why...)
			}
			k := cardID{c.Story, c.Watch}
			if n.Priority == monitor.High {
				rank[k] = -1
			}
			if i, ok := place[k]; ok && c.Story != 0 {
				cards[i] = newer(cards[i], c)
				continue
			}
			place[k] = len(cards)
			cards = append(cards, c)
		}
	}
	slices.SortStableFunc(cards, func(a, b monitor.Card) int {
		return cmp.Or(cmp.Compare(rank[cardID{a.Story, a.Watch}], rank[cardID{b.Story, b.Watch}]),
			cmp.Compare(b.Verdict, a.Verdict), cmp.Compare(b.Independent, a.Independent), cmp.Compare(b.Outlets, a.Outlets))
	})
	total := len(cards) + more
	if len(cards) > cardStories {
		more += len(cards) - cardStories
		cards = cards[:cardStories]
	}
	return monitor.Content{Headline: render.Count(total, "story", "stories") + " " + when, Cards: cards, More: more}
}

// cardsOf returns what a notice lists, or else its headline as a card.
func cardsOf(n monitor.Notice) []monitor.Card {
	if len(n.Content.Cards) == 0 && n.Content.More == 0 {
		return []monitor.Card{{Story: n.Story, Headline: n.Content.Headline, Watch: n.Watch, Seen: n.Seen}}
	}
	return n.Content.Cards
}

// newer merges a later card of the same story into an earlier one: the story
// as it opened, with the counts and the news of now.
func newer(a, b monitor.Card) monitor.Card {
	a.Outlets, a.Independent = max(a.Outlets, b.Outlets), max(a.Independent, b.Independent)
	a.Verdict = max(a.Verdict, b.Verdict)
	a.Why = slices.Concat(b.Why, a.Why)
	if len(b.Also) > 0 {
		a.Also = b.Also
	}
	return a
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
