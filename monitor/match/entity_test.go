package match

import (
	"reflect"
	"strings"
	"testing"
)

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
		"ICE train with an agent aboard":   {Weak, None, None},
		"ICE train leaves the station":     {None, None, None},
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

// TestOtherWatchesDoNotReadAMention holds that a mention found by a beginning is
// judged the same when another watch asks for the very word.
func TestOtherWatchesDoNotReadAMention(t *testing.T) {
	defs := map[string]Entity{"azure": {Words: []string{"Azur*"}, Support: Support{Any: []string{"cloud"}}}}
	d := &Doc{Title: "Azure Walls Brighten Old Town Square", Summary: "Walls were painted azure."}
	alone, _ := Compile(defs, []Rule{{Match: "{azure}"}})
	among, _ := Compile(defs, []Rule{{Match: "{azure}"}, {Match: "azure"}})
	if a, b := alone.Match(d), among.Match(d); len(a) != 1 || len(b) != 2 || !reflect.DeepEqual(a[0], b[0]) {
		t.Errorf("alone %+v, among others %+v", a, b)
	}
}

func TestCapitalsAreReadByTheTextBelow(t *testing.T) {
	s, _ := Compile(vectorEntities(), []Rule{{Match: "{ice} OR {azure}"}})
	for _, tt := range []struct {
		title, summary string
		want           Verdict
	}{
		{"ICE CLOSES PORT FOR THIRD WEEK", "The port was closed by ice again.", None},
		{"ICE CLOSES PORT FOR THIRD WEEK", "Ice has closed the port again.", None},
		{"ICE CLOSES PORT FOR THIRD WEEK", "The port was closed again.", Weak},
		{"ICE CLOSES PORT FOR THIRD WEEK", "The port was closed by ICE although there was no ice.", Weak},
		{"ICE CLOSES PORT FOR THIRD WEEK", "The port was closed by ice, not by immigration.", None},
		{"ICE RAID CLOSES PORT FOR THIRD WEEK", "The port was closed by ice.", Weak},
		{"ICE closes port for a third week", "The port was closed by ice again.", Weak},
		{"ICE Closes Port For Third Week", "The port was closed by ice again.", Weak},
		{"Azure Walls Brighten Old Town Square", "Walls were painted azure.", None},
		{"Azure Walls Brighten Old Town Square", "Azure walls were painted azure.", Weak},
		{"Azure walls brighten old town square", "Walls were painted azure.", Weak},
	} {
		got := None
		for _, m := range s.Match(&Doc{Title: tt.title, Summary: tt.summary}) {
			got = m.Verdict
		}
		if got != tt.want {
			t.Errorf("%s / %s = %s, want %s", tt.title, tt.summary, got, tt.want)
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
		"axes -axe":            "finds plurals too",
		"ice near/5 storm":     "not as a distance",
		"ice w/5 storm":        "not as a distance",
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

// A phrase of not gives way to support near it, to a conflict; one hint is
// little, two are as good as support; and the long name of a rival speaks
// against all of an item, and voids what is inside it.
func TestWhatCountsForLess(t *testing.T) {
	s, problems := Compile(map[string]Entity{
		"dhs": {Names: []string{"Department of Homeland Security"}, Acronyms: []string{"DHS"}, Not: []string{"DHS program"}, Rivals: []string{"state"},
			Support: Support{Any: []string{"border"}, Hints: []string{"lawsuit", "contract", "data"}}, Against: Against{Any: []string{"food"}}},
		"state": {Names: []string{"/(?:Iowa|Ohio) Department of Homeland Security/", "Department of Human Services", "/(?:Iowa|Ohio) DHS/"}},
	}, []Rule{{Match: "{dhs}"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, tt := range []struct {
		title, summary string
		want           Verdict
		why            string
	}{
		{"DHS program grows", "", None, `inside "DHS program"`},
		{"Border posts join DHS program", "", Weak, `supported by "Border" 3 words away, but "DHS program" speaks against it`},
		{"Border posts shut for one two three four five six seven eight nine DHS program", "", None, `inside "DHS program"`},
		{"DHS faces lawsuit", "", Weak, `only "lawsuit" 2 words away hints at it`},
		{"DHS faces lawsuit, another lawsuit", "", Weak, `only "lawsuit" 2 words away hints at it`},
		{"DHS faces lawsuit over contract", "", Strong, `supported by "lawsuit" 2 words away`},
		{"Lawsuit over data", "It says DHS lost them.", Strong, `supported by "Lawsuit" in the title`},
		{"Lawsuit filed", "It says DHS lost data.", Strong, `supported by "data" 2 words away`},
		{"DHS faces lawsuit at border", "", Strong, `supported by "border" 4 words away`},
		{"DHS faces lawsuit over food", "", Weak, `supported by "lawsuit" 2 words away, but "food" 4 words away speaks against it`},
		{"DHS at the food bank", "", None, `"food" 3 words away speaks against it, and nothing supports it`},
		{"Iowa Department of Homeland Security opens shelter", "", None, `inside "Iowa Department of Homeland Security"`},
		{"Iowa Department of Homeland Security and the Department of Homeland Security", "", Strong, LongName},
		{"Department of Human Services is late", "DHS said so.", None, `the item names "Department of Human Services", and nothing supports it`},
		{"Department of Human Services is late", "DHS said so at the border.", Weak, `supported by "border" 5 words away, but the item names "Department of Human Services"`},
		{"Ohio DHS is late", "Ask DHS.", None, `inside "Ohio DHS"`},
	} {
		x := s.Explain(0, &Doc{Title: tt.title, Summary: tt.summary})
		if x.Verdict != tt.want || x.Root.Evidence[0].Why != tt.why {
			t.Errorf("%q %q: %s, want %s %q: %+v", tt.title, tt.summary, x.Verdict, tt.want, tt.why, x.Root.Evidence)
		}
	}
}

func TestRivalsThatCannotBe(t *testing.T) {
	for name, rivals := range map[string][]string{
		`"a" is its own rival`:            {"a"},
		`no entity "gone"`:                {"b", "gone"},
		`entity "c" has no long names`:    {"c"},
		`entity "list" has no long names`: {"list"},
	} {
		_, problems := Compile(map[string]Entity{"a": {Words: []string{"Alpha"}, Rivals: rivals}, "b": {Names: []string{"long b"}, Rivals: []string{"a2"}},
			"a2": {Names: []string{"long a"}, Rivals: []string{"b"}}, "c": {Words: []string{"C"}}, "list": {Any: []string{"D"}}}, []Rule{{Match: "{a}"}})
		if len(problems) != 1 || problems[0].Message != name || problems[0].Warning {
			t.Errorf("%v: %+v, want %s", rivals, problems, name)
		}
	}
	used := Used(map[string]Entity{"a": {Rivals: []string{"b"}}, "b": {Names: []string{"long b"}, Rivals: []string{"a"}}, "c": {}}, []Rule{{Match: "{a}"}})
	if len(used) != 2 {
		t.Errorf("%d entities are used, want a and its rival", len(used))
	}
}

func TestWordsWithTheInitialsOfAnAcronymSpeakAgainstIt(t *testing.T) {
	defs := map[string]Entity{"cbp": {Label: "U.S. Customs and Border Protection", Names: []string{"Customs and Border Protection"}, Acronyms: []string{"CBP"},
		Support: Support{Within: 10, Any: []string{"frontier"}}}}
	s, _ := Compile(defs, []Rule{{Match: "{cbp}"}})
	for _, tt := range []struct {
		title, summary string
		want           Verdict
		why            string
	}{
		{"Citizens Bank Park opens early; CBP lots at noon", "", None, `"Citizens Bank Park" 3 words away speaks against it, and nothing supports it`},
		{"CBP lots open at noon", "Citizens Bank Park has new lots.", None, `"Citizens Bank Park" in the summary speaks against it, and nothing supports it`},
		{"Club of the Big Pines: CBP meets", "", None, `"Club of the Big Pines" beside it speaks against it, and nothing supports it`},
		{"Club Of Big Pines: CBP Meets", "", Weak, "nothing near supports or contradicts it"},
		{"CLUB OF BIG PINES: CBP MEETS", "", Weak, "nothing near supports it, and among capitals its case proves nothing"},
		{"Critics Blast Plan As CBP Expands Frontier Posts", "", Strong, `supported by "Frontier" 2 words away`},
		{"Citizens Bank Park near frontier: CBP", "", Weak, `supported by "frontier" beside it, but "Citizens Bank Park" 3 words away speaks against it`},
		{"Customs Border Patrols and CBP", "", Weak, "nothing near supports or contradicts it"},
		{"Citizens bank park and CBP", "", Weak, "nothing near supports or contradicts it"},
		{"Citizens, Bank; Park: CBP", "", Weak, "nothing near supports or contradicts it"},
		{"CBP Buys Park", "", Weak, "nothing near supports or contradicts it"},
		{"C. B. P. and CBP", "", Weak, "nothing near supports or contradicts it"},
		{"Citizens Bank Park " + strings.Repeat("x ", 10) + "and CBP", "", Weak, "nothing near supports or contradicts it"},
	} {
		x := s.Explain(0, &Doc{Title: tt.title, Summary: tt.summary})
		if x.Verdict != tt.want || x.Root.Evidence[0].Why != tt.why {
			t.Errorf("%q %q: %s %q, want %s %q", tt.title, tt.summary, x.Verdict, x.Root.Evidence[0].Why, tt.want, tt.why)
		}
	}
}
