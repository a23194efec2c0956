package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"newswatch/cmd/newswatch/config"
	"newswatch/deploy"
	"newswatch/monitor/match"
)

// verdictRow is a headline, a query and its verdict; refusedRow a query that is
// refused.
var (
	verdictRow = regexp.MustCompile("(?m)^\\| (.+) \\| `(.+)` \\| (strong|weak|none) \\|$")
	refusedRow = regexp.MustCompile("(?m)^\\| `(.+)` \\| .* \\|$")
)

// TestLanguagePageKeepsItsWord: the example of an entity is sound, and with it
// the tables of verdicts and of what is refused say what happens.
func TestLanguagePageKeepsItsWord(t *testing.T) {
	entities := shownEntities(t)
	rows := verdictRow.FindAllStringSubmatch(deploy.Language, -1)
	for _, row := range rows {
		set, problems := match.Compile(entities, []match.Rule{{Name: "w", Match: row[2]}})
		if len(problems) > 0 && !problems[0].Warning {
			t.Fatalf("%s: %v", row[2], problems)
		}
		verdict := match.None
		for _, m := range set.Match(&match.Doc{Title: row[1]}) {
			verdict = m.Verdict
		}
		if verdict.String() != row[3] {
			t.Errorf("%s: %s is %s, not %s", row[1], row[2], verdict, row[3])
		}
	}
	_, refused, _ := strings.Cut(deploy.Language, "## What is refused")
	mistakes := refusedRow.FindAllStringSubmatch(refused, -1)
	for _, row := range mistakes {
		if reading, _ := match.Check(entities, row[1]); reading.Query != "" {
			t.Errorf("%s is not refused, but read as %s", row[1], reading.Query)
		}
	}
	if len(rows) < 10 || len(mistakes) < 8 {
		t.Errorf("%d verdicts and %d mistakes found", len(rows), len(mistakes))
	}
}

// shownEntities reads the page's YAML as a configuration would.
func shownEntities(t *testing.T) map[string]match.Entity {
	t.Helper()
	_, block, ok := strings.Cut(deploy.Language, "```yaml\n")
	block, _, closed := strings.Cut(block, "```")
	if !ok || !closed {
		t.Fatal("LANGUAGE.md has no block of YAML")
	}
	path := filepath.Join(t.TempDir(), "config.yaml")
	rest := "  cloud: {any: [Azure]}\nfeeds: [{url: \"https://example.org/feed\"}]\ndestinations: [{name: screen, console: {}}]\n" +
		"watches: [{name: w, match: \"{ice} OR {vendors}\", notify: [screen]}]\n"
	if err := os.WriteFile(path, []byte(block+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, report := config.Load(path, func(string) (string, bool) { return "", false })
	if !report.OK() {
		t.Fatalf("LANGUAGE.md's entities: %v", report.Problems)
	}
	return cfg.Entities.Named
}

// TestLanguageManual: the page is installed as newswatch-language(7), with its
// headings and examples.
func TestLanguageManual(t *testing.T) {
	page := languageManual()
	for _, want := range []string{".TH newswatch-language 7", ".SH NAME\nnewswatch-language \\- ", "\n.SH Near each other\n", "NEAR/10", ".TS\n"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the manual page lacks %q", want)
		}
	}
	if bytes.Contains(page, []byte("\n## ")) {
		t.Error("Markdown is left in the manual page")
	}
}
