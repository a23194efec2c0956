package match

import (
	"slices"
	"strings"
	"testing"
)

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

// Plurals are told that somebody may write, and all of those.
func TestCheckTellsPlurals(t *testing.T) {
	for q, want := range map[string]string{
		"company":    "company or companies in any case",
		"companies":  "companies in any case",
		"Kennedy":    "kennedy or kennedies or kennedys with a capital in front",
		"hero":       "hero or heroes or heros in any case",
		"monarch":    "monarch or monarches or monarchs in any case",
		"bus":        "bus or buses in any case",
		"glass":      "glass or glasses in any case",
		"axes":       "axes in any case",
		"agents":     "agents in any case",
		"NGO":        "NGO or NGOs in capitals",
		"NGOs":       "ngos with a capital in front",
		"747":        "747 in any case",
		"=Axe":       "Axe exactly so",
		"=Deport*":   "Deport... exactly so",
		"deport*":    "deport... in any case",
		`"the wall"`: "the in any case then wall or walls in any case",
	} {
		if r, _ := Check(nil, q); len(r.Terms) != 1 || r.Terms[0] != q+": "+want {
			t.Errorf("Check(%s) tells %q, want %s", q, r.Terms, want)
		}
	}
}

// A phrase without one of its words is odd, and no reason to load nothing.
func TestCheckWarnsOfAPhraseWithoutItsWord(t *testing.T) {
	_, problems := Check(nil, `"border wall" -border`)
	if len(problems) != 1 || !problems[0].Warning || !strings.Contains(problems[0].Message, "never be true") {
		t.Errorf("problems %+v, want one warning", problems)
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
