package monitor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
)

var (
	nearWatch   = monitor.Watch{Name: "cloud", Match: "{ice} AND kestrel", Notify: []string{"desk"}}
	secretWatch = monitor.Watch{Name: "leak", Match: "{ice} AND kestrel", Notify: []string{"desk"}, Sensitive: true}
	iceWatch    = monitor.Watch{Name: "ice", Match: "{ice}", Notify: []string{"desk"}}
)

const (
	nearTitle = "ICE detention contract grows" // strong for {ice}
	weakTitle = "ICE to publish guidance"
	fullText  = "The agency leans on a cloud.\n\nIt is run by Kestrel, says Immigration and Customs Enforcement."
)

// newReading returns a bench that reads what is near.
func newReading(t *testing.T, watches ...monitor.Watch) *bench {
	t.Helper()
	b := newBench(t, watches...)
	b.rules.Articles = monitor.Articles{Read: feeds.ReadNear, Keep: 64 << 10}
	b.prime("wire")
	return b
}

// owed returns what is owed, which must be as many as said.
func (b *bench) owed(n int) []monitor.Read {
	b.Helper()
	all := b.mon.OwedReads()
	if len(all) != n {
		b.Fatalf("%d articles are owed, want %d: %+v", len(all), n, all)
	}
	return all
}

// try makes one try at the only article owed.
func (b *bench) try(got monitor.Reading) {
	b.Helper()
	r, ok, err := b.mon.BeginRead(b.owed(1)[0].Item)
	if err != nil || !ok {
		b.Fatal(ok, err)
	}
	b.pass(3 * time.Second)
	got.At = b.now
	if err := b.mon.EndRead(r.Item, got); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) itemOf(id monitor.ItemID) monitor.Record {
	b.Helper()
	rec, ok, err := b.store.Item(id)
	if err != nil || !ok {
		b.Fatal(ok, err)
	}
	return rec
}

var read = monitor.Reading{Text: fullText, Words: 60, Dropped: 9}

// What is to be read, and what not.
func TestWhichArticlesAreOwed(t *testing.T) {
	long := strings.Repeat("word ", 260)
	for name, c := range map[string]struct {
		watch monitor.Watch
		mode  feeds.ReadMode
		item  func(*feeds.Item)
		why   string
	}{
		"near":              {watch: nearWatch, why: "watch cloud is near"},
		"in doubt":          {watch: iceWatch, item: func(it *feeds.Item) { it.Title, it.Summary = weakTitle, "" }, why: "watch ice is in doubt"},
		"sure":              {watch: iceWatch},
		"nothing in it":     {watch: nearWatch, item: func(it *feeds.Item) { it.Title, it.Summary = "A budget is passed", "" }},
		"sensitive":         {watch: secretWatch},
		"sensitive, doubt":  {watch: monitor.Watch{Name: "s", Match: "{ice}", Sensitive: true}, item: func(it *feeds.Item) { it.Title, it.Summary = weakTitle, "" }},
		"never":             {watch: nearWatch, mode: feeds.ReadNever},
		"always":            {watch: secretWatch, mode: feeds.ReadAlways, why: "its feed's articles are always read"},
		"old":               {watch: nearWatch, item: func(it *feeds.Item) { it.Published = it.Published.AddDate(0, 0, -2) }},
		"undated":           {watch: nearWatch, item: func(it *feeds.Item) { it.Published = time.Time{} }, why: "watch cloud is near"},
		"full text in feed": {watch: nearWatch, item: func(it *feeds.Item) { it.Content = long }},
		"no address":        {watch: nearWatch, item: func(it *feeds.Item) { it.Link, it.URL = "", "" }},
		"aggregator": {watch: nearWatch, item: func(it *feeds.Item) {
			it.Link, it.URL = "https://news.google.com/rss/x", "https://news.google.com/rss/x"
		}},
		"other feed's": {watch: monitor.Watch{Name: "cloud", Match: nearWatch.Match, Feeds: []string{"paper"}}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newReading(t, c.watch)
			if c.mode != "" {
				b.rules.Articles.Feeds = map[string]feeds.ReadMode{"wire": c.mode}
			}
			it := b.item("a", nearTitle)
			if c.item != nil {
				c.item(&it)
			}
			b.show("wire", it)
			b.poll("wire")
			if c.why == "" {
				b.owed(0)
			} else if a := b.itemOf(b.owed(1)[0].Item).Article; a.For != c.why || !a.Owed {
				t.Errorf("%+v, want it for %q", a, c.why)
			}
		})
	}
}

func TestFirstPollAndBurstReadNothing(t *testing.T) {
	b := newBench(t, nearWatch)
	b.rules.Articles = monitor.Articles{Read: feeds.ReadAlways}
	b.show("wire", b.item("a", nearTitle))
	b.poll("wire")
	b.owed(0)
	b.pass(time.Hour)
	var many []feeds.Item
	for i := range 30 {
		many = append(many, b.item(fmt.Sprint("b", i), fmt.Sprint(nearTitle, " and number ", i)))
	}
	b.show("wire", many...)
	b.poll("wire")
	b.owed(0)
}

// A near miss is told once its text is there, whatever restarts in between.
func TestTextMakesTheMatch(t *testing.T) {
	b := newReading(t, nearWatch)
	b.show("wire", b.item("a", nearTitle))
	b.poll("wire")
	b.want(0, 0, 0)
	b.restart()
	b.try(read)
	b.want(1, 0, 0)
	b.owed(0)
	b.restart()
	b.owed(0)
	told := b.told(monitor.AlertKind)[0]
	if c := told.Content.Cards[0]; !strings.Contains(strings.Join(c.Why, "; "), "“Kestrel” in the article, paragraph 2") || c.Verdict != match.Strong {
		t.Errorf("the card says %q", c.Why)
	}
	a := b.itemOf(told.Content.Cards[0].Item).Article
	if a.Owed || a.Words != 60 || a.Dropped != 9 || a.Tries != 1 || a.Text != fullText || a.Cause != "" {
		t.Errorf("%+v", a)
	}
	b.poll("wire")
	b.owed(0)
}

// A strong match waits for nothing; a text adds watches and dispels doubts, and
// takes nothing back.
func TestTextAddsAndNeverWithdraws(t *testing.T) {
	b := newReading(t, iceWatch, nearWatch, secretWatch, monitor.Watch{Name: "quiet", Match: "{ice} -cloud", Notify: []string{"desk"}})
	b.show("wire", b.item("a", nearTitle))
	b.poll("wire")
	b.want(1, 0, 0)
	b.try(read)
	b.want(1, 1, 0)
	reply := b.told(monitor.ReplyKind)[0]
	if reply.Content.Change != "also cloud, leak" {
		t.Errorf("the reply says %q", reply.Content.Change)
	}
	var watches []string
	for _, m := range b.itemOf(reply.Content.Cards[0].Item).Matches {
		watches = append(watches, m.Watch)
	}
	if got := strings.Join(watches, " "); got != "ice quiet cloud leak" {
		t.Errorf("matched %s", got)
	}
	b.pass(time.Hour)
	b.show("wire", b.item("b", weakTitle))
	b.poll("wire")
	b.want(1, 1, 0)
	b.try(monitor.Reading{Text: "Immigration and Customs Enforcement said so.", Words: 40, Discard: true})
	b.want(2, 1, 0)
	if a := b.itemOf(b.told(monitor.AlertKind)[1].Content.Cards[0].Item).Article; a.Text != "" || a.Words != 40 {
		t.Errorf("a text that may not be kept: %+v", a)
	}
}

// A text that comes too late is told like any late item.
func TestLateTextIsFolded(t *testing.T) {
	b := newReading(t, nearWatch)
	b.show("wire", b.item("a", nearTitle))
	b.poll("wire")
	b.pass(25 * time.Hour)
	b.try(read)
	b.want(0, 0, 1)
}

// Tries come 1, 10 and 60 minutes after the first, are counted whatever ends them,
// and end.
func TestTries(t *testing.T) {
	b := newReading(t, nearWatch)
	b.show("wire", b.item("a", nearTitle))
	b.poll("wire")
	id := b.owed(1)[0].Item
	failed := monitor.Reading{Cause: "no answer", Again: true}
	for i, pause := range []time.Duration{time.Minute, 9 * time.Minute, 50 * time.Minute} {
		at := b.now
		if _, _, err := b.mon.BeginRead(id); err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			b.restart() // a crash under way is a try
		} else {
			failed.At = b.now
			if err := b.mon.EndRead(id, failed); err != nil {
				t.Fatal(err)
			}
		}
		r := b.owed(1)[0]
		if r.Tries != i+1 || !r.Due.Equal(at.Add(pause)) {
			t.Fatalf("after try %d: %d tries, due %v after it", i+1, r.Tries, r.Due.Sub(at))
		}
		b.now = r.Due
	}
	b.try(failed)
	b.owed(0)
	if a := b.itemOf(id).Article; a.Owed || a.Tries != 4 || a.Cause != "no answer" {
		t.Errorf("%+v", a)
	}
	b.restart()
	b.owed(0)
	b.want(0, 0, 0)
}

func TestTriesObeyTheHost(t *testing.T) {
	b := newReading(t, nearWatch)
	b.show("wire", b.item("a", nearTitle))
	b.poll("wire")
	b.try(monitor.Reading{Cause: "busy", Again: true, After: 3 * time.Hour})
	if due := b.owed(1)[0].Due; !due.Equal(b.now.Add(3 * time.Hour)) {
		t.Errorf("due %v from now", due.Sub(b.now))
	}
	b.try(monitor.Reading{Cause: "refused"})
	b.owed(0)
}

// An article is read again when its feed words the item anew, three times at most.
func TestNewWordingIsReadAgain(t *testing.T) {
	b := newReading(t, nearWatch)
	id := monitor.ItemID(0)
	for i := range 5 {
		it := b.item("a", fmt.Sprintf("%s by %d beds", nearTitle, 100+i))
		b.show("wire", it)
		b.poll("wire")
		b.poll("wire")
		if i >= 3 {
			b.owed(0)
			continue
		}
		id = b.owed(1)[0].Item
		b.try(monitor.Reading{Text: "Nothing of note.", Words: 40})
		b.pass(time.Minute)
	}
	if a := b.itemOf(id).Article; a.Reads != 3 {
		t.Errorf("%+v", a)
	}
}

// What is owed is committed with its item, or neither is.
func TestOwedReadsAreCommittedWithThePoll(t *testing.T) {
	b := newReading(t, nearWatch)
	b.show("wire", b.item("a", nearTitle))
	b.fault.full = true
	if _, err := b.mon.Poll(t.Context(), *b.rules.Feeds["wire"], quarterly); err != nil {
		t.Fatal(err)
	}
	if err := b.mon.Settle(); err == nil {
		t.Fatal("a full disk is no error")
	}
	b.owed(0)
	b.fault.full = false
	b.poll("wire")
	b.owed(1)
}

// A watch that confirms holds its alert until the article has been read, and goes
// by what it says; by the feed where it cannot be read, or not in time.
func TestConfirm(t *testing.T) {
	confirming := monitor.Watch{Name: "sure", Match: "{ice} -hockey", Notify: []string{"desk"}, Confirm: time.Minute}
	for name, c := range map[string]struct {
		do     func(b *bench)
		alerts int
		why    string
	}{
		"borne out":  {func(b *bench) { b.try(read) }, 1, ""},
		"not borne":  {func(b *bench) { b.try(monitor.Reading{Text: fullText + " On hockey.", Words: 50}) }, 0, "its article does not bear it out"},
		"unreadable": {func(b *bench) { b.try(monitor.Reading{Cause: "refused"}) }, 1, ""},
		"not yet":    {func(b *bench) { b.try(monitor.Reading{Cause: "busy", Again: true}) }, 0, "waits for the article, until 10:01:00 UTC at most"},
		"too late":   {func(b *bench) { b.pass(time.Minute); b.expire(); b.expire() }, 1, ""},
		"too late, up": {func(b *bench) {
			b.restart()
			b.pass(time.Minute)
			b.expire()
			b.restart()
			b.expire()
			b.try(read)
		}, 1, ""},
		"too soon": {func(b *bench) { b.pass(59 * time.Second); b.expire() }, 0, "waits for the article, until 10:01:00 UTC at most"},
		"late, failed": {func(b *bench) {
			b.pass(time.Minute)
			b.expire()
			b.try(monitor.Reading{Text: "No word of it. On hockey.", Words: 50})
		}, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newReading(t, confirming)
			b.show("wire", b.item("a", nearTitle))
			b.poll("wire")
			b.want(0, 0, 0)
			id := b.owed(1)[0].Item
			c.do(b)
			b.want(c.alerts, 0, 0)
			rec := b.itemOf(id)
			if rec.Suppressed != c.why || c.why == "" && len(rec.Decisions) != 1 {
				t.Errorf("held %q, want %q; decisions %+v", rec.Suppressed, c.why, rec.Decisions)
			}
			if s := b.stories()[0]; s.Watch("sure").Matches != 1 {
				t.Errorf("%+v", s.Watches)
			}
		})
	}
	t.Run("among others", func(t *testing.T) {
		b := newReading(t, confirming, iceWatch)
		b.show("wire", b.item("a", nearTitle))
		b.poll("wire")
		b.want(1, 0, 0)
		b.try(read)
		b.want(1, 1, 0)
	})
	t.Run("where nothing is read", func(t *testing.T) {
		b := newBench(t, confirming)
		b.prime("wire")
		b.show("wire", b.item("a", nearTitle))
		b.poll("wire")
		b.want(1, 0, 0)
	})
}

func (b *bench) expire() {
	b.Helper()
	if err := b.mon.ExpireWaits(b.now); err != nil {
		b.Fatal(err)
	}
}

// What a feed shows after it was out of reach for long goes into a catch-up card,
// whether or not an article is waited for, or makes it match.
func TestFoldOutlastsTheArticle(t *testing.T) {
	confirming := monitor.Watch{Name: "sure", Match: "{ice} -hockey", Notify: []string{"desk"}, Confirm: time.Minute}
	for name, c := range map[string]struct {
		watch monitor.Watch
		title string
		do    func(b *bench)
	}{
		"confirmed":     {confirming, nearTitle, func(b *bench) { b.try(read) }},
		"not in time":   {confirming, nearTitle, func(b *bench) { b.pass(time.Minute); b.restart(); b.expire() }},
		"made to match": {nearWatch, nearTitle, func(b *bench) { b.try(read) }},
		"no article":    {iceWatch, nearTitle, func(*bench) {}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newReading(t, c.watch)
			b.poll("wire")
			b.pass(10 * time.Hour)
			late := b.item("late", c.title)
			late.Published = b.now.Add(-5 * time.Hour)
			b.show("wire", late)
			b.poll("wire")
			c.do(b)
			b.want(0, 0, 1)
		})
	}
}
