package feeds

import (
	"net/http"
	"net/url"
	"testing"
)

func TestHub(t *testing.T) {
	tests := map[string]struct {
		links     []string
		d         Document
		hub, self string
	}{
		"nothing":            {nil, Document{}, "", ""},
		"self without a hub": {[]string{`<https://a.example/f>; rel=self`}, Document{}, "", ""},
		"both in one line":   {[]string{`<https://hub.example/>; rel="hub", <https://a.example/f>; rel="self"`}, Document{}, "https://hub.example/", "https://a.example/f"},
		"on two lines":       {[]string{`<https://hub.example/>;rel=hub`, `<f2>;rel=self`}, Document{}, "https://hub.example/", "https://harbour.example/f2"},
		"among others":       {[]string{`<x>; rel="next"; title="a, b; rel=hub", <https://hub.example/>; REL="other Hub"`}, Document{}, "https://hub.example/", "https://harbour.example/feed"},
		"second rel ignored": {[]string{`<https://hub.example/>; rel=next; rel=hub`}, Document{}, "", ""},
		"in the document":    {nil, Document{Hub: "https://hub.example/", Self: "https://a.example/f"}, "https://hub.example/", "https://a.example/f"},
		"header before it":   {[]string{`<https://one.example/>; rel=hub`}, Document{Hub: "https://two.example/"}, "https://one.example/", "https://harbour.example/feed"},
		"not http":           {[]string{`<mailto:a@b.example>; rel=hub`}, Document{}, "", ""},
		"broken":             {[]string{`<https://hub.example/`, `>;rel=hub<`, `rel=hub`}, Document{}, "", ""},
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
