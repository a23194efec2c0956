package fetch

import (
	"net/http"
	"net/url"
	"testing"

	"newswatch/feeds"
)

func TestHub(t *testing.T) {
	tests := map[string]struct {
		links     []string
		d         feeds.Document
		hub, self string
	}{
		"nothing":            {nil, feeds.Document{}, "", ""},
		"self without a hub": {[]string{`<https://a.example/f>; rel=self`}, feeds.Document{}, "", ""},
		"both in one line":   {[]string{`<https://hub.example/>; rel="hub", <https://a.example/f>; rel="self"`}, feeds.Document{}, "https://hub.example/", "https://a.example/f"},
		"on two lines":       {[]string{`<https://hub.example/>;rel=hub`, `<f2>;rel=self`}, feeds.Document{}, "https://hub.example/", "https://harbour.example/f2"},
		"among others":       {[]string{`<x>; rel="next"; title="a, b; rel=hub", <https://hub.example/>; REL="other Hub"`}, feeds.Document{}, "https://hub.example/", "https://harbour.example/feed"},
		"second rel ignored": {[]string{`<https://hub.example/>; rel=next; rel=hub`}, feeds.Document{}, "", ""},
		"in the document":    {nil, feeds.Document{Hub: "https://hub.example/", Self: "https://a.example/f"}, "https://hub.example/", "https://a.example/f"},
		"header before it":   {[]string{`<https://one.example/>; rel=hub`}, feeds.Document{Hub: "https://two.example/"}, "https://one.example/", "https://harbour.example/feed"},
		"not http":           {[]string{`<mailto:a@b.example>; rel=hub`}, feeds.Document{}, "", ""},
		"broken":             {[]string{`<https://hub.example/`, `>;rel=hub<`, `rel=hub`}, feeds.Document{}, "", ""},
	}
	base := &url.URL{Scheme: "https", Host: "harbour.example", Path: "/feed"}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			hub, self := hub(http.Header{"Link": tt.links}, base, tt.d)
			if hub != tt.hub || self != tt.self {
				t.Errorf("hub = %q, %q, want %q, %q", hub, self, tt.hub, tt.self)
			}
		})
	}
}
