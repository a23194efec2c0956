package config

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	yaml "go.yaml.in/yaml/v4"
)

const (
	reference  = "../../../config.yaml"
	schemaFile = "../../../deploy/config.schema.json"
)

func readReference(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The shipped file is loaded as it is, with no account and an empty
// environment, and gives no cause for remarks.
func TestReferenceWorks(t *testing.T) {
	cfg, report := Load(reference, environ())
	if len(report.Problems) > 0 {
		t.Errorf("problems:\n%s", rendered(report))
	}
	if cfg == nil {
		t.Fatal("refused")
	}
	if len(cfg.Feeds) < 20 {
		t.Errorf("%d feeds", len(cfg.Feeds))
	}
	for _, name := range []string{"ice", "dhs", "azure", "microsoft", "palantir"} {
		if _, ok := cfg.Entities.Named[name]; !ok {
			t.Errorf("no entity %s", name)
		}
	}
	for _, name := range []string{"azure-at-ice", "dhs-contracts"} {
		if _, ok := byField(cfg.Watches)[name]; !ok {
			t.Errorf("no watch %s", name)
		}
	}
	if cfg.Set.Len() != len(cfg.Watches) {
		t.Errorf("%d rules of %d watches", cfg.Set.Len(), len(cfg.Watches))
	}
	if len(cfg.Digests) == 0 || cfg.Digests[0].Slots == nil {
		t.Error("no digest")
	}
}

// off matches a setting that is switched off, as the file's head defines it: a
// "#" that no single space follows.
var off = regexp.MustCompile(`(?m)^( *)#(-|[a-z]|  )`)

// Everything that the file offers to switch on works when it is switched on,
// and all keys there are stand in it.
func TestReferenceIsComplete(t *testing.T) {
	text := off.ReplaceAllString(readReference(t), "$1$2")
	dir := t.TempDir()
	path := write(t, dir, "config.yaml", text)
	write(t, dir, "slack-token", "xoxb-from-file\n")
	write(t, dir, "more-entities.yaml", "entities:\n  nsa: {names: [National Security Agency]}\n")
	write(t, dir, "feeds.opml", `<opml version="2.0"><body><outline text="x" xmlUrl="https://example.net/x"/></body></opml>`)
	cfg, report := Load(path, environ("CREDENTIALS_DIRECTORY", dir, "SLACK_APP_TOKEN", "xapp-1", "SLACK_TOKEN", "xoxb-1",
		"SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/a", "SMTP_PASSWORD", "p", "HOOK_SECRET", "s", "NTFY_TOPIC", "t",
		"EXAMPLE_TOKEN", "e", "SAM_KEY", "k", "CITY_TOKEN", "c", "CITY_HALL_TOKEN", "h", "HEARTBEAT_URL", "https://example.org/beat"))
	if len(report.Problems) > 0 {
		t.Fatalf("problems:\n%s", rendered(report))
	}
	if got := cfg.Destinations[1].Slack.Token.Reveal(); got != "xoxb-from-file" {
		t.Errorf("token %q", got)
	}
	var root yaml.Node
	if err := yaml.Load([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	collect(reflect.TypeFor[Config](), root.Content[0], "", given)
	walkKeys(reflect.TypeFor[Config](), "", func(path string, f field) {
		if !f.file && !given[path] {
			t.Errorf("the reference lacks %s", path)
		}
	})
}

// collect notes the paths, as walkKeys writes them, of all keys below n.
func collect(typ reflect.Type, n *yaml.Node, path string, given map[string]bool) {
	switch typ.Kind() {
	case reflect.Pointer:
		collect(typ.Elem(), n, path, given)
	case reflect.Slice:
		for _, c := range n.Content {
			collect(typ.Elem(), c, path+"[]", given)
		}
	case reflect.Struct:
		s := newShape(typ)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i].Value, n.Content[i+1]
			if f, ok := s.fields[key]; ok {
				given[join(path, key)] = true
				given[join(path, f.name)] = true
				collect(f.typ, value, join(path, key), given)
			} else if s.rest != nil {
				collect(typ.FieldByIndex(s.rest).Type.Elem(), value, join(path, "NAME"), given)
			}
		}
	}
}

func TestEveryKeyIsDescribed(t *testing.T) {
	says, known := descriptions(), map[string]bool{"feeds[]": true, "watches[]": true, "destinations[]": true, "digests[]": true,
		"entities.NAME": true, "fetch.allow[]": true}
	walkKeys(reflect.TypeFor[Config](), "", func(path string, _ field) {
		known[path] = true
		if says[path] == "" {
			t.Errorf("keys.txt does not describe %s", path)
		}
	})
	for path := range says {
		if !known[path] {
			t.Errorf("keys.txt describes %s, which does not exist", path)
		}
	}
}

func TestSchemaIsFresh(t *testing.T) {
	if *update {
		if err := os.MkdirAll(filepath.Dir(schemaFile), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(schemaFile, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, Schema()) {
		t.Error("deploy/config.schema.json is old; run go test ./cmd/newswatch/config -update")
	}
}

// The schema accepts the reference, switched off and on, and refuses what Load
// refuses for its shape.
func TestSchema(t *testing.T) {
	schema := compiled(t)
	text := readReference(t)
	for name, y := range map[string]string{"as it is": text, "all on": off.ReplaceAllString(text, "$1$2")} {
		if err := schema.Validate(asJSON(t, y)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, y := range map[string]string{
		"unknown key":      "feds: []",
		"no list":          "feeds: a",
		"bare duration":    "freshness: 24",
		"unknown priority": "watches: [{name: a, match: b, priority: urgent}]",
		"unknown tls":      "destinations: [{name: a, email: {tls: ssl}}]",
		"entity's key":     "entities: {ice: {nams: [a]}}",
	} {
		if schema.Validate(asJSON(t, y)) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// asJSON is a YAML document as JSON Schema sees it.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Load([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The head of the reference promises editors a schema.
func TestReferenceNamesSchema(t *testing.T) {
	first, _, _ := strings.Cut(readReference(t), "\n")
	if want := "# yaml-language-server: $schema=deploy/config.schema.json"; first != want {
		t.Errorf("first line %q, want %q", first, want)
	}
	if !slices.Contains(kindNames(), "slack") {
		t.Error("no kind of destination is named slack")
	}
}
