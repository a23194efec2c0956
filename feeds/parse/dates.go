package parse

import (
	"iter"
	"regexp"
	"slices"
	"time"

	"newswatch/feeds/date"
)

// date returns the first of raw that can be read as a date. One that may be read
// in two ways is read as the other dates of the document are, those of the entries
// that were seen before too.
func (p *reader) date(raw []string) time.Time {
	if !p.ordered && slices.ContainsFunc(raw, date.Ambiguous) {
		p.order, p.ordered = date.OrderOf(datesIn(p.text), p.options.Now), true
	}
	return p.order.First(raw)
}

// dateField finds the elements and members of a document that hold a date.
var dateField = regexp.MustCompile(`(?i)<(?:[a-z]+:)?(?:pubdate|date|published|updated|issued|created|modified|lastbuilddate)\b[^<>]*>\s*(?:<!\[CDATA\[)?([^<\]]{1,100})` +
	`|"date_(?:published|modified)"\s*:\s*"([^"]{1,100})"`)

// datesIn returns the dates of a document as they are written.
func datesIn(text []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			m := dateField.FindSubmatchIndex(text)
			if m == nil {
				return
			}
			from, to := max(m[2], m[4]), max(m[3], m[5])
			if !yield(string(text[from:to])) {
				return
			}
			text = text[m[1]:]
		}
	}
}
