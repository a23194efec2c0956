package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A visitor is somebody with a browser in front of the page of a daemon.
type visitor struct {
	t    *testing.T
	ctx  context.Context
	site string

	mu     sync.Mutex
	faults []string // what the browser complained of
}

// newVisitor opens a headless Chromium, $NEWSWATCH_CHROMIUM or one on PATH, or
// skips the test.
func newVisitor(t *testing.T, site string) *visitor {
	t.Helper()
	path := os.Getenv("NEWSWATCH_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); path == "" && err == nil {
			path = p
		}
	}
	if path == "" || testing.Short() {
		t.Skip("not run: no Chromium on PATH, or -short")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true), chromedp.UserDataDir(t.TempDir()),
		chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("closing the browser: %v", err)
		}
		cancel()
	})
	v := &visitor{t: t, ctx: ctx, site: site}
	if err := chromedp.Listen(ctx, v.hear); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *visitor) hear(ev any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		v.faults = append(v.faults, "exception: "+ev.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		v.faults = append(v.faults, string(ev.Entry.Level)+": "+ev.Entry.Text)
	}
}

// do does all of it, or ends the test.
func (v *visitor) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		text, _ := chromedp.Run(v.ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
		v.t.Fatalf("%s: %v\n%s", what, err, text)
	}
}

func (v *visitor) open(path string) { v.t.Helper(); v.do(path, chromedp.Navigate(v.site+path)) }

// holds waits for a condition on the page, written in JavaScript.
func (v *visitor) holds(what, condition string) {
	v.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; {
		_, err := chromedp.Run(v.ctx, chromedp.Poll[chromedp.Void](condition, chromedp.WithPollingTimeout(5*time.Second)))
		if err == nil {
			return
		}
		if time.Now().After(end) { // before that the page may have changed beneath it
			text, _ := chromedp.Run(v.ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
			v.t.Fatalf("in vain: %s: %v\n%s", what, err, text)
		}
	}
}

// says waits until the page shows a text.
func (v *visitor) says(text string) {
	v.t.Helper()
	v.holds(text, `document.body.innerText.includes(`+"`"+text+"`"+`)`)
}

// shot keeps a picture of the page for people, at desktop and phone width,
// light and dark, if $NEWSWATCH_SHOTS names a folder.
func (v *visitor) shot(name string) {
	v.t.Helper()
	dir := os.Getenv("NEWSWATCH_SHOTS")
	if dir == "" {
		return
	}
	for suffix, as := range map[string]struct {
		width  int64
		scheme string
	}{"-wide": {1280, "light"}, "-phone": {390, "light"}, "-dark": {1280, "dark"}} {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: as.scheme}}}
		if _, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, media); err != nil {
			v.t.Fatal(err)
		}
		v.do("resize", chromedp.EmulateViewport(as.width, 900))
		png, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(90))
		if err != nil {
			v.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+suffix+".png"), png, 0o600); err != nil {
			v.t.Fatal(err)
		}
	}
	v.do("back to wide", chromedp.EmulateViewport(1280, 900))
}

// keys types text and special keys into whatever has the focus.
func (v *visitor) keys(list ...string) {
	v.t.Helper()
	for _, k := range list {
		v.do("type "+k, chromedp.KeyEvent(k))
	}
}

// freePort returns a port of this machine that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 { // below those that systems give to connections, which may take it meanwhile
		if l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 20_000+rand.IntN(12_000))); err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// From nothing, by keyboard alone: a feed is added from the address of a site, a
// watch is typed, tried and saved, and its alert arrives.
func TestEditByBrowser(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	addr := freePort(t)
	s.only("hook", `http: {listen: ""}`, "http: {listen: \""+addr+"\"}", "match: ferry", "match: never-said",
		"  - {url: \"${FEEDS}/ledger\", name: ledger}\n", "  # Beside the wire.\n")
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`<!doctype html><title>Coast</title><link rel="alternate" type="application/rss+xml" title="The Ledger" href="` + s.feeds.URL() + `/ledger">`))
	}))
	defer site.Close()
	s.daemon()
	v := newVisitor(t, "http://"+addr)

	v.open("/feeds/add?url=" + site.URL)
	v.do("to the box", chromedp.Focus(chromedp.CSS("#url")), chromedp.KeyEvent(kb.Enter))
	v.says("The Ledger")
	v.says("Council counts its chairs")
	v.shot("offers")
	v.do("to the name", chromedp.Focus(chromedp.CSS("#name-0")), chromedp.KeyEvent(kb.End))
	v.keys("-news", kb.Tab, "local, coast", kb.Enter)
	v.says("Saved, and in force from now on.")
	v.shot("feed")
	s.until("the feed is read", func() bool {
		return strings.Contains(s.run("feeds", "list", "--json").out.String(), `"name":"the-ledger-news"`)
	})

	v.open("/watches/edit")
	v.do("to the query", chromedp.Focus(chromedp.CSS("#match")))
	v.keys("(chairs OR pilots")
	v.says("bracket is not closed")
	v.shot("mistake")
	v.keys(")")
	v.says("Looks for “chairs” or “pilots”.")
	v.says("Council counts its chairs")
	v.shot("tried")
	v.do("open the words", chromedp.Focus(chromedp.CSS("#trial details.not summary")), chromedp.KeyEvent(kb.Enter), chromedp.Focus(chromedp.CSS(`#trial button.word[value="Council"], #trial button.word`)))
	v.keys(kb.Enter)
	v.holds("a word is excluded", `document.getElementById("match").value.includes(") -")`)
	v.do("the name", chromedp.Focus(chromedp.CSS("#name")))
	v.keys("seats")
	v.do("whom to tell", chromedp.Focus(chromedp.CSS(`input[name=notify][value=hook]`)), chromedp.KeyEvent(" "))
	v.do("save", chromedp.Focus(chromedp.CSS("button[value=save]")), chromedp.KeyEvent(kb.Enter))
	v.says("Saved, and in force from now on.")
	s.feeds.Publish("ledger", "Chairs delivered to the library", "", time.Minute)
	s.until("it is told", func() bool { return len(s.hook.messages()) > 0 })

	text, err := os.ReadFile(s.path("config.yaml"))
	if err != nil || !strings.Contains(string(text), "  # Beside the wire.\n") || !strings.Contains(string(text), "tags: [local, coast]") || !strings.Contains(string(text), "name: seats") {
		t.Errorf("the configuration is\n%s", text)
	}
	v.conflict(s)
	for _, path := range []string{"/", "/watches", "/feeds", "/search?q=chairs", "/search?q=chairs&as=items", "/stories", "/silences"} {
		v.open(path)
		v.shot("page" + strings.NewReplacer("/", "-", "?", "-", "=", "-", "&", "-").Replace(path))
	}
	v.open("/stories")
	v.do("its story", chromedp.Click(chromedp.CSS("a[href^='/stories/']")))
	v.says("What the watches say")
	v.shot("story")
	v.do("silence it", chromedp.Focus(chromedp.CSS("form[action='/silences'] button.quiet")), chromedp.KeyEvent(kb.Enter))
	v.says("Muted; it ends")
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, f := range v.faults {
		if !strings.Contains(f, "409") { // the conflict, which is meant
			t.Error(f)
		}
	}
}

// conflict has a form open while somebody else changes the file: nothing of
// theirs is lost, and the second try goes through.
func (v *visitor) conflict(s *stage) {
	v.t.Helper()
	v.open("/watches/edit?name=seats")
	if p := s.run("watch", "add", "boats", "ferry"); p.status != exitDone {
		v.t.Fatal(p.err.String())
	}
	v.do("change the priority", chromedp.SendKeys(chromedp.CSS("#priority"), "h"), chromedp.Focus(chromedp.CSS("button[value=save]")), chromedp.KeyEvent(kb.Enter))
	v.says("changed meanwhile")
	v.says("As it stands in the configuration now")
	v.shot("conflict")
	v.do("save again", chromedp.Focus(chromedp.CSS("button[value=save]")), chromedp.KeyEvent(kb.Enter))
	v.says("Saved, and in force from now on.")
	text, err := os.ReadFile(s.path("config.yaml"))
	if err != nil || !strings.Contains(string(text), "name: boats") || !strings.Contains(string(text), "priority: high") {
		v.t.Errorf("after two editors the configuration is\n%s", text)
	}
}
