package source

import (
	"errors"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/listing"
)

// A page tells the changes of a part of a page. A change is told when a second
// look finds it still there.
type page struct {
	url    string
	region *listing.Region
}

func newPage(f feeds.Feed) (kind, error) {
	var problems []error
	how := f.How()
	s := how.Select
	if s.Items != "" || s.Title != "" || s.URL != "" || s.Published != "" || s.Summary != "" || len(s.Key)+len(s.Fields) > 0 {
		problems = append(problems, errors.New("select: a page has region, ignore and at_least"))
	}
	if how.Pages != (feeds.Pages{}) || how.Empty != "" {
		problems = append(problems, errors.New("pages: pages and empty are for other kinds than page"))
	}
	region, err := listing.NewRegion(s.Region, s.Ignore, s.AtLeast)
	return page{f.URL, region}, errors.Join(append(problems, err)...)
}

func (k page) first(time.Time) Request { return Request{Address: k.url} }

func (k page) read(_ Request, body []byte, o Options) (a Answer, err error) {
	now, err := k.region.Read(body, listing.Options{URL: o.URL, ContentType: o.ContentType, Now: o.Now})
	if err != nil {
		return a, err
	}
	a.Document = feeds.Document{Title: now.Title, URL: o.URL, Partial: true}
	a.Counts = []Count{{"region", "", len(now.Lines)}}
	if o.Kept == nil || len(o.Kept.Lines) == 0 {
		a.Kept = &feeds.Kept{Lines: now.Lines}
		return a, nil
	}
	before := listing.State{Title: now.Title, Lines: o.Kept.Lines}
	change, any := k.region.Compare(before, now)
	if !any {
		a.Kept = &feeds.Kept{Lines: o.Kept.Lines}
		return a, nil
	}
	first := listing.Change{Added: o.Kept.Added, Removed: o.Kept.Removed}
	seenBefore := len(first.Added)+len(first.Removed) > 0
	if held, ok := k.region.Both(change, first); seenBefore && ok {
		a.Document.Items = []feeds.Item{held.Item(now, o.URL, o.Now)}
		a.Kept = &feeds.Kept{Lines: before.After(held).Lines}
		return a, nil
	}
	// What comes and goes with every look is not looked at again and again.
	a.Again = !seenBefore
	a.Kept = &feeds.Kept{Lines: o.Kept.Lines, Added: change.Added, Removed: change.Removed}
	return a, nil
}
