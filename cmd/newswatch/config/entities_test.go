package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"newswatch/monitor/entities"
	"newswatch/monitor/match"
)

// packed returns an entity as its pack has it.
func packed(t *testing.T, name string) match.Entity {
	t.Helper()
	e, ok := PackedEntities(nil).Named[name]
	if !ok {
		t.Fatalf("no pack has %s", name)
	}
	return e
}

// A configuration of the first version, with its own lists under names that
// packs have too, means what it meant.
func TestEntitiesOfTheFirstVersion(t *testing.T) {
	cfg, report := Load("testdata/first-version/config.yaml", environ())
	if cfg == nil || len(report.Problems) > 0 {
		t.Fatalf("problems:\n%s", rendered(report))
	}
	want := match.Entity{Label: "U.S. Immigration and Customs Enforcement",
		Names: []string{"Immigration and Customs Enforcement", "ICE agent", `="Ice agents"`}, Acronyms: []string{"ICE"}, Not: []string{"black ICE", "ICE cream"},
		Support:  match.Support{Within: 40, Any: []string{"immigration", "deport*", "detention"}, Feeds: []string{"immigration"}},
		Against:  match.Against{Within: 12, Any: []string{"NYSE", "hockey"}},
		Examples: match.Examples{Match: []string{"ICE deports a family"}, Not: []string{"Black ICE on the A9"}}}
	if got := cfg.Entities.Named["ice"]; !reflect.DeepEqual(got, want) {
		t.Errorf("ice is %+v\nwant %+v", got, want)
	}
	if got := cfg.Entities.Named["vendors"].Any; !slices.Equal(got, []string{"Palantir", "{azure}"}) {
		t.Errorf("vendors is %q", got)
	}
	for title, want := range map[string]match.Verdict{
		"ICE deports a family": match.Strong, "ICE to publish guidance": match.Weak, "ICE hockey on the NYSE": match.None,
		"ICE warehouse leased": match.Weak, // strong for the pack
	} {
		verdict := match.None
		for _, m := range cfg.Set.Match(&match.Doc{Title: title}) {
			if m.Watch == "ice" {
				verdict = m.Verdict
			}
		}
		if verdict != want {
			t.Errorf("%s is %s, want %s", title, verdict, want)
		}
	}
}

const watchIce = "watches: [{name: w, match: '{ice}'}]\nfeeds: [{url: 'https://example.org/feed'}]\nentities:\n"

// What the configuration says of a pack's entity is added to it, or stands in
// its place.
func TestEntitiesOfPacks(t *testing.T) {
	ice := packed(t, "ice")
	for name, tt := range map[string]struct {
		text, origin string
		want         match.Entity
	}{
		"as it is": {"  x: {any: [a]}\n", "us-immigration", ice},
		"added to": {"  ice: {names: [Stillwater Unit], support: {any: [Stillwater]}}\n", "us-immigration and config.yaml",
			entities.Extend(ice, match.Entity{Names: []string{"Stillwater Unit"}, Support: match.Support{Any: []string{"Stillwater"}}})},
		"replaced": {"  ice: {names: [Engine], replace: true}\n", "config.yaml in place of us-immigration", match.Entity{Names: []string{"Engine"}}},
		"repeated": {"  ice: {acronyms: [ICE]}\n", "config.yaml in place of us-immigration", match.Entity{Acronyms: []string{"ICE"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			cfg, report := Load(write(t, ".", "config.yaml", watchIce+tt.text), environ())
			if cfg == nil || len(report.Problems) > 0 {
				t.Fatalf("problems:\n%s", rendered(report))
			}
			if got := cfg.Entities.Named["ice"]; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("ice is %+v", got)
			}
			if got := cfg.Entities.Origin["ice"]; got != tt.origin {
				t.Errorf("ice is from %s, want %s", got, tt.origin)
			}
		})
	}
}

// Only the packs in use are known, and where one is missed that is said.
func TestEntitiesUse(t *testing.T) {
	dir := t.TempDir()
	cfg, report := Load(write(t, dir, "config.yaml", watchIce+"  use: [us-immigration]\n"), environ())
	if cfg == nil || len(report.Problems) > 0 {
		t.Fatalf("problems:\n%s", rendered(report))
	}
	var want []string
	for _, e := range entities.Packs()[slices.IndexFunc(entities.Packs(), func(p entities.Pack) bool { return p.Name == "us-immigration" })].Entities {
		want = append(want, e.Name)
	}
	if got := slices.Sorted(maps.Keys(cfg.Entities.Named)); !slices.Equal(got, want) {
		t.Errorf("there are %q, want %q", got, want)
	}
	for text, want := range map[string]string{
		"  use: []\n":                                             `config.yaml:1:29: no entity "ice" (add its pack, us-immigration, to entities.use)`,
		"  use: [us-imigration]\n":                                `config.yaml:4:9: there is no pack "us-imigration" (did you mean "us-immigration"?)`,
		"  use: [us-immigration, us-immigration]\n":               `config.yaml:4:25: warning: pack "us-immigration" is listed already (keep one)`,
		"  use: us-immigration\n":                                 `config.yaml:4:8: use is a single value but must be a list (write use: [us-immigration])`,
		"  ice: {suport: {any: [x]}}\n":                           `config.yaml:4:9: unknown key "suport" in ice (did you mean "support"?)`,
		"  ice: {not: ['de*']}\n":                                 `config.yaml:4:16: prefix de* is shorter`,
		"  ice: {examples: {match: [Nothing here]}}\n":            `config.yaml:4:28: example does not match: Nothing here`,
		"  icy: {names: [Icy], examples: {not: [An Icy road]}}\n": `config.yaml:4:40: example matches (strong) and should not: An Icy road`,
		"  include: [more.yaml]\n":                                `more.yaml:1:26: example does not match: Nothing here`,
	} {
		write(t, dir, "more.yaml", "ice: {examples: {match: [Nothing here]}}\n")
		_, report := Load(write(t, dir, "config.yaml", watchIce+text), environ())
		if got := rendered(report); !strings.Contains(got, want) {
			t.Errorf("%sgot %q\nwant %q", text, got, want)
		}
	}
}

// An entity that no query names is not compiled, one that another names is.
func TestUnusedEntitiesCostNothing(t *testing.T) {
	text := "watches: [{name: w, match: '{vendors}'}]\nentities:\n  vendors: {any: ['{azure}', Dell]}\n  unused: {names: [Unused]}\n"
	cfg := load(t, text)
	used := match.Used(cfg.Entities.Named, []match.Rule{{Match: cfg.Watches[0].Match}})
	if got := slices.Sorted(maps.Keys(used)); !slices.Equal(got, []string{"azure", "vendors"}) {
		t.Errorf("%q are compiled", got)
	}
}

// A word that supports one entity and speaks against another of the same watch
// is remarked on, and so is one that does both for one entity.
func TestClashesAreRemarkedOn(t *testing.T) {
	text := `watches: [{name: both, match: "{port} AND {gold}"}, {name: one, match: "{cloud}"}]
feeds: [{url: "https://example.org/feed"}]
entities:
  port: {words: [Azura], support: {any: [ship, drill*, tonnes]}, against: {any: [Ship]}}
  gold: {words: [Aurum], against: {any: [tonnes]}}
  cloud: {words: [Azul], support: {any: [server]}, against: {any: [drill*]}}
`
	_, report := Load(write(t, t.TempDir(), "config.yaml", text), environ())
	var got []string
	for _, p := range report.Problems {
		got = append(got, p.Message)
	}
	want := []string{`"ship" supports {port} and speaks against it too: every mention near it is in doubt`,
		`"tonnes" supports {port} and speaks against {gold}, and watch "both" looks for both`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
