package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The rooms, in the order an item passes through them. A package may import
// only what is listed here; only cmd/newswatch knows them all.
var mayImport = map[string][]string{
	"feeds/urls":                   {},
	"feeds/date":                   {},
	"feeds/plain":                  {},
	"feeds/charset":                {"feeds/plain"},
	"feeds":                        {"feeds/urls"},
	"feeds/parse":                  {"feeds", "feeds/charset", "feeds/date", "feeds/plain", "feeds/urls"},
	"feeds/source":                 {"feeds", "feeds/jsonapi", "feeds/listing", "feeds/parse", "feeds/plain", "feeds/sitemap", "feeds/urls"},
	"feeds/fetch":                  {"feeds", "feeds/parse", "feeds/plain", "feeds/source", "feeds/urls"},
	"feeds/discover":               {"feeds", "feeds/fetch", "feeds/parse", "feeds/plain", "feeds/robots", "feeds/source", "feeds/urls"},
	"feeds/wire":                   {"feeds", "feeds/urls"},
	"feeds/opml":                   {"feeds", "feeds/urls"},
	"feeds/websub":                 {"feeds", "feeds/fetch", "feeds/urls"},
	"feeds/htmltree":               {"feeds/charset"},
	"feeds/jsonapi":                {"feeds", "feeds/date", "feeds/plain", "feeds/urls"},
	"feeds/listing":                {"feeds", "feeds/date", "feeds/htmltree", "feeds/plain", "feeds/urls"},
	"feeds/article":                {"feeds/date", "feeds/htmltree", "feeds/plain"},
	"feeds/robots":                 {},
	"feeds/reading":                {"feeds", "feeds/article", "feeds/fetch", "feeds/robots", "feeds/urls"},
	"feeds/webarchive":             {"feeds", "feeds/fetch"},
	"feeds/sitemap":                {"feeds", "feeds/charset", "feeds/date", "feeds/plain", "feeds/urls"},
	"monitor/text":                 {},
	"monitor/query":                {"monitor/text"},
	"monitor/facts":                {},
	"monitor/vocab":                {"monitor/text"},
	"monitor/match":                {"monitor/facts", "monitor/query", "monitor/text", "monitor/vocab"},
	"monitor/labels":               {"monitor/match", "monitor/text"},
	"monitor/entities":             {"monitor/match"},
	"monitor/translate":            {"monitor/query"},
	"monitor/story":                {"feeds/urls"},
	"monitor/identity":             {"feeds", "monitor/text"},
	"monitor/schedule":             {"feeds"},
	"monitor/unusual":              {},
	"monitor/senses":               {},
	"monitor":                      {"feeds", "feeds/plain", "feeds/urls", "monitor/identity", "monitor/match", "monitor/schedule", "monitor/senses", "monitor/story", "monitor/text"},
	"monitor/report":               {"feeds/urls", "monitor", "monitor/identity", "monitor/match", "monitor/schedule", "monitor/story", "monitor/unusual"},
	"notify/render":                {"monitor", "monitor/match"},
	"notify":                       {"feeds", "monitor", "notify/render"},
	"notify/notifytest":            {"monitor", "monitor/match", "monitor/text", "notify"},
	"monitor/store":                {"feeds", "monitor", "monitor/identity", "monitor/match", "monitor/schedule", "monitor/senses"},
	"monitor/monitortest":          {"feeds", "monitor", "monitor/identity", "monitor/match", "monitor/schedule", "monitor/senses", "monitor/store"},
	"monitor/store/bolt":           {"feeds", "feeds/urls", "monitor", "monitor/identity", "monitor/schedule", "monitor/senses", "monitor/store"},
	"monitor/store/pg":             {"monitor", "monitor/identity", "monitor/schedule", "monitor/senses", "monitor/store"},
	"monitor/store/pg/pgtest":      {},
	"monitor/trial":                {"monitor", "monitor/match", "monitor/query", "monitor/story", "monitor/text"},
	"monitor/api":                  {"feeds", "feeds/urls", "monitor", "monitor/identity", "monitor/labels", "monitor/match", "monitor/report", "monitor/schedule", "monitor/senses", "monitor/store", "monitor/trial"},
	"monitor/web":                  {"monitor", "monitor/api", "monitor/match", "monitor/report", "monitor/schedule", "monitor/text", "monitor/trial"},
	"notify/slack":                 {"monitor", "monitor/match", "notify", "notify/render"},
	"notify/slack/slacktest":       {},
	"notify/email":                 {"monitor", "monitor/match", "notify", "notify/chart", "notify/render"},
	"notify/email/emailtest":       {},
	"notify/webhook":               {"monitor", "notify", "notify/render"},
	"notify/console":               {"monitor", "notify", "notify/render"},
	"deploy":                       {},
	"deploy/measure/farm":          {},
	"deploy/measure":               {"deploy/measure/farm"},
	"cmd/newswatch/config/replace": {},
	"notify/chart":                 {"monitor", "notify/render"},
	"cmd/newswatch/config/edit":    {},
	"cmd/newswatch/config/change":  {"cmd/newswatch/config", "cmd/newswatch/config/edit", "cmd/newswatch/config/replace", "feeds/urls"},
	"cmd/newswatch/config":         {"feeds", "feeds/opml", "feeds/source", "feeds/urls", "feeds/webarchive", "monitor", "monitor/entities", "monitor/labels", "monitor/match", "notify", "notify/console", "notify/email", "notify/slack", "notify/webhook"},
	"cmd/newswatch/daemon":         {"cmd/newswatch/config", "cmd/newswatch/config/change", "cmd/newswatch/config/edit", "feeds", "feeds/article", "feeds/discover", "feeds/fetch", "feeds/parse", "feeds/reading", "feeds/source", "feeds/urls", "feeds/webarchive", "feeds/websub", "feeds/wire", "monitor", "monitor/api", "monitor/identity", "monitor/match", "monitor/report", "monitor/schedule", "monitor/store", "monitor/store/bolt", "monitor/store/pg", "monitor/web", "notify", "notify/render"},
	"cmd/newswatch/backtest": {"cmd/newswatch/config", "feeds", "feeds/urls", "monitor", "monitor/match", "monitor/report", "monitor/store", "monitor/store/bolt",
		"monitor/story", "monitor/text", "monitor/api", "monitor/web"},
	"cmd/newswatch/setup":    {},
	"cmd/newswatch/hangup":   {},
	"cmd/newswatch/evidence": {"monitor/api"},
	"cmd/newswatch/demo": {"cmd/newswatch/config", "cmd/newswatch/daemon", "monitor", "monitor/report", "notify/render", "notify/console",
		"notify/email/emailtest", "notify/slack/slacktest"},
}

// Each outside library has one room, and its tests may use no other's either.
var homes = map[string][]string{
	"github.com/mmcdole/gofeed":           {"feeds/parse"},
	"codeberg.org/readeck/go-readability": {"feeds/article"},
	"github.com/andybalholm/cascadia":     {"feeds/article", "feeds/listing"},
	"github.com/theory/jsonpath":          {"feeds/jsonapi"},
	"go.etcd.io/bbolt":                    {"monitor/store/bolt"},
	"github.com/jackc/pgx/v5":             {"monitor/store/pg", "monitor/store/pg/pgtest"},
	"github.com/robfig/cron/v3":           {"cmd/newswatch/config", "cmd/newswatch/daemon"},
	"github.com/slack-go/slack":           {"notify/slack", "notify/slack/slacktest"},
	"github.com/wneessen/go-mail":         {"notify/email"},
	"go.yaml.in/yaml/v4":                  {"cmd/newswatch/config", "cmd/newswatch/config/edit", "monitor/entities"},
	"github.com/spf13/cobra":              {"cmd/newswatch"},
	"github.com/cpuguy83/go-md2man/v2":    {"cmd/newswatch"},
	"github.com/prometheus/client_golang": {"monitor/web"},
}

func TestRoomsImportInOneDirection(t *testing.T) {
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "newswatch/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 10 {
		t.Fatalf("go list found %d packages", len(lines))
	}
	for _, line := range lines {
		room, imports, _ := strings.Cut(line, " ")
		room = strings.TrimPrefix(room, "newswatch/")
		may, listed := mayImport[room]
		if !listed && room != "cmd/newswatch" {
			t.Errorf("%s is no room of the plan: list it here and in the README", room)
		}
		for imp := range strings.FieldsSeq(imports) {
			if own, ok := strings.CutPrefix(imp, "newswatch/"); ok && listed && !slices.Contains(may, own) {
				t.Errorf("%s imports %s, against the direction of the rooms", room, own)
			}
			for lib, home := range homes {
				if (imp == lib || strings.HasPrefix(imp, lib+"/")) && !slices.Contains(home, room) {
					t.Errorf("%s imports %s, whose room is %s", room, imp, strings.Join(home, ", "))
				}
			}
		}
	}
}
