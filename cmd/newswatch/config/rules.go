package config

import (
	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/notify"
)

// Rules returns the configuration as the monitor sees it.
func (c *Config) Rules() *monitor.Rules {
	r := &monitor.Rules{Set: c.Set, Entities: c.Entities.Named, Watches: c.Watches, Feeds: make(map[string]*feeds.Feed, len(c.Feeds)),
		Freshness: c.Freshness, Operations: c.Operations.Notify, Expand: map[string][]string{}, Zone: c.Zone, Keep: c.Store.Keep, Archive: c.Store.Archive, MaxNew: c.Fetch.MaxNew,
		Page: c.HTTP.Page()}
	for i := range c.Feeds {
		r.Feeds[c.Feeds[i].Name] = &c.Feeds[i]
	}
	r.Articles = monitor.Articles{Read: c.Articles.Read, Feeds: map[string]feeds.ReadMode{}, Keep: int(c.Articles.Keep)}
	for _, f := range c.Feeds {
		if f.Text != "" && c.Articles.Read != "" {
			r.Articles.Feeds[f.Name] = f.Text
		}
	}
	for _, d := range c.Destinations {
		r.Expand[d.Name] = d.Channels()
	}
	for _, d := range c.Digests {
		r.Digests = append(r.Digests, d.InWords())
	}
	return r
}

// Config returns the section that says where the destination leads, nil if there
// is none.
func (d Destination) Config() notify.Config {
	for _, c := range d.kinds() {
		return c
	}
	return nil
}

// Channels returns the names under which the destination's notices lie in the
// outbox.
func (d Destination) Channels() []string {
	if c := d.Config(); c != nil {
		return notify.Names(d.Name, c)
	}
	return []string{d.Name}
}

// Plan returns what the digest is made of.
func (d Digest) Plan() monitor.DigestPlan {
	return monitor.DigestPlan{Name: d.Name, Notify: d.Notify, Watches: d.Watches, Zone: d.Zone, SkipEmpty: d.Empty == skipEmpty}
}
