package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
)

// TestArticles reads the section on articles and the keys that go with it.
func TestArticles(t *testing.T) {
	const rest = "\nfeeds: [{name: wire, url: 'https://wire.example/feed'%s}]\nwatches: [{name: w, match: kestrel, notify: [screen]%s}]\ndestinations: [{name: screen, console: {}}]\n"
	for name, c := range map[string]struct {
		section, feed, watch string
		says                 string // "" for no problem
		read                 feeds.ReadMode
	}{
		"none":              {read: feeds.ReadNever},
		"empty":             {section: "articles:", read: feeds.ReadNear},
		"braces":            {section: "articles: {}", read: feeds.ReadNear},
		"always":            {section: "articles: {read: always}", read: feeds.ReadAlways},
		"a feed's":          {section: "articles: {read: never}", feed: ", text: near", read: feeds.ReadNear},
		"a feed's, off":     {section: "articles: {read: always}", feed: ", text: never", read: feeds.ReadNever},
		"mode":              {section: "articles: {read: nearby}", says: `read: there is no "nearby" (did you mean "near"?)`},
		"budget":            {section: "articles: {per_host: many}", says: `per_host: "many" is no number of articles and a time`},
		"no budget":         {section: "articles: {per_host: ''}", says: "per_host"},
		"timeout":           {section: "articles: {timeout: 1h}", says: "articles.timeout is not between 1s and 5m"},
		"keep":              {section: "articles: {keep: 2MiB}", says: "articles.keep is more than 1MiB"},
		"keep nothing":      {section: "articles: {keep: 0}", read: feeds.ReadNear},
		"text alone":        {feed: ", text: near", says: "no articles are read without the section articles", read: feeds.ReadNever},
		"sensitive":         {section: "articles: {read: near}", watch: ", sensitive: true", read: feeds.ReadNear},
		"sensitive, asked":  {section: "articles: {read: never}", feed: ", text: near", watch: ", sensitive: true", says: "only sensitive watches read this feed", read: feeds.ReadNear},
		"confirm":           {section: "articles:", watch: ", confirm: 60s", read: feeds.ReadNear},
		"confirm, long":     {section: "articles:", watch: ", confirm: 10m", says: "confirm is more than 5m"},
		"confirm, secret":   {section: "articles:", watch: ", confirm: 60s, sensitive: true", says: "no article is read because of a sensitive watch"},
		"confirm, alone":    {watch: ", confirm: 60s", says: "no articles are read without the section articles", read: feeds.ReadNever},
		"archive":           {watch: ", archive: wayback", read: feeds.ReadNever},
		"archive, secret":   {watch: ", archive: wayback, sensitive: true", says: "no copy is asked for because of a sensitive watch"},
		"archive, which":    {watch: ", archive: wayforward", says: `there is no "wayforward" (one of wayback)`},
		"archive, where":    {section: "wayback: {url: archive.example}", says: `"archive.example" is no address of a web archive`},
		"archive, how much": {section: "wayback: {per_day: 0}", says: "wayback.per_day is not between 1 and 1000"},
		"sensitive, always": {section: "articles: {read: never}", feed: ", text: always", watch: ", sensitive: true", read: feeds.ReadAlways},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "config.yaml")
			text := c.section + strings.Replace(strings.Replace(rest, "%s", c.feed, 1), "%s", c.watch, 1)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg, report := Load(file, func(string) (string, bool) { return "", false })
			said := ""
			for _, p := range report.Problems {
				said += p.String() + "\n"
			}
			if c.says == "" && said != "" || !strings.Contains(said, c.says) {
				t.Fatalf("said %q, want %q", said, c.says)
			}
			if cfg == nil {
				if c.read != "" {
					t.Fatal("refused")
				}
				return
			}
			r := cfg.Rules()
			read := r.Articles.Read
			if own := r.Articles.Feeds["wire"]; own != "" {
				read = own
			}
			if read == "" {
				read = feeds.ReadNever
			}
			if read != c.read {
				t.Errorf("read %s, want %s", read, c.read)
			}
			if b := cfg.Articles.Budget; cfg.Articles.Read != "" && (b.N != 30 || b.Per != time.Hour) {
				t.Errorf("budget %v", b)
			}
		})
	}
}
