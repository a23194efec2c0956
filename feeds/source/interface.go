package source

import (
	"errors"
	"fmt"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/jsonapi"
)

// An api reads the answers of a JSON interface.
type api struct{ reader *jsonapi.Reader }

func newInterface(f feeds.Feed) (kind, error) {
	how := f.How()
	r, err := jsonapi.New(jsonapi.Source{URL: f.URL, Body: how.Body, Params: how.Params, Select: how.Select, Pages: how.Pages, Empty: how.Empty == "ok"})
	return api{r}, err
}

func (k api) first(now time.Time) Request { return request(k.reader.First(now)) }

func request(q jsonapi.Request) Request {
	return Request{Address: q.Address(), Body: q.Body, detail: q}
}

func (k api) read(q Request, body []byte, o Options) (a Answer, err error) {
	asked, ok := q.detail.(jsonapi.Request)
	if !ok {
		asked = k.reader.First(o.Now)
	}
	p, err := k.reader.Decode(asked, body)
	if err != nil {
		return a, err
	}
	// An interface answers for a window of time or of rows: what it leaves out
	// says nothing.
	a.Document = feeds.Document{Items: p.Items, Dropped: p.Dropped, Partial: true, Note: p.Flaw}
	a.Counts = []Count{{"items", "", p.Rows}}
	if p.Rows == 0 {
		AddNote(&a.Document, "it lists nothing at present, which is lawful")
	}
	if p.Next != nil {
		a.Next = []Request{request(*p.Next)}
	}
	return a, nil
}

// Complaint returns what the body of an answer with an error status says went
// wrong, "" for nothing. It has no secret of the feed.
func (r *Reader) Complaint(body []byte) string {
	if k, ok := r.kind.(api); ok {
		return k.reader.Complaint(body)
	}
	return ""
}

// Expand returns f with all that its preset says and f does not say itself.
func Expand(f feeds.Feed) (feeds.Feed, error) {
	how := f.How()
	if how.Preset == "" {
		if how.Agency != "" || how.Words != "" || how.Key != "" || how.Days != 0 {
			return f, errors.New("preset: is missing, to which agency, words, days and key belong")
		}
		return f, nil
	}
	s, err := jsonapi.Preset(how.Preset, jsonapi.Options{Agency: how.Agency, Words: how.Words, Key: how.Key, Days: how.Days})
	if err != nil {
		return f, fmt.Errorf("preset: %w", err)
	}
	if f.Kind != "" && f.Kind != feeds.KindJSON || how.Body != "" || how.Select.Items != "" || f.URL != "" {
		return f, errors.New("preset: fills url, kind, body and select; leave them out")
	}
	f.Kind, f.URL, how.Body, how.Select = feeds.KindJSON, s.URL, s.Body, s.Select
	if how.Pages == (feeds.Pages{}) {
		how.Pages = s.Pages
	}
	params := s.Params
	for name, value := range how.Params {
		if params == nil {
			params = map[string]feeds.Secret{}
		}
		params[name] = value
	}
	how.Params = params
	f.Source = &how
	return f, nil
}
