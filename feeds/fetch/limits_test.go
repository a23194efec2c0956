package fetch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"newswatch/feeds"
)

// raw starts a server that reads a request's header and leaves the rest of
// the connection to talk.
func raw(t testing.TB, talk func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					talk(conn)
				}
			})
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return "http://" + l.Addr().String() + "/feed"
}

// drip writes head, then text again and again with a pause in between, until
// the other side goes away.
func drip(head, text string, pause time.Duration) func(net.Conn) {
	return func(conn net.Conn) {
		_, err := io.WriteString(conn, head)
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for err == nil {
			<-tick.C
			_, err = io.WriteString(conn, text)
		}
	}
}

// say writes text and closes.
func say(text string) func(net.Conn) {
	return func(conn net.Conn) { _, _ = io.WriteString(conn, text) }
}

const ok200 = "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"

// Whatever a server does, an exchange ends, with a reason.
func TestFetchEnds(t *testing.T) {
	doc := rss("Ferry late")
	packed := string(zip(doc))
	tests := map[string]struct {
		talk  func(net.Conn)
		fault feeds.Fault
		says  string
	}{
		"no answer":            {func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }, feeds.Network, "fetch.timeout"},
		"header drips":         {drip("HTTP/1.1 200 OK\r\nX-A: ", "a", 5*time.Millisecond), feeds.Network, "fetch.timeout"},
		"header without end":   {drip("HTTP/1.1 200 OK\r\n", "X-A: "+strings.Repeat("a", 8<<10)+"\r\n", time.Microsecond), feeds.Network, "header"},
		"header of a megabyte": {say("HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("a", 1<<20) + "\r\n\r\n"), feeds.Network, "header"},
		"1xx without end":      {drip("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", time.Microsecond), feeds.Network, "header"},
		"1xx dripping":         {drip("", "HTTP/1.1 103 Early Hints\r\n\r\n", 50*time.Millisecond), feeds.Network, ""},
		"body drips":           {drip(ok200+"\r\n<rss>", "<", 5*time.Millisecond), feeds.Network, "fetch.timeout"},
		"body without end":     {drip(ok200+"\r\n<rss>", strings.Repeat("x", 64<<10), time.Microsecond), feeds.TooLarge, "fetch.max_body"},
		"announced too large":  {say(ok200 + "Content-Length: 99999999999\r\n\r\n"), feeds.TooLarge, "fetch.max_body"},
		"cut off":              {say(ok200 + "Content-Length: 5000\r\n\r\n" + doc[:len(doc)-9]), feeds.Network, "cut off"},
		"cut off chunk":        {say(ok200 + "Transfer-Encoding: chunked\r\n\r\nffff\r\n" + doc[:len(doc)-9]), feeds.Network, "cut off"},
		"closed at once":       {say(""), feeds.Network, "without an answer"},
		"no HTTP":              {say("220 mail.example ESMTP\r\n"), feeds.Network, "malformed"},
		"brotli":               {say(ok200 + "Content-Encoding: br\r\n\r\nxxxx"), feeds.Unparseable, "only gzip was offered"},
		"zstd":                 {say(ok200 + "Content-Encoding: zstd\r\n\r\nxxxx"), feeds.Unparseable, "only gzip was offered"},
		"gzip thrice":          {say(ok200 + "Content-Encoding: gzip\r\n\r\n" + string(zip(string(zip(packed))))), feeds.Unparseable, "more than 2 times"},
		"half a gzip":          {say(ok200 + "Content-Encoding: gzip\r\n\r\n" + packed[:len(packed)/2]), feeds.Unparseable, "damaged gzip"},
		"wrong checksum":       {say(ok200 + "Content-Encoding: gzip\r\n\r\n" + packed[:len(packed)-8] + "12345678"), feeds.Unparseable, "damaged gzip"},
		"empty":                {say(ok200 + "Content-Length: 0\r\n\r\n"), feeds.NotAFeed, "empty"},
		"redirect drips":       {drip("HTTP/1.1 302 Found\r\nLocation: file:///x\r\n\r\n", "x", 5*time.Millisecond), feeds.Refused, ""},
		"error page drips":     {drip("HTTP/1.1 500 Oops\r\n\r\n", "x", 5*time.Millisecond), feeds.Status, "500"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			timeout := time.Minute // what ends by itself has the time to, however busy the machine
			if strings.Contains(name, "drip") || name == "no answer" {
				timeout = 200 * time.Millisecond
			}
			c, _ := client(t, feeds.Settings{Allow: local, Timeout: timeout, MaxBody: 1 << 20})
			f := feeds.Feed{URL: raw(t, tt.talk) + "?key=secret"}
			e, res := trouble(t, c, f, feeds.State{Of: feeds.Hash([]byte(f.URL)), ETag: `"1"`, Body: 1})
			if e.Fault != tt.fault || !strings.Contains(e.Error(), tt.says) || strings.Contains(e.Error(), "secret") {
				t.Errorf("%q: %v, want %q: ...%s...", e.Fault, e, tt.fault, tt.says)
			}
			if res.State.ETag != `"1"` || res.State.Body != 1 {
				t.Errorf("state became %+v", res.State)
			}
			c.Close()
		})
	}
}

// What servers get wrong without harm is taken as it is meant.
func TestFetchTolerates(t *testing.T) {
	doc := rss("Ferry late")
	packed := string(zip(doc))
	tests := map[string]string{
		"gzip within gzip":      ok200 + "Content-Encoding: gzip\r\n\r\n" + string(zip(packed)),
		"gzip named twice":      ok200 + "Content-Encoding: gzip, gzip\r\n\r\n" + packed,
		"gzip and identity":     ok200 + "Content-Encoding: gzip, identity\r\n\r\n" + packed,
		"identity, gzip":        ok200 + "Content-Encoding: identity\r\n\r\n" + packed,
		"text after gzip":       ok200 + "Content-Encoding: gzip\r\n\r\n" + packed + "<!-- cached by our cache -->",
		"a word after gzip":     ok200 + "Content-Encoding: gzip\r\n\r\n" + packed + "ok",
		"no gzip trailer":       ok200 + "Content-Encoding: gzip\r\n\r\n" + packed[:len(packed)-8],
		"zlib":                  ok200 + "Content-Encoding: deflate\r\n\r\n" + deflate(doc, true),
		"zlib not announced":    ok200 + "\r\n" + deflate(doc, true),
		"raw deflate":           ok200 + "Content-Encoding: deflate\r\n\r\n" + deflate(doc, false),
		"deflate, plain":        ok200 + "Content-Encoding: deflate\r\n\r\n" + doc,
		"brotli, plain":         ok200 + "Content-Encoding: br\r\n\r\n" + doc,
		"length too long":       ok200 + "Content-Length: 5000\r\n\r\n" + doc + "<!-- end -->\n",
		"no last chunk":         ok200 + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(doc), doc),
		"gzip not announced":    ok200 + "\r\n" + string(zip(doc)),
		"gzip announced, plain": ok200 + "Content-Encoding: gzip\r\n\r\n" + doc,
		"x-gzip":                ok200 + "Content-Encoding: x-gzip\r\n\r\n" + string(zip(doc)),
		"identity":              ok200 + "Content-Encoding: identity\r\n\r\n" + doc,
		"charset as encoding":   ok200 + "Content-Encoding: UTF-8\r\n\r\n" + doc,
		"gzip in two members":   ok200 + "Content-Encoding: gzip\r\n\r\n" + string(zip(doc[:50])) + string(zip(doc[50:])),
		"203":                   "HTTP/1.1 203 Changed\r\n\r\n" + doc,
		"early hints first":     "HTTP/1.1 103 Early Hints\r\n\r\n" + ok200 + "\r\n" + doc,
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			c, _ := client(t, feeds.Settings{Allow: local})
			if res := fetch(t, c, raw(t, say(answer)), feeds.State{}); len(res.Document.Items) != 1 {
				t.Errorf("document %+v, want one item", res.Document)
			}
		})
	}
}

// A bomb stops at the limit, and what it needed until then is not much more
// than the limit.
func TestFetchDefusesBombs(t *testing.T) {
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	for range 128 {
		_, _ = w.Write(make([]byte, 1<<20))
	}
	_ = w.Close()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	})
	c, _ := client(t, feeds.Settings{Allow: local, MaxBody: 4 << 20})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	e, _ := trouble(t, c, feeds.Feed{URL: s.URL}, feeds.State{})
	runtime.ReadMemStats(&after)
	if e.Fault != feeds.TooLarge {
		t.Errorf("%q: %v, want %q", e.Fault, e, feeds.TooLarge)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("%d MiB allocated for a limit of 4", used>>20)
	}
}

// Many large bodies at once wait for room, and all get it.
func TestFetchManyLargeBodies(t *testing.T) {
	doc := rss(strings.Repeat("a", 3<<20))
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(doc)) })
	c, _ := client(t, feeds.Settings{Allow: local})
	var wg sync.WaitGroup
	for range 3 * maxLargeBodies {
		wg.Go(func() {
			f := feeds.Feed{URL: s.URL}
			st := feeds.State{Of: feeds.Hash([]byte(f.URL)), Raw: feeds.Hash([]byte(doc))}
			if res, err := c.Fetch(context.Background(), f, st, nil); err != nil || !res.Unchanged {
				t.Errorf("Fetch: %v", err)
			}
		})
	}
	wg.Wait()
}

// Who finds no room because others are slow is not called slow.
func TestFetchCrowdedOut(t *testing.T) {
	doc := rss(strings.Repeat("a", 3<<20))
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(doc)) })
	c, _ := client(t, feeds.Settings{Allow: local, Timeout: 300 * time.Millisecond})
	for range maxLargeBodies {
		c.limiter.largeBodies <- struct{}{}
	}
	e, _ := trouble(t, c, feeds.Feed{URL: s.URL}, feeds.State{})
	if e.Fault != feeds.Network || !strings.Contains(e.Error(), "other servers") {
		t.Errorf("%q: %v, want the blame on others", e.Fault, e)
	}
}

// A witness that knows one feed to be dangerous.
type warned struct {
	feed string
	read []string
}

func (w *warned) Quarantined(f feeds.Feed) error {
	if f.Name == w.feed {
		return errors.New("it ended this program twice")
	}
	return nil
}

func (w *warned) Reading(f feeds.Feed) func(bool) {
	w.read = append(w.read, f.Name)
	return func(whole bool) { w.read = append(w.read, fmt.Sprint("done ", whole)) }
}

// A document that was pushed is read as one that was fetched: in its turn,
// before a witness, and within max_body.
func TestReadKeepsToBounds(t *testing.T) {
	c, _ := client(t, feeds.Settings{MaxBody: 4 << 10})
	w := &warned{feed: "evil"}
	c.CrashGuard = w
	d, err := c.Read(t.Context(), feeds.Feed{Name: "good", URL: "https://harbour.example/feed"}, []byte(rss("Ferry late")), "text/xml")
	if err != nil || len(d.Items) != 1 || strings.Join(w.read, ", ") != "good, done true" {
		t.Errorf("%d items, %v, witnessed %q", len(d.Items), err, w.read)
	}
	for name, tt := range map[string]struct {
		feed, body string
		want       feeds.Fault
	}{
		"dangerous": {"evil", rss("x"), feeds.Quarantined},
		"too large": {"good", rss(strings.Repeat("x", 5<<10)), feeds.TooLarge},
		"no feed":   {"good", "<p>gone</p>", feeds.NotAFeed},
	} {
		_, err := c.Read(t.Context(), feeds.Feed{Name: tt.feed}, []byte(tt.body), "")
		if e, ok := errors.AsType[*feeds.FetchError](err); !ok || e.Fault != tt.want {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	for range cap(c.limiter.work) {
		c.limiter.work <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Read(ctx, feeds.Feed{Name: "good"}, []byte(rss("x")), ""); !errors.Is(err, context.Canceled) {
		t.Errorf("out of turn: %v", err)
	}
}

// While a large document is being read, small ones pass it, and one that only
// looks small waits behind it.
func TestFetchSmallPassesLarge(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		text := "Ferry late"
		if r.URL.Path == "/large" {
			text = strings.Repeat("a", 3<<20)
		}
		_, _ = w.Write(zip(rss(text)))
	})
	c, _ := client(t, feeds.Settings{Allow: local, PerHost: 2})
	end, err := c.limiter.begin(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	fetch(t, c, s.URL+"/small", feeds.State{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Fetch(ctx, feeds.Feed{URL: s.URL + "/large"}, feeds.State{}, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Fetch: %v, want a wait for the large one before it", err)
	}
	end()
	fetch(t, c, s.URL+"/large", feeds.State{})
}

// The page beside an error status is looked at, not unpacked to its end.
func TestFetchDefusesErrorPages(t *testing.T) {
	bomb := zip(strings.Repeat("a", 14<<20))
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write(bomb)
	})
	c, _ := client(t, feeds.Settings{Allow: local})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	e, _ := trouble(t, c, feeds.Feed{URL: s.URL}, feeds.State{})
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; e.Fault != feeds.Status || used > 4<<20 {
		t.Errorf("%q: %d MiB allocated for the page of an error", e.Fault, used>>20)
	}
}
