package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/opml"
	"newswatch/feeds/source"
	"newswatch/feeds/urls"
)

// shortest is the interval under which a public server's owner may object.
const shortest = 5 * time.Minute

func (l *loader) checkFetch() {
	if err := l.cfg.Fetch.Check(); err != nil {
		l.failKeyed("fetch", err)
	}
	if l.cfg.Fetch.Spacing == 0 {
		// Written out, zero means none; to package feeds it is the default.
		l.cfg.Fetch.Spacing = 1
	}
	l.cfg.Fetch = l.cfg.Fetch.WithDefaults()
	l.schedule(l.cfg.Fetch.Schedule, "fetch.schedule")
}

// schedule checks a feed's schedule at path, and returns its shortest
// interval, 0 if it is wrong.
func (l *loader) schedule(spec, path string) time.Duration {
	s, err := ParseSchedule(spec, l.cfg.Zone)
	if err != nil {
		l.failSpec(path, "schedule", err)
		return 0
	}
	l.warnEitherDay(spec, path)
	return s.Least()
}

// failSpec notes what is wrong with a schedule.
func (l *loader) failSpec(path, key string, err error) {
	message, hint, _ := strings.Cut(err.Error(), "; ")
	l.fail(path, key+": "+message, hint)
}

// checkFeeds makes Config.Feeds of Config.Sources.
func (l *loader) checkFeeds() {
	all := joined{loader: l, where: map[uint64]int32{}, named: map[string]string{}, paced: map[string]bool{}}
	sound := make([]bool, len(l.cfg.Sources))
	var files []string             // subscription lists
	var bytes int64                // of them
	for i := range l.cfg.Sources { // names that were chosen come before those that were not
		s, path := &l.cfg.Sources[i], fmt.Sprintf("feeds[%d]", i)
		switch {
		case s.OPML != "" && s.URL != "":
			l.fail(path+".opml", "both url and opml are given", "make two entries of it")
		case s.OPML != "":
			sound[i] = true
			files = append(files, l.main.resolve(s.OPML))
			if info, err := os.Stat(files[len(files)-1]); err == nil {
				bytes += min(info.Size(), opml.MaxBytes)
			}
		case s.URL == "" && s.How().Preset == "" && s.Kind != feeds.KindPush:
			l.missing(path, "a feed without a url", "add url: https://...")
		default:
			s.Written = l.written(s.URL, path+".url")
			if sound[i] = l.source(&s.Feed, path); sound[i] {
				all.claim(s.Name, path)
			}
		}
		if s.Schedule != "" {
			l.schedule(s.Schedule, path+".schedule")
		}
	}
	if len(l.cfg.Sources) == 0 {
		l.warn("feeds", "no feeds are listed", "nothing will be polled")
	}
	const short = 100 // bytes, that an entry of a list has at least, as a rule: growing a slice of a million would take twice its memory
	l.cfg.Feeds = make([]feeds.Feed, 0, len(l.cfg.Sources)+int(bytes/short))
	lists := make(chan readList)
	go func() { // the next list is read while the feeds of one are added
		for _, file := range files {
			lists <- readOPML(file)
		}
	}()
	for i, s := range l.cfg.Sources {
		path := fmt.Sprintf("feeds[%d]", i)
		switch {
		case !sound[i]:
		case s.OPML != "":
			all.subscriptions(s, path, <-lists)
		default:
			all.add(s.Feed, path, true)
		}
	}
}

// written returns an address, given at a path, with the names of variables in place
// of credentials that come from them: what is kept of a feed goes by it, so that a
// token may change. It is "" for an address without such.
func (l *loader) written(address, path string) string {
	if !strings.Contains(address, "?") {
		return ""
	}
	n := l.main.at(path)
	if n == nil || !strings.Contains(n.Value, "${") {
		return ""
	}
	front, query, _ := strings.Cut(n.Value, "?")
	parts := strings.Split(query, "&")
	named := false
	for i, p := range parts {
		if name, value, _ := strings.Cut(p, "="); strings.Contains(value, "${") && urls.Credential(name) {
			named = true
		} else {
			parts[i] = expand(p, l.env).text
		}
	}
	if !named {
		return ""
	}
	return expand(front, l.env).text + "?" + strings.Join(parts, "&")
}

// source completes a feed with what its preset says, and reports whether it can be
// read as it says.
func (l *loader) source(f *feeds.Feed, path string) bool {
	whole, err := source.Expand(*f)
	*f = whole
	if err == nil {
		err = f.Check()
	}
	if err != nil {
		l.failKeyed(path, err)
		return false
	}
	if f.Kind != "" && !slices.Contains(choices(reflect.TypeFor[feeds.Kind]()), string(f.Kind)) {
		return false // as was noted where it was read
	}
	if _, err = source.New(*f); err != nil {
		failEach(l, path, err)
	}
	if f.Name == "" && !f.Syndicated() {
		l.missing(path, fmt.Sprintf("a feed of kind %s without a name", f.Kind), "add name: what is kept of it goes by its name")
	}
	return err == nil
}

// failEach notes every one of joined errors of a room.
func failEach(l *loader, path string, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			failEach(l, path, e)
		}
		return
	}
	// A selector is shown with a caret below it.
	text, caret, ok := strings.Cut(err.Error(), "\n  ")
	if css, below, pointed := strings.Cut(caret, "\n"); ok && pointed {
		text = fmt.Sprintf("%s, at character %d of %s", text, max(1, len(below)-2), css)
	}
	l.failKeyed(path, errors.New(text))
}

// joined is the work of making one list of all feeds: one of each address, each
// with a name of its own.
type joined struct {
	*loader
	where map[uint64]int32  // in Config.Feeds, by the hash of their key
	named map[string]string // the path of who has a name
	paced map[string]bool   // paths whose schedule was remarked on, or need not be
}

// readList is what was read of an OPML file.
type readList struct {
	file  string
	found bool // it could be opened
	feeds []feeds.Feed
	err   error
}

func readOPML(file string) readList {
	f, err := os.Open(file)
	if err != nil {
		return readList{file: file, err: err}
	}
	defer f.Close()
	list, err := opml.Read(f)
	return readList{file, true, list, err}
}

// subscriptions adds the feeds of an OPML file.
func (j *joined) subscriptions(s Source, path string, read readList) {
	if s.Name != "" {
		j.fail(path+".name", "a subscription list has no name of its own", "remove it: its feeds bring theirs")
	}
	file, list := read.file, read.feeds
	switch {
	case !read.found:
		j.fail(path+".opml", fmt.Sprintf("%s: %v", file, bare(read.err)), "a path is relative to "+j.main.dir())
	case read.err != nil:
		j.fail(path+".opml", fmt.Sprintf("%s: %v", file, bare(read.err)), "export the list again as OPML")
	case len(list) == 0:
		j.warn(path+".opml", file+" lists no feeds", "")
	}
	var of, tags []string // of a folder, the same for all that lie in it
	for i := range list {
		f := &list[i]
		if i == 0 || !slices.Equal(f.Tags, of) {
			of, tags = f.Tags, union(f.Tags, s.Tags)
		}
		f.Tags = tags
		f.Class, f.Schedule = cmp.Or(f.Class, s.Class), cmp.Or(f.Schedule, s.Schedule)
		f.Proxy, f.Headers, f.TLS, f.MaxNew, f.Text = s.Proxy, s.Headers, s.TLS, s.MaxNew, s.Text
		if err := f.Check(); err != nil {
			message, hint, _ := strings.Cut(err.Error(), "; ")
			j.fail(path+".opml", fmt.Sprintf("%s: feed %q: %s", file, clip(f.Name), message), hint)
			continue
		}
		j.add(*f, path, false)
	}
}

// claim takes the name that was chosen for a feed, "" for none.
func (j *joined) claim(name, path string) {
	if name == "" {
		return
	}
	if other, ok := j.named[name]; ok {
		j.fail(path+".name", fmt.Sprintf("two feeds are named %q, the other in line %d", clip(name), j.lineOf(other)), "rename one")
		return
	}
	j.named[name] = path
}

// add adds a feed, or its tags to those of another entry of its address. own means
// that it is an entry of config.yaml, whose name, if it has one, was claimed.
func (j *joined) add(f feeds.Feed, path string, own bool) {
	j.warnHaste(f, path)
	warnSelection(j.loader, f, path)
	key := oneOf(f)
	hash := feeds.Hash([]byte(key))
	if i, ok := j.where[hash]; ok && oneOf(j.cfg.Feeds[i]) == key {
		other := &j.cfg.Feeds[i]
		other.Tags = union(other.Tags, f.Tags)
		if own {
			j.warn(path+".url", fmt.Sprintf("the same address as %q", clip(other.Name)), "keep one entry with the tags of both")
		}
		return
	}
	if !own || f.Name == "" {
		if _, taken := j.named[f.Name]; taken || f.Name == "" {
			f.Name = free(j.named, cmp.Or(f.Name, feedName(f.URL)), feedName(f.URL))
		}
		j.named[f.Name] = path
	}
	j.where[hash] = int32(len(j.cfg.Feeds))
	j.cfg.Feeds = append(j.cfg.Feeds, f)
}

// oneOf is the same for the feeds that are one.
func oneOf(f feeds.Feed) string {
	if !f.Syndicated() {
		return f.ID()
	}
	return cmp.Or(urls.Canonical(f.URL), f.URL)
}

// lineOf returns the line that a path stands in.
func (l *loader) lineOf(path string) int {
	if _, n := l.main.find(path); n != nil {
		return n.Line
	}
	return 1
}

// FreeName returns a name that no feed has for one at an address.
func (c *Config) FreeName(address string) string {
	taken := map[string]string{}
	for _, f := range c.Feeds {
		taken[f.Name] = f.URL
	}
	return free(taken, feedName(address))
}

// free returns the first of the names, and of the last one with a number,
// that nobody has.
func free(taken map[string]string, names ...string) string {
	for _, n := range names {
		if _, ok := taken[n]; !ok {
			return n
		}
	}
	for i := 2; ; i++ {
		n := fmt.Sprintf("%s-%d", names[len(names)-1], i)
		if _, ok := taken[n]; !ok {
			return n
		}
	}
}

// feedName is what a feed without a name is called: its host and path.
func feedName(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return "feed"
	}
	return strings.TrimPrefix(u.Hostname(), "www.") + strings.TrimRight(u.Path, "/")
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// warnHaste remarks on public servers that would be asked often, once per
// entry, and once for all feeds that go by fetch.schedule.
func (j *joined) warnHaste(f feeds.Feed, path string) {
	spec, path := f.Schedule, path+".schedule"
	if spec == "" {
		path, spec = "fetch.schedule", j.cfg.Fetch.Schedule
	}
	if j.paced[path] || !public(f.URL, j.cfg.Fetch.Allow) {
		return
	}
	j.paced[path] = true
	if s, err := ParseSchedule(spec, j.cfg.Zone); err == nil && s.Least() < shortest {
		j.warn(path, fmt.Sprintf("schedule: %s asks a public server more often than every 5 minutes", spec),
			"15m is kinder, and sees as much")
	}
}

// public reports whether an address leads, by its looks, to a machine of
// somebody else, outside the networks that are our own.
func public(address string, own []string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return strings.Contains(host, ".") && !strings.HasSuffix(host, ".local") &&
			!strings.HasSuffix(host, ".internal") && !strings.HasSuffix(host, ".localhost")
	}
	for _, allowed := range own {
		if p, err := netip.ParsePrefix(allowed); err == nil && p.Contains(ip) {
			return false
		}
	}
	return !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast()
}

// warnSelection remarks on a feed of a search engine, unless its class says that
// the operator knows what it is.
func warnSelection(l *loader, f feeds.Feed, path string) {
	for _, host := range selections {
		if !strings.Contains(f.URL, host) || strings.EqualFold(f.Class, "aggregator") {
			continue
		}
		u, err := url.Parse(f.URL)
		if err != nil || strings.TrimPrefix(u.Hostname(), "www.") != host {
			continue
		}
		l.warn(path+".url", host+" lists a selection of its own, and some articles late or never",
			"watch the publishers' own feeds beside it; class: aggregator says that you know")
	}
}

// selections are the hosts of search engines' news.
var selections = []string{"news.google.com", "bing.com", "news.yahoo.com", "news.search.yahoo.com"}
