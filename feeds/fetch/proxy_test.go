package fetch

import (
	"context"
	"net/http"
	"testing"

	"newswatch/feeds"
)

// A feed's own proxy goes before that of the settings, and that before those of the
// environment, which know exceptions.
func TestProxies(t *testing.T) {
	named := func(name string) *script {
		return serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(rss(name))) })
	}
	own, all, environment := named("own"), named("all"), named("environment")
	here := named("here")
	t.Setenv("HTTP_PROXY", environment.URL)
	t.Setenv("NO_PROXY", "quay.example")
	const far = "http://harbour.example/feed"
	tests := map[string]struct{ url, own, all, want string }{
		"of the environment":  {far, "", "", "environment"},
		"of the settings":     {far, "", all.URL, "all"},
		"the feed's":          {far, own.URL, all.URL, "own"},
		"none, says the feed": {here.URL, "direct", all.URL, "here"},
		"none, for all":       {here.URL, "", "direct", "here"},
		"this machine":        {here.URL, "", "", "here"},
		"all, this machine":   {here.URL, "", all.URL, "all"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, _ := client(t, feeds.Settings{Allow: local, Proxy: tt.all})
			res, err := c.Fetch(context.Background(), feeds.Feed{URL: tt.url, Proxy: tt.own}, feeds.State{}, nil)
			if err != nil || len(res.Document.Items) != 1 || res.Document.Items[0].Title != tt.want {
				t.Errorf("it went by %+v, %v; want %s", res.Document.Items, err, tt.want)
			}
		})
	}
}

// A proxy that nobody allowed needs no leave, but what it is asked for does: it must
// not knock at its own neighbours for a feed.
func TestProxiesAreGuarded(t *testing.T) {
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	})
	t.Setenv("HTTP_PROXY", proxy.URL)
	for name, s := range map[string]feeds.Settings{"of the environment": {}, "of the settings": {Proxy: proxy.URL}} {
		for _, to := range []string{"http://10.0.0.1/", "http://[fd00::1]/", "http://169.254.169.254/", "http://localhost/", "http://a.localhost./", "http://quay.example:6379/"} {
			c, _ := client(t, s)
			before := len(proxy.seen)
			e, _ := trouble(t, c, feeds.Feed{URL: "http://harbour.example/feed?to=" + to}, feeds.State{})
			if e.Fault != feeds.Refused {
				t.Errorf("%s, to %s: %q, %v; want a refusal", name, to, e.Fault, e)
			}
			if len(proxy.seen)-before != 1 {
				t.Errorf("%s: the proxy was sent to %s", name, to)
			}
		}
	}
}
