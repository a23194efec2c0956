package fetch

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
)

// zlib and raw deflate of nothing in particular: what matters is the header.
const deflated = "x\x9cK\xcaI,.I-.\x01\x00\x0c\x96\x03\x11"

// An odd answer ends in the item, if fault is "", or in a fault.
type oddAnswer struct {
	talk  func(net.Conn)
	fault feeds.Fault
	says  string
}

// oddAnswers are such on the wire.
func oddAnswers() map[string]oddAnswer {
	doc := rss("Ferry late")
	chunk := fmt.Sprintf("%x\r\n%s\r\n0\r\n", len(doc), doc)
	length := func(n int, more string) string { return fmt.Sprintf("%sContent-Length: %d\r\n%s\r\n", ok200, n, more) }
	return map[string]oddAnswer{
		"HTTP/0.9":                 {say(doc), feeds.Network, "malformed"},
		"a line of garbage":        {say(strings.Repeat("x", 100_000) + "\r\n\r\n"), feeds.Network, "no proper HTTP"},
		"a header of garbage":      {say("HTTP/1.1 200 OK\r\n" + strings.Repeat("x", 100_000) + "\r\n\r\n"), feeds.Network, "no proper HTTP"},
		"trailers without end":     {drip(ok200+"Transfer-Encoding: chunked\r\n\r\n"+chunk, "X-T: "+strings.Repeat("z", 1000)+"\r\n", time.Microsecond), feeds.Network, "trailer"},
		"one trailer":              {say(ok200 + "Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n" + chunk + "X-T: 1\r\n\r\n"), "", ""},
		"two lengths":              {say(ok200 + "Content-Length: 5\r\n" + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(doc)) + doc), feeds.Network, "Content-Length"},
		"negative length":          {say(ok200 + "Content-Length: -1\r\n\r\n" + doc), feeds.Network, "Content-Length"},
		"length and chunks":        {say(ok200 + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + "\r\n"), "", ""},
		"more than announced":      {say(length(len(doc), "") + doc + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"), "", ""},
		"chunk of huge length":     {say(ok200 + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n" + doc[:len(doc)-9]), feeds.Network, ""},
		"chunks of one byte":       {say(ok200 + "Transfer-Encoding: chunked\r\n\r\n" + ones(doc) + "0\r\n\r\n"), "", ""},
		"chunk extensions":         {drip(ok200+"Transfer-Encoding: chunked\r\n\r\n", "1;"+strings.Repeat("x", 3000)+"\r\n<\r\n", time.Microsecond), feeds.Network, "chunk"},
		"transfer gzip":            {say(ok200 + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk), feeds.Network, "transfer encoding"},
		"a part":                   {say("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/999\r\n\r\n" + doc), feeds.Status, "206"},
		"empty after a full one":   {say(length(0, "")), feeds.NotAFeed, "empty"},
		"blank after a full one":   {say(length(3, "") + "\n \n"), feeds.NotAFeed, "empty"},
		"no content":               {say("HTTP/1.1 204 No Content\r\n\r\n"), feeds.Status, "204"},
		"switching protocols":      {say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + doc), feeds.Status, "101"},
		"a bomb in gzip":           {say(ok200 + "\r\n" + string(zip(string(zip(strings.Repeat(" ", 64<<20)))))), feeds.TooLarge, "fetch.max_body"},
		"a bomb in deflate":        {say(ok200 + "Content-Encoding: deflate\r\n\r\n" + deflate(strings.Repeat(" ", 64<<20), false)), feeds.TooLarge, "fetch.max_body"},
		"deflate":                  {say(ok200 + "Content-Encoding: deflate\r\n\r\n" + deflated), feeds.Unparseable, "deflate"},
		"raw deflate":              {say(ok200 + "Content-Encoding: deflate\r\n\r\n" + deflated[2:]), feeds.NotAFeed, "blastest"},
		"brotli of nothing":        {say(ok200 + "Content-Encoding: BR\r\n\r\n"), feeds.Unparseable, "br"},
		"gzip of nothing":          {say(ok200 + "Content-Encoding: gzip\r\n\r\n" + string(zip(""))), feeds.NotAFeed, "empty"},
		"a header of gzip":         {say(ok200 + "Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08"), feeds.Unparseable, "damaged"},
		"empty members":            {say(ok200 + "Content-Encoding: gzip\r\n\r\n" + strings.Repeat(string(zip("")), 40_000) + string(zip(doc))), "", ""},
		"cookies":                  {say(ok200 + strings.Repeat("Set-Cookie: a="+strings.Repeat("y", 40)+"\r\n", 1500) + "\r\n" + doc), "", ""},
		"a flood of cookies":       {say(ok200 + strings.Repeat("Set-Cookie: a="+strings.Repeat("y", 40)+"\r\n", 5000) + "\r\n" + doc), feeds.Network, "header"},
		"an ETag of 60 KB":         {say(ok200 + "Etag: \"" + strings.Repeat("x", 60_000) + "\"\r\n\r\n" + doc), "", ""},
		"a Link of 60 KB":          {say(ok200 + "Link: <https://hub.example/" + strings.Repeat("x", 60_000) + ">; rel=hub\r\n\r\n" + doc), "", ""},
		"a date of the future":     {say(ok200 + "Last-Modified: Mon, 01 Jan 2041 00:00:00 GMT\r\n\r\n" + doc), "", ""},
		"a date that is none":      {say(ok200 + "Last-Modified: yesterday\r\nExpires: 0\r\nAge: -5\r\nCache-Control: max-age=x, ,=,\r\n\r\n" + doc), "", ""},
		"header of odd bytes":      {say(ok200 + "X-\xe9: \xff\xfe\r\n\r\n" + doc), feeds.Network, "malformed"},
		"a charset of odd bytes":   {say("HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=\"\xff;;\r\n\r\n" + doc), "", ""},
		"reason without end":       {drip("HTTP/1.1 200 ", strings.Repeat("O", 8<<10), time.Microsecond), feeds.Network, ""},
		"status of four digits":    {say("HTTP/1.1 2000 OK\r\n\r\n" + doc), feeds.Network, "malformed"},
		"redirect without address": {say("HTTP/1.1 301 Moved\r\nLocation:\r\n\r\n"), feeds.Refused, "without an address"},
		"300 choices":              {say("HTTP/1.1 300 Multiple Choices\r\nLocation: /x\r\n\r\n"), feeds.Status, "300"},
	}
}

// Each odd answer ends in the item or in a reason, the state that was is kept,
// and nothing takes long or much.
func TestFetchNastyAnswers(t *testing.T) {
	for name, tt := range oddAnswers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := client(t, feeds.Settings{Allow: local, Timeout: time.Minute, MaxBody: 1 << 20})
			f := feeds.Feed{URL: raw(t, tt.talk) + "?key=secret"}
			was := feeds.State{Of: feeds.Hash([]byte(f.URL)), ETag: `"1"`, Body: 1}
			if tt.fault == "" {
				res := fetch(t, c, f.URL, was)
				if len(res.Document.Items) != 1 || len(res.State.ETag)+len(res.State.Hub)+len(res.State.LastModified) > 100 || res.State.Wait != 0 {
					t.Errorf("%d items, state %+v", len(res.Document.Items), res.State)
				}
				return
			}
			e, res := trouble(t, c, f, was)
			if e.Fault != tt.fault || !strings.Contains(e.Error(), tt.says) || strings.Contains(e.Error(), "secret") || len(e.Error()) > 400 {
				t.Errorf("%q: %v, want %q: ...%s...", e.Fault, e, tt.fault, tt.says)
			}
			if res.State.ETag != `"1"` || res.State.Body != 1 {
				t.Errorf("state became %+v", res.State)
			}
		})
	}
}

// ones writes text in chunks of one byte.
func ones(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteString("1\r\n" + text[i:i+1] + "\r\n")
	}
	return b.String()
}

// Where odd redirects lead, and what of them is kept.
func TestFetchOddRedirects(t *testing.T) {
	var base string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			_, _ = w.Write([]byte(rss("Ferry late")))
			return
		}
		w.Header().Set("Location", strings.ReplaceAll(r.URL.Query().Get("to"), "BASE", base))
		w.WriteHeader(http.StatusMovedPermanently)
	})
	base = strings.TrimPrefix(s.URL, "http://")
	for name, tt := range map[string]struct{ to, moved, says string }{
		"user and fragment":   {"http://ann:pa55@BASE/feed?x=1#top", "http://BASE/feed?x=1", ""},
		"blanks around":       {"  /feed ", "http://BASE/feed", ""},
		"without scheme":      {"//BASE/feed", "http://BASE/feed", ""},
		"dots":                {"/a/../../feed", "http://BASE/feed", ""},
		"bytes beyond ASCII":  {"/caf\xe9/\xc3\xbc", "http://BASE/caf%E9/%C3%BC", ""},
		"backslash":           {`\\evil.example\feed`, "", ""},
		"script":              {"javascript:alert(1)", "", `"javascript"`},
		"host beyond ASCII":   {"http://m\xc3\xbcller.invalid/", "", "no such host"},
		"host of odd bytes":   {"http://\xff\xfe.invalid/", "", ""},
		"a name that is long": {"http://" + strings.Repeat("a", 5000) + ".invalid/", "", ""},
		"port too large":      {"http://127.0.0.1:99999/", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := client(t, feeds.Settings{Allow: local})
			f := feeds.Feed{URL: s.URL + "/?to=" + queryEscape(tt.to)}
			if tt.moved != "" {
				if got := fetch(t, c, f.URL, feeds.State{}).State.Moved; got != strings.ReplaceAll(tt.moved, "BASE", base) {
					t.Errorf("moved to %q, want %q", got, tt.moved)
				}
				return
			}
			res, err := c.Fetch(t.Context(), f, feeds.State{}, nil)
			if err == nil && tt.says == "" && res.Document.Items != nil {
				return // read as a path of the same server: harmless
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) || len(err.Error()) > 500 || strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("Fetch: %v, want %q", err, tt.says)
			}
		})
	}
}

func queryEscape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

// A redirect from https to http is followed, without the feed's secrets.
func TestFetchRedirectToPlain(t *testing.T) {
	plain := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(rss("Ferry late"))) })
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain.URL+"/feed", http.StatusMovedPermanently)
	}))
	defer secure.Close()
	c, _ := client(t, feeds.Settings{Allow: local})
	c.roots = &tls.Config{RootCAs: secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	res, err := c.Fetch(t.Context(), feeds.Feed{URL: strings.Replace(secure.URL, "https://", "https://ann:pa55@", 1), Headers: map[string]feeds.Secret{"X-Api-Key": "k3y"}}, feeds.State{}, nil)
	if err != nil || len(res.Document.Items) != 1 {
		t.Fatalf("%+v, %v", res.Document, err)
	}
	if h := plain.last(t).Header; h.Get("Authorization") != "" || h.Get("X-Api-Key") != "" {
		t.Errorf("in plain text went %v", h)
	}
}

// A document of a hundred thousand entries yields the first twenty thousand,
// says what it left out, and takes little more than its bytes.
func TestFetchHundredThousandEntries(t *testing.T) {
	doc := `<rss version="2.0"><channel><title>T</title>` + strings.Repeat("<item><guid>x</guid><title>y</title></item>", 100_000) + `</channel></rss>`
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, doc) })
	c, _ := client(t, feeds.Settings{Allow: local})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res := fetch(t, c, s.URL, feeds.State{})
	runtime.ReadMemStats(&after)
	if len(res.Document.Items) != feeds.MaxEntries || res.Document.Dropped != 80_000 || !strings.Contains(res.Document.Flaws(), "80000") {
		t.Errorf("%d items, %d dropped, %q", len(res.Document.Items), res.Document.Dropped, res.Document.Flaws())
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 256<<20 {
		t.Errorf("%d MiB allocated for %d", used>>20, len(doc)>>20)
	}
}
