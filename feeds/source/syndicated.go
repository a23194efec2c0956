package source

import (
	"time"

	"newswatch/feeds/parse"
)

// syndicated reads RSS, Atom and JSON Feed.
type syndicated struct{ url string }

func (k syndicated) first(time.Time) Request { return Request{Address: k.url} }

func (syndicated) read(_ Request, body []byte, o Options) (a Answer, err error) {
	a.Document, err = parse.Document(body, parse.Options{URL: o.URL, ContentType: o.ContentType, Known: o.Known, MaxBody: o.MaxBody, Now: o.Now})
	return a, err
}
