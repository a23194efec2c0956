package daemon

import (
	"strings"
	"testing"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/config/edit"
	"newswatch/monitor/api"
)

// What is typed on a page is text: no secret of the environment comes into it.
func TestEditsAreLiteral(t *testing.T) {
	const file = "feeds:\n  - {name: a, url: \"https://a.example/f\", tags: [x]}\nwatches:\n  - {name: w, match: ferry, priority: high}\n"
	for name, c := range map[string]struct {
		e    api.Edit
		want string
	}{
		"add": {api.Edit{Section: api.FeedSection, Do: api.EditAdd, Fields: []api.EditField{{Key: "name", Value: "b"}, {Key: "url", Value: "https://b.example/${TOKEN}"}, {Key: "tags", Value: []string{"${X}"}}}},
			`{name: b, url: "https://b.example/$${TOKEN}", tags: ["$${X}"]}`},
		"set":             {api.Edit{Section: api.WatchSection, Do: api.EditSet, Name: "w", Fields: []api.EditField{{Key: "match", Value: "boat ${TOKEN}"}}}, `{name: w, match: "boat $${TOKEN}", priority: high}`},
		"rename, and set": {api.Edit{Section: api.WatchSection, Do: api.EditSet, Name: "w", Fields: []api.EditField{{Key: "name", Value: "v"}, {Key: "priority", Value: ""}}}, `{name: v, match: ferry}`},
		"no tags":         {api.Edit{Section: api.FeedSection, Do: api.EditSet, Name: "a", Fields: []api.EditField{{Key: "tags", Value: []string{}}}}, `{name: a, url: "https://a.example/f"}`},
		"remove":          {api.Edit{Section: api.FeedSection, Do: api.EditRemove, Name: "a"}, "feeds: []"},
	} {
		f, err := edit.Parse([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if err := makeEdit(&config.Config{}, f, c.e); err != nil || !strings.Contains(string(f.Text()), c.want) {
			t.Errorf("%s: %v\n%s\nwant %s", name, err, f.Text(), c.want)
		}
	}
}
