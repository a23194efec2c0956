package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"newswatch/feeds"
	"newswatch/feeds/fetch"
	"newswatch/feeds/urls"
	"newswatch/notify/render"
)

func feedsProbe(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "probe NAME|URL", Short: "Find out how a feed that refuses newswatch can be read",
		Long: `Ask for a feed as newswatch does, and while it is refused in a few other ways,
none of which pretends to be somebody else: with another Accept header, as a
"compatible" agent, with older TLS, over the other scheme, at the address with or without www.
The first way that works is the last that is tried, and what to write into
config.yaml for it is printed. Exit status 1 if none works: then the publisher
refuses this machine's address, and asking him, or a proxy, is what is left.`,
		Example:           "  newswatch feeds probe https://example.org/feed\n  newswatch feeds probe gao",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completing(feedNames),
		RunE:              func(c *cobra.Command, args []string) error { return a.probeOne(c.Context(), args[0]) },
	}
}

// A way is one way to ask for a feed.
type way struct {
	name string
	feed feeds.Feed
	keep string // what to change in the address for it to be asked this way; "" for nothing
}

// tried is the outcome of one way as feeds probe --json prints it.
type tried struct {
	Way     string            `json:"way"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"` // those that are other than usual
	TLS     string            `json:"tls,omitempty"`     // if that is other than usual
	OK      bool              `json:"ok"`
	Detail  string            `json:"detail"`
}

// waysTo returns the ways to ask for a feed, the usual one first.
func waysTo(f feeds.Feed, version string) []way {
	with := func(f feeds.Feed, headers ...string) feeds.Feed {
		f.Headers = maps.Clone(f.Headers)
		if f.Headers == nil {
			f.Headers = map[string]feeds.Secret{}
		}
		for i := 0; i < len(headers); i += 2 {
			f.Headers[headers[i]] = feeds.Secret(headers[i+1])
		}
		return f
	}
	agent := "Mozilla/5.0 (compatible; newswatch/" + version + ")"
	ways := []way{
		{"as usual", f, ""},
		{"accepting anything", with(f, "Accept", "*/*"), ""},
		{"as a compatible agent", with(f, "User-Agent", agent), ""},
		{"as both", with(f, "Accept", "*/*", "User-Agent", agent), ""},
	}
	if strings.HasPrefix(strings.ToLower(f.URL), "https:") && f.TLS == "" {
		old := f
		old.TLS = feeds.LegacyTLS
		ways = append(ways, way{"with older TLS", old, ""})
	}
	return append(ways, neighbours(f)...)
}

// neighbours are the addresses that often lead to the same feed. What is secret
// about one that is configured is for its own host, and not to be sent in clear.
func neighbours(f feeds.Feed) (ways []way) {
	u, err := url.Parse(f.URL)
	if err != nil || u.Port() != "" || net.ParseIP(u.Hostname()) != nil {
		return nil
	}
	secret := len(f.Headers)+len(f.How().Params) > 0 || u.User != nil
	at := func(name, scheme, host string) {
		v, g := *u, f
		v.Scheme, v.Host = scheme, host
		g.URL = v.String()
		ways = append(ways, way{name, g, scheme + "://" + host})
	}
	switch {
	case u.Scheme == "http":
		at("over https", "https", u.Host)
	case !secret:
		at("over http", "http", u.Host)
	}
	if host, ok := strings.CutPrefix(u.Host, "www."); ok && !secret {
		at("without www", u.Scheme, host)
	} else if !secret {
		at("with www", u.Scheme, "www."+u.Host)
	}
	return ways
}

// probeOne tries the ways to one feed until one works.
func (a *app) probeOne(ctx context.Context, which string) error {
	settings, f := feeds.Settings{}, feeds.Feed{Name: which, URL: which} // a syndicated one
	if cfg, report := a.quietly(); report {
		settings = cfg.Fetch
		if i := slices.IndexFunc(cfg.Feeds, func(f feeds.Feed) bool { return f.Name == which || f.URL == which }); i >= 0 {
			f = cfg.Feeds[i]
		}
	}
	if err := f.Check(); err != nil {
		return fmt.Errorf("%s is no configured feed and no address: %w", which, err)
	}
	client, err := fetch.NewClient(settings, version())
	if err != nil {
		return err
	}
	defer client.Close()
	return a.tryWays(ctx, client, f)
}

func (a *app) tryWays(ctx context.Context, client *fetch.Client, f feeds.Feed) error {
	t := newTable(a.out, "WAY", "RESULT", "DETAIL")
	for i, w := range waysTo(f, version()) {
		p := probeFeed(ctx, client, w.feed)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !p.OK { // what it proposes is what is being done
			p.Detail = withoutRemedy(p.Detail)
		}
		if a.json {
			if err := a.printJSON(tried{w.name, shownWhole(w.feed.URL), unusual(w.feed, f), changed(f.TLS, w.feed.TLS), p.OK, p.Detail}); err != nil {
				return err
			}
		}
		t.row(w.name, outcomeOf(p.OK), render.Sanitize(p.Detail))
		if !p.OK {
			continue
		}
		if a.json {
			return nil
		}
		return errors.Join(t.end(a.err, ""), a.advise(i, w, f))
	}
	if !a.json {
		if err := t.end(a.err, ""); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s: no way worked: ask the publisher to let this machine in, or set a proxy for this feed", urls.Shown(f.URL))
}

// outcomeOf is how tables call what worked and what did not.
func outcomeOf(ok bool) string {
	if ok {
		return "ok"
	}
	return "FAILED"
}

// unusual returns the headers of f that the usual way does not send.
func unusual(f, usual feeds.Feed) map[string]string {
	out := map[string]string{}
	for name, value := range f.Headers {
		if _, ok := usual.Headers[name]; !ok {
			out[name] = value.Reveal()
		}
	}
	return out
}

// changed returns what a setting is now, "" if that is as before.
func changed(before, now string) string {
	if now == before {
		return ""
	}
	return now
}

// shownWhole is urls.Shown with the scheme, on which it may depend whether a
// feed is to be had.
func shownWhole(address string) string {
	scheme, _, _ := strings.Cut(address, ":")
	return strings.ToLower(scheme) + "://" + urls.Shown(address)
}

// advise says what to write into the configuration.
func (a *app) advise(i int, w way, usual feeds.Feed) error {
	text := "Nothing needs to be changed."
	switch {
	case w.keep != "":
		text = "In config.yaml let the url of this feed begin with " + w.keep
	case w.feed.TLS != usual.TLS:
		text = "In config.yaml give this feed\n  tls: " + w.feed.TLS
	case i > 0:
		extra := unusual(w.feed, usual)
		var list []string
		for _, name := range slices.Sorted(maps.Keys(extra)) {
			list = append(list, name+": "+strconv.Quote(extra[name]))
		}
		text = "In config.yaml give this feed\n  headers: {" + strings.Join(list, ", ") + "}"
	}
	_, err := fmt.Fprintf(a.err, "\n%s\n", text)
	return err
}
