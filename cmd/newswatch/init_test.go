package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// Four answers make a configuration that works: wrong ones are asked again, what
// is there already is left alone.
func TestInit(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`<!doctype html><link rel="alternate" type="application/rss+xml" href="` + s.feeds.URL() + `/ledger">`))
	}))
	defer site.Close()
	answers := "(chairs\nchairs OR pilots\nhttp://127.0.0.1:1/ \n" + site.URL + "\nnobody\n" + s.hook.URL + "/in\nsoon\n6:30\n"
	p := s.feed(answers, "init", "--allow", "127.0.0.0/8")
	if p.status != exitDone {
		t.Fatalf("exit status %d\n%s%s", p.status, p.out.String(), p.err.String())
	}
	for _, want := range []string{"bracket is not closed", "It looks for “chairs” or “pilots”.", "nothing to read was found", "neither screen", "no time of day", "1 of 1 item"} {
		if !strings.Contains(p.err.String(), want) {
			t.Errorf("no %q in\n%s", want, p.err.String())
		}
	}
	if out := p.out.String(); !strings.Contains(out, "would tell  Council counts its chairs") || strings.Contains(out, "failed") {
		t.Errorf("printed\n%s", out)
	}
	text, err := os.ReadFile(s.path("config.yaml"))
	if err != nil || strings.Count(string(text), "\n") > 60 || !strings.Contains(string(text), `at: "06:30"`) {
		t.Errorf("written: %v\n%s", err, text)
	}
	if p := s.run("check"); p.status != exitDone {
		t.Errorf("check: %d %s%s", p.status, p.out.String(), p.err.String())
	}
	if len(s.hook.messages()) != 1 {
		t.Errorf("%d test messages", len(s.hook.messages()))
	}
	p = s.feed(answers, "init")
	if now, _ := os.ReadFile(s.path("config.yaml")); p.status != exitUsage || string(now) != string(text) || !strings.Contains(p.err.String(), "left alone") {
		t.Errorf("a second time: %d %s", p.status, p.err.String())
	}
	if p := s.feed("chairs\n", "init", "--config", "other.yaml"); p.status != exitUsage || !strings.Contains(p.err.String(), "no answer came") {
		t.Errorf("without answers: %d %s", p.status, p.err.String())
	}
	if _, err := os.Stat(s.path("other.yaml")); err == nil {
		t.Error("a configuration of half the answers was written")
	}
}
