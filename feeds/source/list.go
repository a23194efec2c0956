package source

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/listing"
)

// A list reads the links of a page.
type list struct {
	url   string
	given feeds.Select
	list  *listing.List // nil where the list is to be found
	empty bool
}

func newList(f feeds.Feed) (kind, error) {
	how := f.How()
	k := list{url: f.URL, given: how.Select, empty: how.Empty == "ok"}
	var problems []error
	if how.Pages != (feeds.Pages{}) {
		problems = append(problems, errors.New("pages: a list has one page; list its other pages as feeds of their own"))
	}
	s := how.Select
	if s.Region != "" || len(s.Key)+len(s.Fields)+len(s.Ignore)+s.AtLeast > 0 {
		problems = append(problems, errors.New("select: a list has items, title, url, published and summary"))
	}
	if cmp.Or(s.Items, s.Title, s.URL, s.Published, s.Summary) != "" {
		var err error
		k.list, err = listing.New(s)
		problems = append(problems, err)
	}
	return k, errors.Join(problems...)
}

func (k list) first(time.Time) Request { return Request{Address: k.url} }

func (k list) read(_ Request, body []byte, o Options) (a Answer, err error) {
	at := listing.Options{URL: o.URL, ContentType: o.ContentType, Now: o.Now}
	reader := k.list
	if reader == nil {
		a.Kept = o.Kept
		if a.Kept == nil || a.Kept.Items == "" {
			if a.Kept, err = found(body, at); err != nil {
				return a, err
			}
		}
		if reader, err = listing.New(feeds.Select{Items: a.Kept.Items}); err != nil {
			return a, err
		}
	}
	p, err := reader.Read(body, at)
	a.Document = feeds.Document{Title: p.Title, URL: o.URL, Items: p.Items, Partial: true}
	if _, nothing := errors.AsType[*listing.NothingError](err); nothing && k.empty {
		AddNote(&a.Document, "it lists nothing at present, which its configuration calls lawful")
		return a, nil
	}
	for _, c := range p.Counts {
		a.Counts = append(a.Counts, Count(c))
	}
	return a, err
}

// found returns the selector of the list that a page has.
func found(body []byte, at listing.Options) (*feeds.Kept, error) {
	all, err := listing.Find(body, at)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no list of links was found on the page: name it by select.items")
	}
	return &feeds.Kept{Items: all[0].Select.Items}, nil
}
