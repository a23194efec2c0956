package config

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// Find returns the file to read: flag if it is not empty, else the first that
// there is of $NEWSWATCH_CONFIG, ./config.yaml and
// /etc/newswatch/config.yaml, else config.yaml, which is then missed by name.
func Find(flag string) string {
	if flag != "" {
		return flag
	}
	if named := os.Getenv("NEWSWATCH_CONFIG"); named != "" {
		return named
	}
	const here, system = "config.yaml", "/etc/newswatch/config.yaml"
	if _, err := os.Stat(here); errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat(system); err == nil {
			return system
		}
	}
	return here
}

// Load reads the configuration in path, with the environment as env knows it
// (os.LookupEnv). The report holds every mistake and remark; the Config is nil
// unless the report is OK. It reads the files that the configuration names
// and looks where the store is, and nothing else.
func Load(path string, env func(string) (string, bool)) (*Config, *Report) {
	l := newLoader(path, env)
	l.main = l.open(path)
	return l.load()
}

// LoadText is Load of a text that may come to stand in path.
func LoadText(path, text string, env func(string) (string, bool)) (*Config, *Report) {
	l := newLoader(path, env)
	l.main = &document{file: path, mode: 0o600}
	l.read(l.main, text)
	return l.load()
}

func newLoader(path string, env func(string) (string, bool)) *loader {
	l := &loader{
		collector: collector{env: env, rep: &Report{}, entityFiles: map[string]*document{}},
		cfg:       defaults(path, env), shapes: map[reflect.Type]*shape{}, keys: homes(reflect.TypeFor[Config]()),
	}
	l.cfg.File = path
	l.selectors = sync.OnceValue(l.cfg.selectors)
	return l
}

// leanly is how much garbage is let lie while a configuration is read, in percent
// of what is in use.
const leanly = 30

// load reads the main document and what it names.
func (l *loader) load() (*Config, *Report) {
	defer debug.SetGCPercent(debug.SetGCPercent(leanly)) // with a million feeds this is the peak of memory
	if l.main.root != nil {
		if l.decode(l.main, l.main.root, l.cfg) {
			l.check()
		}
		l.warnInline(l.main)
	}
	l.show()
	l.rep.arrange(l.cfg.File)
	if !l.rep.OK() {
		return nil, l.rep
	}
	return l.cfg, l.rep
}

// A loader is the work of one Load.
type loader struct {
	collector
	cfg    *Config
	shapes map[reflect.Type]*shape
	keys   map[string][]string // see homes

	selectors func() []string // Config.selectors, once; of a million feeds it is a walk
}

// check looks at the meaning of what was decoded, section by section; later
// ones refer to earlier ones.
func (l *loader) check() {
	l.cfg.Zone = l.zone(l.cfg.Timezone, "timezone", time.Local)
	l.checkStore()
	l.checkHTTP()
	l.checkFetch()
	l.checkFeeds()
	l.checkEntities()
	l.checkDestinations()
	l.checkWatches()
	checkArticles(l)
	checkWayback(l)
	l.checkDigests()
	l.refer(l.cfg.Operations.Notify, "operations.notify", "destination", l.cfg.destinationNames())
	l.checkHeartbeat()
	l.compile()
	l.cfg.Sources = nil // Feeds has all of them
}

// zone loads a time zone by name, fallback for none.
func (l *collector) zone(name, path string, fallback *time.Location) *time.Location {
	if name == "" {
		return fallback
	}
	z, err := time.LoadLocation(name)
	usual := abbreviated[strings.ToUpper(name)]
	switch {
	case err != nil || name == "Local":
		l.fail(path, fmt.Sprintf("there is no time zone %q", clip(name)), "write it like "+cmp.Or(usual, "America/New_York, Europe/Berlin or UTC"))
		return fallback
	case usual != "":
		l.warn(path, name+" has no summer time", usual+" has")
	}
	return z
}

// abbreviated are the zones that are usually meant by abbreviations, which are
// no zones or have no summer time.
var abbreviated = map[string]string{
	"EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
	"MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
	"BST": "Europe/London", "IST": "Asia/Kolkata", "CEST": "Europe/Berlin", "JST": "Asia/Tokyo", "AEST": "Australia/Sydney",
}
