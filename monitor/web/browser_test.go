package web

import (
	"context"
	_ "embed"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/store"
)

// audit is our accessibility check; it returns one line per fault.
//
//go:embed testdata/audit.js
var audit string

// browser starts a headless Chromium, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	path := os.Getenv("NEWSWATCH_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); path == "" && err == nil {
			path = p
		}
	}
	if path == "" {
		t.Skip("not run: no Chromium on PATH")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-background-networking", true), chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(time.Minute))
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
	return ctx
}

// complaints gathers what the browser says of pages and which hosts it asks.
type complaints struct {
	mu    sync.Mutex
	list  []string
	hosts map[string]bool
}

func (c *complaints) listen(ctx context.Context) error {
	return chromedp.Listen(ctx, func(ev any) {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			c.list = append(c.list, "exception: "+ev.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			c.list = append(c.list, "console."+string(ev.Type))
		case *log.EventEntryAdded:
			c.list = append(c.list, string(ev.Entry.Level)+": "+ev.Entry.Text)
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(ev.Request.URL); err == nil && u.Host != "" {
				c.hosts[u.Host] = true
			}
		}
	})
}

// take returns the complaints so far and forgets them.
func (c *complaints) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.list
	c.list = nil
	return out
}

// TestBrowser loads every page in a real browser, wide and narrow, light and
// dark: nothing complains, nothing is asked of another host, and whoever sees
// little or uses no mouse is served too.
func TestBrowser(t *testing.T) {
	ctx := browser(t)
	p, r := newsroom(testNow)
	story := storyWith(t, p, 5)
	labelled(p)
	s := &Server{Server: &api.Server{Reader: p, Labelled: &store.Labelled{Notes: p}, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow), Version: "test", Orders: done},
		Metrics: NewMetrics("test"), Edits: true}
	f := &fakeFile{}
	s.Edit, s.ConfigFile = f.edit, func() (api.ConfigFile, error) { return api.ConfigFile{Path: "config.yaml"}, nil }
	addr := running(t, s.Handler())
	c := &complaints{hosts: map[string]bool{}}
	if err := c.listen(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	at := func(path string) string { return "http://" + addr + path }
	for _, path := range []string{"/", "/feeds", "/watches", "/stories", "/stories/" + story.ID.String(), "/outbox", "/silences", "/labels", "/explain",
		"/watches/edit", "/watches/edit?name=ice-any", "/feeds/add?url=example.org", "/feeds/one?name=union-wire", "/search", "/search?q=ICE", "/search?q=ICE&as=items",
		"/explain?what=" + story.Items[1].ID.String(), "/explain?what=https://valley-dispatch.example.org/x", "/nowhere"} {
		for _, as := range []struct {
			scheme string
			width  int64
		}{{"light", 375}, {"dark", 1280}} {
			faults, err := look(ctx, at(path), as.scheme, as.width)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			for _, f := range append(faults, c.take()...) {
				if path == "/nowhere" && strings.Contains(f, "404") {
					continue
				}
				t.Errorf("%s, %s, %d wide: %s", path, as.scheme, as.width, f)
			}
		}
	}
	t.Run("the audit finds faults", func(t *testing.T) { auditFinds(ctx, t, at("/explain")) })
	t.Run("filter by keyboard", func(t *testing.T) { filterByKeyboard(ctx, t, at("/feeds")) })
	t.Run("explain by keyboard", func(t *testing.T) { explainByKeyboard(ctx, t, at("/")) })
	t.Run("skip link", func(t *testing.T) { skipLink(ctx, t, at("/stories")) })
	for _, f := range c.take() {
		t.Error(f)
	}
	delete(c.hosts, addr)
	if len(c.hosts) > 0 {
		t.Errorf("asked other hosts: %v", c.hosts)
	}
}

// look loads a page as somebody sees it, and audits it.
func look(ctx context.Context, page, scheme string, width int64) ([]string, error) {
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		return nil, err
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(page)); err != nil {
		return nil, err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[[]string](audit))
}

// auditFinds breaks a page in ways the audit must notice: one that cannot fail
// proves nothing.
func auditFinds(ctx context.Context, t *testing.T, page string) {
	const harm = `document.querySelector("main").innerHTML = "<h1>One</h1><h3>Three</h3><input><svg></svg><a href='/'></a>" +
		"<p>soft</p><p id='main'>" + "x".repeat(9000) + "</p><table><tr><td>1</td></tr></table>";
		for (const p of document.querySelectorAll("main p")) { p.style.color = "#bbb"; p.style.backgroundColor = "#fff"; p.style.whiteSpace = "nowrap"; p.style.overflowWrap = "normal" }`
	if err := chromedp.Do(ctx, chromedp.Navigate(page), chromedp.Evaluate[chromedp.Void](harm)); err != nil {
		t.Fatal(err)
	}
	faults, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](audit))
	if err != nil {
		t.Fatal(err)
	}
	found := strings.Join(faults, "\n")
	for _, want := range []string{"skips a level", "without a name: <input", "without a name: <a", "picture without a name", "contrast 1.", "id used twice",
		"table without", "inline style", "scrolls sideways"} {
		if !strings.Contains(found, want) {
			t.Errorf("no %q among:\n%s", want, found)
		}
	}
}

// filterByKeyboard types a part of a name after "/" and reads the list.
func filterByKeyboard(ctx context.Context, t *testing.T, page string) {
	err := chromedp.Do(ctx, chromedp.Navigate(page), chromedp.KeyEvent("/"), chromedp.KeyEvent("county-paper-1"),
		chromedp.Poll[chromedp.Void](`document.querySelectorAll("#list tbody tr").length === 10`))
	if err != nil {
		t.Fatal(err)
	}
	names, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll("#list tbody th .feed")].map((e) => e.textContent)`))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(names, "county-paper-12") || slices.Contains(names, "union-wire") {
		t.Errorf("listed %q", names)
	}
}

// explainByKeyboard asks from the front page, without a mouse.
func explainByKeyboard(ctx context.Context, t *testing.T, page string) {
	err := chromedp.Do(ctx, chromedp.Navigate(page), chromedp.KeyEvent("/"), chromedp.KeyEvent("ICE storm closes the rink"),
		chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#answer")))
	if err != nil {
		t.Fatal(err)
	}
	judged, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("#answer")))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(judged, "rejected") {
		t.Errorf("judged %q, want it to say rejected", judged)
	}
}

// skipLink presses Tab and Enter on a fresh page and wants to be in its main
// part.
func skipLink(ctx context.Context, t *testing.T, page string) {
	err := chromedp.Do(ctx, chromedp.Navigate(page), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter),
		chromedp.Poll[chromedp.Void](`location.hash === "#main"`))
	if err != nil {
		t.Fatal(err)
	}
	where, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.id`))
	if err != nil {
		t.Fatal(err)
	}
	if where != "main" {
		t.Errorf("focus is on %q, want main", where)
	}
}
