package config

import (
	"fmt"
	"testing"
)

// What is kept of a feed goes by the name of the variable that holds its token,
// and whatever else comes from the environment by its value.
func TestTokenOfAnAddressMayChange(t *testing.T) {
	id := func(url string, env map[string]string) string {
		t.Helper()
		text := fmt.Sprintf("feeds: [{url: %q}]\nwatches: [{name: w, match: ferry, notify: [s]}]\ndestinations: [{name: s, console: {}}]\n", url)
		cfg, rep := LoadText("config.yaml", text, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
		if !rep.OK() {
			t.Fatalf("%s: %v", url, rep.Problems)
		}
		return cfg.Feeds[0].ID()
	}
	vars := func(host, topic, token string) map[string]string {
		return map[string]string{"HOST": host, "TOPIC": topic, "TOKEN": token, "OTHER": token}
	}
	const url = "https://${HOST}/feed?topic=${TOPIC}&token=${TOKEN}#x"
	was := id(url, vars("a.example", "ships", "7Qk-one"))
	for name, tt := range map[string]struct {
		url  string
		env  map[string]string
		same bool
	}{
		"another token":    {url, vars("a.example", "ships", "7Qk-two"), true},
		"another host":     {url, vars("b.example", "ships", "7Qk-one"), false},
		"another topic":    {url, vars("a.example", "trains", "7Qk-one"), false},
		"another variable": {"https://${HOST}/feed?topic=${TOPIC}&token=${OTHER}#x", vars("a.example", "ships", "7Qk-one"), false},
		"written out":      {"https://a.example/feed?topic=ships&token=7Qk-one#x", nil, false},
	} {
		if is := id(tt.url, tt.env); (is == was) != tt.same {
			t.Errorf("%s: %s and %s, want the same: %v", name, was, is, tt.same)
		}
	}
	if a, b := id("https://a.example/?key=ships", nil), id("https://a.example/?key=trains", nil); a == b {
		t.Errorf("two addresses are one: %s", a)
	}
}
