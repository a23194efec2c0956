// Package opml reads and writes subscription lists.
package opml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

// MaxBytes bounds a subscription list: two hundred thousand feeds fit.
const MaxBytes = 32 << 20

// Read reads a subscription list (OPML 1.0 and 2.0). Folders and the
// category attribute become tags, text or else title the name; an address that is
// listed twice is one feed with the tags of both, and of a name that several feeds
// have the later ones get their host and path, or a number, behind it. It reads the lists that
// exist, not only those that are XML: bare ampersands, missing elements,
// attributes in any case. Outlines without an http(s) address are no feeds.
// The error is r's, or says that there is no outline in it.
func Read(r io.Reader) ([]feeds.Feed, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err == nil && len(raw) > MaxBytes {
		err = errors.New("too large")
	}
	if err != nil {
		return nil, fmt.Errorf("opml: %w", err)
	}
	l := reader{rest: utf8OPML(raw)}
	l.feeds.list = make([]feeds.Feed, 0, strings.Count(l.rest, "<outline"))
	for l.next() {
	}
	if !l.opml && !l.outline {
		return nil, errors.New("opml: no outline in it; is this a subscription list?")
	}
	Distinct(l.feeds.list, nil)
	return l.feeds.list, nil
}

// Distinct gives the feeds of list names of their own, in place, that none of have
// has either. A feed without a name stays without.
func Distinct(list, have []feeds.Feed) {
	taken := make(map[string]bool, len(list)+len(have))
	for _, f := range have {
		taken[f.Name] = true
	}
	for i, f := range list {
		name := f.Name
		for n := 1; name != "" && taken[name]; n++ {
			name = fmt.Sprintf("%s (%s)", f.Name, urls.Shown(f.URL))
			if n > 1 {
				name = fmt.Sprintf("%s %d", f.Name, n)
			}
		}
		list[i].Name, taken[name] = name, true
	}
}

// utf8OPML converts raw by its byte order mark or its XML declaration.
func utf8OPML(raw []byte) string {
	_, name, sure := charset.DetermineEncoding(raw[:min(len(raw), 3)], "")
	if !sure {
		name = "utf-8"
		head, _, _ := bytes.Cut(raw[:min(len(raw), 200)], []byte("?>"))
		if _, after, ok := bytes.Cut(head, []byte("encoding=")); ok && len(after) > 1 {
			name, _, _ = strings.Cut(string(after[1:]), string(after[:1]))
		}
	}
	e, _ := charset.Lookup(name)
	if e == nil {
		return string(raw)
	}
	text, err := e.NewDecoder().Bytes(raw)
	if err != nil {
		return string(raw)
	}
	return string(text)
}

// A reader walks from outline to outline. It knows nothing of XML but
// tags and attributes, so there is no mistake that it could stop at: lists
// have bare ampersands, and whole HTML links with their quotes in attributes.
type reader struct {
	rest    string
	at      attributes // of the tag at hand
	folders []string   // open outlines; "" for those that are no folder
	last    []string   // the tags of the last feed, which most share with the next
	feeds   union
	opml    bool
	outline bool
}

// maxFolders bounds nesting; deeper folders give no tags.
const maxFolders = 64

// next takes in the next tag and all up to the one after it.
func (l *reader) next() bool {
	name, from, ok := nextTag(l.rest)
	if !ok {
		return false
	}
	l.rest = l.rest[from+1+len(name):]
	if name == "!--" {
		_, l.rest, _ = strings.Cut(l.rest, "-->")
		return true
	}
	tag := l.rest
	if _, end, ok := nextTag(tag); ok {
		tag = tag[:end]
	}
	l.rest = l.rest[len(tag):]
	switch strings.ToLower(name) {
	case "opml":
		l.opml = true
	case "/body":
		l.folders = nil
	case "/outline":
		l.folders = l.folders[:max(len(l.folders)-1, 0)]
	case "outline":
		l.outline = true
		closed := strings.HasSuffix(tag[:strings.LastIndexByte(tag, '>')+1], "/>")
		l.at.read(tag)
		l.enter(!closed)
	}
	return true
}

// enter takes in an outline; open means that it may have children.
func (l *reader) enter(open bool) {
	folder := ""
	if address, u := address(l.at); u != nil {
		l.feeds.add(feeds.Feed{Name: name(l.at), URL: strings.Clone(address), Tags: l.tags(l.at.get("category"))}, u)
	} else {
		folder = name(l.at)
	}
	if open && len(l.folders) < maxFolders {
		l.folders = append(l.folders, folder)
	}
}

// address returns an outline's feed, as it is written and in its parts, nil if it
// has none.
func address(at attributes) (string, *url.URL) {
	for _, name := range []string{"xmlurl", "url"} {
		if name == "url" && !strings.EqualFold(at.get("type"), "rss") && !strings.EqualFold(at.get("type"), "atom") {
			continue
		}
		address := strings.TrimSpace(at.get(name))
		address = strings.TrimPrefix(address, "feed:")
		if strings.HasPrefix(address, "//") {
			address = "http:" + address
		}
		if u, err := urls.Parse(address); err == nil {
			return address, u
		}
	}
	return "", nil
}

// name is what an outline is called: text is the user's word for it, title the
// publisher's (OPML 2.0, "What is a subscription list?").
func name(at attributes) string {
	for _, name := range []string{"text", "title"} {
		if s := strings.Join(strings.Fields(at.get(name)), " "); s != "" {
			return s
		}
	}
	return ""
}

// tags are the open folders and the categories, each once.
func (l *reader) tags(categories string) []string {
	var all []string
	add := func(t string) {
		if t != "" && !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	for _, f := range l.folders {
		add(f)
	}
	for c := range strings.SplitSeq(categories, ",") {
		add(strings.Trim(strings.TrimSpace(c), "/"))
	}
	if !slices.Equal(all, l.last) {
		l.last = slices.Clip(all)
	}
	return l.last
}

// A union is feeds of which each address is there once: one that is added again
// gives its tags. Addresses are the same if they differ in the case of scheme and
// host, a default port or a fragment only.
type union struct {
	list []feeds.Feed
	at   map[uint64]int32 // by the hash of their address
}

// add adds a feed at an address, which it may change.
func (u *union) add(f feeds.Feed, at *url.URL) {
	if u.at == nil {
		u.at = make(map[uint64]int32, cap(u.list))
	}
	key := feeds.Hash([]byte(sameAddress(at)))
	i, ok := u.at[key]
	if !ok {
		u.at[key] = int32(len(u.list))
		u.list = append(u.list, f)
		return
	}
	for _, t := range f.Tags {
		if have := &u.list[i].Tags; !slices.Contains(*have, t) {
			*have = append(slices.Clip(*have), t)
		}
	}
}

func sameAddress(u *url.URL) string {
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); port != "" && port == urls.OriginOf(&url.URL{Scheme: u.Scheme}).Port {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}

type file struct {
	XMLName xml.Name   `xml:"opml"`
	Version string     `xml:"version,attr"`
	Title   string     `xml:"head>title"`
	Body    []*outline `xml:"body>outline"`
}

type outline struct {
	Text     string     `xml:"text,attr"`
	Title    string     `xml:"title,attr,omitempty"`
	Type     string     `xml:"type,attr,omitempty"`
	URL      string     `xml:"xmlUrl,attr,omitempty"`
	Category string     `xml:"category,attr,omitempty"`
	Feeds    []*outline `xml:"outline"`
}

// Write writes list as an OPML 2.0 subscription list that Read reads
// back: a folder for each first tag, in the order of the feeds, and all tags as
// categories. Tags that a category cannot hold, as those with a comma, are folders
// within that one, with those before them. A list is made to be passed on, so
// headers, proxies, and users and passwords in addresses stay behind.
func Write(w io.Writer, title string, list []feeds.Feed) error {
	file := file{Version: "2.0", Title: title}
	for _, f := range list {
		in := &file.Body
		folders, categories := shelve(f.Tags)
		for _, name := range folders {
			in = folder(in, name)
		}
		*in = append(*in, &outline{Text: label(f), Title: f.Name, Type: "rss", URL: unsigned(f.URL), Category: strings.Join(categories, ",")})
	}
	text, err := xml.MarshalIndent(file, "", "  ")
	if err != nil {
		return fmt.Errorf("opml: %w", err)
	}
	if _, err := fmt.Fprintf(w, "%s%s\n", xml.Header, text); err != nil {
		return fmt.Errorf("opml: %w", err)
	}
	return nil
}

// shelve returns the folders that tags are written as, and the categories.
func shelve(tags []string) (folders, categories []string) {
	folders = tags[:min(1, len(tags))]
	for i, t := range tags {
		if strings.Contains(t, ",") || t != strings.Trim(strings.TrimSpace(t), "/") {
			folders = tags[:i+1]
		} else {
			categories = append(categories, t)
		}
	}
	return folders, categories
}

// folder returns the inside of the folder of that name in a list, which is made
// if there is none.
func folder(in *[]*outline, name string) *[]*outline {
	for _, o := range *in {
		if o.URL == "" && o.Text == name {
			return &o.Feeds
		}
	}
	o := &outline{Text: name, Title: name}
	*in = append(*in, o)
	return &o.Feeds
}

func label(f feeds.Feed) string {
	if f.Name != "" {
		return f.Name
	}
	return urls.Shown(f.URL)
}

// unsigned returns raw without user and password.
func unsigned(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.User == nil {
		return raw
	}
	u.User = nil
	return u.String()
}
