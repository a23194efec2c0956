package main

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
)

// Items are pushed by command and over HTTP, answered for once they are
// committed, and told like any others. The token never shows.
func TestPush(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	l.Close()
	s.configure(`  - {url: "${FEEDS}/ledger", name: ledger}`, `  - {name: hall, kind: push, token: "`+hiddenToken+`", expect: 1d}
  - {name: closed, kind: push}`, `http: {listen: ""}`, `http: {listen: "`+at+`"}`,
		`notify: [newsroom, flat, desk, hook, screen]`, `notify: [hook]`)
	if p := s.feed(`{"title":"A ferry sank"}`, "push", "hall"); p.status != exitFailed || !strings.Contains(p.err.String(), "nothing was taken") {
		t.Errorf("without a daemon: %d %s", p.status, p.err.String())
	}
	s.daemon()
	s.until("the daemon answers", func() bool { return s.run("status", "--json").status == exitDone })
	push := func(name, token, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequest("POST", "http://"+at+"/api/v1/push/"+name, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var answer map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(answer)
		return resp.StatusCode, string(text)
	}
	for _, c := range []struct {
		name, token, body string
		status            int
		want              string
	}{
		{"hall", hiddenToken, `{"guid":"1","title":"The council met"}`, 200, `{"feed":"hall","items":1,"matched":0,"new":1}`},
		{"hall", hiddenToken, `{"guid":"1","title":"The council met"}`, 200, `"new":0`},
		{"hall", "wrong", `{"guid":"2","title":"x"}`, 401, "nobody may push there"},
		{"hall", "", `{"guid":"2","title":"x"}`, 401, "nobody may push there"},
		{"closed", "", `{"guid":"2","title":"x"}`, 401, "nobody may push there"},
		{"wire", hiddenToken, `{"guid":"2","title":"x"}`, 401, "nobody may push there"},
		{"hall", hiddenToken, `{"guid":"2"`, 400, "nothing was taken: item 1"},
	} {
		if status, got := push(c.name, c.token, c.body); status != c.status || !strings.Contains(got, c.want) || strings.Contains(got, hiddenToken) {
			t.Errorf("%s with %q: %d %s, want %d %s", c.name, c.token, status, got, c.status, c.want)
		}
	}
	if p := s.feed(`{"guid":"3","title":"A ferry sank at the pier","fields":{"vendor":"ACME"}}`+"\n\n"+`{"guid":"4","title":"Another thing"}`, "push", "hall", "--json"); p.status != exitDone || !strings.Contains(p.out.String(), `"items":2,"new":2,"matched":1`) {
		t.Errorf("by command: %d %s%s", p.status, p.out.String(), p.err.String())
	}
	if p := s.feed("{", "push", "hall"); p.status != exitFailed || !strings.Contains(p.err.String(), "line 1: not JSON") {
		t.Errorf("no JSON: %d %s", p.status, p.err.String())
	}
	if p := s.feed("{}", "push", "wire"); p.status == exitDone || !strings.Contains(p.err.String(), "give it kind: push") {
		t.Errorf("another kind: %d %s", p.status, p.err.String())
	}
	s.until("it is told", func() bool { return len(s.hook.messages()) > 0 })
	for _, command := range []string{"feeds list --json", "search ferry --json", "feeds export"} {
		p := s.run(strings.Fields(command)...)
		if p.status != exitDone || strings.Contains(p.out.String()+p.err.String(), hiddenToken) || command == "search ferry --json" && !strings.Contains(p.out.String(), `"fields":{"vendor":"ACME"}`) {
			t.Errorf("%s: %d %s%s", command, p.status, p.out.String(), p.err.String())
		}
	}
}
