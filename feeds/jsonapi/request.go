package jsonapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Request is one page to ask for. It prints without its query, which may have
// secrets; Address is the way to all of it.
type Request struct {
	Body []byte // JSON to POST; nil for GET
	Page int    // from 1

	address string
	now     time.Time
	asked   []string // addresses and bodies of the pages before
}

// Method returns the HTTP method.
func (q Request) Method() string {
	if q.Body != nil {
		return "POST"
	}
	return "GET"
}

// Address returns the whole address, secrets included.
func (q Request) Address() string { return q.address }

// String returns method, address and page, without the query.
func (q Request) String() string {
	at, _, _ := strings.Cut(q.address, "?")
	return fmt.Sprintf("%s %s (page %d)", q.Method(), at, q.Page)
}

// GoString is String, so that %#v tells no more.
func (q Request) GoString() string { return q.String() }

// Format prints String for every verb.
func (q Request) Format(s fmt.State, _ rune) { s.Write([]byte(q.String())) }

// First returns the request for the first page, with days counted from now.
func (r *Reader) First(now time.Time) Request { return r.request(now, 1) }

func (r *Reader) request(now time.Time, page int) Request {
	q := Request{Page: page, now: now, address: filled(r.source.URL, now, page)}
	if r.source.Body != "" {
		q.Body = []byte(filled(r.source.Body, now, page))
	}
	u, err := url.Parse(q.address)
	if err != nil || len(r.source.Params) == 0 {
		return q
	}
	query := u.Query()
	for _, name := range slices.Sorted(maps.Keys(r.source.Params)) {
		query.Set(name, filled(r.source.Params[name].Reveal(), now, page))
	}
	u.RawQuery = query.Encode()
	q.address = u.String()
	return q
}

func (q Request) identity() string { return q.address + "\n" + string(q.Body) }

// following returns the page after q, to which address is the way if it is not
// "". It returns nil and why if that page must not be asked for.
func (r *Reader) following(q Request, address string) (*Request, string) {
	if q.Page >= r.source.Pages.Most {
		return nil, ""
	}
	next := r.request(q.now, q.Page+1)
	if address != "" {
		from, err := url.Parse(q.address)
		if err != nil {
			return nil, "the address of this page cannot be read"
		}
		to, err := from.Parse(address)
		if err != nil || !strings.EqualFold(to.Host, from.Host) || to.Scheme != from.Scheme {
			return nil, "the next page is on another host and was not read"
		}
		query := to.Query()
		for name, value := range r.source.Params {
			if secretName(name) && !query.Has(name) { // interfaces leave it out of what they print
				query.Set(name, value.Reveal())
				to.RawQuery = query.Encode()
			}
		}
		next.address = to.String()
	}
	next.asked = append(slices.Clone(q.asked), q.identity())
	if slices.Contains(next.asked, next.identity()) {
		return nil, "the next page is one that was already read"
	}
	return &next, ""
}

var placeholder = regexp.MustCompile(`\{\{\s*(\w+)(?:\s+(-?\d+))?(?:\s+\\?"([^"\\]*)\\?")?\s*\}\}`)

// filled puts days and pages into text.
func filled(text string, now time.Time, page int) string {
	return placeholder.ReplaceAllStringFunc(text, func(s string) string {
		m := placeholder.FindStringSubmatch(s)
		number, err := strconv.Atoi(m[2])
		switch m[1] {
		case "day":
			layout := time.DateOnly
			if m[3] != "" {
				layout = m[3]
			}
			return now.UTC().AddDate(0, 0, number).Format(layout)
		case "offset":
			return strconv.Itoa((page - 1) * number)
		default:
			if err == nil {
				return strconv.Itoa(page - 1 + number)
			}
			return strconv.Itoa(page)
		}
	})
}

// checkPlaceholders refuses what would be sent as it stands.
func checkPlaceholders(text string) error {
	const most = 40_000 // days, a century
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(m[2])
		switch {
		case m[1] != "day" && m[1] != "page" && m[1] != "offset":
			return fmt.Errorf("{{%s}} is not known; there are day, page and offset", m[1])
		case m[2] != "" && (err != nil || n > most || n < -most):
			return fmt.Errorf("%s: the number is too large", m[0])
		case m[1] == "offset" && n <= 0:
			return errors.New("{{offset}} needs the number of rows a page")
		}
	}
	if rest := placeholder.ReplaceAllString(text, ""); strings.Contains(rest, "{{") {
		_, after, _ := strings.Cut(rest, "{{")
		return fmt.Errorf("{{%.20s is not a placeholder such as {{day -30}} or {{page}}", after)
	}
	return nil
}

func checkBody(body string) error {
	var any any
	if err := json.Unmarshal([]byte(filled(body, time.Unix(0, 0), 1)), &any); err != nil {
		return fmt.Errorf("no JSON: %w", err)
	}
	return nil
}
