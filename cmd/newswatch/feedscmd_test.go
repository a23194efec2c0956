package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A list of subscriptions is made to be passed on: it holds no password.
func TestExportLeavesSecretsOut(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(config, []byte(`feeds: [{name: mine, url: "https://anna:hunter2@example.org/feed?a=1&token=hunter2"}, {name: all, url: "https://example.org/feed"}]`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"feeds", "export"}, {"feeds", "export", "--json"}} {
		var out, errs bytes.Buffer
		exit := newswatch(t.Context(), streams{strings.NewReader(""), &out, &errs}, append(args, "--config", config))
		if exit != exitDone || strings.Contains(out.String(), "hunter2") || !strings.Contains(out.String(), "https://example.org/feed?a=1") || strings.Count(errs.String(), "without its password") != 1 {
			t.Errorf("%q: exit %d\n%s%s", args, exit, &out, &errs)
		}
	}
}
