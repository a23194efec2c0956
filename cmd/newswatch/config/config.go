// Package config turns config.yaml into the settings of every room, or into a
// list of all its mistakes with their places and proposals.
//
// It declares what no room owns (digests, the store's path, routing) and reads
// the sections that the rooms declare for themselves. It starts nothing.
package config

import (
	"time"

	"newswatch/feeds"
	"newswatch/feeds/webarchive"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/notify"
	"newswatch/notify/console"
	"newswatch/notify/email"
	"newswatch/notify/slack"
	"newswatch/notify/webhook"
)

// Config is the whole file, with defaults in place of what it leaves out and
// paths made relative to the working directory. Fields without a key are
// worked out by Load.
type Config struct {
	Timezone     string          `yaml:"timezone"`
	Freshness    time.Duration   `yaml:"freshness"`
	Store        Store           `yaml:"store"`
	HTTP         HTTP            `yaml:"http"`
	Fetch        feeds.Settings  `yaml:"fetch"`
	Articles     Articles        `yaml:"articles"`
	Wayback      Wayback         `yaml:"wayback"`
	Sources      []Source        `yaml:"feeds"` // until Feeds is made of them
	Entities     Entities        `yaml:"entities"`
	Watches      []monitor.Watch `yaml:"watches"`
	Destinations []Destination   `yaml:"destinations"`
	Digests      []Digest        `yaml:"digests"`
	Operations   Operations      `yaml:"operations"`
	Heartbeat    Heartbeat       `yaml:"heartbeat"`

	File  string         `yaml:"-"` // where all this was read
	Zone  *time.Location `yaml:"-"` // of Timezone; never nil
	Feeds []feeds.Feed   `yaml:"-"` // of Sources, subscription lists read, each address once, all with names
	Set   *match.Set     `yaml:"-"` // of Entities and Watches, whose order its rules have

	Compiling time.Duration `yaml:"-"` // how long it took to make Set
}

// Store says where the state is kept and for how long.
type Store struct {
	Path  string        `yaml:"path"`  // see defaultStore; with URL only what a running process needs lies there
	URL   feeds.Secret  `yaml:"url"`   // of a PostgreSQL database that several machines share; "" for a file
	Lease time.Duration `yaml:"lease"` // with URL: after how long another daemon leads where one is silent; 15s
	Keep  time.Duration `yaml:"keep"`  // 400d after the last sighting

	Archive time.Duration `yaml:"archive"` // of texts, after the first sight; 0 is Keep
}

// HTTP is the local page, the API and the metrics.
type HTTP struct {
	Listen    string   `yaml:"listen"`     // 127.0.0.1:8087; "unix:/path" for a socket, "" for none
	PublicURL string   `yaml:"public_url"` // what links in messages begin with; "" for no links
	Hosts     []string `yaml:"hosts"`      // further names by which the page may be asked
	Edit      Switch   `yaml:"edit"`       // whether the page may change this file; "" only where no other machine reaches it
	Auth      Auth     `yaml:"auth"`
}

// A Switch is "true", "false", or "" for what suits the place.
type Switch string

// Auth is a proxy that signs people in and says who they are. Whoever comes
// without the header only reads.
type Auth struct {
	Header string   `yaml:"header"` // as in X-Forwarded-User; "" for no proxy
	From   []string `yaml:"from"`   // addresses or networks of the proxy: from others the header is worth nothing
}

// Articles says whether the articles behind items are read, and how. Without the
// section none is.
type Articles struct {
	Read    feeds.ReadMode `yaml:"read"`     // near, of feeds that say nothing else; "" once checked is that the section is missing
	PerHost string         `yaml:"per_host"` // as in "30/h"
	Timeout time.Duration  `yaml:"timeout"`  // 20s
	Keep    feeds.Size     `yaml:"keep"`     // 64KiB of text with an item

	Budget notify.Budget `yaml:"-"` // of PerHost
}

// Wayback is the public web archive that watches with an archive ask for copies.
type Wayback struct {
	URL    string `yaml:"url"`     // of an archive that answers like the Wayback Machine, which is the default
	PerDay int    `yaml:"per_day"` // 100 copies asked for at most
}

// A Source is one entry of the list of feeds: a feed, or a subscription list
// to whose feeds the entry's tags, class, schedule, headers, proxy, tls and max_new apply.
type Source struct {
	feeds.Feed `yaml:",inline"`
	OPML       string `yaml:"opml"`
}

// Entities are the names that queries may use in braces. The keys use and
// include are no entities: they name packs and further files of them.
type Entities struct {
	Use     []string              `yaml:"use"` // names of packs; nil is all
	Include []string              `yaml:"include"`
	Own     map[string]Definition `yaml:",inline"` // those of the included files too

	Named  map[string]match.Entity `yaml:"-"` // all there are: those of packs, own ones, and what both make together
	Origin map[string]string       `yaml:"-"` // where each is defined, for people
}

// A Definition is an entity as it is written. What a pack's entity of the same
// name has is added to it, unless it replaces that or repeats what that is
// called, as the configurations did that came with earlier versions.
type Definition struct {
	match.Entity `yaml:",inline"`
	Replace      bool `yaml:"replace"`
}

// A Destination is a place that notices go to, of exactly one kind.
type Destination struct {
	Name    string          `yaml:"name"`
	Slack   *slack.Config   `yaml:"slack"`
	Email   *email.Config   `yaml:"email"`
	Webhook *webhook.Config `yaml:"webhook"`
	Console *console.Config `yaml:"console"`
	Quiet   string          `yaml:"quiet"`  // as in "22:00-07:00", in Config.Timezone
	Budget  string          `yaml:"budget"` // as in "20/h"
	Policy  notify.Policy   `yaml:"-"`      // of Quiet and Budget
}

// A Digest is a summary sent at set times.
type Digest struct {
	Name     string   `yaml:"name"`
	Schedule string   `yaml:"schedule"` // a cron expression
	At       string   `yaml:"at"`       // a time of day, instead of a schedule
	Timezone string   `yaml:"timezone"` // "" is Config.Timezone
	Notify   []string `yaml:"notify"`   // names of destinations
	Watches  []string `yaml:"watches"`  // names; none means all
	Empty    string   `yaml:"empty"`    // what becomes of one without news: send or skip; "" is send

	Zone  *time.Location `yaml:"-"` // of Timezone; never nil
	Slots *Slots         `yaml:"-"` // of Schedule or At
}

// Operations is where newswatch talks about itself: feeds that fail, notices
// that died.
type Operations struct {
	Notify []string `yaml:"notify"` // names of destinations
}

// A Heartbeat tells an outside service that newswatch is alive, so that its
// silence can be noticed.
type Heartbeat struct {
	URL   feeds.Secret  `yaml:"url"` // asked with GET; "" for none
	Every time.Duration `yaml:"every"`
}

// defaults is the configuration of a file that says nothing.
func defaults(file string, env func(string) (string, bool)) *Config {
	return &Config{
		Freshness: 24 * time.Hour,
		Store:     Store{Path: defaultStore(file, env), Lease: 15 * time.Second, Keep: 400 * 24 * time.Hour},
		Fetch:     feeds.Settings{}.WithDefaults(),
		Wayback:   Wayback{URL: webarchive.Wayback, PerDay: 100},
		Articles:  Articles{PerHost: "30/h", Timeout: 20 * time.Second, Keep: 64 << 10},
		HTTP:      HTTP{Listen: "127.0.0.1:8087"},
		Heartbeat: Heartbeat{Every: 5 * time.Minute},
		Zone:      time.Local,
	}
}
