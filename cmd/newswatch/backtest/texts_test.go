package backtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newswatch/cmd/newswatch/config"
)

// Articles of the past are read when they were read then, and nobody is asked.
func TestBacktestReadsArchivedTexts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	const text = `
timezone: UTC
store: {path: unused.db}
%s
watches:
  - {name: boats, match: "Tarbock AND kestrel", notify: [screen]}
  - {name: sure, match: "Mudlark -hockey", notify: [screen], confirm: 60s}
destinations:
  - {name: screen, console: {}}
`
	load := func(section string) *config.Config {
		if err := os.WriteFile(path, []byte(fmt.Sprintf(text, section)), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, report := config.Load(path, os.LookupEnv)
		if cfg == nil {
			t.Fatal(report)
		}
		return cfg
	}
	items := inputs(t,
		`{"feed":"a","title":"Tarbock pilots meet","url":"https://a.example/1","seen":"2026-11-20T08:00:00Z","article":"They met.\n\nKestrel was there.","article_read":"2026-11-20T08:00:07Z"}`,
		`{"feed":"a","title":"Tarbock pilots sail","url":"https://a.example/2","seen":"2026-11-20T08:00:00Z"}`,
		`{"feed":"b","title":"Mudlark is sold","url":"https://b.example/1","seen":"2026-11-20T09:00:00Z","article":"For hockey.","article_read":"2026-11-20T09:00:09Z"}`,
		`{"feed":"b","title":"Mudlark sinks off the quay","url":"https://b.example/2","seen":"2026-11-20T10:00:00Z","article":"In the harbor.","article_read":"2026-11-20T10:00:09Z"}`,
		`{"feed":"b","title":"Mudlark and the tax of autumn","url":"https://b.example/3","seen":"2026-11-20T11:00:00Z","article":"On hockey.","article_read":"2026-11-20T11:02:00Z"}`,
		`{"feed":"b","title":"Mudlark never was a Roman town","url":"https://b.example/4","seen":"2026-11-20T12:00:00Z"}`)
	said := func(cfg *config.Config) string {
		done, notices, err := Run(t.Context(), cfg, items)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, o := range done {
			if o.Role == string(textRole) {
				out = append(out, fmt.Sprint("text ", o.N, len(o.Matches)))
			}
		}
		for _, n := range notices {
			out = append(out, fmt.Sprint(n.At.Format("15:04:05 "), n.Watch, n.Items))
		}
		return strings.Join(out, "; ")
	}
	want := "text 1 1; text 3 0; text 4 1; text 5 0; 08:00:07 boats[1]; 10:00:09 sure[4]; 11:01:00 sure[5]; 12:00:00 sure[6]"
	for range 2 {
		if got := said(load("articles: {read: near}")); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if got, want := said(load("")), "09:00:00 sure[3]; 10:00:00 sure[4]; 11:00:00 sure[5]; 12:00:00 sure[6]"; got != want {
		t.Errorf("without articles: got %s, want %s", got, want)
	}
	if b, err := json.Marshal(items[0]); err != nil || !strings.Contains(string(b), `"article_read":"2026-11-20T08:00:07Z"`) {
		t.Errorf("%s, %v", b, err)
	}
}
