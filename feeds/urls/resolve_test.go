package urls

import "testing"

func TestResolve(t *testing.T) {
	base := ParseBase("https://harbour.example/news/")
	tests := map[string]struct{ ref, link, canonical string }{
		"relative":            {"a?b=1", "https://harbour.example/news/a?b=1", "https://harbour.example/news/a?b=1"},
		"umlaut":              {"https://münchen.de/rathaus", "https://xn--mnchen-3ya.de/rathaus", "https://xn--mnchen-3ya.de/rathaus"},
		"umlaut with a port":  {"http://Müller.de:8080/ä", "http://xn--mller-kva.de:8080/%C3%A4", "https://xn--mller-kva.de:8080/%C3%A4"},
		"sharp s":             {"https://faß.de/x", "https://xn--fa-hia.de/x", "https://xn--fa-hia.de/x"},
		"percent-encoded":     {"https://m%C3%BCnchen.de/", "https://xn--mnchen-3ya.de/", "https://xn--mnchen-3ya.de/"},
		"Cyrillic":            {"https://россия.рф/x", "https://xn--h1alffa9f.xn--p1ai/x", "https://xn--h1alffa9f.xn--p1ai/x"},
		"escaped twice":       {"http://a.example/s?id=7&amp;sec=news", "http://a.example/s?id=7&sec=news", "https://a.example/s?id=7&sec=news"},
		"three times":         {"http://a.example/s?id=7&amp;amp;sec=news", "http://a.example/s?id=7&sec=news", "https://a.example/s?id=7&sec=news"},
		"WordPress":           {"http://a.example/s?p=7&#038;sec=news", "http://a.example/s?p=7&sec=news", "https://a.example/s?p=7&sec=news"},
		"hexadecimal":         {"http://a.example/s?p=7&#x26;sec=news", "http://a.example/s?p=7&sec=news", "https://a.example/s?p=7&sec=news"},
		"a fragment stays":    {"http://a.example/s#038;x", "http://a.example/s#038;x", "https://a.example/s"},
		"names like entities": {"http://a.example/s?copy=1&lt=2&amp=3", "http://a.example/s?copy=1&lt=2&amp=3", "https://a.example/s?amp=3&copy=1&lt=2"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			link, canonical := Resolve(base, tt.ref)
			if link != tt.link || canonical != tt.canonical {
				t.Errorf("Resolve(%q) = %q, %q; want %q, %q", tt.ref, link, canonical, tt.link, tt.canonical)
			}
		})
	}
	u, err := Parse("https://münchen.de:8443/feed")
	if err != nil || u.String() != "https://xn--mnchen-3ya.de:8443/feed" {
		t.Errorf("Parse gives %v, %v, want the name as it goes over the wire", u, err)
	}
	if _, err := Parse("http://１２７.１/feed"); err == nil {
		t.Error("an odd spelling of an IP address passes in wide digits")
	}
}
