// Package jsonapi turns the answers of a JSON interface into items with typed
// fields, and says which request to make for them.
//
// It takes and gives bytes: making the requests, politely and within a budget,
// is for whoever fetches.
package jsonapi

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/theory/jsonpath"

	"newswatch/feeds"
)

// A Source is one interface as an operator describes it.
//
// URL, Body and the values of Params may have placeholders: {{day -30}} is the
// day 30 days ago in UTC as 2006-01-02, {{day 0 "01/02/2006"}} today in another
// layout of Go's package time, {{page}} the number of the page from 1, {{page 0}}
// from 0, and {{offset 25}} the number of rows before the page at 25 a page.
//
// Of Select, Items is a JSONPath (RFC 9535), and Key, Title and Items must be
// given. Published, and each of Key and Fields, is a field of the row: a key as
// it is ("Award ID"), else a way with dots ("award.amount"), or a JSONPath from
// the row if it begins with "$". Of names joined by "|" the first that has a
// value counts. Title, URL and Summary are templates with fields in braces:
// "{Recipient Name}: {Amount|money}". Pages.Most is 1 if it is 0, or 5 if the
// answer says how it goes on.
type Source struct {
	URL    string
	Body   string                  // JSON to POST; "" for GET
	Params map[string]feeds.Secret // of the query, added to those of URL
	Select feeds.Select
	Pages  feeds.Pages
	Empty  bool // finding no rows is lawful even where their list is missing
}

// A Reader is a Source made ready. It is safe for concurrent use.
type Reader struct {
	source  Source
	items   path
	holder  path // of the list that items goes through, zero if there is none
	more    path
	next    path
	key     []field
	title   template
	link    template
	summary template
	day     field
	typed   map[string]field
	secrets []string // values and their escaped forms
}

type path struct {
	text string
	*jsonpath.Path
}

// names of typed fields, in the order in which they are told.
var typedNames = []string{"amount", "currency", "agency", "office", "vendor", "award_id", "action", "naics", "psc", "deadline", "place"}

// New checks s and returns its reader, or all mistakes at once, each beginning
// with its place ("select.items: ...").
func New(s Source) (*Reader, error) {
	r := &Reader{source: s, typed: map[string]field{}}
	var problems []error
	fail := func(place string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", place, err))
		}
	}
	if s.Select.Region != "" || len(s.Select.Ignore)+s.Select.AtLeast > 0 {
		fail("select", errors.New("region, ignore and at_least are for the kind page"))
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		fail("url", errors.New("no http(s) address"))
	}
	fail("url", checkPlaceholders(s.URL))
	fail("body", checkPlaceholders(s.Body))
	for _, name := range slices.Sorted(maps.Keys(s.Params)) {
		fail("params."+name, checkPlaceholders(s.Params[name].Reveal()))
	}
	if s.Body != "" {
		fail("body", checkBody(s.Body))
	}
	r.items, err = parsePath(s.Select.Items)
	fail("select.items", err)
	if list, ok := strings.CutSuffix(s.Select.Items, "[*]"); ok && err == nil {
		r.holder, _ = parsePath(list)
	}
	r.compile(s.Select, fail)
	r.compilePages(s.Pages, fail)
	r.secrets = secretsOf(s.Params)
	return r, errors.Join(problems...)
}

func (r *Reader) compile(s feeds.Select, fail func(string, error)) {
	if len(s.Key) == 0 {
		fail("select.key", errors.New("is missing: name the fields that tell one row from another"))
	}
	for i, name := range s.Key {
		f, err := parseField(name)
		fail(fmt.Sprintf("select.key[%d]", i), err)
		r.key = append(r.key, f)
	}
	var err error
	if s.Title == "" {
		fail("select.title", errors.New("is missing"))
	}
	r.title, err = parseTemplate(s.Title)
	fail("select.title", err)
	r.link, err = parseTemplate(s.URL)
	fail("select.url", err)
	r.summary, err = parseTemplate(s.Summary)
	fail("select.summary", err)
	if s.Published != "" {
		r.day, err = parseField(s.Published)
		fail("select.published", err)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
		if !slices.Contains(typedNames, name) {
			fail("select.fields."+name, fmt.Errorf("no such field; there are %s", strings.Join(typedNames, ", ")))
			continue
		}
		f, err := parseField(s.Fields[name])
		fail("select.fields."+name, err)
		r.typed[name] = f
	}
}

func (r *Reader) compilePages(p feeds.Pages, fail func(string, error)) {
	var err error
	ways := 0
	for _, way := range []struct {
		name, text string
		into       *path
	}{{"pages.more", p.More, &r.more}, {"pages.next", p.Next, &r.next}} {
		if way.text != "" {
			ways++
			*way.into, err = parsePath(way.text)
			fail(way.name, err)
		}
	}
	if p.Full < 0 || p.Most < 0 {
		fail("pages", errors.New("a number below zero"))
	}
	if p.Full > 0 {
		ways++
	}
	if ways > 1 {
		fail("pages", errors.New("more, next and full exclude each other"))
	}
	if r.source.Pages.Most == 0 {
		r.source.Pages.Most = 1
		if ways > 0 {
			r.source.Pages.Most = 5
		}
	}
}

func parsePath(text string) (path, error) {
	const longest = 200
	if text == "" {
		return path{}, errors.New("is missing: a JSONPath, such as $.results[*]")
	}
	if len(text) > longest {
		return path{}, fmt.Errorf("longer than %d characters", longest)
	}
	p, err := jsonpath.Parse(text)
	if err != nil {
		return path{}, err
	}
	return path{text, p}, nil
}

// secretName tells parameters whose value must not come back in any text.
func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, part := range [...]string{"key", "token", "secret", "auth", "pass", "signature"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// secretsOf returns what must be taken out of what an interface answers, for some
// repeat the request in their answer.
func secretsOf(params map[string]feeds.Secret) (secrets []string) {
	const short = 4 // a word that is part of other words
	for name, secret := range params {
		value := secret.Reveal()
		if !secretName(name) || len(value) < short {
			continue
		}
		secrets = append(secrets, value)
		if escaped := url.QueryEscape(value); escaped != value {
			secrets = append(secrets, escaped)
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	return secrets
}

// redacted returns s without secrets.
func (r *Reader) redacted(s string) string {
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, "[redacted]")
	}
	return s
}
