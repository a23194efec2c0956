package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkLoad prints how long a configuration takes to read whose feeds stand in
// subscription lists, and how much memory is asked for on the way:
//
//	go test ./cmd/newswatch/config -run '^$' -bench Load -benchtime 1x -benchmem
func BenchmarkLoad(b *testing.B) {
	const lists, each = 5, 40_000
	dir := b.TempDir()
	var text strings.Builder
	text.WriteString("store: {path: n.db}\nfeeds:\n")
	for l := range lists {
		var list strings.Builder
		list.WriteString("<opml version=\"2.0\"><body><outline text=\"press\">\n")
		for i := range each {
			fmt.Fprintf(&list, "<outline type=\"rss\" text=\"Feed %d of list %d\" xmlUrl=\"https://host%d.example/feeds/%d/%d.xml\"/>\n", i, l, i%9000, l, i)
		}
		list.WriteString("</outline></body></opml>\n")
		file := filepath.Join(dir, fmt.Sprint(l, ".opml"))
		if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(&text, "  - opml: %s\n", file)
	}
	for b.Loop() {
		cfg, report := LoadText(filepath.Join(dir, "config.yaml"), text.String(), os.LookupEnv)
		if cfg == nil || len(cfg.Feeds) != lists*each {
			b.Fatal(report.Err())
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/(lists*each)*1e6, "s/million")
}
