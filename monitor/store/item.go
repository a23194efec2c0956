package store

import (
	"cmp"
	"encoding/binary"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"newswatch/feeds"
	"newswatch/monitor"
)

// appendItem appends rec as EncodeJSON writes it, without reflection: with every
// feed's first poll this is done for all it lists. A test holds the two together.
// What few items have is left to EncodeJSON.
func appendItem(b []byte, rec *monitor.Record) ([]byte, error) {
	w := itemWriter{text: append(b, '{')}
	w.number("ID", uint64(rec.ID))
	w.name("Item")
	w.item(&rec.Item)
	w.string("Feed", rec.Feed)
	w.string("Outlet", rec.Outlet)
	w.time("Seen", rec.Seen)
	list(&w, "Sightings", rec.Sightings)
	list(&w, "Matches", rec.Matches)
	w.number("Story", uint64(rec.Story))
	w.string("Role", string(rec.Role))
	w.number("Of", uint64(rec.Of))
	list(&w, "Reasons", rec.Reasons)
	list(&w, "Revisions", rec.Revisions)
	optional(&w, "Also", rec.Also)
	w.time("Withdrawn", rec.Withdrawn)
	optional(&w, "absences", rec.Absences)
	w.string("Held", rec.Suppressed)
	optional(&w, "Decisions", rec.Decisions)
	if rec.Copy != nil {
		w.other("copy", rec.Copy)
	}
	if rec.Article != nil {
		w.other("article", rec.Article)
	}
	optional(&w, "recalled", rec.Recalled)
	optional(&w, "labels", rec.Labels)
	if rec.Dropped != 0 {
		w.number("dropped", rec.Dropped)
	}
	return append(w.text, '}'), w.err
}

// An itemWriter appends members of a JSON object.
type itemWriter struct {
	text []byte
	err  error // the first
}

func (w *itemWriter) item(it *feeds.Item) {
	w.text = append(w.text, '{')
	for _, m := range [...]struct{ name, value string }{
		{"GUID", it.GUID}, {"Link", it.Link}, {"URL", it.URL}, {"Title", it.Title}, {"Summary", it.Summary}, {"Content", it.Content},
	} {
		w.string(m.name, m.value)
	}
	list(w, "Authors", it.Authors)
	list(w, "Tags", it.Tags)
	w.time("Published", it.Published)
	w.time("Updated", it.Updated)
	w.string("Lang", it.Lang)
	w.string("Source", it.Source)
	w.number("Span", it.Hash)
	if it.Proxy != "" {
		w.string("Proxy", it.Proxy)
	}
	if it.Fields != nil {
		w.other("Fields", it.Fields)
	}
	w.text = append(w.text, '}')
}

// name begins a member.
func (w *itemWriter) name(name string) {
	if w.text[len(w.text)-1] != '{' {
		w.text = append(w.text, ',')
	}
	w.text = append(append(append(w.text, '"'), name...), `":`...)
}

func (w *itemWriter) string(name, s string) {
	w.name(name)
	w.text = appendQuoted(w.text, s)
}

func (w *itemWriter) number(name string, n uint64) {
	w.name(name)
	w.text = strconv.AppendUint(w.text, n, 10)
}

func (w *itemWriter) time(name string, t time.Time) {
	w.name(name)
	text, err := t.AppendText(append(w.text, '"'))
	if err != nil {
		w.fail(err)
		return
	}
	w.text = append(text, '"')
}

func (w *itemWriter) other(name string, v any) {
	w.name(name)
	text, err := EncodeJSON(v)
	w.text = append(w.text, text...)
	w.fail(err)
}

func (w *itemWriter) fail(err error) { w.err = cmp.Or(w.err, err) }

// list writes a slice, nil as null.
func list[E any](w *itemWriter, name string, v []E) {
	switch {
	case v == nil:
		w.name(name)
		w.text = append(w.text, "null"...)
	case len(v) == 0:
		w.name(name)
		w.text = append(w.text, "[]"...)
	default:
		w.other(name, v)
	}
}

// optional writes a slice unless it is empty.
func optional[E any](w *itemWriter, name string, v []E) {
	if len(v) > 0 {
		w.other(name, v)
	}
}

// appendQuoted appends s as a JSON string (RFC 8259, section 7). Bytes that are no
// UTF-8 are replaced.
func appendQuoted(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		b, _ = jsontext.AppendQuote(b, s)
		return b
	}
	b = append(b, '"')
	for {
		i := plainPart(s)
		b = append(b, s[:i]...)
		switch {
		case i == len(s):
			return append(b, '"')
		case s[i] < ' ':
			quoted, _ := jsontext.AppendQuote(b, s[i:i+1])
			b = append(b, quoted[len(b)+1:len(quoted)-1]...)
		default:
			b = append(b, '\\', s[i])
		}
		s = s[i+1:]
	}
}

// plainPart returns how many bytes s begins with that a JSON string may hold as
// they are. It looks at eight at a time: v-0x01..01 &^ v & 0x80..80 is not zero
// if a byte of v is (Hacker's Delight, section 6-1), and if none is, it is zero.
func plainPart(s string) (n int) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; n+8 <= len(s); n += 8 {
		v := binary.LittleEndian.Uint64([]byte(s[n : n+8]))
		quotes, slashes := v^'"'*ones, v^'\\'*ones
		if ((v-' '*ones)&^v|(quotes-ones)&^quotes|(slashes-ones)&^slashes)&highs != 0 {
			break
		}
	}
	for ; n < len(s); n++ {
		if c := s[n]; c < ' ' || c == '"' || c == '\\' {
			break
		}
	}
	return n
}
