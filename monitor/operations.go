package monitor

import (
	"fmt"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/schedule"
)

// A feedNews is what operations hears of one feed.
type feedNews struct {
	feed, what, detail string
	reached, silent    bool // for the first time; not even once
}

// announce notifies operations of a feed's first poll, and of its condition
// once on entering and once on leaving.
func (j *judge) announce(o *outcome) {
	was, is := o.before.Health, o.rec.Health
	n := feedNews{feed: o.feed.Name}
	switch {
	case o.first:
		n.reached, n.what, n.detail = true, "feed added: "+n.feed, o.firstLook()
	case !o.feed.Syndicated() && o.list.Rekeyed, o.replaced():
		n.what, n.detail = "addresses changed: "+n.feed, "nearly all it lists is new at once: what matches comes in one catch-up"
	case is.State() == was.State() || is.State() == schedule.OK && was.Condition == "":
		return
	case is.State() == schedule.OK:
		n.what, n.detail = "feed recovered: "+n.feed, fmt.Sprintf("was %s since %s", was.State(), was.Since.UTC().Format(time.RFC1123))
	case o.rec.Poll.Success.IsZero():
		n.silent, n.what, n.detail = true, "feed never reached: "+n.feed, is.Cause
	default:
		n.what, n.detail = fmt.Sprintf("feed %s: %s", is.State(), n.feed), is.Cause
	}
	j.operations(o, n)
}

// firstLook describes a feed just added by its newest item.
func (o *outcome) firstLook() string {
	n := len(o.list.Entries)
	if o.feed.Kind == feeds.KindPage {
		return "its present text is what changes are told from"
	}
	if n == 0 {
		return "it lists no items at present"
	}
	return fmt.Sprintf("%s, the newest is %q", formatCount(n, "item", "items"), o.newest)
}

// operations adds news of a feed to the bundle of every operations destination.
func (j *judge) operations(o *outcome, n feedNews) {
	for _, dest := range o.rules.Recipients(o.rules.Operations) {
		b := j.bundle(bundleKey{OperationsKind, dest}, o)
		if len(b.news) == 0 {
			b.first = j.fresh[dest]
			delete(j.fresh, dest)
		}
		b.news = append(b.news, n)
		if b.first {
			b.notice.Content = welcome(b.news, o.rules)
		} else {
			b.notice.Content = changes(b.news)
		}
		j.post(b.notice)
	}
}

// changes lists what happened to feeds.
func changes(news []feedNews) Content {
	c := Content{Headline: news[0].what}
	if len(news) > 1 {
		c.Headline = formatCount(len(news), "change", "changes") + " in the feeds"
	}
	for _, n := range news {
		c.Lines = append(c.Lines, n.line())
	}
	return c
}

func (n feedNews) line() string {
	if n.detail == "" {
		return n.what
	}
	return n.what + " (" + n.detail + ")"
}

// welcome is the first message of all: what was reached, what is watched for,
// and what will come.
func welcome(news []feedNews, r *Rules) Content {
	reached := 0
	var trouble []string
	for _, n := range news {
		if n.reached {
			reached++
		} else {
			trouble = append(trouble, n.line())
		}
	}
	c := Content{Headline: fmt.Sprintf("newswatch is at work: %d of %s reached", reached, formatCount(len(r.Feeds), "feed", "feeds"))}
	names := make([]string, len(r.Watches))
	for i, w := range r.Watches {
		names[i] = w.Name
	}
	c.Lines = append(c.Lines, fmt.Sprintf("It looks for %s: %s", formatCount(len(names), "watch", "watches"), strings.Join(names, ", ")))
	c.Lines = append(c.Lines, "What the feeds list already comes in one catch-up; from now on each story is told once")
	c.Lines = append(c.Lines, r.Digests...)
	return Content{Headline: c.Headline, Lines: append(c.Lines, trouble...)}
}
