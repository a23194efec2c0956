// Package opml reads and writes subscription lists.
package opml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

// maxBytes bounds a subscription list: a hundred thousand feeds fit.
const maxBytes = 32 << 20

// Read reads a subscription list (OPML 1.0 and 2.0). Folders and the
// category attribute become tags, text or else title the name; an address that is
// listed twice is one feed with the tags of both, and of a name that several feeds
// have the later ones get their host and path, or a number, behind it. It reads the lists that
// exist, not only those that are XML: bare ampersands, missing elements,
// attributes in any case. Outlines without an http(s) address are no feeds.
// The error is r's, or says that there is no outline in it.
func Read(r io.Reader) ([]feeds.Feed, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err == nil && len(raw) > maxBytes {
		err = errors.New("too large")
	}
	if err != nil {
		return nil, fmt.Errorf("opml: %w", err)
	}
	l := reader{rest: utf8OPML(raw)}
	for l.next() {
	}
	if !l.opml && !l.outline {
		return nil, errors.New("opml: no outline in it; is this a subscription list?")
	}
	list := merge(nil, l.feeds)
	Distinct(list, nil)
	return list, nil
}

// Distinct gives the feeds of list names of their own, in place, that none of have
// has either. A feed without a name stays without.
func Distinct(list, have []feeds.Feed) {
	taken := map[string]bool{}
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

// An reader walks from outline to outline. It knows nothing of XML but
// tags and attributes, so there is no mistake that it could stop at: lists
// have bare ampersands, and whole HTML links with their quotes in attributes.
type reader struct {
	rest    string
	folders []string // open outlines; "" for those that are no folder
	feeds   []feeds.Feed
	opml    bool
	outline bool
}

var (
	tagStart  = regexp.MustCompile(`(?i)<(!--|/?(?:opml|body|outline)\b)`)
	attribute = regexp.MustCompile(`([A-Za-z][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	entity    = regexp.MustCompile(`&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);`)
)

// maxFolders bounds nesting; deeper folders give no tags.
const maxFolders = 64

// next takes in the next tag and all up to the one after it.
func (l *reader) next() bool {
	at := tagStart.FindStringSubmatchIndex(l.rest)
	if at == nil {
		return false
	}
	name := strings.ToLower(l.rest[at[2]:at[3]])
	l.rest = l.rest[at[1]:]
	if name == "!--" {
		_, l.rest, _ = strings.Cut(l.rest, "-->")
		return true
	}
	tag := l.rest
	if end := tagStart.FindStringIndex(tag); end != nil {
		tag = tag[:end[0]]
	}
	l.rest = l.rest[len(tag):]
	switch name {
	case "opml":
		l.opml = true
	case "/body":
		l.folders = nil
	case "/outline":
		l.folders = l.folders[:max(len(l.folders)-1, 0)]
	case "outline":
		l.outline = true
		closed := strings.HasSuffix(tag[:strings.LastIndexByte(tag, '>')+1], "/>")
		l.enter(attributes(tag), !closed)
	}
	return true
}

// attributes returns the attributes of a tag by their name in lower case,
// the first of each.
func attributes(tag string) map[string]string {
	at := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(tag, 64) {
		name := strings.ToLower(m[1])
		if _, twice := at[name]; !twice {
			at[name] = entity.ReplaceAllStringFunc(m[2]+m[3], html.UnescapeString)
		}
	}
	return at
}

// enter takes in an outline; open means that it may have children.
func (l *reader) enter(at map[string]string, open bool) {
	folder := ""
	if address := address(at); address != "" {
		l.feeds = append(l.feeds, feeds.Feed{Name: name(at), URL: address, Tags: l.tags(at["category"])})
	} else {
		folder = name(at)
	}
	if open && len(l.folders) < maxFolders {
		l.folders = append(l.folders, folder)
	}
}

// address returns an outline's feed, "" if it has none.
func address(at map[string]string) string {
	for _, name := range []string{"xmlurl", "url"} {
		if name == "url" && !strings.EqualFold(at["type"], "rss") && !strings.EqualFold(at["type"], "atom") {
			continue
		}
		address := strings.TrimSpace(at[name])
		address = strings.TrimPrefix(address, "feed:")
		if strings.HasPrefix(address, "//") {
			address = "http:" + address
		}
		if _, err := urls.Parse(address); err == nil {
			return address
		}
	}
	return ""
}

// name is what an outline is called: text is the user's word for it, title the
// publisher's (OPML 2.0, "What is a subscription list?").
func name(at map[string]string) string {
	for _, name := range []string{"text", "title"} {
		if s := strings.Join(strings.Fields(at[name]), " "); s != "" {
			return s
		}
	}
	return ""
}

// tags are the open folders and the categories, each once.
func (l *reader) tags(categories string) []string {
	all := slices.Clone(l.folders)
	for c := range strings.SplitSeq(categories, ",") {
		all = append(all, strings.Trim(strings.TrimSpace(c), "/"))
	}
	return union(nil, all)
}

// union appends what of more is not empty and not in tags yet.
func union(tags, more []string) []string {
	for _, t := range more {
		if t != "" && !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	return tags
}

// merge returns have and those of more whose address is new. A feed that
// is in both keeps its fields and gets the tags of the other as well.
// Addresses are the same if they differ in the case of scheme and host, a
// default port or a fragment only. Its arguments are left alone.
func merge(have, more []feeds.Feed) []feeds.Feed {
	out := make([]feeds.Feed, 0, len(have)+len(more))
	at := map[string]int{}
	for i, f := range slices.Concat(have, more) {
		key := sameAddress(f.URL)
		if j, ok := at[key]; ok && i >= len(have) {
			out[j].Tags = union(slices.Clip(out[j].Tags), f.Tags)
			continue
		}
		at[key] = len(out)
		out = append(out, f)
	}
	return out
}

func sameAddress(raw string) string {
	u, err := urls.Parse(raw)
	if err != nil {
		return raw
	}
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
