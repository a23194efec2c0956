package feeds

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
)

// maxOPML bounds a subscription list: a hundred thousand feeds fit.
const maxOPML = 32 << 20

// ReadOPML reads a subscription list (OPML 1.0 and 2.0). Folders and the
// category attribute become tags, text or title the name; an address that is
// listed twice is one feed with the tags of both. It reads the lists that
// exist, not only those that are XML: bare ampersands, missing elements,
// attributes in any case. Outlines without an http(s) address are no feeds.
// The error is r's, or says that there is no outline in it.
func ReadOPML(r io.Reader) ([]Feed, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxOPML+1))
	if err == nil && len(raw) > maxOPML {
		err = errors.New("too large")
	}
	if err != nil {
		return nil, fmt.Errorf("opml: %w", err)
	}
	l := opmlReader{rest: utf8OPML(raw)}
	for l.next() {
	}
	if !l.opml && !l.outline {
		return nil, errors.New("opml: no outline in it; is this a subscription list?")
	}
	return MergeOPML(nil, l.feeds), nil
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

// An opmlReader walks from outline to outline. It knows nothing of XML but
// tags and attributes, so there is no mistake that it could stop at: lists
// have bare ampersands, and whole HTML links with their quotes in attributes.
type opmlReader struct {
	rest    string
	folders []string // open outlines; "" for those that are no folder
	feeds   []Feed
	opml    bool
	outline bool
}

var (
	opmlTag       = regexp.MustCompile(`(?i)<(!--|/?(?:opml|body|outline)\b)`)
	opmlAttribute = regexp.MustCompile(`([A-Za-z][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	opmlEntity    = regexp.MustCompile(`&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);`)
)

// maxFolders bounds nesting; deeper folders give no tags.
const maxFolders = 64

// next takes in the next tag and all up to the one after it.
func (l *opmlReader) next() bool {
	at := opmlTag.FindStringSubmatchIndex(l.rest)
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
	if end := opmlTag.FindStringIndex(tag); end != nil {
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
		l.enter(opmlAttributes(tag), !closed)
	}
	return true
}

// opmlAttributes returns the attributes of a tag by their name in lower case,
// the first of each.
func opmlAttributes(tag string) map[string]string {
	at := map[string]string{}
	for _, m := range opmlAttribute.FindAllStringSubmatch(tag, 64) {
		name := strings.ToLower(m[1])
		if _, twice := at[name]; !twice {
			at[name] = opmlEntity.ReplaceAllStringFunc(m[2]+m[3], html.UnescapeString)
		}
	}
	return at
}

// enter takes in an outline; open means that it may have children.
func (l *opmlReader) enter(at map[string]string, open bool) {
	folder := ""
	if address := opmlAddress(at); address != "" {
		l.feeds = append(l.feeds, Feed{Name: opmlName(at), URL: address, Tags: l.tags(at["category"])})
	} else {
		folder = opmlName(at)
	}
	if open && len(l.folders) < maxFolders {
		l.folders = append(l.folders, folder)
	}
}

// opmlAddress returns an outline's feed, "" if it has none.
func opmlAddress(at map[string]string) string {
	for _, name := range []string{"xmlurl", "url"} {
		if name == "url" && !strings.EqualFold(at["type"], "rss") && !strings.EqualFold(at["type"], "atom") {
			continue
		}
		address := strings.TrimSpace(at[name])
		address = strings.TrimPrefix(address, "feed:")
		if strings.HasPrefix(address, "//") {
			address = "http:" + address
		}
		if _, err := parseAddress(address); err == nil {
			return address
		}
	}
	return ""
}

func opmlName(at map[string]string) string {
	for _, name := range []string{"title", "text"} {
		if s := strings.Join(strings.Fields(at[name]), " "); s != "" {
			return s
		}
	}
	return ""
}

// tags are the open folders and the categories, each once.
func (l *opmlReader) tags(categories string) []string {
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

// MergeOPML returns have and those of more whose address is new. A feed that
// is in both keeps its fields and gets the tags of the other as well.
// Addresses are the same if they differ in the case of scheme and host, a
// default port or a fragment only. Its arguments are left alone.
func MergeOPML(have, more []Feed) []Feed {
	out := make([]Feed, 0, len(have)+len(more))
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
	u, err := parseAddress(raw)
	if err != nil {
		return raw
	}
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); port != "" && port == siteOf(&url.URL{Scheme: u.Scheme}).Port {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}

type opmlFile struct {
	XMLName xml.Name      `xml:"opml"`
	Version string        `xml:"version,attr"`
	Title   string        `xml:"head>title"`
	Body    []opmlOutline `xml:"body>outline"`
}

type opmlOutline struct {
	Text     string        `xml:"text,attr"`
	Title    string        `xml:"title,attr,omitempty"`
	Type     string        `xml:"type,attr,omitempty"`
	URL      string        `xml:"xmlUrl,attr,omitempty"`
	Category string        `xml:"category,attr,omitempty"`
	Feeds    []opmlOutline `xml:"outline"`
}

// WriteOPML writes list as an OPML 2.0 subscription list that ReadOPML reads
// back: a folder for each first tag, in the order of the feeds, all tags as
// categories. A list is made to be passed on, so headers, proxies, and users
// and passwords in addresses stay behind.
func WriteOPML(w io.Writer, title string, list []Feed) error {
	file := opmlFile{Version: "2.0", Title: title}
	folder := map[string]int{}
	for _, f := range list {
		line := opmlOutline{Text: opmlLabel(f), Title: f.Name, Type: "rss", URL: unsigned(f.URL), Category: strings.Join(f.Tags, ",")}
		if len(f.Tags) == 0 {
			file.Body = append(file.Body, line)
			continue
		}
		i, ok := folder[f.Tags[0]]
		if !ok {
			i = len(file.Body)
			folder[f.Tags[0]] = i
			file.Body = append(file.Body, opmlOutline{Text: f.Tags[0], Title: f.Tags[0]})
		}
		file.Body[i].Feeds = append(file.Body[i].Feeds, line)
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

func opmlLabel(f Feed) string {
	if f.Name != "" {
		return f.Name
	}
	return Shown(f.URL)
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
