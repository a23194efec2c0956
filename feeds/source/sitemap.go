package source

import (
	"errors"
	"fmt"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/sitemap"
)

// mostMaps is how many sitemaps of an index are read, unless pages.most says
// otherwise: those changed last come first.
const mostMaps = 3

// A siteMap reads sitemaps, and those that an index names.
type siteMap struct {
	url  string
	most int
}

func newSitemap(f feeds.Feed) (kind, error) {
	how := f.How()
	var problems []error
	if how.Select.Items != "" || how.Select.Region != "" || len(how.Select.Key)+len(how.Select.Fields) > 0 {
		problems = append(problems, errors.New("select: a sitemap needs none; leave it out"))
	}
	if how.Pages.More != "" || how.Pages.Next != "" || how.Pages.Full != 0 || how.Pages.Most < 0 {
		problems = append(problems, errors.New("pages: a sitemap has none but most, how many sitemaps of an index are read"))
	}
	k := siteMap{f.URL, how.Pages.Most}
	if k.most == 0 {
		k.most = mostMaps
	}
	return k, errors.Join(problems...)
}

func (k siteMap) first(time.Time) Request { return Request{Address: k.url} }

// read follows no index that another index names.
func (k siteMap) read(q Request, body []byte, o Options) (a Answer, err error) {
	doc, err := sitemap.Parse(body, sitemap.Options{URL: o.URL, Now: o.Now})
	if err != nil {
		return a, err
	}
	a.Document = feeds.Document{URL: o.URL, Items: doc.Items, Dropped: max(0, len(doc.Items)-feeds.MaxEntries), Partial: doc.Partial || doc.Index}
	d := &a.Document
	switch {
	case doc.Partial:
		AddNote(d, "the sitemap breaks off")
	case !doc.Index && len(doc.Items) == 0 && doc.Dropped == 0:
		AddNote(d, "it lists nothing at present, which is lawful")
	}
	if doc.Untitled > 0 {
		AddNote(d, fmt.Sprintf("%d of %d entries have no title: only their pages know it", doc.Untitled, len(doc.Items)))
	}
	if q.detail == nil && doc.Index {
		for _, m := range doc.Maps[:min(len(doc.Maps), k.most)] {
			a.Next = append(a.Next, Request{Address: m.URL, detail: m})
		}
		if len(doc.Maps) > k.most {
			AddNote(d, fmt.Sprintf("of the %d sitemaps of the index the %d changed last are read", len(doc.Maps), k.most))
		}
		if len(doc.Maps) == 0 {
			return a, errors.New("the index names no sitemap of its own site")
		}
	}
	return a, nil
}
