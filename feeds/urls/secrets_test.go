package urls

import (
	"strings"
	"testing"
)

func TestIdentity(t *testing.T) {
	for _, plain := range []string{"", "no address", "https://example.org/feed", "HTTPS://Example.org/feed?cat=ice&x", "https://example.org/@user/feed#a?token=b",
		"https://münchen.de/Ä?q=%20+", "https://example.org/feed?"} {
		if id := Identity(plain); id != plain {
			t.Errorf("Identity(%q) = %q: an address without secrets is its own", plain, id)
		}
	}
	for _, secret := range []string{"https://anna:hunter2@example.org/feed", "https://hunter2@example.org/feed", "https://example.org/feed?cat=ice&Api_Key=hunter2#top",
		"https://a:p@ss:hunter2@example.org/feed?token=hunter2"} {
		id := Identity(secret)
		if strings.Contains(id, "hunter2") || strings.Contains(id, "anna") || !strings.Contains(id, "example.org/feed") {
			t.Errorf("Identity(%q) = %q", secret, id)
		}
		if again := Identity(id); again != id {
			t.Errorf("the identity of %q is %q", id, again)
		}
		if strings.Contains(WithoutSecrets(secret), "hunter2") {
			t.Errorf("WithoutSecrets(%q) = %q", secret, WithoutSecrets(secret))
		}
	}
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"https://anna:old@example.org/feed", "https://anna:new@example.org/feed", true},
		{"https://anna:same@example.org/feed", "https://berta:same@example.org/feed", false},
		{"https://example.org/feed?token=1", "https://example.org/feed?token=2", false},
		{"https://anna@example.org/feed", "https://example.org/feed", false},
	} {
		if same := Identity(c.a) == Identity(c.b); same != c.same {
			t.Errorf("%s and %s are the same feed: %v, want %v", c.a, c.b, same, c.same)
		}
	}
}

func TestWithoutSecrets(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"plain":       {"https://example.org/feed?page=2", "https://example.org/feed?page=2"},
		"user":        {"https://me:pw@example.org/feed", "https://example.org/feed"},
		"token":       {"https://example.org/feed?a=1&access_token=abc&b=2", "https://example.org/feed?a=1&access_token=[redacted]&b=2"},
		"API key":     {"https://example.org/feed?ApiKey=abc", "https://example.org/feed?ApiKey=[redacted]"},
		"no address":  {"://", ""},
		"flag":        {"https://example.org/?token", "https://example.org/?token"},
		"no question": {"https://example.org/feed", "https://example.org/feed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := WithoutSecrets(tt.in); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"https://example.org/a?b=c": true, "http://news.example.com.:8080/": true, "https://example.org": true, "http://bücher.example/": true,
		"https://user@example.org/": false, "https://example.org/?api_key=1": false, "http://intranet/a": false, "http://wiki.corp/a": false, "http://router.lan": false,
		"http://10.0.0.1/": false, "http://8.8.8.8/": false, "http://[::1]/": false, "ftp://example.org/": false, "": false, "mailto:a@example.org": false, "http://x.home.arpa/": false, "http://.org/": false,
	} {
		if got := Public(address); got != want {
			t.Errorf("%q: %v, want %v", address, got, want)
		}
	}
}
