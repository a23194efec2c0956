package match

import (
	"slices"
	"testing"
)

// sieved checks that a sieve lets a document through that a set matches.
func sieved(t *testing.T, s *Set, d *Doc, matches []Match) {
	t.Helper()
	keys := AppendWordKeys(nil, d)
	if len(matches) > 0 && !NewSieve(s).May(func(key uint64) bool { return slices.Contains(keys, key) }) {
		t.Fatalf("%+v matches %q, and is held back", *d, matches[0].Watch)
	}
}

// A sieve holds documents back that lack a word, whatever else they have.
func TestSieveHoldsBack(t *testing.T) {
	entities := map[string]Entity{"ice": {Names: []string{"Immigration and Customs Enforcement"}, Acronyms: []string{"ICE"}, Support: Support{Any: []string{"deport*"}}}}
	d := &Doc{Title: "Harbour ferries late again", Body: "The company apologised to passengers of three ferries."}
	for query, may := range map[string]bool{
		"ferry": true, "ferries AND company": true, "harb*": true, "/ferr(y|ies)/": true, "{ice} OR ferry": true, `"three ferries"`: true,
		"council": false, "ferries AND council": false, "coun*": false, "{ice}": false, `"four ferries"`: false, "council OR mayor": false, "ferry NEAR/5 mayor": false,
	} {
		s, problems := Compile(entities, []Rule{{Match: query}})
		for _, p := range problems {
			if !p.Warning {
				t.Fatalf("%s: %s", query, p.Message)
			}
		}
		keys := AppendWordKeys(nil, d)
		if got := NewSieve(s).May(func(key uint64) bool { return slices.Contains(keys, key) }); got != may {
			t.Errorf("%s: let through %t, want %t", query, got, may)
		}
	}
}
