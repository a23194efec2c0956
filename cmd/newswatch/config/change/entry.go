package change

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/config/edit"
	"newswatch/feeds/urls"
)

// The sections that editors change.
const (
	Feeds   = "feeds"
	Watches = "watches"
)

// NewFeed completes the fields of a feed to be added: an address without a
// scheme is https, and a feed without a name gets one that no other has. An
// address that is configured already is an error, which names the feed.
func NewFeed(cfg *config.Config, e edit.Entry) (edit.Entry, error) {
	address := strings.TrimSpace(text(e, "url"))
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	key := cmp.Or(urls.Canonical(address), address)
	for _, f := range cfg.Feeds {
		if cmp.Or(urls.Canonical(f.URL), f.URL) == key {
			return nil, fmt.Errorf("this address is configured already, as the feed %q", f.Name)
		}
	}
	out := edit.Entry{{Key: "name", Value: cmp.Or(strings.TrimSpace(text(e, "name")), cfg.FreeName(address))}, {Key: "url", Value: address}}
	return append(out, others(e, "url", "name", "kind", "feed")...), nil
}

// NewWatch completes the fields of a watch to be added. One without a name or a
// query is an error.
func NewWatch(e edit.Entry) (edit.Entry, error) {
	name, query := strings.TrimSpace(text(e, "name")), strings.TrimSpace(text(e, "match"))
	switch {
	case name == "":
		return nil, fmt.Errorf("a watch needs a name")
	case query == "":
		return nil, fmt.Errorf("a watch needs a query")
	}
	out := edit.Entry{{Key: "name", Value: name}, {Key: "match", Value: query}}
	return append(out, others(e, "name", "match", "", "")...), nil
}

// others returns the fields that say something and are none of two, nor a field
// that has its usual value.
func others(e edit.Entry, a, b, usualKey, usual string) (out edit.Entry) {
	for _, f := range e {
		list, isList := f.Value.([]string)
		word, _ := f.Value.(string)
		if f.Key == a || f.Key == b || isList && len(list) == 0 || !isList && word == "" || f.Key == usualKey && word == usual {
			continue
		}
		out = append(out, f)
	}
	return out
}

// text returns the value of a field, "" for none.
func text(e edit.Entry, key string) string {
	if i := slices.IndexFunc(e, func(f edit.Field) bool { return f.Key == key }); i >= 0 {
		s, _ := e[i].Value.(string)
		return s
	}
	return ""
}

// Named returns how the configuration file names an entry of a section: by its
// name, or a feed that has none there by its address.
func Named(cfg *config.Config, file *edit.File, section, name string) string {
	if section != Feeds || slices.Contains(file.Names(section), name) {
		return name
	}
	for _, f := range cfg.Feeds {
		if f.Name == name {
			return f.URL
		}
	}
	return name
}
