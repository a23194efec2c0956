package feeds

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzHeaders: whatever a response's header says, what is made of it is an
// absolute http(s) address within bounds or nothing, and text in UTF-8.
func FuzzHeaders(f *testing.F) {
	for _, s := range [][3]string{
		{`<https://hub.example/>; rel="hub", </self>;rel=self`, "text/xml; charset=koi8-r", "/feed"},
		{`<>;rel=hub,<a>;rel="x hub`, `text/xml;charset="`, "//x.example:99999/\\"},
		{`</a`, "application/xml; charset=iso-2022-kr", "http://ann:pa55@e.example/#x"},
		{"", "; charset=cp737", "javascript:x"},
		{"<\xff>;rel=hub", "text/xml;charset=utf-16", "http://\xff/\xe9"},
	} {
		f.Add(s[0], s[1], s[2], "<?xml version='1.0' encoding='"+s[1]+"'?><rss><channel><item><title>\x80\x0e0!</title></item></channel></rss>")
	}
	base, err := url.Parse("https://e.example/feed")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, link, contentType, location, doc string) {
		resp := &http.Response{StatusCode: http.StatusMovedPermanently, Header: http.Header{"Link": {link}, "Location": {location}}}
		hub, self := hub(resp.Header, base, Document{})
		to, _, err := redirected(base, resp)
		if err == nil {
			self += to.String()
			if to.User != nil || to.Fragment != "" || hostKey(to) == "" {
				t.Errorf("redirected to %q", to)
			}
			if _, err := url.Parse(to.String()); err != nil {
				t.Errorf("redirected to what is no address: %v", err)
			}
		}
		for _, s := range []string{hub, self} {
			if s != "" && !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") || len(s) > 8*maxAddress {
				t.Errorf("address %q of %q and %q", s, link, location)
			}
		}
		text, _, unknown := toUTF8([]byte(doc), contentType)
		if !utf8.Valid(text) || control(text) >= 0 || len(unknown) > 40 {
			t.Errorf("text %q, unknown %q", text, unknown)
		}
		if flaws := (Document{Charset: unknown}).Flaws(); len(flaws) > 300 || !utf8.ValidString(flaws) {
			t.Errorf("flaws %q", flaws)
		}
	})
}
