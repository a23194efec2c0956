package config

import (
	"fmt"
	"slices"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/webarchive"
	"newswatch/monitor"
	"newswatch/notify"
)

// mostKept is the most text that may be kept with an item: one is read whole
// whenever it is looked at.
const mostKept = 1 << 20

// checkArticles reads how articles are read, which they are only if the section
// stands.
func checkArticles(l *loader) {
	a := &l.cfg.Articles
	checkConfirm(l)
	if l.main.at("articles") == nil {
		warnText(l)
		return
	}
	if a.Read == "" {
		a.Read = feeds.ReadNear
	}
	policy, err := notify.ParsePolicy("", a.PerHost, nil)
	if a.Budget = policy.Budget; err != nil || a.PerHost == "" {
		l.fail("articles.per_host", fmt.Sprintf("per_host: %q is no number of articles and a time", clip(a.PerHost)), "write it like 30/h")
	}
	if a.Timeout < time.Second || a.Timeout > 5*time.Minute {
		l.fail("articles.timeout", "articles.timeout is not between 1s and 5m", "20s is usual")
	}
	if a.Keep > mostKept {
		l.fail("articles.keep", "articles.keep is more than 1MiB", "64KiB holds all but the longest articles")
	}
	warnSensitive(l)
}

// mostPatient is how long an alert may wait for its article at most.
const mostPatient = 5 * time.Minute

// checkConfirm looks at the watches that wait for articles.
func checkConfirm(l *loader) {
	for i, w := range l.cfg.Watches {
		path := fmt.Sprintf("watches[%d].confirm", i)
		switch {
		case w.Confirm == 0:
		case w.Confirm < 0 || w.Confirm > mostPatient:
			l.fail(path, "confirm is more than 5m", "60s is usual: then the feed's text decides")
		case w.Sensitive:
			l.fail(path, "confirm: no article is read because of a sensitive watch", "leave one of the two out")
		case l.main.at("articles") == nil:
			l.warn(path, "confirm: no articles are read without the section articles", "add articles: {}")
		}
	}
}

// warnText remarks on feeds that ask for articles where none are read.
func warnText(l *loader) {
	for i, s := range l.cfg.Sources {
		if s.Text != "" && s.Text != feeds.ReadNever {
			l.warn(fmt.Sprintf("feeds[%d].text", i), "text: no articles are read without the section articles", "add articles: {read: never} for the feeds that ask for it")
		}
	}
}

// warnSensitive remarks on feeds whose near articles are to be read though only
// sensitive watches read the feed.
func warnSensitive(l *loader) {
	for i, s := range l.cfg.Sources {
		if s.Text != feeds.ReadNear {
			continue
		}
		reads := func(w monitor.Watch) bool { return w.Reads(s.Feed) }
		open := func(w monitor.Watch) bool { return reads(w) && !w.Sensitive }
		if slices.ContainsFunc(l.cfg.Watches, reads) && !slices.ContainsFunc(l.cfg.Watches, open) {
			l.warn(fmt.Sprintf("feeds[%d].text", i), "text: only sensitive watches read this feed, and they never cause an article to be read", "leave it out")
		}
	}
}

// checkWayback looks at the web archive and at the watches that ask it.
func checkWayback(l *loader) {
	w := &l.cfg.Wayback
	if err := webarchive.Check(w.URL); err != nil {
		l.fail("wayback.url", err.Error(), "write it like "+webarchive.Wayback)
	}
	if w.PerDay < 1 || w.PerDay > mostCopies {
		l.fail("wayback.per_day", fmt.Sprintf("wayback.per_day is not between 1 and %d", mostCopies), "100 is usual")
	}
	for i, w := range l.cfg.Watches {
		if w.Archive != "" && w.Sensitive {
			l.fail(fmt.Sprintf("watches[%d].archive", i), "archive: no copy is asked for because of a sensitive watch", "leave one of the two out")
		}
	}
}

// mostCopies is how many copies an archive may be asked for in a day.
const mostCopies = 1000
