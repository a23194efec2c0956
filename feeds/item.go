package feeds

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"newswatch/feeds/urls"
)

// An Item is one entry of a feed, cleaned: all texts are plain and free of
// control characters, and either address is an absolute http(s) address or "".
type Item struct {
	GUID      string    `json:"GUID"`             // the entry's own identifier as published, white space trimmed; made from the rest ("entry:...") where there is neither address nor text
	Link      string    `json:"Link"`             // the address to click, as published and resolved
	URL       string    `json:"URL"`              // Link in canonical form (Canonical): for comparing
	Title     string    `json:"Title"`            // "" if the entry has none
	Summary   string    `json:"Summary"`          // the description, without Content's text
	Content   string    `json:"Content"`          // the full text where the feed has it beside the summary
	Authors   []string  `json:"Authors"`          // names
	Tags      []string  `json:"Tags"`             // the entry's own categories
	Published time.Time `json:"Published"`        // UTC; zero if missing or unreadable
	Updated   time.Time `json:"Updated"`          // UTC; zero if missing or unreadable
	Lang      string    `json:"Lang"`             // BCP 47, the entry's own or else the feed's; "" if neither says
	Source    string    `json:"Source"`           // the publisher an aggregator names for this entry; "" if the feed is its own publisher
	Hash      uint64    `json:"Span"`             // hash of the entry's bytes in the document; 0 where the scanner could not tell entries apart
	Proxy     string    `json:"Proxy,omitempty"`  // canonical address of the feed proxy's link, where the entry names the article's own beside it
	Fields    *Fields   `json:"Fields,omitempty"` // nil where the document has none
}

// Alias returns the canonical address that the item's guid is, "" if it is
// none: a move from http to https or to another host is then no news.
func (it Item) Alias() string {
	if it.GUID == it.Link && it.URL != "" || it.GUID == it.URL {
		return it.URL
	}
	return urls.Canonical(it.GUID)
}

// ArticleURL returns the address at which the article behind the item can be
// read, "" if it has none: Link, or the publisher's address that URL found in it.
func (it Item) ArticleURL() string {
	link, err := url.Parse(it.Link)
	target, odd := url.Parse(it.URL)
	if odd == nil && it.URL != "" && (err != nil || urls.HostKey(link) != urls.HostKey(target)) {
		link, err = target, nil
	}
	if err != nil || link.Host == "" || link.Scheme != "http" && link.Scheme != "https" || elsewhere[strings.TrimPrefix(urls.HostKey(link), "www.")] {
		return ""
	}
	return link.String()
}

// elsewhere are the hosts whose pages lead to an article or talk about it, but
// are none.
var elsewhere = map[string]bool{
	"news.google.com": true, "google.com": true, "bing.com": true, "flipboard.com": true, "feedly.com": true, "inoreader.com": true,
	"getpocket.com": true, "t.co": true, "lnkd.in": true, "reddit.com": true, "old.reddit.com": true, "news.ycombinator.com": true,
	"youtube.com": true, "youtu.be": true, "vimeo.com": true, "x.com": true, "twitter.com": true, "facebook.com": true, "l.facebook.com": true,
}

// MaxEntries of one document become items; further ones are dropped.
const MaxEntries = 20_000

// A Document is one parsed feed document.
type Document struct {
	Format    string // rss, atom, rdf or json; of other kinds of feed the kind
	Title     string
	URL       string // the site the feed belongs to
	Lang      string
	Repaired  bool   // something illegal was removed or a cut-off document salvaged
	Charset   string `json:",omitempty"` // the one it should be read in but that is not known; "" if it could be read
	Items     []Item
	Dropped   int      // entries beyond the limit of 20,000, which are not in Items
	Unchanged []uint64 `json:"Same"`       // hashes of the entries that the reader was told are known; they are not in Items
	Partial   bool     `json:",omitempty"` // what it leaves out may stand on the server all the same: nothing counts as withdrawn
	Note      string   `json:",omitempty"` // what its reader has to say of it beside that, in one line

	TTL       time.Duration // how long the publisher asks readers to wait; 0 if it does not say
	SkipHours []int         // hours of the day in UTC in which it asks not to be polled
	SkipDays  []time.Weekday
	Hub, Self string // WebSub: where to subscribe, and to what topic
}

// Listed returns how many entries the document lists, known or not.
func (d *Document) Listed() int { return len(d.Items) + len(d.Unchanged) }

// Flaws says in one line what about the document may have cost a reader
// something, "" if nothing did.
func (d Document) Flaws() string {
	var all []string
	if d.Charset != "" {
		all = append(all, fmt.Sprintf("its charset %q is not known here: letters beyond ASCII may be wrong", d.Charset))
	}
	if d.Dropped > 0 {
		all = append(all, fmt.Sprintf("it lists more than %d entries: the last %d are left out", MaxEntries, d.Dropped))
	} else if d.Repaired {
		all = append(all, "it is broken and was repaired: what stood in the broken places may be missing")
	}
	if d.Note != "" {
		all = append(all, d.Note)
	}
	return strings.Join(all, "; ")
}
