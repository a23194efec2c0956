package monitor

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/match"
	"newswatch/monitor/story"
	"newswatch/monitor/text"
)

// Articles says when the articles behind items are read. The zero value is never.
type Articles struct {
	Read  feeds.ReadMode            // of feeds that say nothing else
	Feeds map[string]feeds.ReadMode // of those that do, by name
	Keep  int                       // bytes of text kept with an item
}

// mode returns when the articles of a feed are read.
func (a Articles) mode(feed string) feeds.ReadMode {
	return cmp.Or(a.Feeds[feed], a.Read, feeds.ReadNever)
}

// A Read is an article owed to an item: it is to be read, and the item judged again.
// With Copy it is a copy of its page instead, for which a web archive is to be asked.
type Read struct {
	Item  ItemID    `json:"item"`
	URL   string    `json:"url"`
	Title string    `json:"title,omitempty"` // of the item
	Lang  string    `json:"lang,omitempty"`  // of the item
	Due   time.Time `json:"due"`             // of the next try; zero once it is not owed any more
	Tries int       `json:"tries,omitempty"` // begun
	Until time.Time `json:"until,omitzero"`  // when watches that wait for it wait no longer; zero for none
	Copy  bool      `json:"copy,omitempty"`
}

// Key tells what is owed from all else that is: a store keeps one row of a key. It
// is the item's ID, which for a copy has a bit that no ID has before the year 2109.
func (r Read) Key() ItemID {
	if r.Copy {
		return r.Item | 1<<62
	}
	return r.Item
}

// An Article is what became of reading the article behind an item. Words is 0
// until it has been read.
type Article struct {
	For     string    `json:"for"`               // why it is read
	Wording uint64    `json:"wording"`           // hash of the item's text that it is read for
	Reads   int       `json:"reads,omitempty"`   // how often it was to be read, for different wordings
	Owed    bool      `json:"owed,omitempty"`    // it is still to be read
	Tries   int       `json:"tries,omitempty"`   // of the last of these
	At      time.Time `json:"at,omitzero"`       // of the last try
	Cause   string    `json:"cause,omitempty"`   // why that did not bring it
	Words   int       `json:"words,omitempty"`   // of the text
	Dropped int       `json:"dropped,omitempty"` // words of the page left out as furniture
	Partial string    `json:"partial,omitempty"` // why the text is only a part
	Text    string    `json:"text,omitempty"`    // as far as it is kept: an empty line between two paragraphs
	Waits   []string  `json:"waits,omitempty"`   // watches that tell nothing before it has been read
	Until   time.Time `json:"until,omitzero"`    // or this has come

	// Outage is how long the feed had been out of reach when it showed the item, if
	// that was long: what is told with the text is told as late as the item was.
	Outage time.Duration `json:"outage,omitempty"`
}

// A Reading is what one try to read an article brought.
type Reading struct {
	At      time.Time
	Text    string // "" if it was not read
	Words   int
	Dropped int
	Partial string
	Discard bool          // the publisher wants no copies: it is judged and not kept
	Cause   string        // why it was not read
	Again   bool          // another try may do better
	After   time.Duration // and is to wait at least so long
}

// The bounds of reading.
const (
	longEnough = 250 // words of the feed's own text from which the article adds nothing
	mostReads  = 3   // of one item, for different wordings
)

// tries are the pauses after each try that failed; after the last it is given up.
var tries = [...]time.Duration{time.Minute, 9 * time.Minute, 50 * time.Minute}

// match judges an item as its feed shows it. near is a watch that its article could
// make match; -1 for none, and notToRead if it is not to be read.
func (o *outcome) match(it feeds.Item) (matches []match.Match, found []match.Sense, near int) {
	doc := DocOf(it, o.feed, o.at)
	if o.rules.Articles.mode(o.feed.Name) == feeds.ReadNever || !o.readable(it) {
		matches, found = o.rules.Set.Judge(doc)
		return matches, found, notToRead
	}
	return o.rules.Set.JudgeUnread(doc)
}

const notToRead = -2

// whyRead says why the article behind an item is to be read, "" if it is not. Of
// sensitive watches none is ever near.
func (o *outcome) whyRead(near int, matches []match.Match) string {
	switch {
	case near == notToRead:
		return ""
	case near >= 0:
		return "watch " + o.rules.Watches[near].Name + " is near"
	}
	for _, q := range matches {
		if w := o.rules.Watches[q.Rule]; q.Verdict == match.Weak && !w.Sensitive {
			return "watch " + w.Name + " is in doubt"
		}
	}
	if waits, _ := o.rules.waits(matches, o.at); len(waits) > 0 {
		return "watch " + waits[0] + " is to be confirmed"
	}
	if o.rules.Articles.mode(o.feed.Name) == feeds.ReadAlways {
		return "its feed's articles are always read"
	}
	return ""
}

// readable reports whether an item is new enough, short enough and at an address
// of its own, so that its article may be read.
func (o *outcome) readable(it feeds.Item) bool {
	return !o.first && !o.list.Rekeyed && it.ArticleURL() != "" &&
		(it.Published.IsZero() || o.at.Sub(it.Published) <= o.rules.freshness()) &&
		len(strings.Fields(it.Title))+len(strings.Fields(it.Summary))+len(strings.Fields(it.Content)) < longEnough
}

// owe has the article behind an item read: once for a wording, and not for more
// wordings than a few.
func (j *judge) owe(o *outcome, rec *Record, near int, matches []match.Match) {
	why := o.whyRead(near, matches)
	if why == "" {
		return
	}
	wording, reads := rec.textKey(), 0
	if a := rec.Article; a != nil {
		if reads = a.Reads; a.Wording == wording || a.Owed || reads >= mostReads {
			return
		}
	}
	rec.Article = &Article{For: why, Wording: wording, Reads: reads + 1, Owed: true}
	if o.longOutage() {
		rec.Article.Outage = o.outage
	}
	fresh := slices.DeleteFunc(slices.Clone(matches), rec.matched)
	rec.Article.Waits, rec.Article.Until = o.rules.waits(fresh, o.at)
	j.putItem(rec)
	j.putRead(Read{Item: rec.ID, URL: rec.Item.ArticleURL(), Title: rec.Item.Title, Lang: rec.Item.Lang, Due: o.at.UTC(), Until: rec.Article.Until})
}

// waits returns the watches among those that match that tell nothing before the
// article has been read, and until when: as long as the least patient one says.
func (r *Rules) waits(matches []match.Match, at time.Time) (names []string, until time.Time) {
	for _, q := range matches {
		w := r.Watches[q.Rule]
		if w.Confirm <= 0 || w.Sensitive || q.Verdict != match.Strong {
			continue
		}
		names = append(names, w.Name)
		if end := at.Add(w.Confirm).UTC(); until.IsZero() || end.Before(until) {
			until = end
		}
	}
	return names, until
}

// waiting says why a watch tells nothing yet, "" if it need not wait.
func (r *Record) waiting(watch string) string {
	if r.Article == nil || !slices.Contains(r.Article.Waits, watch) {
		return ""
	}
	return "waits for the article, until " + r.Article.Until.Format("15:04:05 MST") + " at most"
}

// OwedReads returns the articles that are to be read, by when they are due.
func (m *Monitor) OwedReads() []Read { return m.owed.due(false) }

// committedReads brings what is owed up to date after a commit.
func (m *Monitor) committedReads(reads []Read) {
	if len(reads) == 0 {
		return
	}
	m.owed.committed(reads)
	if m.Owe != nil {
		m.Owe()
	}
}

// BeginRead counts a try to read an article that is owed. It returns the row as it
// then is; false if the article is not owed any more.
func (m *Monitor) BeginRead(id ItemID) (r Read, ok bool, err error) {
	return m.owed.begin(m, id, tries[:])
}

// EndRead takes in what a try has brought: the item is judged again with the text,
// or the article is tried later, or given up. What was told before stands: a text
// adds watches and dispels doubts, and takes nothing back.
func (m *Monitor) EndRead(id ItemID, got Reading) error {
	r, ok := m.owed.of(id)
	if !ok {
		return nil
	}
	return m.change(func(j *judge) error {
		if err := j.fetch(id); err != nil {
			return err
		}
		rec := j.item(id)
		if rec == nil || rec.Article == nil { // not kept any more
			r.Due = time.Time{}
			j.putRead(r)
			return nil
		}
		return j.read(rec, r, got, m.Rules())
	})
}

// read records what a try has brought for an item, and judges it with the text.
func (j *judge) read(rec *Record, r Read, got Reading, rules *Rules) error {
	a := *rec.Article
	a.At, a.Tries, a.Cause = got.At.UTC(), r.Tries, got.Cause
	a.Owed = got.Text == "" && got.Again && r.Tries <= len(tries)
	rec.Article = &a
	j.putItem(rec)
	j.putRead(r.tried(a.Owed, got.At, got.After))
	o, err := j.outcomeOf(rec, rules, got.At)
	switch {
	case err != nil:
		return err
	case got.Text != "":
		a.Words, a.Dropped, a.Partial, a.Text = got.Words, got.Dropped, got.Partial, ""
		if !got.Discard {
			a.Text = text.Cut(got.Text, rules.Articles.Keep)
		}
		j.judgeText(o, rec, got.Text)
	case !a.Owed:
		j.withoutText(o, rec)
	}
	return nil
}

// ExpireWaits has watches that have waited long enough for an article decide by
// what the feed says.
func (m *Monitor) ExpireWaits(now time.Time) error {
	for _, r := range m.OwedReads() {
		if r.Until.IsZero() || r.Until.After(now) {
			continue
		}
		if err := m.change(func(j *judge) error {
			if err := j.fetch(r.Item); err != nil {
				return err
			}
			r.Until = time.Time{}
			j.putRead(r)
			rec := j.item(r.Item)
			if rec == nil || rec.Article == nil {
				return nil
			}
			o, err := j.outcomeOf(rec, m.Rules(), now)
			if err == nil {
				j.withoutText(o, rec)
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// outcomeOf is what an item is judged again with.
func (j *judge) outcomeOf(rec *Record, rules *Rules, at time.Time) (*outcome, error) {
	feed := rules.Feed(rec.Feed)
	known, err := j.pending.Feed(feed.ID())
	o := &outcome{feed: feed, rec: known, rules: rules, at: at}
	if rec.Article != nil {
		o.outage = rec.Article.Outage
	}
	return o, err
}

// withoutText has the watches that wait for an article decide by what the feed
// says.
func (j *judge) withoutText(o *outcome, rec *Record) {
	waits := j.endWaits(rec)
	if len(waits) == 0 {
		return
	}
	doc := DocOf(rec.Item, o.feed, o.at)
	all, found := o.rules.Set.Judge(doc)
	j.again(o, rec, slices.DeleteFunc(j.recall(o, doc, rec, false, all, found), func(q match.Match) bool { return !slices.Contains(waits, q.Watch) }), waits)
}

// endWaits has no watch wait for an item's article any longer, and returns those
// that did.
func (j *judge) endWaits(rec *Record) []string {
	a := *rec.Article
	waits := a.Waits
	a.Waits, a.Until = nil, time.Time{}
	rec.Article = &a
	rec.Decisions = slices.DeleteFunc(slices.Clone(rec.Decisions), func(d Decision) bool { return d.Destination == "" && slices.Contains(waits, d.Watch) })
	j.putItem(rec)
	return waits
}

// again tells what watches make of a known item, some of which have waited.
func (j *judge) again(o *outcome, rec *Record, matches []match.Match, waited []string) {
	if len(matches) == 0 {
		return
	}
	rec.setMatches(matches)
	it := matchedItem{o: o, rec: rec, item: rec.Item, outlet: rec.Outlet, matches: matches, waited: waited}
	if rec.Story != 0 {
		it.role = story.Repeat
	} else {
		j.days.Matched++
	}
	it.late = it.lateness(false)
	j.matched(&it)
}

// judgeText judges an item with the text of its article. What watches made of it
// before stands, so only what they did not make of it, or not as surely, goes on;
// and those that wait for the text go by it.
func (j *judge) judgeText(o *outcome, rec *Record, text string) {
	doc := ArticleDoc(rec.Item, text, o.feed, o.at)
	all, found := o.rules.Set.Judge(doc)
	all = j.recall(o, doc, rec, false, all, found)
	waits := j.endWaits(rec)
	for _, w := range waits {
		if !slices.ContainsFunc(all, func(q match.Match) bool { return q.Watch == w }) {
			rec.note(Decision{Watch: w, Why: "its article does not bear it out"})
			rec.Suppressed = rec.held()
		}
	}
	j.again(o, rec, slices.DeleteFunc(all, func(q match.Match) bool { return rec.matched(q) && !slices.Contains(waits, q.Watch) }), waits)
}

// ArticleDoc is an item with the text of its article as the watch language sees it.
func ArticleDoc(it feeds.Item, text string, f feeds.Feed, now time.Time) *match.Doc {
	doc := DocOf(it, f, now)
	if text != "" {
		doc.Body, doc.Origin = text, match.OfArticle
	}
	return doc
}

// Doc is the record as the watch language sees it: with the text of its article,
// as far as that is kept.
func (r *Record) Doc(f feeds.Feed, now time.Time) *match.Doc {
	text := ""
	if r.Article != nil {
		text = r.Article.Text
	}
	return ArticleDoc(r.Item, text, f, now)
}
