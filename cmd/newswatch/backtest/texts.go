package backtest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/story"
)

// texts are the articles of the past, which a replay reads when they were read
// then. It asks nobody: an article that was not read then, or not kept, is one that
// cannot be read.
type texts struct {
	known  map[string]*Item // by the address of their articles
	queue  []textEvent      // to come, in order of time
	queued map[monitor.ItemID]bool
}

// A textEvent is when an article was read, or when watches wait for it no longer.
type textEvent struct {
	at      time.Time
	item    monitor.ItemID
	article *Item // nil for the end of a wait
}

// textRole is an item that is judged again with the text of its article.
const textRole story.Role = "text"

func textsOf(items []Item) texts {
	t := texts{known: map[string]*Item{}, queued: map[monitor.ItemID]bool{}}
	for i := range items {
		if it := items[i].item(); items[i].Article != "" {
			t.known[it.ArticleURL()] = &items[i]
		}
	}
	return t
}

// owe queues the reading of the articles that the last poll owes.
func (r *replay) owe() error {
	for _, owed := range r.mon.OwedReads() {
		if r.texts.queued[owed.Item] {
			continue
		}
		it := r.texts.known[owed.URL]
		if it == nil {
			if err := r.mon.EndRead(owed.Item, monitor.Reading{At: r.clock, Cause: "its text is not archived"}); err != nil {
				return err
			}
			continue
		}
		r.texts.queued[owed.Item] = true
		r.texts.queue = append(r.texts.queue, textEvent{cmp.Or(it.ArticleRead, it.Seen), owed.Item, it})
		if !owed.Until.IsZero() {
			r.texts.queue = append(r.texts.queue, textEvent{at: owed.Until, item: owed.Item})
		}
	}
	slices.SortStableFunc(r.texts.queue, func(a, b textEvent) int { return a.at.Compare(b.at) })
	return nil
}

// textsUntil reads the articles that were read up to t.
func (r *replay) textsUntil(t time.Time) error {
	for len(r.texts.queue) > 0 && !r.texts.queue[0].at.After(t) {
		e := r.texts.queue[0]
		r.texts.queue = r.texts.queue[1:]
		if err := r.digestsUntil(e.at); err != nil {
			return err
		}
		r.advance(e.at)
		if e.article == nil {
			if err := r.mon.ExpireWaits(r.clock); err != nil {
				return err
			}
			continue
		}
		delete(r.texts.queued, e.item) // it may be owed again, for another wording
		text := e.article.Article
		if err := r.mon.EndRead(e.item, monitor.Reading{At: r.clock, Text: text, Words: len(strings.Fields(text))}); err != nil {
			return err
		}
		if err := r.traceText(e.item, text); err != nil {
			return err
		}
	}
	return nil
}

// traceText notes what watches make of an item with the text of its article.
func (r *replay) traceText(id monitor.ItemID, text string) error {
	rec, ok, err := r.store.Item(id)
	if err != nil || !ok || len(r.byID[id]) == 0 {
		return err
	}
	doc := monitor.ArticleDoc(rec.Item, text, r.mon.Rules().Feed(rec.Feed), r.clock)
	doc.Memory = rec.Recalled
	out := Outcome{Type: "item", N: r.byID[id][len(r.byID[id])-1].n, ID: id.String(), id: id, Role: string(textRole), title: rec.Item.Title, feed: rec.Feed, Matches: []match.Match{}}
	if found := r.cfg.Set.Match(doc); found != nil {
		out.Matches = found
	}
	r.out = append(r.out, out)
	return nil
}
