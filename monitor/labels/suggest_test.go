package labels

import (
	"fmt"
	"slices"
	"testing"

	"newswatch/monitor/match"
)

// samples makes texts of titles, "+" before those that are relevant.
func samples(titles ...string) (out []Sample) {
	for _, t := range titles {
		out = append(out, Sample{Doc: &match.Doc{Title: t[1:]}, Relevant: t[0] == '+'})
	}
	return out
}

func said(list []Suggestion) (out []string) {
	for _, s := range list {
		out = append(out, s.String())
	}
	return out
}

var azure = map[string]match.Entity{"azure": {Words: []string{"Azure"}, Support: match.Support{Any: []string{"cloud"}}}}

func TestSuggestForAnEntity(t *testing.T) {
	labelled := samples("-Azure finds lithium", "-Lithium lifts Azure", "-Azure to sell lithium to Tesla", "-Azure hotel opens", "-Azure lithium and cloud",
		"+Azure outage hits banks", "+Another outage at Azure", "+Azure outage ends", "+Azure prices rise", "+Azure cloud grows")
	others := []*match.Doc{{Title: "Azure drills for lithium"}, {Title: "Azure outage"}, {Title: "Azure"}}
	want := []string{"against lithium: removes 3 of 5 bad, 0 of 5 good, 1 of 3 others", "support outage: makes sure 0 of 5 bad, 3 of 5 good, 1 of 3 others"}
	if got := said(Suggest(azure, Subject{Entity: "azure"}, labelled, others)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSuggestForAWatch(t *testing.T) {
	s := Subject{Watch: match.Rule{Name: "deals", Match: "deal OR contract"}}
	labelled := samples("-Player signs contract with club", "-Club and coach agree deal, it is said", "-Deal for goalkeeper falls through at club",
		"+City signs contract for buses", "+Deal for club of buyers of drones", "+Contract for drones", "+Navy contract", "+A deal for ferries")
	if got := said(Suggest(nil, s, labelled, nil)); len(got) != 0 {
		t.Errorf("club costs a good one for three bad ones, and is suggested: %q", got)
	}
	labelled = append(labelled, samples("-Third club ends contract", "-Club sues about contract", "-Contract row at club", "-Club in court over deal")...)
	want := []string{"without club: removes 7 of 7 bad, 1 of 5 good, 0 of 0 others"}
	if got := said(Suggest(nil, s, labelled, nil)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	paste := Paste(s, []Suggestion{{Kind: Without, Word: "club"}})
	if want := []string{"  - name: deals", `    match: "(deal OR contract) -club"`}; !slices.Equal(paste, want) {
		t.Errorf("%q, want %q", paste, want)
	}
	paste = Paste(Subject{Entity: "azure"}, []Suggestion{{Kind: Against, Word: "lithium"}, {Kind: Against, Word: "hotel"}, {Kind: Support, Word: "outage"}})
	if want := []string{"  azure:", "    support: {any: [outage]}", "    against: {any: [lithium, hotel]}"}; !slices.Equal(paste, want) {
		t.Errorf("%q, want %q", paste, want)
	}
	if got := WithoutWords(s.Watch.Match, "club", "coach"); got != "(deal OR contract) -club -coach" {
		t.Error(got)
	}
}

// However many words there are, few are suggested, and none of the names.
func TestSuggestionsAreFew(t *testing.T) {
	var titles []string
	for i := range 12 {
		titles = append(titles, fmt.Sprintf("-Azure %s", "aa11 bb22 cc33 dd44 ee55 ff66 gg77 the 2026"), fmt.Sprintf("+Azure number%d", i))
	}
	got := Suggest(azure, Subject{Entity: "azure"}, samples(titles...), nil)
	if len(got) != mostKept {
		t.Errorf("%q", said(got))
	}
}
