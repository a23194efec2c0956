package query

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// verdict matches one query on one document.
func verdict(t *testing.T, q string, d *Doc) Verdict {
	t.Helper()
	s, problems := Compile(vectorEntities(), []Rule{{Name: "w", Match: q}})
	for _, p := range problems {
		if !p.Warning {
			t.Fatalf("Compile(%s): %+v", q, p)
		}
	}
	if m := s.Match(d); len(m) > 0 {
		return m[0].Verdict
	}
	return None
}

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
		"sentence across texts":     {"border SENT wall", &Doc{Title: "The border", Body: "wall grows"}, None},
		"and across texts":          {"border AND wall", &Doc{Title: "The border", Body: "wall grows"}, Strong},
		"lead without a summary":    {"lead:border", &Doc{Body: body}, Strong},
		"lead ends at sixty words":  {"lead:wall", &Doc{Body: body}, None},
		"lead phrase over the edge": {`lead:"border wall"`, &Doc{Body: body}, None},
		"no lead with a summary":    {"lead:border", &Doc{Summary: "x", Body: body}, None},
		"body is all of it":         {"body:(border wall)", &Doc{Body: body}, Strong},
		"pattern in the lead":       {"lead:/wal+/", &Doc{Body: body}, None},
		"support in the title":      {"body:{ice}", &Doc{Title: "Deportation flights", Body: "A spokesman for ICE declined."}, Strong},
		"support in the summary":    {"title:{ice}", &Doc{Title: "ICE declined", Summary: "Deportation flights"}, Weak},
		"against in another text":   {"title:{ice}", &Doc{Title: "ICE declined", Summary: "storm"}, Weak},
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

func TestEntityTable(t *testing.T) {
	defs := vectorEntities()
	e := defs["ice"]
	e.Not = []string{"ICE train"}
	defs["ice"] = e
	defs["vendors"] = Entity{Any: []string{"Palantir", "red hat", "{dhs}", "deloit*", "=Dell"}}
	s, problems := Compile(defs, []Rule{{Match: "{ice}"}, {Match: "{vendors}"}, {Match: "wins -{ice}"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for title, want := range map[string][3]Verdict{
		"ICE train, ICE agent":             {Weak, None, None},
		"ICE train with an agent aboard":   {None, None, None},
		"Red Hat wins":                     {None, Strong, Strong},
		"Deloitte wins":                    {None, Strong, Strong},
		"dell wins":                        {None, None, Strong},
		"DHS wins":                         {None, Weak, Strong},
		"ICE wins":                         {Weak, None, Strong},
		"ICE agent wins":                   {Strong, None, None},
		"DHS Secretary meets Palantir CEO": {None, Strong, None},
	} {
		got := [3]Verdict{}
		for _, m := range s.Match(&Doc{Title: title}) {
			got[m.Rule] = m.Verdict
		}
		if got != want {
			t.Errorf("%q = %v, want %v", title, got, want)
		}
	}
}

func TestBrokenEntities(t *testing.T) {
	for name, tt := range map[string]struct {
		defs map[string]Entity
		path string
	}{
		"cycle":         {map[string]Entity{"a": {Any: []string{"{b}"}}, "b": {Any: []string{"{a}"}}}, "entities.a.any"},
		"itself":        {map[string]Entity{"a": {Any: []string{"{a}"}}}, "entities.a.any"},
		"unknown":       {map[string]Entity{"a": {Any: []string{"{b}"}}}, "entities.a.any[0]"},
		"nothing":       {map[string]Entity{"a": {}}, "entities.a"},
		"small acronym": {map[string]Entity{"a": {Acronyms: []string{"ice"}}}, "entities.a.acronyms[0]"},
		"mixed":         {map[string]Entity{"a": {Any: []string{"x"}, Names: []string{"y"}}}, "entities.a"},
		"within":        {map[string]Entity{"a": {Names: []string{"x"}, Support: Support{Within: -1}}}, "entities.a.support.within"},
		"short prefix":  {map[string]Entity{"a": {Names: []string{"x"}, Against: Against{Any: []string{"ok", "ab*"}}}}, "entities.a.against.any[1]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Compile(tt.defs, nil)
			if len(problems) == 0 || problems[0].Path != tt.path || problems[0].Warning {
				t.Errorf("problems %+v, want one at %s", problems, tt.path)
			}
		})
	}
}

func TestRemarks(t *testing.T) {
	for q, want := range map[string]string{
		"“border wall”":        "curly",
		"azure or aws":         "operators are written in capitals",
		"border –wall":         "minus",
		"DEPORT*":              "capitals only",
		`/\d+ \d+/ AND border`: "three letters",
		"the of":               "very common",
	} {
		_, problems := Compile(nil, []Rule{{Match: q}})
		if len(problems) != 1 || !problems[0].Warning || !strings.Contains(problems[0].Message, want) {
			t.Errorf("Compile(%s) remarks %+v, want %q", q, problems, want)
		}
	}
}

func TestAmbiguousShowsBothReadings(t *testing.T) {
	_, problems := Compile(nil, []Rule{{Match: "azure AND ice OR dhs"}})
	if len(problems) != 1 || problems[0].Offset != 14 {
		t.Fatalf("problems %+v", problems)
	}
	for _, reading := range []string{"(azure AND ice) OR dhs", "azure AND (ice OR dhs)"} {
		if !strings.Contains(problems[0].Message, reading) {
			t.Errorf("%q does not print %s", problems[0].Message, reading)
		}
	}
}

func TestSentence(t *testing.T) {
	body := "Mr. Gray met U.S. officials on Jan. 5. The I.C.E. contract, worth $2.5 million, was signed in Ft. Worth by J. Doe. It ends soon."
	s, _ := Compile(nil, []Rule{{Match: "contract"}})
	m := s.Match(&Doc{Body: body})
	want := "The I.C.E. contract, worth $2.5 million, was signed in Ft. Worth by J. Doe."
	if len(m) != 1 || m[0].Sentence != want {
		t.Fatalf("sentence %q, want %q", m[0].Sentence, want)
	}
	if h := m[0].Hits; len(h) != 1 || m[0].Sentence[h[0].Start:h[0].End] != "contract" {
		t.Errorf("hits %v", h)
	}
	for name, body := range map[string]string{
		"long":      strings.Repeat("many words go before ", 40) + "the contract " + strings.Repeat("and many more behind ", 40),
		"no spaces": strings.Repeat("长", 400) + "contract" + strings.Repeat("句", 400),
		"untidy":    "a\n\n  the   contract\t\tends",
	} {
		m := s.Match(&Doc{Body: body})[0]
		if len(m.Sentence) > maxSentence+20 || !utf8.ValidString(m.Sentence) || len(m.Hits) != 1 || m.Sentence[m.Hits[0].Start:m.Hits[0].End] != "contract" {
			t.Errorf("%s: %q %v", name, m.Sentence, m.Hits)
		}
	}
}

func TestMatchAllShowsWhatWasRejected(t *testing.T) {
	s, _ := Compile(vectorEntities(), []Rule{{Name: "w", Match: "{ice} AND contract"}, {Name: "x", Match: "{dhs}"}})
	got := s.MatchAll(&Doc{Title: "ICE Brent futures slip"})
	if len(got) != 1 || got[0].Verdict != None || len(got[0].Evidence) != 1 {
		t.Fatalf("MatchAll = %+v", got)
	}
	if e := got[0].Evidence[0]; e.Strength != "rejected" || !strings.Contains(e.Why, "Brent") || e.Text != "ICE" {
		t.Errorf("evidence %+v", e)
	}
}

func TestExplain(t *testing.T) {
	s, _ := Compile(vectorEntities(), []Rule{{Name: "w", Match: `{ice} AND (Contract OR "border wall") NEAR/2 tower -hockey`}})
	x := s.Explain(0, &Doc{Title: "ICE agents want a contract for a very tall tower"})
	out := x.String()
	for _, want := range []string{"w: none", `"agents" beside it`, "another case", "not all of its words", "a side is missing", "✓ NOT hockey"} {
		if !strings.Contains(strings.ReplaceAll(out, "-hockey", "NOT hockey"), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestCheck(t *testing.T) {
	r, problems := Check(vectorEntities(), `palantir (immigrationos OR title:falcon) -"wall street"`)
	want := `palantir AND (immigrationos OR title:falcon) AND NOT "wall street"`
	if r.Query != want || len(problems) > 0 {
		t.Errorf("Check reads %s, %v, want %s", r.Query, problems, want)
	}
	if len(r.Terms) != 4 || len(r.Cover) == 0 {
		t.Errorf("reading %+v", r)
	}
}

func TestFacts(t *testing.T) {
	s, _ := Compile(vectorEntities(), nil)
	facts := func(title string) Facts { return s.Facts(&Doc{Title: title}) }
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
			if got := facts(tt.old).Diff(facts(tt.new)); !slices.Equal(got, tt.want) {
				t.Errorf("Diff = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestExamples(t *testing.T) {
	defs := vectorEntities()
	e := defs["ice"]
	e.Examples = Examples{Match: []string{"ICE agents", "Nothing at all"}, Not: []string{"ICE storm", "ICE raid"}}
	defs["ice"] = e
	rules := []Rule{{Name: "w", Match: "{ice} contract", Feeds: []string{"x"}, Examples: Examples{Match: []string{"ICE contract", "ICE lease"}}}}
	s, _ := Compile(defs, rules)
	var got []string
	for _, p := range s.RunExamples(defs, rules) {
		got = append(got, p.Path)
	}
	if want := []string{"entities.ice.examples.match[1]", "entities.ice.examples.not[1]", "watches[0].examples.match[1]"}; !slices.Equal(got, want) {
		t.Errorf("RunExamples = %q, want %q", got, want)
	}
}

func TestScore(t *testing.T) {
	labels, err := ReadLabels(strings.NewReader(`{"id":"1","entity":"ICE","text":"ICE agents","relevant":true}
{"id":"2","entity":"ICE","text":"ICE storm","relevant":false}

{"id":"3","entity":"ICE","text":"ICE closes","relevant":false}
{"id":"4","entity":"Nobody","text":"x","relevant":true}
`))
	if err != nil {
		t.Fatal(err)
	}
	s, _ := Compile(vectorEntities(), nil)
	scores := s.Score(labels)
	if len(scores) != 2 || scores[0].Found != (Tally{Hit: 1, False: 1}) || scores[0].Strong != (Tally{Hit: 1}) || scores[1].Known {
		t.Fatalf("Score = %+v", scores)
	}
	var b strings.Builder
	if err := WriteScores(&b, scores); err != nil || !strings.Contains(b.String(), "0.667") {
		t.Errorf("WriteScores = %v\n%s", err, &b)
	}
	if _, err := ReadLabels(strings.NewReader("{}\n")); err == nil {
		t.Error("an empty label is accepted")
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"no markup":                             "no markup",
		"AT&amp;T &lt;3 you":                    "AT&T <3 you",
		"<p>ICE</p><p>DHS</p>":                  "ICE\nDHS",
		"<b>I</b>CE <script>var x</script>raid": "ICE raid",
		"&lt;p&gt;ICE &amp;amp; DHS&lt;/p&gt;":  "ICE & DHS",
		"a < b and c > d":                       "a < b and c > d",
		`<a target="_blank">shop</a>`:           "shop",
		"x<!-- target -->y":                     "xy",
	} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestConcurrent(t *testing.T) {
	c := newCorpus()
	s := compiled(t, c, 500)
	docs := c.articles(8)
	want := make([]string, len(docs))
	for i, d := range docs {
		want[i] = fmt.Sprint(s.Match(d))
	}
	done := make(chan string)
	for range 4 {
		go func() {
			bad := ""
			for i, d := range docs {
				if got := fmt.Sprint(s.Match(d)); got != want[i] {
					bad = d.Title
				}
			}
			done <- bad
		}()
	}
	for range 4 {
		if bad := <-done; bad != "" {
			t.Errorf("%q matched differently beside others", bad)
		}
	}
}
