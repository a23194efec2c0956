package web

import (
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// An item whose texts were dropped is explained as such.
func TestDroppedTextsOnPages(t *testing.T) {
	s, p := newServer(t)
	id := monitor.ItemID(0)
	for k, rec := range p.items {
		rec.Item.Summary = "More than the title."
		rec.DropTexts()
		id, p.items[k] = k, rec
		break
	}
	for target, want := range map[string]string{
		"/explain?what=" + id.String():        "dropped, it is older than store.archive",
		"/api/v1/explain?what=" + id.String(): `"dropped":true`,
	} {
		if body := ask(s.Handler(), "GET", target, "").Body.String(); !strings.Contains(body, want) || strings.Contains(body, "More than the title.") {
			t.Errorf("%s lacks %q, or has the text:\n%s", target, want, body)
		}
	}
}

// The pages of feeds and explanations say what became of articles.
func TestArticlesOnPages(t *testing.T) {
	s, p := newServer(t)
	id := monitor.ItemID(0)
	for k, rec := range p.items {
		rec.Article = &monitor.Article{For: "watch x is near", At: testNow, Tries: 1, Words: 86, Dropped: 14, Partial: "not free", Text: "One.\n\nICE agents in <b>Denver</b>."}
		id, p.items[k] = k, rec
		break
	}
	s.Articles = func() *api.Articles {
		return &api.Articles{Owed: 2, Refusing: []api.RefusingHost{{Host: "<wire>.example", Until: testNow.Add(time.Hour), Cause: "refuses (403)"}}}
	}
	for target, want := range map[string][]string{
		"/feeds":                              {"2 articles are to be read", "&lt;wire&gt;.example", "refuses (403)"},
		"/explain?what=" + id.String():        {"read, 86 words, 14 % dropped as furniture, only a part: not free; watch x is near"},
		"/api/v1/status":                      {`"articles":{"owed":2,"refusing":[{"host":"`},
		"/api/v1/explain?what=" + id.String(): {`"article":{"state":"read","for":"watch x is near","tries":1`},
	} {
		body := ask(s.Handler(), "GET", target, "").Body.String()
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s lacks %q", target, w)
			}
		}
	}
	for a, want := range map[*monitor.Article]string{
		{For: "watch x is near", Owed: true}:                                    "is to be read: watch x is near",
		{For: "watch x is near", Owed: true, Tries: 2, Cause: "no answer"}:      "is to be read again, after 2 of 4 tries: no answer",
		{For: "watch x is near", Tries: 1, Cause: "wire.example refuses (403)"}: "not read: wire.example refuses (403)",
		{For: "watch x is near", Tries: 1, Words: 90}:                           "read, 90 words; watch x is near",
	} {
		if got := api.ArticleOf(a).InWords(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
