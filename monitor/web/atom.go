package web

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
)

// Atom (RFC 4287) as far as it is written here. Order follows the examples of
// the RFC.
type (
	atomFeed struct {
		XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Title     string      `xml:"title"`
		Subtitle  string      `xml:"subtitle"`
		ID        string      `xml:"id"`
		Updated   string      `xml:"updated"`
		Links     []atomLink  `xml:"link"`
		Author    string      `xml:"author>name"`
		Generator string      `xml:"generator"`
		Entries   []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		Title      string     `xml:"title"`
		ID         string     `xml:"id"`
		Published  string     `xml:"published"`
		Updated    string     `xml:"updated"`
		Links      []atomLink `xml:"link"`
		Author     string     `xml:"author>name"`
		Categories []atomTerm `xml:"category"`
		Content    atomText   `xml:"content"`
	}
	atomTerm struct {
		Term string `xml:"term,attr"`
	}
	atomText struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
)

// atomEntries is how many alerts the feed lists.
const atomEntries = 60

// serveAtom lists the latest alerts as a feed for other readers: one entry for
// each story, with all its watches as categories. With watch in the query it
// lists those of one watch, with q what a search finds.
func (s *Server) serveAtom(r *api.Request) error {
	if r.FormValue("q") != "" {
		return searchPages{s}.serveAtom(r)
	}
	snap, err := s.Snapshot()
	if err != nil {
		return err
	}
	self := s.site(r)
	watch := r.FormValue("watch")
	title := "newswatch"
	if watch != "" {
		title += ": " + watch
	}
	feed := atomFeed{Title: title, Subtitle: "Stories that your watches found", ID: urn("feed", s.PublicURL, watch),
		Author: "newswatch", Generator: "newswatch", Updated: stamp(s.Started),
		Links: []atomLink{{"self", "application/atom+xml", self + r.URL.RequestURI()}, {"alternate", "text/html", self + "/stories"}}}
	for _, a := range s.alerts(snap.Stories, watch, atomEntries) {
		st, ok, err := s.Reader.Story(a.story)
		if err != nil {
			return err
		}
		if ok && len(st.Watches) > 0 {
			feed.Entries = append(feed.Entries, a.entry(&st, self))
		}
	}
	if len(feed.Entries) > 0 {
		feed.Updated = feed.Entries[0].Updated
	}
	return sendAtom(r, feed)
}

// sendAtom answers 304 to who has the same bytes already.
func sendAtom(r *api.Request, feed atomFeed) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", " ")
	if err := enc.Encode(feed); err != nil {
		return err
	}
	sum := fnv.New64a()
	_, _ = sum.Write(b.Bytes())
	tag := fmt.Sprintf(`"%x"`, sum.Sum64())
	h := r.Writer.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		r.Writer.WriteHeader(http.StatusNotModified)
		return nil
	}
	return r.Send(http.StatusOK, "application/atom+xml; charset=utf-8", b.Bytes())
}

// An alertRef names what one watch said of one story.
type alertRef struct {
	story monitor.StoryID
	watch string
	at    time.Time
}

// A toldRef is a story with the watches that told it, or that would have told
// it to somebody.
type toldRef struct {
	story       monitor.StoryID
	watches     []string // as they are named together
	first, last time.Time
}

// alerts returns the stories told last: what is old or silenced is not among
// them. Of one watch, that stands first.
func (s *Server) alerts(stories []*api.Summary, watch string, most int) []toldRef {
	var out []toldRef
	for _, b := range stories {
		t := toldRef{story: b.ID}
		for _, w := range b.Watches {
			strong := w.Verdict == match.Strong && !w.Old && !strings.HasPrefix(w.Held, "silenced")
			if !w.Told && !strong {
				continue
			}
			t.watches = append(t.watches, w.Watch)
			if t.first.IsZero() || w.At.Before(t.first) {
				t.first = w.At
			}
			if w.At.After(t.last) {
				t.last = w.At
			}
		}
		if len(t.watches) > 0 && (watch == "" || slices.Contains(t.watches, watch)) {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b toldRef) int { return cmp.Or(b.last.Compare(a.last), cmp.Compare(b.story, a.story)) })
	out = out[:min(len(out), most)]
	for i := range out {
		out[i].watches = s.inOrder(out[i].watches, watch)
	}
	return out
}

// inOrder puts names of watches in the order in which they are named together,
// with one before all others, and those no longer configured last.
func (s *Server) inOrder(names []string, first string) []string {
	ws := slices.DeleteFunc(slices.Clone(s.Rules().Watches), func(w monitor.Watch) bool { return !slices.Contains(names, w.Name) })
	monitor.InOrder(ws)
	place := func(name string) int {
		if name == first {
			return -1
		}
		if i := slices.IndexFunc(ws, func(w monitor.Watch) bool { return w.Name == name }); i >= 0 {
			return i
		}
		return len(ws)
	}
	out := slices.Clone(names)
	slices.SortStableFunc(out, func(a, b string) int { return place(a) - place(b) })
	return out
}

// entry tells a story. Its name is that of its story and the watch that matched
// first, which later ones do not change.
func (t toldRef) entry(st *monitor.Story, self string) atomEntry {
	card := st.Card(t.watches)
	page := self + "/stories/" + st.ID.String()
	link := external(card.URL)
	if link == "" {
		link = page
	}
	title := card.Headline
	if title == "" {
		title = "(no headline)"
	}
	e := atomEntry{Title: title, ID: urn("alert", st.ID.String(), st.Watches[0].Watch), Published: stamp(t.first), Updated: stamp(t.last),
		Links:  []atomLink{{"alternate", "", link}, {"related", "text/html", page}},
		Author: cmp.Or(card.Outlet, card.Feed+" "), Content: atomText{"html", cardHTML(card, page)}}
	for _, w := range t.watches {
		e.Categories = append(e.Categories, atomTerm{w})
	}
	return e
}

// cardHTML tells a card in HTML, where all that strangers wrote is text.
func cardHTML(c monitor.Card, page string) string {
	var b strings.Builder
	if c.Sentence != "" {
		b.WriteString("<blockquote>")
		for _, p := range pieces(c.Sentence, c.Hits) {
			text := html.EscapeString(p.Text)
			if p.Hit {
				text = "<b>" + text + "</b>"
			}
			b.WriteString(text)
		}
		b.WriteString("</blockquote>")
	}
	fmt.Fprintf(&b, "<p>%s: %s, %s. %s, %d independent.</p>", html.EscapeString(strings.Join(c.Watches, ", ")), c.Verdict, html.EscapeString(c.Outlet),
		count(c.Outlets, "outlet", "outlets"), c.Independent)
	for i, why := range c.Why {
		if i == 0 {
			b.WriteString("<ul>")
		}
		fmt.Fprintf(&b, "<li>%s</li>", html.EscapeString(why))
		if i == len(c.Why)-1 {
			b.WriteString("</ul>")
		}
	}
	fmt.Fprintf(&b, `<p><a href="%s">Why, and who else reports it</a></p>`, html.EscapeString(page))
	return b.String()
}

// site is where the reader of a feed finds our pages.
func (s *Server) site(r *api.Request) string {
	if s.PublicURL != "" {
		return strings.TrimSuffix(s.PublicURL, "/")
	}
	return (&url.URL{Scheme: "http", Host: r.Host}).String()
}

// stamp writes a time as RFC 4287 wants it.
func stamp(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

// urn names something for good: a UUID of version 5 (RFC 9562) from its parts.
func urn(parts ...string) string {
	sum := sha1.Sum([]byte("newswatch\x00" + strings.Join(parts, "\x00")))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
