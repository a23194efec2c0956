package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// command runs newswatch in a folder with these files.
func command(t *testing.T, files map[string]string, args ...string) (status int, out, err string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("NEWSWATCH_CONFIG", "")
	var o, e bytes.Buffer
	status = newswatch(t.Context(), streams{strings.NewReader(""), &o, &e}, args)
	return status, o.String(), e.String()
}

const jailConfig = `watches: [{name: w, match: "{jail} OR {ice}", notify: [s]}]
feeds: [{url: "https://example.org/feed"}]
destinations: [{name: s, console: {}}]
entities:
  jail: {label: The jail, names: ["Polk County Jail"]}
  ice: {support: {any: [Stillwater]}}
`

func TestEntitiesCommand(t *testing.T) {
	files := map[string]string{"config.yaml": jailConfig, "labels.jsonl": `{"entity":"ICE","text":"ICE opens a site in Stillwater","relevant":true}
{"entity":"ice","text":"ICE storm ends","relevant":false}
{"entity":"Jail","text":"Polk County Jail is full","relevant":true}
{"entity":"nobody","text":"x","relevant":true}
`}
	for _, tt := range []struct {
		args   string
		status int
		want   []string
	}{
		{"entities", 0, []string{"ice           us-immigration and config.yaml  1        -          U.S. Immigration", "azure         cloud-vendors                   0        0.99/", "jail          config.yaml "}},
		{"entities --json", 0, []string{`{"name":"jail","label":"The jail","origin":"config.yaml","watches":["w"]}`, `"origin":"cloud-vendors","watches":[],"precision":0.99,`}},
		{"entities show jail", 0, []string{"  # jail, from config.yaml.\n  jail:\n    label: \"The jail\"\n    names: [\"Polk County Jail\"]\n"}},
		{"entities show jail --json", 0, []string{`{"label":"The jail","names":["Polk County Jail"]}`}},
		{"entities show ice", 0, []string{"any: [Stillwater, "}},
		{"entities show icy", 2, []string{`there is no entity "icy": did you mean ice?`}},
		{"entities show", 2, []string{"usage is newswatch entities show NAME"}},
		{"entities list", 2, []string{"entities has no command"}},
		{"entities test labels.jsonl", 0, []string{"     ICE      2        1.000  1.000  1.000", "    Jail      1        1.000", "  nobody         not defined"}},
		{"entities test labels.jsonl --json", 0, []string{`"Entity":"ICE","Known":true,"Lines":2`}},
		{"entities test none.jsonl", 1, []string{"none.jsonl: no such file"}},
		{"entities test config.yaml", 1, []string{"config.yaml: line 1: "}},
		{"match --labels labels.jsonl", 0, []string{"use newswatch entities test FILE", "     ICE      2        1.000"}},
		{"__complete entities show ja", 0, []string{"jail\n"}},
	} {
		status, out, err := command(t, files, strings.Fields(tt.args)...)
		for _, want := range tt.want {
			if !strings.Contains(out+err, want) {
				t.Errorf("%s: no %q in\n%s%s", tt.args, want, out, err)
			}
		}
		if status != tt.status {
			t.Errorf("%s: status %d, want %d", tt.args, status, tt.status)
		}
	}
}

// What is shown can be pasted: in a file that is included it is the entity it
// was. Without a configuration the packs are there all the same.
func TestEntitiesShowIsReadyToPaste(t *testing.T) {
	status, shown, err := command(t, nil, "entities", "show", "google-cloud")
	if status != 0 {
		t.Fatal(err)
	}
	files := map[string]string{"mine.yaml": shown, "config.yaml": strings.Replace(jailConfig, "entities:\n", "entities:\n  include: [mine.yaml]\n", 1)}
	if status, out, err := command(t, files, "check"); status != 0 || strings.Contains(err, "warning") {
		t.Errorf("check: %s%s", out, err)
	}
	_, again, err := command(t, files, "entities", "show", "google-cloud")
	if want := strings.Replace(shown, "from cloud-vendors.", "from mine.yaml in place of cloud-vendors.", 1); again != want {
		t.Errorf("got %s%s", err, again)
	}
}
