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
