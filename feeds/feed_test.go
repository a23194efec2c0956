package feeds

import (
	"strings"
	"testing"
)

func TestFeedCheck(t *testing.T) {
	tests := map[string]struct {
		f    Feed
		says string
	}{
		"good":           {Feed{URL: "https://harbour.example/feed", Headers: map[string]Secret{"X-Key": "a"}, Proxy: "socks5://127.0.0.1:9050"}, ""},
		"no scheme":      {Feed{URL: "harbour.example/feed"}, "https://"},
		"file":           {Feed{URL: "file:///etc/passwd"}, "not http"},
		"bad escape":     {Feed{URL: "https://ann:s3cret@harbour.example/%zz"}, "url"},
		"header name":    {Feed{URL: "https://harbour.example", Headers: map[string]Secret{"X Key": "a"}}, "not a header name"},
		"header value":   {Feed{URL: "https://harbour.example", Headers: map[string]Secret{"X-Key": "s3cret\n"}}, "line break"},
		"our own header": {Feed{URL: "https://harbour.example", Headers: map[string]Secret{"accept-encoding": "br"}}, "remove it"},
		"proxy":          {Feed{URL: "https://harbour.example", Proxy: "ann:s3cret@harbour"}, "proxy"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.f.Check()
			if (err == nil) != (tt.says == "") {
				t.Fatalf("Check: %v, want %q", err, tt.says)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "s3cret")) {
				t.Errorf("Check: %v, want %q and no secret", err, tt.says)
			}
		})
	}
}
