package listing

import (
	"errors"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"

	"newswatch/feeds"
	"newswatch/feeds/htmltree"
	"newswatch/feeds/plain"
)

// maxRegion bounds the text of a region, all of which is kept, in bytes.
const maxRegion = 64 << 10

// A Region watches a part of a page for changes of its text. It is safe for
// concurrent use.
type Region struct {
	region  selector
	ignore  []*regexp.Regexp
	atLeast int
}

// NewRegion returns the region that selector chooses. What a pattern of ignore
// matches is taken out of every line; a change of fewer than atLeast words is
// none. All mistakes are returned at once.
func NewRegion(selector string, ignore []string, atLeast int) (*Region, error) {
	r := &Region{atLeast: max(1, atLeast)}
	var problems []error
	if selector == "" {
		problems = append(problems, errors.New("select.region: is missing"))
	}
	var err error
	if r.region, err = parseSelector(selector); err != nil && selector != "" {
		problems = append(problems, fmt.Errorf("select.region: %w", err))
	}
	for i, pattern := range ignore {
		re, err := regexp.Compile(pattern)
		if err != nil {
			problems = append(problems, fmt.Errorf("select.ignore[%d]: %w", i, err))
			continue
		}
		r.ignore = append(r.ignore, re)
	}
	return r, errors.Join(problems...)
}

// A State is the text of a region at one time. It is what has to be kept to see
// the next change.
type State struct {
	Title string   // of the page
	Lines []string // paragraphs, in their order
}

// Read reads the region of page. A region that is empty or not there is an
// error: a page that lost it must never become what others are compared with.
func (r *Region) Read(page []byte, o Options) (State, error) {
	doc, err := htmltree.Parse(page, o.ContentType)
	if err != nil {
		return State{}, err
	}
	if err := affordable(doc, r.region); err != nil {
		return State{}, err
	}
	s := State{Title: titleOf(doc)}
	found := r.region.find(doc)
	if len(found) == 0 {
		return State{}, fmt.Errorf("the page answers, but %s finds nothing%s", r.region.text, drawn(doc))
	}
	chosen := map[*html.Node]bool{}
	for _, n := range found {
		chosen[n] = true
	}
	for _, n := range found {
		if inside(n.Parent, chosen) {
			continue // its text is in that of another
		}
		for _, line := range htmltree.Paragraphs(n) {
			for _, re := range r.ignore {
				line = re.ReplaceAllString(line, "")
			}
			if line = strings.Join(strings.Fields(line), " "); line != "" {
				s.Lines = append(s.Lines, line)
			}
		}
	}
	if size := len(strings.Join(s.Lines, "\n")); size > maxRegion {
		return State{}, fmt.Errorf("%s has %d KiB of text, more than %d: choose a smaller part", r.region.text, size>>10, maxRegion>>10)
	}
	if len(s.Lines) == 0 {
		return State{}, fmt.Errorf("the page answers, but %s has no text%s", r.region.text, drawn(doc))
	}
	return s, nil
}

// inside reports whether n is chosen or stands in what is.
func inside(n *html.Node, chosen map[*html.Node]bool) bool {
	for ; n != nil; n = n.Parent {
		if chosen[n] {
			return true
		}
	}
	return false
}

// A Change is what differs between two states of a region.
type Change struct {
	Added, Removed []string // lines, in the order of their state
}

// clock matches what goes on by itself: the time of day, and how long ago
// something was.
var clock = regexp.MustCompile(`(?i)\b\d{1,2}:\d{2}(:\d{2})?( ?[ap]\.?m\b\.?)?|\b(\d+|an?) ?(second|minute|hour)s? ago\b`)

// Compare tells how after differs from before, and whether it is worth telling.
// The order of lines and the time of day do not count.
func (r *Region) Compare(before, after State) (Change, bool) {
	c := Change{Added: missing(after.Lines, before.Lines), Removed: missing(before.Lines, after.Lines)}
	return c, r.weighs(c)
}

// weighs reports whether enough words of a change are not merely moved.
func (r *Region) weighs(c Change) bool {
	added, removed := words(c.Added), words(c.Removed)
	n := htmltree.Words(strings.Join(missing(added, removed), " ")) + htmltree.Words(strings.Join(missing(removed, added), " "))
	return n >= r.atLeast
}

// Both returns what is of c and of the change that was seen before it: what
// comes and goes with every look is in one of them only. It reports whether
// that is worth telling.
func (r *Region) Both(c, before Change) (Change, bool) {
	both := Change{Added: common(c.Added, before.Added), Removed: common(c.Removed, before.Removed)}
	return both, r.weighs(both)
}

// common returns the lines of a that are in b too.
func common(a, b []string) []string { return missing(a, missing(a, b)) }

// After returns what the state is when nothing but c has changed.
func (s State) After(c Change) State {
	return State{Title: s.Title, Lines: slices.Concat(missing(s.Lines, c.Removed), c.Added)}
}

func words(lines []string) []string { return strings.Fields(strings.Join(lines, " ")) }

// missing returns the lines that are more often in a than in b.
func missing(a, b []string) (lines []string) {
	count := map[string]int{}
	for _, line := range b {
		count[clock.ReplaceAllString(line, "0:00")]++
	}
	for _, line := range a {
		key := clock.ReplaceAllString(line, "0:00")
		if count[key]--; count[key] < 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

// Item tells the change as an item, seen at now on the page with the address at.
// Two changes are two items even if the second undoes the first.
func (c Change) Item(s State, at string, now time.Time) feeds.Item {
	h := fnv.New64a()
	for _, line := range slices.Concat(c.Added, []string{""}, c.Removed) {
		fmt.Fprintf(h, "%s\n", line)
	}
	it := feeds.Item{
		GUID:      fmt.Sprintf("change:%s:%016x", now.UTC().Format(time.RFC3339), h.Sum64()),
		Link:      at,
		Title:     plain.Shorten(s.Title, maxTitle),
		Content:   plain.Shorten(strings.Join(c.Added, "\n"), 4*maxText),
		Published: now.UTC(),
	}
	if len(c.Removed) > 0 {
		it.Summary = plain.Shorten("Removed: "+strings.Join(c.Removed, " / "), maxText)
	}
	return it
}
