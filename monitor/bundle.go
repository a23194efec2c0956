package monitor

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// A bundle collects what goes out in one message: late matches for one
// destination, or news of feeds for operations. While it is open its notice
// stands in the outbox and is replaced by a fuller one; it is due once nothing
// was added for a while, and no deliverer touches it before.
type bundle struct {
	notice Notice
	opened time.Time
	news   []feedNews // of an operations bundle
	first  bool       // it welcomes: there was nothing before it
}

type bundleKey struct {
	kind Kind
	dest string
}

// A bundle closes when nothing was added for bundleQuiet, or when it has been
// open for bundleLongest.
const (
	bundleQuiet   = 45 * time.Second
	bundleLongest = 5 * time.Minute
)

// maxBundleCards bounds the stories in one catch-up card; more make a further
// one.
const maxBundleCards = 100

// catchup adds a story to the catch-up card of a destination, and returns the
// card's key. Another report of a story that is on the card stands with it.
func (j *judge) catchup(it *matchedItem, s *Story, n Notice) string {
	k := bundleKey{CatchupKind, n.Destination}
	b := j.bundle(k, it.o)
	if len(b.notice.Content.Cards) >= maxBundleCards {
		delete(j.bundles, k)
		j.parts++
		b = j.bundle(k, it.o)
	}
	b.notice.Priority = cmp.Or(b.notice.Priority, Normal)
	if b.notice.Seen.IsZero() {
		b.notice.Seen = it.rec.Seen
	}
	c := &b.notice.Content
	c.Cards = slices.Clone(c.Cards)
	card := n.Content.Cards[0]
	if i := slices.IndexFunc(c.Cards, func(o Card) bool { return o.Story == s.ID }); i >= 0 {
		c.Cards[i] = c.Cards[i].With(card)
	} else {
		c.Cards = append(c.Cards, card)
	}
	slices.SortStableFunc(c.Cards, StrongestFirst)
	c.Headline = "Catching up: " + formatCount(len(c.Cards), "earlier story", "earlier stories")
	s.tell(n).Catchup = b.opened.UTC()
	j.post(b.notice)
	return b.notice.Key
}

// With returns the card with a later one of the same story below it: the counts
// are the later one's, all watches are named, and a report that is another
// stands among its reports.
func (c Card) With(later Card) Card {
	c.Outlets, c.Independent = max(c.Outlets, later.Outlets), max(c.Independent, later.Independent)
	c.Verdict = max(c.Verdict, later.Verdict)
	c.Watches = slices.Clone(c.Watches)
	for _, w := range later.Watches {
		if !slices.Contains(c.Watches, w) {
			c.Watches = append(c.Watches, w)
		}
	}
	if later.Item != c.Item || later.Headline != c.Headline {
		at := later.Published
		if at.IsZero() {
			at = later.Seen
		}
		c.Reports = append(slices.Clone(c.Reports), Report{Outlet: later.Outlet, Title: later.Headline, URL: later.URL, At: at})
	}
	c.Reports = append(c.Reports, later.Reports...)
	return c
}

// bundle returns the open bundle, or opens one.
func (j *judge) bundle(k bundleKey, o *outcome) *bundle {
	now := o.at
	b := j.bundles[k]
	if b == nil || !b.notice.Delivery.Due.After(now.Add(time.Second)) {
		// The old one is due, or about to be: a deliverer may hold it.
		b = &bundle{opened: now, notice: Notice{Destination: k.dest, Kind: k.kind, Created: now.UTC(),
			Key: noticeKey(string(k.kind), k.dest, now.UTC().Format(time.RFC3339Nano), part(j.parts))}}
		if o.rules.Page != "" && k.kind == CatchupKind {
			b.notice.Content.Page = PageOf(o.rules.Page, b.notice.Key)
		}
		j.bundles[k] = b
	}
	b.notice.Delivery.Due = earlier(now.Add(bundleQuiet), b.opened.Add(bundleLongest)).UTC()
	return b
}

// part tells the bundles of one moment apart.
func part(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// closeBundles makes the open bundles due now.
func (j *judge) closeBundles(now time.Time) {
	for _, b := range j.bundles {
		if b.notice.Delivery.Due.After(now) {
			b.notice.Delivery.Due = b.notice.Created
			j.post(b.notice)
		}
	}
	clear(j.bundles)
}
