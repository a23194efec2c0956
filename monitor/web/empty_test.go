package web

import (
	"net/http"
	"strings"
	"testing"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/api"
)

// A page with nothing on it says why: no feeds, none reached, or nothing found.
func TestEmptyPagesSayWhy(t *testing.T) {
	tests := map[string]struct {
		feeds      int
		path, says string
	}{
		"no feeds":     {0, "/", "No feeds are configured"},
		"none reached": {2, "/", "No feed has been reached yet"},
		"no stories":   {2, "/stories", "No stories yet"},
		"none that":    {2, "/stories?q=ferry", "No story fits"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, r := manyStories(0, 0, testNow)
			rules := *r
			rules.Feeds = map[string]*feeds.Feed{}
			for i := range tt.feeds {
				name := string(rune('a' + i))
				rules.Feeds[name] = &feeds.Feed{Name: name, URL: "https://" + name + ".example/feed"}
			}
			s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return &rules }, Now: fixed(testNow)}}
			w := ask(s.Handler(), "GET", tt.path, "")
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("status %d, want %q in\n%s", w.Code, tt.says, w.Body.String())
			}
		})
	}
}
