// Package source makes documents of what the servers of feeds answer, whatever
// kind of feed that is, and says what to ask them: it picks the reader by the
// feed's kind.
//
// It takes and gives bytes: making the requests, politely and within a budget,
// is for whoever fetches.
package source

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"newswatch/feeds"
)

// A Reader reads the documents of one feed. It is safe for concurrent use.
type Reader struct {
	of   feeds.Kind
	raw  bool // its documents are given on as the parser made them
	seen bool // its items are dated by when they are first seen
	kind kind
}

// A kind is what differs between the kinds of feed. Each has a file of its own.
type kind interface {
	// first returns the request that a poll begins with.
	first(now time.Time) Request
	// read makes a document of the answer to q.
	read(q Request, body []byte, o Options) (Answer, error)
}

// A Request is one document to ask for.
type Request struct {
	Address string // may have secrets in its query
	Body    []byte // JSON to POST; nil for GET

	detail any // what its kind knows of it beside that
}

// String returns the address without its query.
func (q Request) String() string {
	at, _, _ := strings.Cut(q.Address, "?")
	return at
}

// Format prints String for every verb.
func (q Request) Format(s fmt.State, _ rune) { s.Write([]byte(q.String())) }

// Options say what is known about a document beside its bytes.
type Options struct {
	URL         string       // that gave it, after redirects
	ContentType string       // the HTTP header
	Known       feeds.Hashes // entries that need not be read again
	MaxBody     feeds.Size
	Now         time.Time
	Kept        *feeds.Kept // what an Answer before has kept
}

// An Answer is a document read.
type Answer struct {
	Document feeds.Document
	Next     []Request   // further documents that belong to it
	Kept     *feeds.Kept // to be given with the next document
	Again    bool        // a second look is wanted soon
	Counts   []Count
}

// A Count says in how many items, or of how many pieces, a selector found
// something.
type Count struct {
	Name     string `json:"name"`
	Selector string `json:"selector"`
	Found    int    `json:"found"`
}

// New returns the reader of f, or all mistakes in how f describes itself, each
// beginning with its key ("select.items: ...").
func New(f feeds.Feed) (*Reader, error) {
	r := &Reader{of: f.Kind, raw: f.Syndicated(), seen: f.ByFirstSight()}
	var err error
	switch f.Kind {
	case feeds.KindFeed, "":
		r.kind = syndicated{f.URL}
	case feeds.KindSitemap:
		r.kind, err = newSitemap(f)
	case feeds.KindList:
		r.kind, err = newList(f)
	case feeds.KindPage:
		r.kind, err = newPage(f)
	case feeds.KindJSON:
		r.kind, err = newInterface(f)
	case feeds.KindPush:
		r.kind, err = newPushed(f)
	default:
		err = fmt.Errorf("kind: there is no %.40q", string(f.Kind))
	}
	return r, err
}

// First returns the request that a poll begins with.
func (r *Reader) First(now time.Time) Request { return r.kind.first(now) }

// Read makes a document of the answer to q. Its errors are *feeds.FetchError,
// save for a panic in a parser, which costs this document only; they have no
// secret of the feed.
func (r *Reader) Read(q Request, body []byte, o Options) (a Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			a, err = Answer{}, fmt.Errorf("the reader broke down: %v; please report this feed", p)
		}
	}()
	if a, err = r.kind.read(q, body, o); err != nil {
		if _, ok := errors.AsType[*feeds.FetchError](err); !ok {
			err = &feeds.FetchError{Fault: feeds.Unparseable, Err: err}
		}
		return Answer{}, err
	}
	if !r.raw {
		r.finish(&a.Document, o)
	}
	return a, nil
}

// finish dates the items, and leaves those out that are known.
func (r *Reader) finish(d *feeds.Document, o Options) {
	d.Format = string(r.of)
	items := d.Items[:0]
	for _, it := range d.Items {
		if r.seen {
			it.Published, it.Updated = time.Time{}, time.Time{}
		}
		if it.Hash = hashOf(it); o.Known.Has(it.Hash) {
			d.Unchanged = append(d.Unchanged, it.Hash)
			continue
		}
		items = append(items, it)
	}
	d.Items = items
}

// hashOf returns a hash of all that an item says.
func hashOf(it feeds.Item) uint64 {
	h := xxhash.New()
	fmt.Fprintf(h, "%q %q %q %q %q %q %d %d", it.GUID, it.Link, it.Title, it.Summary, it.Content, it.Tags, it.Published.Unix(), it.Updated.Unix())
	if f := it.Fields; f != nil {
		amount := 0.0
		if f.Amount != nil {
			amount = *f.Amount
		}
		fmt.Fprintf(h, " %g %q", amount, []string{f.Currency, f.Agency, f.Office, f.Vendor, f.AwardID, f.Action, f.NAICS, f.PSC, f.Place, f.Deadline.String()})
	}
	return max(h.Sum64(), 1)
}

// Add joins the document of a further answer to d: items that d has already,
// as lists have that shift while they are read, are left out.
func Add(d *feeds.Document, more feeds.Document) {
	have := make(map[string]bool, len(d.Items))
	for _, it := range d.Items {
		have[it.GUID] = true
	}
	for _, it := range more.Items {
		switch {
		case have[it.GUID]:
		case len(d.Items) >= feeds.MaxEntries:
			d.Dropped++
		default:
			have[it.GUID] = true
			d.Items = append(d.Items, it)
		}
	}
	d.Unchanged = append(d.Unchanged, more.Unchanged...)
	d.Dropped += more.Dropped
	d.Partial = d.Partial || more.Partial
	AddNote(d, more.Note)
}

// AddNote adds what is to be said of d, unless it is said already.
func AddNote(d *feeds.Document, note string) {
	switch {
	case note == "" || strings.Contains(d.Note, note):
	case d.Note == "":
		d.Note = note
	default:
		d.Note += "; " + note
	}
}
