package monitor_test

import (
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
)

// A silence's query follows the entities of the rules in force, survives a
// restart, and covers nothing while it names an entity that is gone.
func TestASilenceFollowsTheEntitiesOfTheRules(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	entities := b.rules.Entities
	with := func(names ...string) {
		r := *b.rules
		r.Entities = map[string]match.Entity{}
		for k, v := range entities {
			r.Entities[k] = v
		}
		if names != nil {
			r.Entities["quiet"] = match.Entity{Names: names}
		}
		b.rules = &r
		b.mon.SetRules(b.rules)
	}
	with("boats of the navy")
	if err := b.mon.Silence(monitor.Silence{ID: "q", Query: "{quiet}", Created: b.now, Until: b.now.Add(100 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	told := 0
	for i, tc := range []struct {
		name   string
		names  []string
		reopen bool
		title  string
		told   bool
	}{
		{"as it was set", []string{"boats of the navy"}, false, "Contract signed for boats of the Navy", false},
		{"another is told", []string{"boats of the navy"}, false, "Museum wins a deal on paintings", true},
		{"new names", []string{"paintings of rome"}, false, "Gallery signs a contract for paintings of Rome", false},
		{"old names no more", []string{"paintings of rome"}, false, "Shipyard signs contract over boats of the navy", true},
		{"after a restart", []string{"paintings of rome"}, true, "Bank signs a contract for paintings of Rome again", false},
		{"without its entity", nil, false, "Trust in contract for paintings of Rome and Siena", true},
	} {
		with(tc.names...)
		if tc.reopen {
			if err := b.mon.Open(); err != nil {
				t.Fatal(err)
			}
		}
		b.pass(5 * time.Minute)
		b.show("wire", b.item(string(rune('a'+i)), tc.title))
		b.poll("wire")
		if tc.told {
			told++
		}
		t.Log(tc.name)
		b.want(told, 0, 0)
	}
}
