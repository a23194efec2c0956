package fetch

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

// FuzzHeaders: whatever a response's header says, what is made of it is an
// absolute http(s) address within bounds or nothing.
func FuzzHeaders(f *testing.F) {
	for _, s := range [][2]string{
		{`<https://hub.example/>; rel="hub", </self>;rel=self`, "/feed"},
		{`<>;rel=hub,<a>;rel="x hub`, "//x.example:99999/\\"},
		{`</a`, "http://ann:pa55@e.example/#x"},
		{"", "javascript:x"},
		{"<\xff>;rel=hub", "http://\xff/\xe9"},
	} {
		f.Add(s[0], s[1])
	}
	base, err := url.Parse("https://e.example/feed")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, link, location string) {
		resp := &http.Response{StatusCode: http.StatusMovedPermanently, Header: http.Header{"Link": {link}, "Location": {location}}}
		hub, self := hub(resp.Header, base, feeds.Document{})
		to, _, err := redirected(base, resp)
		if err == nil {
			self += to.String()
			if to.User != nil || to.Fragment != "" || urls.HostKey(to) == "" {
				t.Errorf("redirected to %q", to)
			}
			if _, err := url.Parse(to.String()); err != nil {
				t.Errorf("redirected to what is no address: %v", err)
			}
		}
		for _, s := range []string{hub, self} {
			if s != "" && !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") || len(s) > 8*urls.MaxLength {
				t.Errorf("address %q of %q and %q", s, link, location)
			}
		}
	})
}
