package match

import (
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/monitor/facts"
)

func TestFields(t *testing.T) {
	now := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	d := &Doc{
		Title: "Tower contract", URL: "https://www.news.example.org/2026/Tower?x=1", Feed: "example", FeedTags: []string{"national"}, Class: "press",
		Tags: []string{"Border Security"}, Authors: []string{"Ana de la Cruz"}, Lang: "en-US", Published: now.Add(-48 * time.Hour), Now: now,
	}
	for q, want := range map[string]Verdict{
		"tower site:example.org": Strong, "tower site:www.example.org": Strong, "tower site:ample.org": None, "tower site:https://example.org/x": Strong,
		"tower url:/2026/tower": Strong, "tower url:/2025/": None, "tower feed:example": Strong, "tower feed:National": Strong, "tower feed:other": None,
		"tower class:press": Strong, "tower class:wire": None, `tower tag:"border security"`: Strong, "tower tag:border": Strong, "tower tag:national": Strong,
		"tower tag:sport": None, `tower author:"de la cruz"`: Strong, "tower author:ana": Strong, "tower author:smith": None,
		"tower lang:en": Strong, "tower lang:EN-us": Strong, "tower lang:de": None, "tower age<3d": Strong, "tower age<1d": None, "tower age>=36h": Strong,
		"tower published>=2026-03-01": Strong, "tower published=2026-03-03": Strong, "tower published<2026-03-03": None, "tower published>2026-03-03": None,
		"site:example.org": Strong, "age<7d": Strong, "tower AND (site:example.com OR class:press)": Strong,
	} {
		t.Run(q, func(t *testing.T) {
			if got := verdict(t, q, d); got != want {
				t.Errorf("%s = %s, want %s", q, got, want)
			}
		})
	}
	if verdict(t, "tower age<1d", &Doc{Title: "Tower", Now: now}) != Strong {
		t.Error("a document without a date does not count as seen now")
	}
}

func TestZones(t *testing.T) {
	body := strings.Repeat("filler ", 59) + "border wall"
	for name, tt := range map[string]struct {
		q    string
		d    *Doc
		want Verdict
	}{
		"phrase across texts":       {`"border wall"`, &Doc{Title: "The border", Summary: "wall grows"}, None},
		"near across texts":         {"border NEAR/5 wall", &Doc{Title: "The border", Summary: "wall grows"}, None},
		"sentence over a line":      {"border SENT wall", &Doc{Body: "The border\nand, north of it,\nthe wall"}, Strong},
		"sentence to a blank line":  {"border SENT wall", &Doc{Body: "The border\n\nthe wall"}, None},
		"sentence across texts":     {"border SENT wall", &Doc{Title: "The border", Body: "wall grows"}, None},
		"and across texts":          {"border AND wall", &Doc{Title: "The border", Body: "wall grows"}, Strong},
		"lead without a summary":    {"lead:border", &Doc{Body: body}, Strong},
		"lead ends at sixty words":  {"lead:wall", &Doc{Body: body}, None},
		"lead phrase over the edge": {`lead:"border wall"`, &Doc{Body: body}, None},
		"no lead with a summary":    {"lead:border", &Doc{Summary: "x", Body: body}, None},
		"body is all of it":         {"body:(border wall)", &Doc{Body: body}, Strong},
		"pattern in the lead":       {"lead:/wal+/", &Doc{Body: body}, None},
		"support in the title":      {"body:{ice}", &Doc{Title: "Deportation flights", Body: "A spokesman for ICE declined."}, Strong},
		"support below the title":   {"title:{ice}", &Doc{Title: "ICE declined", Summary: "Deportation flights"}, Strong},
		"support far below":         {"title:{ice}", &Doc{Title: "ICE declined", Summary: body + " deportation"}, Weak},
		"support below, in a body":  {"title:{ice}", &Doc{Title: "ICE declined", Summary: "So it said.", Body: "Deportation flights"}, Strong},
		"against below the title":   {"title:{ice}", &Doc{Title: "ICE declined", Summary: "storm"}, None},
		"both below the title":      {"title:{ice}", &Doc{Title: "ICE declined", Summary: "Deportation amid a storm"}, Weak},
		"decided by the title":      {"title:{ice}", &Doc{Title: "ICE deportation", Summary: "storm"}, Strong},
		"against in another text":   {"summary:{ice}", &Doc{Title: "A storm", Summary: "ICE declined"}, Weak},
		"name anywhere":             {"title:{ice}", &Doc{Title: "ICE storm", Body: "Immigration and Customs Enforcement"}, Strong},
	} {
		t.Run(name, func(t *testing.T) {
			if got := verdict(t, tt.q, tt.d); got != tt.want {
				t.Errorf("%s = %s, want %s", tt.q, got, tt.want)
			}
		})
	}
}

func TestFeeds(t *testing.T) {
	s, _ := Compile(map[string]Entity{"ice": {Acronyms: []string{"ICE"}, Support: Support{Feeds: []string{"federal"}}}}, []Rule{
		{Name: "all", Match: "{ice}"}, {Name: "some", Match: "{ice}", Feeds: []string{"federal", "other"}}, {Name: "one", Match: "{ice}", Feeds: []string{"wire"}},
	})
	names := func(d *Doc) (out []string) {
		for _, m := range s.Match(d) {
			out = append(out, m.Watch+" "+m.Verdict.String())
		}
		return out
	}
	if got, want := names(&Doc{Title: "ICE opens", FeedTags: []string{"federal"}}), []string{"all strong", "some strong"}; !slices.Equal(got, want) {
		t.Errorf("federal feed: %q, want %q", got, want)
	}
	if got, want := names(&Doc{Title: "ICE opens", Feed: "wire"}), []string{"all weak", "one weak"}; !slices.Equal(got, want) {
		t.Errorf("wire feed: %q, want %q", got, want)
	}
}

func TestFacts(t *testing.T) {
	s, _ := Compile(vectorEntities(), nil)
	of := func(title string) facts.Facts { return s.Facts(&Doc{Title: title}) }
	for name, tt := range map[string]struct {
		old, new string
		want     []string
	}{
		"wording":  {"ICE agents leave Denver", "Agents of ICE depart Denver", nil},
		"entity":   {"Agents leave", "ICE agents leave", []string{"entity ice appeared"}},
		"amount":   {"Contract worth $2m", "Contract worth $3 million", []string{"amount 3000000 appeared", "amount 2000000 disappeared"}},
		"notation": {"Contract worth $2m", "Contract worth $2 million", nil},
		"negation": {"Agency denies raid", "Agency confirms raid", []string{"negation denies disappeared"}},
		"number":   {"Three hurt", "Four hurt", []string{"number four appeared", "number three disappeared"}},
		"date":     {"Vote on Monday", "Vote on Friday", []string{"date friday appeared", "date monday disappeared"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := of(tt.old).Diff(of(tt.new)); !slices.Equal(got, tt.want) {
				t.Errorf("Diff = %q, want %q", got, tt.want)
			}
		})
	}
}
