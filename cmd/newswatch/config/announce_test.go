package config

import (
	"slices"
	"testing"
)

func TestPageAddress(t *testing.T) {
	for _, tt := range []struct{ listen, public, want, shared string }{
		{"127.0.0.1:8087", "", "http://127.0.0.1:8087", ""},
		{":8087", "", "http://localhost:8087", ""},
		{"0.0.0.0:80", "", "http://localhost:80", ""},
		{"[::]:8087", "", "http://localhost:8087", ""},
		{"[::1]:8087", "", "http://[::1]:8087", ""},
		{"desk.example:8087", "", "http://desk.example:8087", "http://desk.example:8087"},
		{"", "", "", ""},
		{"unix:/run/newswatch.sock", "", "", ""},
		{"unix:/run/newswatch.sock", "https://news.example.org/nw/", "https://news.example.org/nw", "https://news.example.org/nw"},
		{"127.0.0.1:8087", "https://news.example.org", "https://news.example.org", "https://news.example.org"},
	} {
		if got := (HTTP{Listen: tt.listen, PublicURL: tt.public}).Page(); got != tt.want {
			t.Errorf("listen %q, public_url %q: %q, want %q", tt.listen, tt.public, got, tt.want)
		}
		if got := (HTTP{Listen: tt.listen, PublicURL: tt.public}).SharedPage(); got != tt.shared {
			t.Errorf("listen %q, public_url %q: messages lead to %q, want %q", tt.listen, tt.public, got, tt.shared)
		}
	}
}

// TestAnnouncement holds what the first message says of digests, and who links
// to which page.
func TestAnnouncement(t *testing.T) {
	for _, tt := range []struct{ digest, want string }{
		{`schedule: "0 7 * * *", timezone: America/New_York`, "The digest daily goes to desk and screen at 07:00 America/New_York"},
		{`schedule: "30 7,19 * * 1-5", timezone: Europe/Paris`, "The digest daily goes to desk and screen at 07:30 and 19:30 from Monday to Friday Europe/Paris"},
		{`schedule: "0 8 * * mon", timezone: Asia/Tokyo`, "The digest daily goes to desk and screen at 08:00 on Mondays Asia/Tokyo"},
		{`at: "06:45"`, "The digest daily goes to desk and screen at 06:45 Europe/Berlin"},
		{`schedule: "0 7 1 * *"`, "The digest daily goes to desk and screen on the schedule 0 7 1 * *, Europe/Berlin"},
		{`schedule: "*/30 7 * * *"`, "The digest daily goes to desk and screen on the schedule */30 7 * * *, Europe/Berlin"},
	} {
		cfg := load(t, `timezone: Europe/Berlin
http: {listen: "127.0.0.1:9001"}
feeds: [{url: "https://example.org/feed", name: a}]
destinations: [{name: desk, console: {}}, {name: screen, console: {}, budget: 5/h}]
digests: [{name: daily, notify: [desk, screen], `+tt.digest+`}]
`)
		r := cfg.Rules()
		if !slices.Equal(r.Digests, []string{tt.want}) {
			t.Errorf("%s\n got %q\nwant %q", tt.digest, r.Digests, tt.want)
		}
		if r.Page != "http://127.0.0.1:9001" {
			t.Errorf("rules know the page as %q", r.Page)
		}
	}
	cfg := load(t, `http: {public_url: "https://news.example.org/"}
feeds: [{url: "https://example.org/feed", name: a}]
destinations: [{name: desk, console: {}, quiet: "22:00-07:00"}]
`)
	if page := cfg.Destinations[0].Policy.Page; page != "https://news.example.org" || page != cfg.Rules().Page {
		t.Errorf("rules know the page as %q, a policy as %q", cfg.Rules().Page, page)
	}
}
