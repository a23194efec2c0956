package entities

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	yaml "go.yaml.in/yaml/v4"

	"newswatch/monitor/match"
)

// load reads packs from a few texts, by the names of their files.
func load(texts map[string]string) ([]Pack, error) {
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Load(files)
}

func TestLoad(t *testing.T) {
	packs, err := load(map[string]string{
		"b.yaml": "lists: {role: [agent, raid]}\nentities:\n  ins: {label: INS, precision: 1, recall: 1, names: ['INS {role}', 'The {role} of INS'], acronyms: [INS]}\n",
		"a.yaml": "entities:\n  z: {label: Z, precision: .9, recall: .8, words: [Zed]}\n  y: {label: Y, precision: 1, recall: 1, words: [Why]}\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Pack{
		{"a", []Entity{{"y", 1, 1, match.Entity{Label: "Y", Words: []string{"Why"}}}, {"z", .9, .8, match.Entity{Label: "Z", Words: []string{"Zed"}}}}},
		{"b", []Entity{{"ins", 1, 1, match.Entity{Label: "INS", Acronyms: []string{"INS"},
			Names: []string{"INS agent", "INS raid", "The agent of INS", "The raid of INS"}}}}},
	}
	if !reflect.DeepEqual(packs, want) {
		t.Errorf("got %+v\nwant %+v", packs, want)
	}
}

func TestLoadNamesWhatIsWrong(t *testing.T) {
	const good = "entities: {z: {label: Z, precision: 1, recall: 1, words: [Zed]}}"
	for want, texts := range map[string]map[string]string{
		`b.yaml: entity "z" is in a.yaml too: keep one`:         {"a.yaml": good, "b.yaml": good},
		`a.yaml: entity "z": "{who} x": there is no list {who}`: {"a.yaml": strings.Replace(good, "[Zed]", "['{who} x']", 1)},
		`a.yaml: entity "z": give it a label`:                   {"a.yaml": strings.Replace(good, "label: Z, ", "", 1)},
		`precision and recall that it reaches`:                  {"a.yaml": strings.Replace(good, "recall: 1, ", "", 1)},
		`nams`:                                                  {"a.yaml": strings.Replace(good, "words", "nams", 1)},
		`a.yaml: `:                                              {"a.yaml": "entities: [", "b.yaml": good},
	} {
		if _, err := load(texts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestExtend(t *testing.T) {
	base := match.Entity{Label: "Base", Names: []string{"Long Name"}, Acronyms: []string{"LN"}, Support: match.Support{Within: 30, Any: []string{"near"}}}
	got := Extend(base, match.Entity{Names: []string{"Other Name", "Long Name"}, Support: match.Support{Any: []string{"far"}}, Against: match.Against{Within: 5}})
	want := match.Entity{Label: "Base", Names: []string{"Other Name", "Long Name"}, Acronyms: []string{"LN"},
		Support: match.Support{Within: 30, Any: []string{"far", "near"}}, Against: match.Against{Within: 5}}
	if !equal(t, got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if base.Label != "Base" || len(base.Names) != 1 || len(base.Support.Any) != 1 {
		t.Errorf("the base has become %+v", base)
	}
	if got := Extend(base, match.Entity{Label: "Own", Support: match.Support{Within: 7}}); got.Label != "Own" || got.Support.Within != 7 {
		t.Errorf("its own settings give way: %+v", got)
	}
}

func TestRepeats(t *testing.T) {
	base := match.Entity{Names: []string{"Long Name"}, Acronyms: []string{"LN"}, Support: match.Support{Any: []string{"near"}}}
	for _, tt := range []struct {
		def  match.Entity
		want bool
	}{
		{match.Entity{Names: []string{"Other", "long name"}}, true},
		{match.Entity{Words: []string{"LN"}}, true},
		{match.Entity{Names: []string{"Other"}, Not: []string{"LN x"}, Support: match.Support{Any: []string{"near"}}}, false},
	} {
		if got := Repeats(base, tt.def); got != tt.want {
			t.Errorf("%+v repeats: %v, want %v", tt.def, got, tt.want)
		}
	}
}

// equal compares entities, for which nil and empty lists are the same.
func equal(t *testing.T, a, b match.Entity) bool {
	t.Helper()
	x, err := yaml.Dump(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := yaml.Dump(b)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(bytes.ReplaceAll(x, []byte("[]"), nil), bytes.ReplaceAll(y, []byte("[]"), nil))
}

// What Write writes reads as the entity it was, and no line of it is long.
func TestWrite(t *testing.T) {
	awkward := match.Entity{Label: `Q "A" \ 'B': #1`, Names: []string{"yes", "null", "~", "- x", "a: b", "{x}", "[y]", "#c", "1.5", "0x1f", `\$ICE/`, `/\bx'"/`, "é*", "=Ice", `="Ice agent"`, "&a", "*b", "!c", "@d", " e ", "x #y", strings.Repeat("w", 200)},
		Support: match.Support{Within: 12}}
	all := map[string]match.Entity{"my entity": awkward, "empty": {Label: "x"}}
	for _, p := range Packs() {
		for _, e := range p.Entities {
			all[e.Name] = e.Entity
		}
	}
	for name, e := range all {
		var b bytes.Buffer
		if err := Write(&b, name, e); err != nil {
			t.Fatal(err)
		}
		var got map[string]match.Entity
		if err := yaml.Load(b.Bytes(), &got, yaml.WithKnownFields()); err != nil {
			t.Errorf("%s: %v in\n%s", name, err, b.String())
		} else if !equal(t, got[name], e) {
			t.Errorf("%s: got %+v\nwant %+v", name, got[name], e)
		}
		for line := range strings.Lines(b.String()) {
			if len([]rune(line)) > width+1 && !strings.Contains(line, "www") && !strings.Contains(line, "|") { // a pattern is one entry
				t.Errorf("%s: a long line: %s", name, line)
			}
		}
	}
}
