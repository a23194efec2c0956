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

// A listed feed remembers where it stands.
type listed struct {
	*feeds.Feed
	path string
	mine bool // the name was chosen in config.yaml
}

// checkFeeds makes Config.Feeds of Config.Sources.
func (l *loader) checkFeeds() {
	var all []listed
	for i := range l.cfg.Sources {
		s, path := &l.cfg.Sources[i], fmt.Sprintf("feeds[%d]", i)
		switch {
		case s.OPML != "" && s.URL != "":
			l.fail(path+".opml", "both url and opml are given", "make two entries of it")
		case s.OPML != "":
			all = append(all, l.subscriptions(*s, path)...)
		case s.URL == "" && s.How().Preset == "" && s.Kind != feeds.KindPush:
			l.missing(path, "a feed without a url", "add url: https://...")
		default:
			mine := s.Name != ""
			s.Written = l.written(s.URL, path+".url")
			if ok := l.source(&s.Feed, path); ok {
				all = append(all, listed{&s.Feed, path, mine})
			}
		}
		if s.Schedule != "" {
			l.schedule(s.Schedule, path+".schedule")
		}
	}
	if len(l.cfg.Sources) == 0 {
		l.warn("feeds", "no feeds are listed", "nothing will be polled")
	}
	l.cfg.Feeds = l.merge(all)
	l.warnHaste(all)
	warnSelections(l, all)
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

// subscriptions reads the feeds of an OPML file.
func (l *loader) subscriptions(s Source, path string) []listed {
	if s.Name != "" {
		l.fail(path+".name", "a subscription list has no name of its own", "remove it: its feeds bring theirs")
	}
	file := l.main.resolve(s.OPML)
	f, err := os.Open(file)
	if err != nil {
		l.fail(path+".opml", fmt.Sprintf("%s: %v", file, bare(err)), "a path is relative to "+l.main.dir())
		return nil
	}
	defer f.Close()
	list, err := opml.Read(f)
	if err != nil {
		l.fail(path+".opml", fmt.Sprintf("%s: %v", file, bare(err)), "export the list again as OPML")
		return nil
	}
	if len(list) == 0 {
		l.warn(path+".opml", file+" lists no feeds", "")
	}
	out := make([]listed, 0, len(list))
	for i := range list {
		f := &list[i]
		f.Tags = union(f.Tags, s.Tags)
		f.Class, f.Schedule = cmp.Or(f.Class, s.Class), cmp.Or(f.Schedule, s.Schedule)
		f.Proxy, f.Headers, f.TLS, f.MaxNew, f.Text = s.Proxy, s.Headers, s.TLS, s.MaxNew, s.Text
		if err := f.Check(); err != nil {
			message, hint, _ := strings.Cut(err.Error(), "; ")
			l.fail(path+".opml", fmt.Sprintf("%s: feed %q: %s", file, clip(f.Name), message), hint)
			continue
		}
		out = append(out, listed{f, path, false})
	}
	return out
}

// merge makes one feed of each address, with the tags of all its entries, and
// gives every feed a name of its own.
func (l *loader) merge(all []listed) []feeds.Feed {
	out := make([]feeds.Feed, 0, len(all))
	where := map[string]int{}    // by canonical address: index in out
	named := map[string]string{} // by name: the path of who has it
	for _, f := range all {      // names that were chosen come before those that were not
		if !f.mine {
			continue
		}
		if other, ok := named[f.Name]; ok {
			l.fail(f.path+".name", fmt.Sprintf("two feeds are named %q, the other in line %d", clip(f.Name), l.lineOf(other)), "rename one")
		}
		named[f.Name] = cmp.Or(named[f.Name], f.path)
	}
	for _, f := range all {
		key := cmp.Or(urls.Canonical(f.URL), f.URL)
		if !f.Syndicated() {
			key = f.ID()
		}
		if i, ok := where[key]; ok {
			out[i].Tags = union(out[i].Tags, f.Tags)
			if !strings.HasSuffix(f.path, "]") || l.cfg.Sources[sourceIndex(f.path)].OPML == "" {
				l.warn(f.path+".url", fmt.Sprintf("the same address as %q", clip(out[i].Name)), "keep one entry with the tags of both")
			}
			continue
		}
		if !f.mine {
			f.Name = free(named, cmp.Or(f.Name, feedName(f.URL)), feedName(f.URL))
			named[f.Name] = f.path
		}
		where[key] = len(out)
		out = append(out, *f.Feed)
	}
	return out
}

func sourceIndex(path string) (i int) {
	_, _ = fmt.Sscanf(path, "feeds[%d]", &i)
	return i
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
func (l *loader) warnHaste(all []listed) {
	seen := map[string]bool{}
	for _, f := range all {
		path, spec := f.path+".schedule", f.Schedule
		if spec == "" {
			path, spec = "fetch.schedule", l.cfg.Fetch.Schedule
		}
		if seen[path] || !public(f.URL, l.cfg.Fetch.Allow) {
			continue
		}
		seen[path] = true
		if s, err := ParseSchedule(spec, l.cfg.Zone); err == nil && s.Least() < shortest {
			l.warn(path, fmt.Sprintf("schedule: %s asks a public server more often than every 5 minutes", spec),
				"15m is kinder, and sees as much")
		}
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

// warnSelections remarks on feeds of search engines, unless their class says
// that the operator knows what they are.
func warnSelections(l *loader, all []listed) {
	for _, f := range all {
		u, err := url.Parse(f.URL)
		if err != nil || strings.EqualFold(f.Class, "aggregator") {
			continue
		}
		if host := strings.TrimPrefix(u.Hostname(), "www."); selections[host] {
			l.warn(f.path+".url", host+" lists a selection of its own, and some articles late or never",
				"watch the publishers' own feeds beside it; class: aggregator says that you know")
		}
	}
}

// selections are the hosts of search engines' news.
var selections = map[string]bool{"news.google.com": true, "bing.com": true, "news.yahoo.com": true, "news.search.yahoo.com": true}
