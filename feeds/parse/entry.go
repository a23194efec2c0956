package parse

import (
	"fmt"
	"html"
	"strings"

	"newswatch/feeds"
	"newswatch/feeds/plain"
	"newswatch/feeds/urls"
)

// A draft is an entry as published, before cleaning. Of the fields with
// several texts the first that says something counts.
type rawEntry struct {
	guid      string
	links     []string
	proxy     string // the link of an entry that names the article's own address beside it
	titles    []string
	summaries []string
	contents  []string
	authors   []string
	tags      []string
	published []string
	updated   []string
	langs     []string
	source    string
	fields    *feeds.Fields // nil for none
	hash      uint64
	empty     bool // the entry holds nothing at all
}

// link notes an entry's links. What a feed proxy says it stands for goes before
// the proxy's own.
func (d *rawEntry) link(original, links []string) {
	d.links = append(original, links...)
	if len(original) > 0 && len(links) > 0 {
		d.proxy = links[0]
	}
}

// item cleans d. It reports false for an entry without anything by which it
// could be told from another.
func (p *reader) item(d rawEntry) (feeds.Item, bool) {
	it := feeds.Item{
		GUID:      plain.Shorten(plain.Tidy(html.UnescapeString(d.guid)), maxGUID),
		Title:     firstText(maxTitle, d.titles),
		Authors:   names(d.authors),
		Tags:      names(d.tags),
		Published: p.date(d.published),
		Updated:   p.date(d.updated),
		Lang:      language(d.langs),
		Source:    plain.Text(d.source, maxName),
		Hash:      d.hash,
		Fields:    d.fields,
	}
	for _, ref := range d.links {
		if it.Link, it.URL = p.links(ref); it.Link != "" {
			break
		}
	}
	if d.proxy != "" {
		if _, it.Proxy = p.links(d.proxy); it.Proxy == it.URL {
			it.Proxy = ""
		}
	}
	it.Summary, it.Content = texts(firstText(maxContent, d.summaries), firstText(maxContent, d.contents))
	if it.Source != "" {
		it.Title = withoutSource(it.Title, it.Source)
	}
	if it.GUID == "" && it.URL == "" && it.Title == "" && it.Summary == "" && it.Content == "" {
		return d.nameless(it)
	}
	return it, true
}

// nameless gives an entry that has neither address nor text, but something else
// (an author, a date, a picture), an identifier made from its bytes. An entry
// without even that is none.
func (d *rawEntry) nameless(it feeds.Item) (feeds.Item, bool) {
	if d.empty || d.hash == 0 {
		return it, false
	}
	it.GUID = fmt.Sprintf("entry:%016x", d.hash)
	return it, true
}

// texts decides what is summary and what is content: see Parse.
func texts(summary, content string) (string, string) {
	if content == summary {
		content = ""
	}
	if len(summary) > maxSummary {
		if len(summary) > len(content) {
			content = summary
		}
		summary = plain.Shorten(summary, maxSummary)
	}
	return summary, content
}

// withoutSource removes the publisher that aggregators put behind a headline.
func withoutSource(title, source string) string {
	for _, sep := range []string{" - ", " – ", " — ", " | "} {
		if head, ok := strings.CutSuffix(title, sep+source); ok && strings.TrimSpace(head) != "" {
			return strings.TrimSpace(head)
		}
	}
	return title
}

func firstText(limit int, raw []string) string {
	for _, s := range raw {
		if s = plain.Text(s, limit); s != "" {
			return s
		}
	}
	return ""
}

// language returns the first tag that is shaped like one of BCP 47.
func language(raw []string) string {
	for _, s := range raw {
		s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
		head, _, _ := strings.Cut(s, "-")
		if len(s) <= 35 && len(head) >= 2 && len(head) <= 8 && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-") == "" {
			return s
		}
	}
	return ""
}

// link returns the absolute http(s) address that ref means, "" if none.
func (p *reader) link(ref string) string {
	address, _ := p.links(ref)
	return address
}

// links returns what link does, and its canonical form.
func (p *reader) links(ref string) (address, canonical string) {
	if len(ref) > maxLink {
		return "", ""
	}
	return urls.Resolve(p.base, ref)
}

// Origin adopts a feed's own address as base where the caller knew none.
func (p *reader) site(refs ...string) {
	for _, ref := range refs {
		if p.base == nil {
			p.base = urls.ParseBase(ref)
		}
	}
}

// Limits of one item's fields, in bytes. Longer ones are cut at a word.
const (
	maxTitle   = 1 << 10
	maxSummary = 16 << 10
	maxContent = 128 << 10
	maxName    = 256
	maxGUID    = 2 << 10
	maxLink    = 2 << 10
	maxList    = 50 // authors or tags
)

// names cleans a list of authors or tags: plain, none empty, none twice.
func names(raw []string) []string {
	var out []string
	for _, s := range raw {
		s = plain.Text(s, maxName)
		if s == "" || len(out) == maxList || contains(out, s) {
			continue
		}
		out = append(out, s)
	}
	return out
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

// person reduces the ways to write an author in one string, "name (mail)",
// "mail (name)" and "name <mail>", to the name; a bare address stays.
func person(s string) string {
	if _, name, ok := strings.Cut(s, "<name>"); ok {
		s, _, _ = strings.Cut(name, "</name>")
	}
	s = plain.Text(s, 4*maxName)
	before, rest, ok := strings.Cut(s, "(")
	inside, after, closed := strings.Cut(rest, ")")
	before, inside = strings.TrimSpace(before), strings.TrimSpace(inside)
	if ok && closed && strings.TrimSpace(after) == "" {
		switch {
		case before != "" && strings.Contains(inside, "@"):
			return before
		case inside != "" && isMail(before):
			return inside
		case before == "":
			return inside
		}
	}
	if name, mail, ok := strings.Cut(s, "<"); ok && strings.TrimSpace(name) != "" && strings.Contains(mail, "@") {
		return strings.Trim(strings.TrimSpace(name), `"`)
	}
	return s
}

func isMail(s string) bool { return strings.Contains(s, "@") && !strings.Contains(s, " ") }
