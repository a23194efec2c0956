package feeds

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"newswatch/feeds/urls"
)

// A Kind says what the documents of a feed are, and so which reader makes items
// of them. The zero value is KindFeed.
type Kind string

// The kinds.
const (
	KindFeed    Kind = "feed"    // RSS, Atom or JSON Feed
	KindSitemap Kind = "sitemap" // a sitemap, or an index of sitemaps
	KindList    Kind = "list"    // a page with a list of links
	KindPage    Kind = "page"    // a part of a page, whose changes are the items
	KindJSON    Kind = "json"    // the answer of a JSON interface
	KindPush    Kind = "push"    // nobody is asked: programs push items to it
)

// Dated says what an item's time is. The zero value is DatedSeen for KindJSON,
// whose rows come days after what they tell of, and DatedPublished for all
// others.
type Dated string

// The ways to date items.
const (
	DatedPublished Dated = "published" // what the document says
	DatedSeen      Dated = "seen"      // none: then the time of first sight counts
)

// A Source says how a feed is read beyond what its kind says. Feeds may share
// one: it is replaced, not changed.
type Source struct {
	Preset   string            `yaml:"preset"`   // an official interface whose shape is known; fills what follows
	Agency   string            `yaml:"agency"`   // of a preset
	Words    string            `yaml:"words"`    // of a preset: that rows must have
	Days     int               `yaml:"days"`     // of a preset: how far back it asks
	Key      Secret            `yaml:"key"`      // of a preset
	Select   Select            `yaml:"select"`   // where in a document the items stand
	Body     string            `yaml:"body"`     // JSON to POST; "" for GET
	Params   map[string]Secret `yaml:"params"`   // of the query, added to those of the address
	Pages    Pages             `yaml:"pages"`    // how a document goes on
	Requests string            `yaml:"requests"` // most requests in a time, as in 10/d; "" is any number
	Dated    Dated             `yaml:"dated"`
	Empty    string            `yaml:"empty"`  // "ok" where finding nothing is lawful
	Token    Secret            `yaml:"token"`  // of KindPush: of who pushes over HTTP; "" is nobody
	Expect   time.Duration     `yaml:"expect"` // of KindPush: longer silence is a failure; 0 is none
}

// Select says where in a document the items and their parts stand: by CSS
// selectors for KindList and KindPage, by JSONPath and names of fields for
// KindJSON. What each may be is told by the reader of the kind.
type Select struct {
	Items     string            `yaml:"items"`
	Key       []string          `yaml:"key"` // fields that together tell rows apart
	Title     string            `yaml:"title"`
	URL       string            `yaml:"url"`
	Published string            `yaml:"published"`
	Summary   string            `yaml:"summary"`
	Fields    map[string]string `yaml:"fields"` // typed fields by what they come from
	Region    string            `yaml:"region"` // the watched part of a page
	Ignore    []string          `yaml:"ignore"` // patterns taken out of its lines
	AtLeast   int               `yaml:"at_least"`
}

// Pages says how a document goes on. At most one of More, Next and Full stands.
type Pages struct {
	More string `yaml:"more"` // JSONPath to a truth value: there is a page after this one
	Next string `yaml:"next"` // JSONPath to the address of the next page
	Full int    `yaml:"full"` // a page with so many rows is followed by another
	Most int    `yaml:"most"` // pages read of one poll at most
}

// How returns a copy of f.Source, the zero Source for none.
func (f Feed) How() Source {
	if f.Source == nil {
		return Source{}
	}
	return *f.Source
}

// Syndicated reports whether f is a feed in the narrow sense: RSS, Atom or JSON
// Feed.
func (f Feed) Syndicated() bool { return f.Kind == "" || f.Kind == KindFeed }

// Lists reports whether a document of f says what there is, and not only what
// is new.
func (f Feed) Lists() bool { return f.Kind != KindPage && f.Kind != KindPush }

// ID names what is kept of f for good: its address without secrets, whatever its
// name and whatever a variable that it takes a credential from holds at present; of
// other kinds several may ask one address for different things, so that the name
// belongs to it.
func (f Feed) ID() string { return f.named(cmp.Or(f.Written, f.URL)) }

// FormerID is the ID that f would have with its credentials written out, or had
// before they were taken from variables.
func (f Feed) FormerID() string { return f.named(f.URL) }

func (f Feed) named(address string) string {
	id := urls.Identity(address)
	if f.Syndicated() {
		return id
	}
	return id + "#" + f.Name
}

// Of returns a hash of all that decides what f's server answers and how that is
// read: what a State says holds for that alone.
func (f Feed) Of() uint64 {
	if f.Syndicated() {
		return Hash([]byte(f.URL))
	}
	how := f.How()
	said := []any{f.URL, f.Kind, how.Select, how.Body, how.Pages, how.Dated}
	for _, name := range slices.Sorted(maps.Keys(how.Params)) {
		said = append(said, name, how.Params[name].Reveal())
	}
	text, err := json.Marshal(said)
	if err != nil {
		panic(err) // there is nothing in it that JSON does not know
	}
	return Hash(text)
}

// A Rate is a number of requests in a time. The zero value is any number.
type Rate struct {
	N   int
	Per time.Duration
}

// ParseRate reads "10/d" and "30/h"; "" is the zero Rate.
func ParseRate(text string) (Rate, error) {
	if text == "" {
		return Rate{}, nil
	}
	number, unit, _ := strings.Cut(text, "/")
	n, err := strconv.Atoi(strings.TrimSpace(number))
	per := map[string]time.Duration{"h": time.Hour, "d": 24 * time.Hour}[strings.TrimSpace(unit)]
	if err != nil || n < 1 || per == 0 {
		return Rate{}, fmt.Errorf("%.20q is no number of requests in a time; write it like 10/d or 30/h", text)
	}
	return Rate{n, per}, nil
}

// checkSource reports the first mistake in what no reader looks at.
func (f Feed) checkSource() error {
	how := f.How()
	if _, err := ParseRate(how.Requests); err != nil {
		return fmt.Errorf("requests: %w", err)
	}
	switch {
	case how.Empty != "" && how.Empty != "ok":
		return fmt.Errorf("empty: there is no %.20q; write ok where finding nothing is lawful, or leave it out", how.Empty)
	case f.Kind != KindJSON && (how.Body != "" || len(how.Params) > 0):
		return errors.New("kind: body and params are for the kind json; write kind: json")
	case f.Kind != KindPush && (how.Token != "" || how.Expect != 0):
		return errors.New("kind: token and expect are for the kind push; write kind: push")
	case f.Kind == KindPush && (f.URL != "" || f.Schedule != "" || how.Requests != "" || len(f.Headers) > 0 || f.Proxy != ""):
		return errors.New("kind: a feed that others push to is asked nothing; leave url, schedule, requests, headers and proxy out")
	case f.Syndicated() && (how.Select.given() || how.Pages != Pages{} || how.Empty != "" || how.Dated != ""):
		return errors.New("kind: select, pages, dated and empty are for other kinds than feed; write kind: list, page, sitemap or json")
	}
	return nil
}

func (s Select) given() bool {
	return cmp.Or(s.Items, s.Title, s.URL, s.Published, s.Summary, s.Region) != "" || len(s.Key)+len(s.Fields)+len(s.Ignore)+s.AtLeast > 0
}

// ByFirstSight reports whether f's items have no time but that of first sight.
func (f Feed) ByFirstSight() bool {
	dated := f.How().Dated
	return dated == DatedSeen || dated == "" && f.Kind == KindJSON
}
