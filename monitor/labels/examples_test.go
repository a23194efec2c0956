package labels

import (
	"slices"
	"testing"

	"newswatch/monitor/match"
)

// An example that is not as it claims is told with its place.
func TestExamples(t *testing.T) {
	defs := map[string]match.Entity{"ice": {
		Acronyms: []string{"ICE"},
		Support:  match.Support{Within: 40, Any: []string{"agent", "raid", "contract"}},
		Against:  match.Against{Within: 12, Any: []string{"storm"}},
		Examples: match.Examples{Match: []string{"ICE agents", "Nothing at all"}, Not: []string{"ICE storm", "ICE raid"}},
	}}
	rules := []match.Rule{{Name: "w", Match: "{ice} contract", Feeds: []string{"x"}, Examples: match.Examples{Match: []string{"ICE contract", "ICE lease"}}}}
	s, _ := match.Compile(defs, rules)
	var got []string
	for _, p := range RunExamples(s, defs, rules) {
		got = append(got, p.Path)
	}
	if want := []string{"entities.ice.examples.match[1]", "entities.ice.examples.not[1]", "watches[0].examples.match[1]"}; !slices.Equal(got, want) {
		t.Errorf("RunExamples = %q, want %q", got, want)
	}
}
