package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/notify"
)

func (l *loader) checkStore() {
	s := &l.cfg.Store
	checkDatabase(l)
	if _, n := l.main.find("store.path"); n != nil && s.Path == "" {
		l.fail("store.path", "store.path names no file", "leave it out for the default")
	} else if child := l.given("store", "path"); child {
		s.Path = l.main.resolve(s.Path)
	} else if former := formerStore(s.Path); former != "" && s.URL == "" {
		l.warn("store", "the store of an earlier version is used: "+former, "stop newswatch and move it to "+s.Path+", or name it in store.path")
		s.Path = former
	}
	if s.Keep < storyKeep {
		l.fail("store.keep", "store.keep is too short to recognise what feeds still list", "400d is usual, 7d the least")
	}
	switch {
	case l.sound("store.archive") && s.Archive < storyKeep:
		l.fail("store.archive", "store.archive is too short for the stories that still grow", "7d is the least; leave it out to keep texts as long as items")
	case s.Archive > s.Keep:
		l.fail("store.archive", "store.archive is longer than store.keep, with which an item goes", "leave it out, or make it shorter")
	}
}

// checkDatabase looks at what only a store in a database has.
func checkDatabase(l *loader) {
	s := &l.cfg.Store
	if s.Lease < time.Second || s.Lease > 5*time.Minute {
		l.fail("store.lease", "store.lease is not between 1s and 5m", "15s is usual")
	}
	if s.URL == "" {
		return
	}
	key := "store.url"
	if l.given("store", "url_file") {
		key = "store.url_file"
	}
	if l.given("store", "path") {
		l.fail("store.path", "store.path and store.url exclude each other", "newswatch store copy moves a store from one to the other; then leave store.path out")
	}
	if scheme, _, ok := strings.Cut(s.URL.Reveal(), "://"); !ok || scheme != "postgres" && scheme != "postgresql" {
		l.fail(key, "store.url is not the address of a PostgreSQL database", "write it like postgres://newswatch@db1,db2/newswatch?target_session_attrs=read-write")
	}
}

// storyKeep is the least time for which what was seen is remembered: feeds
// list items for about as long.
const storyKeep = 7 * 24 * 3600 * 1e9

// given reports whether a key of a section is in the file.
func (l *loader) given(section, key string) bool {
	_, n := l.main.find(section)
	if n == nil || n == l.main.root {
		return false
	}
	v, _ := child(n, key)
	return v != nil
}

func (l *loader) checkHTTP() {
	h := l.cfg.HTTP
	if h.PublicURL != "" && !webAddress(h.PublicURL) {
		l.fail("http.public_url", "public_url is not an address", "write it like https://news.example.org")
	}
	for i, name := range h.Hosts {
		if name == "" || strings.ContainsAny(name, "/:@ *") && !isAddress(name) {
			l.fail(fmt.Sprintf("http.hosts[%d]", i), fmt.Sprintf("hosts: %q is no host name", clip(name)), "write it without scheme, port and path, as in newswatch.internal")
		}
	}
	l.checkAuth(h)
	if path, ok := strings.CutPrefix(h.Listen, "unix:"); ok {
		if path == "" {
			l.fail("http.listen", "listen names no socket", "write it like unix:/run/newswatch/http.sock")
		} else {
			l.cfg.HTTP.Listen = "unix:" + l.main.resolve(path)
		}
		return
	}
	if h.Listen == "" {
		return
	}
	host, port, err := net.SplitHostPort(h.Listen)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		l.fail("http.listen", fmt.Sprintf("listen: %q is not an address with a port", clip(h.Listen)),
			`write it like 127.0.0.1:8087, unix:/path, or "" for none`)
		return
	}
	if !loopback(host) && h.Auth.Header == "" {
		l.warn("http.listen", "listen: other machines can reach this, and the page asks for no password",
			"127.0.0.1 keeps it on this one; put a proxy with a login before it, and name its header in auth:")
	}
}

// isAddress reports whether s is an IP address.
func isAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// webAddress reports whether s is an http(s) address.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func (l *loader) checkHeartbeat() {
	h := l.cfg.Heartbeat
	if h.URL != "" && !webAddress(h.URL.Reveal()) {
		l.fail("heartbeat.url", "heartbeat: url is not an http(s) address", "write it like https://hc.example.org/ping/newswatch")
	}
	if h.Every < minEvery {
		l.fail("heartbeat.every", "heartbeat: every is too short", "5m is usual")
	}
}

func (l *loader) checkDestinations() {
	l.unique("destination", "destinations", l.cfg.destinationNames())
	for i := range l.cfg.Destinations {
		dest := &l.cfg.Destinations[i]
		path := fmt.Sprintf("destinations[%d]", i)
		kinds := dest.kinds()
		switch len(kinds) {
		case 0:
			l.missing(path, fmt.Sprintf("destination %q leads nowhere", clip(dest.Name)), "add "+strings.Join(kindNames(), ":, ")+":")
		case 1:
		default:
			l.fail(path, fmt.Sprintf("destination %q is of two kinds", clip(dest.Name)), "make two destinations of it")
		}
		for name, section := range kinds {
			l.checkDestination(join(path, name), section, l.damaged(path))
		}
		l.checkPolicy(dest, path)
	}
}

// checkDestination notes what a room says of its section. Where that has other
// mistakes already, what is missing may be a misspelt key, and what is noted
// needs no second note.
func (l *loader) checkDestination(path string, v notify.Config, damaged bool) {
	for _, err := range v.Validate() {
		key, _, _ := strings.Cut(err.Error(), ": ")
		if damaged && !l.sound(join(path, key)) {
			continue
		}
		l.failKeyed(path, err)
	}
}

// checkPolicy reads quiet hours and budget, each for itself to find the
// mistakes of both.
func (l *loader) checkPolicy(dest *Destination, path string) {
	quiet, errQuiet := notify.ParsePolicy(dest.Quiet, "", l.cfg.Zone)
	budget, errBudget := notify.ParsePolicy("", dest.Budget, l.cfg.Zone)
	for key, err := range map[string]error{"quiet": errQuiet, "budget": errBudget} {
		if err != nil {
			message, hint, _ := strings.Cut(err.Error(), ": ")
			l.fail(join(path, key), "cannot read "+message, hint)
		}
	}
	dest.Policy = notify.Policy{Quiet: quiet.Quiet, Budget: budget.Budget, Page: l.cfg.HTTP.SharedPage()}
}

// destinationNames returns the names of all destinations.
func (c *Config) destinationNames() []string {
	var out []string
	for _, d := range c.Destinations {
		out = append(out, d.Name)
	}
	return out
}

// unique notes entries of a list that have no name, or one that another has.
func (l *loader) unique(what, list string, names []string) {
	first := map[string]int{}
	for i, name := range names {
		path := fmt.Sprintf("%s[%d]", list, i)
		other, taken := first[name]
		switch {
		case strings.TrimSpace(name) == "":
			l.missing(path, "a "+what+" without a name", "add name: ...")
		case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
			l.fail(path+".name", "the name has a line break or control character", "write it on one line")
		case taken:
			l.fail(path+".name", fmt.Sprintf("two %ss are named %q, the other in line %d", plural(what), clip(name),
				l.lineOf(fmt.Sprintf("%s[%d]", list, other))), "rename one")
		default:
			first[name] = i
		}
	}
}

// plural is what with the one irregular plural mended before its s.
func plural(what string) string {
	if what == "watch" {
		return "watche"
	}
	return what
}

// refer notes names in the list at path that are not among those known.
func (l *loader) refer(names []string, path, what string, known []string) {
	for i, n := range names {
		if !slices.Contains(known, n) {
			hint := proposal(n, known, "there are: ")
			if len(known) == 0 {
				hint = fmt.Sprintf("no %ss are listed", plural(strings.TrimSuffix(what, " or tag")))
			}
			l.fail(fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf("there is no %s %q", what, clip(n)), hint)
		}
	}
}

func (l *loader) checkWatches() {
	var names []string
	for _, w := range l.cfg.Watches {
		names = append(names, w.Name)
	}
	l.unique("watch", "watches", names)
	if len(l.cfg.Watches) == 0 {
		l.warn("watches", "no watches are listed", "nothing will be told; add watches: with a name, match: and notify:")
	}
	for i, w := range l.cfg.Watches {
		path := fmt.Sprintf("watches[%d]", i)
		if strings.TrimSpace(w.Match) == "" {
			l.missing(path, fmt.Sprintf("watch %q has no query", clip(w.Name)), `add match: ...`)
		}
		if len(w.Feeds) > 0 {
			l.refer(w.Feeds, path+".feeds", "feed or tag", l.selectors())
		}
		l.refer(w.Notify, path+".notify", "destination", l.cfg.destinationNames())
	}
}

// selectors returns the names and tags of all feeds, those with a mistake of
// their own too.
func (c *Config) selectors() []string {
	seen := map[string]bool{"": true}
	var out []string
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	of := func(f *feeds.Feed) {
		add(f.Name)
		for _, tag := range f.Tags {
			add(tag)
		}
	}
	for i := range c.Feeds {
		of(&c.Feeds[i])
	}
	for i := range c.Sources {
		of(&c.Sources[i].Feed)
	}
	return out
}

func (l *loader) checkDigests() {
	var names, watches []string
	for _, d := range l.cfg.Digests {
		names = append(names, d.Name)
	}
	for _, w := range l.cfg.Watches {
		watches = append(watches, w.Name)
	}
	l.unique("digest", "digests", names)
	for i := range l.cfg.Digests {
		d := &l.cfg.Digests[i]
		path := fmt.Sprintf("digests[%d]", i)
		d.Zone = l.zone(d.Timezone, path+".timezone", l.cfg.Zone)
		l.checkSlots(d, path)
		if len(d.Notify) == 0 {
			l.missing(path, fmt.Sprintf("digest %q is sent to nobody", clip(d.Name)), "add notify: [...]")
		}
		l.refer(d.Notify, path+".notify", "destination", l.cfg.destinationNames())
		l.refer(d.Watches, path+".watches", "watch", watches)
		if d.Empty != "" && d.Empty != "send" && d.Empty != skipEmpty {
			l.fail(path+".empty", fmt.Sprintf("empty: %q is neither send nor skip", clip(d.Empty)), "send says that nothing was found, skip says nothing")
		}
	}
}

// skipEmpty is the Empty of a digest that does not go without news.
const skipEmpty = "skip"

// checkSlots works out when a digest is sent.
func (l *loader) checkSlots(d *Digest, path string) {
	spec := d.Schedule
	switch at, err := time.Parse("15:04", d.At); {
	case d.At != "" && d.Schedule != "":
		l.fail(path+".at", fmt.Sprintf("digest %q has a schedule and a time", clip(d.Name)), "at: is short for a schedule of every day: leave one of them out")
		return
	case d.At != "" && err != nil:
		l.fail(path+".at", fmt.Sprintf("at: %q is no time of day", clip(d.At)), `write it like "07:00", or a schedule: for other days`)
		return
	case d.At != "":
		spec = fmt.Sprintf("%d %d * * *", at.Minute(), at.Hour())
	case spec == "":
		l.missing(path, fmt.Sprintf("digest %q has no schedule", clip(d.Name)), `add schedule: "0 7 * * *"`)
		return
	}
	var err error
	if d.Slots, err = ParseSlots(spec, d.Zone); err != nil {
		l.failSpec(path+".schedule", "schedule", err)
	}
	l.warnEitherDay(spec, path+".schedule")
}

// warnEitherDay remarks on what cron makes of two kinds of days.
func (l *collector) warnEitherDay(spec, path string) {
	if eitherDay(spec) {
		l.warn(path, fmt.Sprintf("schedule: %q means these days of the month and also these days of the week", clip(spec)), "write * for one of the two")
	}
}
