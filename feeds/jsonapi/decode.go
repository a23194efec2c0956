package jsonapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"newswatch/feeds"
	"newswatch/feeds/date"
	"newswatch/feeds/plain"
	"newswatch/feeds/urls"
)

const (
	// MaxSize is how large an answer may be, in bytes.
	MaxSize  = 16 << 20
	maxDepth = 64
	maxItems = 20_000
	maxTitle = 1 << 10
	maxText  = 16 << 10
)

// A Page is one answer read. The guid of an item is made from its row's key, so
// that the same row with other words is a revision.
type Page struct {
	Items   []feeds.Item
	Next    *Request // the page after it; nil if there is none to read
	Rows    int      // rows found, those without a key included
	Keyless int      // rows left out since a part of their key is missing
	Repeats int      // rows left out since their key stood before
	Dropped int      // rows beyond the limit of 20,000
	Flaw    string   // what kept the next page from being read, or what rows lack; "" for nothing
}

// Decode reads the answer with which an interface met the request q with
// success. An answer that tells of a failure by its text is an error, and so is
// one in which select finds nothing but which does not say that there is
// nothing. No text it returns has a secret of the source.
func (r *Reader) Decode(q Request, body []byte) (Page, error) {
	page, err := r.decode(q, body)
	if err != nil {
		return Page{}, errors.New(r.redacted(err.Error()))
	}
	return page, nil
}

func (r *Reader) decode(q Request, body []byte) (Page, error) {
	doc, err := parse(body)
	if err != nil {
		return Page{}, err
	}
	rows := r.items.Select(doc)
	if len(rows) == 0 {
		if err := r.nothing(doc); err != nil {
			return Page{}, err
		}
	}
	page := Page{Rows: len(rows), Dropped: max(0, len(rows)-maxItems)}
	seen := map[string]bool{}
	untitled, unlinked := 0, 0
	for _, row := range rows[:min(len(rows), maxItems)] {
		it, ok := r.item(q, row)
		switch {
		case !ok:
			page.Keyless++
			continue
		case seen[it.GUID]:
			page.Repeats++
			continue
		}
		seen[it.GUID] = true
		if it.Title == "" {
			untitled++
		}
		if it.Link == "" && r.source.Select.URL != "" {
			unlinked++
		}
		page.Items = append(page.Items, it)
	}
	if err := r.health(page, untitled, unlinked); err != nil {
		return Page{}, err
	}
	page.Next, page.Flaw = r.after(q, doc, len(rows))
	if page.Keyless > 0 {
		page.Flaw = strings.TrimPrefix(page.Flaw+fmt.Sprintf("; %d of %d rows have no key and were left out", page.Keyless, page.Rows), "; ")
	}
	return page, nil
}

// health refuses a page of which half is unusable.
func (r *Reader) health(p Page, untitled, unlinked int) error {
	switch {
	case p.Rows == 0:
	case 2*p.Keyless >= p.Rows:
		return fmt.Errorf("%d of %d rows have no %s", p.Keyless, p.Rows, strings.Join(r.source.Select.Key, " and "))
	case 2*untitled > len(p.Items):
		return fmt.Errorf("%d of %d rows have nothing for the title %q", untitled, len(p.Items), r.source.Select.Title)
	case 2*unlinked > len(p.Items):
		return fmt.Errorf("%d of %d rows have no address by %q", unlinked, len(p.Items), r.source.Select.URL)
	}
	return nil
}

// parse reads JSON whose depth is bounded, and keeps numbers as written.
func parse(body []byte) (any, error) {
	if len(body) > MaxSize {
		return nil, fmt.Errorf("more than %d MiB", MaxSize>>20)
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch {
	case len(body) == 0:
		return nil, errors.New("no JSON: the body is empty")
	case body[0] == '<':
		return nil, errors.New("no JSON: the interface answers with a page")
	case depth(body) > maxDepth:
		return nil, fmt.Errorf("the JSON is nested more than %d deep", maxDepth)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("the JSON breaks off")
		}
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	return doc, nil
}

// depth returns the deepest nesting in body.
func depth(body []byte) (deepest int) {
	open, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted:
			if c == '\\' {
				i++
			} else if c == '"' {
				quoted = false
			}
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			open++
			deepest = max(deepest, open)
		case c == '}' || c == ']':
			open--
		}
	}
	return deepest
}

// nothing returns nil if doc says that there are no rows, else what it says
// instead.
func (r *Reader) nothing(doc any) error {
	if complaint := complaintOf(doc); complaint != "" {
		return fmt.Errorf("the interface answers with an error: %s", line(complaint, 200))
	}
	if r.source.Empty {
		return nil
	}
	if r.holder.Path != nil {
		for _, list := range r.holder.Select(doc) {
			if rows, ok := list.([]any); ok && len(rows) == 0 {
				return nil
			}
		}
	}
	return fmt.Errorf("the interface answers, but %s finds nothing; the answer has %s", r.items.text, shape(doc))
}

// Complaint returns what the body of an answer with an error status says went
// wrong, "" for nothing. It has no secret of the source.
func (r *Reader) Complaint(body []byte) string {
	doc, err := parse(body)
	if err != nil {
		return ""
	}
	if top, ok := doc.(map[string]any); ok {
		for _, name := range [...]string{"message", "detail", "msg", "description", "error"} {
			if s := told(top[name]); s != "" {
				return r.redacted(line(s, 200))
			}
		}
	}
	return r.redacted(line(complaintOf(doc), 200))
}

// complaintOf returns what an answer without rows says went wrong, "" for
// nothing.
func complaintOf(doc any) string {
	top, ok := doc.(map[string]any)
	if !ok {
		return ""
	}
	for _, name := range [...]string{"error", "errors", "fault", "errorMessage", "error_message"} {
		if s := told(top[name]); s != "" {
			return s
		}
	}
	failed := false
	for _, name := range [...]string{"status", "statusCode", "code", "errorcode", "errorCode"} {
		code := strings.TrimSpace(told(top[name]))
		failed = failed || len(code) == 3 && (code[0] == '4' || code[0] == '5') || strings.HasPrefix(name, "error") && code != "" && code != "0"
	}
	for _, name := range [...]string{"message", "msg", "detail", "description"} {
		if s := told(top[name]); s != "" && (failed || len(top) <= 2) {
			return s
		}
	}
	if failed {
		return shape(doc)
	}
	return ""
}

// told writes a value that tells of a failure.
func told(value any) string {
	switch v := value.(type) {
	case nil, bool:
		return ""
	case map[string]any, []any:
		text, err := json.Marshal(v)
		if err != nil || len(text) <= 2 {
			return ""
		}
		return string(text)
	}
	return fmt.Sprint(value)
}

// shape describes doc by its uppermost names.
func shape(doc any) string {
	top, ok := doc.(map[string]any)
	if !ok {
		return fmt.Sprintf("no object but a %T", doc)
	}
	var names []string
	for name := range top {
		names = append(names, name)
	}
	slices.Sort(names)
	return line("the names "+strings.Join(names, ", "), 200)
}

// after returns the request for the page that follows.
func (r *Reader) after(q Request, doc any, rows int) (*Request, string) {
	switch {
	case rows == 0:
		return nil, ""
	case r.next.Path != nil:
		for _, value := range r.next.Select(doc) {
			if address, ok := value.(string); ok && address != "" {
				return r.following(q, address)
			}
		}
	case r.more.Path != nil:
		for _, value := range r.more.Select(doc) {
			if yes, ok := value.(bool); ok && yes {
				return r.following(q, "")
			}
		}
	case r.source.Pages.Full > 0 && rows >= r.source.Pages.Full:
		return r.following(q, "")
	}
	return nil, ""
}

// item reports false for a row without its whole key.
func (r *Reader) item(q Request, row any) (feeds.Item, bool) {
	var key []string
	for _, f := range r.key {
		part := f.text(row)
		if part == "" {
			return feeds.Item{}, false
		}
		key = append(key, url.QueryEscape(part))
	}
	it := feeds.Item{
		GUID:    r.redacted(line("key:"+strings.Join(key, "&"), 2<<10)),
		Title:   r.redacted(line(r.title.text(row), maxTitle)),
		Summary: r.redacted(line(r.summary.text(row), maxText)),
	}
	if link := r.redacted(r.link.address(q.address, row)); link != "" {
		it.Link = link
		if r.link.fields() >= len(r.key) {
			it.URL = urls.Canonical(link)
		} // else rows that the key tells apart share it
	}
	if r.source.Select.Published != "" {
		it.Published = date.Parse(r.day.text(row))
	}
	it.Fields = r.fields(row)
	return it, true
}

// line makes s one line of at most limit bytes.
func line(s string, limit int) string { return plain.Shorten(plain.Tidy(s), limit) }
