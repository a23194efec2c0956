package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFeedsParseByName reads saved documents as feeds of the configuration are
// read, and asks for one of each kind.
func TestFeedsParseByName(t *testing.T) {
	const page = `<title>News</title><main><div class="row"><h3><a href="/1">The first of the news</a></h3></div><div class="row"><h3><a href="/2">The second of the news</a></h3></div></main>`
	const rows = `{"results":[{"id":1,"who":"ACME","paid":"$1,250,000.00"}]}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/rows" && r.URL.Query().Get("key") == "s3cret-key":
			_, _ = w.Write([]byte(rows))
		case r.URL.Path == "/page":
			_, _ = w.Write([]byte(page))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	config := write("config.yaml", `
fetch: {allow: [127.0.0.0/8], spacing: 0s}
watches: []
feeds:
  - {name: list, url: "`+server.URL+`/page", kind: list, select: {items: .row, title: h3, published: time}}
  - {name: page, url: "`+server.URL+`/page", kind: page, select: {region: main}}
  - {name: lost, url: "`+server.URL+`/page", kind: list, select: {items: .gone}}
  - {name: rows, url: "`+server.URL+`/rows", kind: json, params: {key: s3cret-key}, select: {items: "$.results[*]", key: [id], title: "{who}, {paid|money}", fields: {amount: paid, vendor: who}}}
`)
	saved, answer := write("saved.html", page), write("answer.json", rows)
	for _, c := range []struct {
		args string
		exit int
		want string
	}{
		{"parse --name list " + saved, 0, "News (list), 2 items\n  items          2  .row\n  title          2  h3\n  url            2  \n  published      0  time\n  summary        0  \n\nno date  The first of the news\n    " + server.URL + "/1"},
		{"parse --name list --json " + saved, 0, `"matched":[{"name":"items","selector":".row","found":2},{"name":"title","selector":"h3","found":2}`},
		{"parse --name page " + saved, 0, "News (page), 0 items\n  region         2  \n    The first of the news\n    The second of the news"},
		{"parse --name rows " + answer, 0, "no date  ACME, $1,250,000\n    \n    " + `{"amount":1250000,"currency":"USD","vendor":"ACME"}`},
		{"parse --name rows --json " + answer, 0, `"fields":{"amount":1250000,"currency":"USD","vendor":"ACME"}`},
		{"parse --name lost " + saved, 1, "the page answers, but .gone finds nothing"},
		{"parse --name rows " + saved, 1, "answers with a page"},
		{"parse --name none " + saved, 2, `no feed is named "none"`},
		{"probe list", 0, `2 items, "News"`},
		{"probe page", 0, `0 items, "News"`},
		{"probe rows", 0, `1 item, "json"`},
		{"probe lost", 1, ".gone finds nothing"},
	} {
		var o, e bytes.Buffer
		exit := newswatch(t.Context(), streams{strings.NewReader(""), &o, &e}, append([]string{"feeds", "--config", config}, strings.Fields(c.args)...))
		if out := o.String() + e.String(); exit != c.exit || !strings.Contains(out, c.want) || strings.Contains(out, "s3cret") {
			t.Errorf("%s: exit %d, %s\nwant exit %d, %s", c.args, exit, out, c.exit, c.want)
		}
	}
}
