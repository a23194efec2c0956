package webhook

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"newswatch/monitor"
	"newswatch/monitor/query"
	"newswatch/notify"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// hostile is what a title may hold at worst.
const hostile = "A \"quoted\" \\ title\r\nwith </b><script>, @everyone <!channel> [a](b) *x* _y_ `z` {{.}} \u202eevil\x1b[31m"

func alert(headline string) monitor.Notice {
	return monitor.Notice{
		Key: "alert-1", Destination: "hook", Kind: monitor.AlertKind, Watch: "azure-at-ice", Story: 12345678901234567890,
		Priority: monitor.High, Created: noon, Seen: noon,
		Content: monitor.Content{Headline: headline, Cards: []monitor.Card{{
			Story: 12345678901234567890, Headline: headline, URL: "https://news.example/a?b=1&c=2", Outlet: headline, Feed: "example",
			Published: noon.Add(-time.Hour), Seen: noon, Watch: "azure-at-ice", Verdict: query.Strong,
			Sentence: "They moved it to Azure " + headline, Hits: []query.Span{{Start: 17, End: 22}}, Why: []string{headline},
			Outlets: 14, Independent: 3, Also: []monitor.Mention{{Outlet: headline, Title: headline, URL: "javascript:alert(1)"}},
		}}},
	}
}

func digest(headline string) monitor.Notice {
	card := alert(headline).Content.Cards[0]
	n := alert(headline)
	n.Kind = monitor.DigestKind
	n.Content = monitor.Content{Headline: headline, Digest: &monitor.Digest{
		Name: "daily", Slot: "2026-11-24T07:00", Zone: "UTC", From: noon.Add(-24 * time.Hour), To: noon, Feeds: 3, FeedsOK: 2, Items: 9,
		Watches:  []monitor.DigestWatch{{Name: headline, Stories: []monitor.Card{card}, More: 2, PerDay: []int{1, 2}}, {Name: "quiet"}},
		Possible: []monitor.Card{card}, Days: []string{"2026-11-23", "2026-11-24"},
		Blind:   []monitor.Blind{{Feed: "f", From: noon, Why: headline}},
		Trouble: []monitor.Trouble{{Destination: "d", Headline: headline, State: monitor.Dead, Reason: "r"}},
	}}
	return n
}

// every is one notice of every kind, and a card too large for any service.
func every(headline string) map[string]monitor.Notice {
	reply, operations, catchup := alert(headline), alert(headline), alert(headline)
	reply.Kind, reply.Parent, reply.Content.Change = monitor.ReplyKind, "alert-0", headline
	operations.Kind = monitor.OperationsKind
	operations.Content = monitor.Content{Headline: headline, Lines: []string{headline, "second"}}
	catchup.Kind, catchup.Content.More = monitor.CatchupKind, 7
	huge := catchup
	huge.Content.Cards = nil
	for range 300 {
		c := alert(strings.Repeat(headline+" ", 40)).Content.Cards[0]
		huge.Content.Cards = append(huge.Content.Cards, c)
	}
	return map[string]monitor.Notice{
		"alert": alert(headline), "reply": reply, "operations": operations, "catchup": catchup, "huge": huge, "digest": digest(headline),
	}
}

func TestSignatureByIndependentLibrary(t *testing.T) {
	raw := []byte("0123456789abcdef01234567")
	coded := base64.StdEncoding.EncodeToString(raw)
	byText := func(s string) *standardwebhooks.Webhook {
		w, err := standardwebhooks.NewWebhookRaw([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	byCode := func(s string) *standardwebhooks.Webhook {
		w, err := standardwebhooks.NewWebhook(s)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	tests := map[string]struct {
		secret notify.Secret
		check  *standardwebhooks.Webhook
	}{
		"with prefix":                   {notify.Secret("whsec_" + coded), byCode("whsec_" + coded)},
		"base64 without prefix":         {notify.Secret(coded), byCode(coded)},
		"base64 that is meant as text":  {notify.Secret(coded), byText(coded)},
		"any text":                      {"correct horse battery staple", byText("correct horse battery staple")},
		"text with white space at ends": {" s3cret\n", byText("s3cret")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var header http.Header
			var body []byte
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				header = r.Header.Clone()
				body, _ = io.ReadAll(r.Body)
			}))
			defer srv.Close()
			n := open(t, Config{URL: notify.Secret(srv.URL), Secret: tt.secret})
			receipt, err := n.Notify(t.Context(), alert(hostile), monitor.Receipt{})
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.check.Verify(body, header); err != nil {
				t.Errorf("the library refuses: %v", err)
			}
			if header.Get("webhook-id") != "alert-1" || receipt.ID != "alert-1" {
				t.Errorf("webhook-id %q, receipt %q, want the key", header.Get("webhook-id"), receipt.ID)
			}
		})
	}
}

func open(t *testing.T, c Config) *Notifier {
	t.Helper()
	n, err := New(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.client.CloseIdleConnections)
	return n
}

func TestAnswers(t *testing.T) {
	const (
		accepted = iota
		retry
		broken
		final
	)
	tests := map[string]struct {
		code  int
		after string
		want  int
		pause time.Duration
	}{
		"200":                      {200, "", accepted, 0},
		"202":                      {202, "", accepted, 0},
		"204":                      {204, "", accepted, 0},
		"301":                      {301, "", broken, 0},
		"307":                      {307, "", broken, 0},
		"400":                      {400, "", final, 0},
		"401":                      {401, "", broken, 0},
		"403":                      {403, "", broken, 0},
		"404":                      {404, "", broken, 0},
		"408":                      {408, "", retry, 0},
		"410":                      {410, "", broken, 0},
		"413":                      {413, "", final, 0},
		"422":                      {422, "", final, 0},
		"425":                      {425, "", retry, 0},
		"429 with seconds":         {429, "37", retry, 37 * time.Second},
		"429 with parts of them":   {429, "1.5", retry, 1500 * time.Millisecond},
		"429 with nothing":         {429, "", retry, 10 * time.Second},
		"429 with nonsense":        {429, "soon", retry, 10 * time.Second},
		"429 with less than none":  {429, "-5", retry, 10 * time.Second},
		"429 with a date gone by":  {429, "Mon, 02 Jan 2006 15:04:05 GMT", retry, 10 * time.Second},
		"429 with a thousand days": {429, "86400000", retry, time.Hour},
		"500":                      {500, "", retry, 0},
		"503 with seconds":         {503, "120", retry, 2 * time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/token-abc" {
					t.Errorf("%s was asked for", r.URL.Path)
				}
				w.Header().Set("Location", "/elsewhere")
				if tt.after != "" {
					w.Header().Set("Retry-After", tt.after)
				}
				w.WriteHeader(tt.code)
			}))
			defer srv.Close()
			n := open(t, Config{URL: notify.Secret(srv.URL + "/token-abc")})
			_, err := n.Notify(t.Context(), alert("h"), monitor.Receipt{})
			got := final
			pause, isRetry := notify.RetryAfter(err)
			_, isBroken := notify.IsBroken(err)
			switch {
			case err == nil:
				got = accepted
			case isRetry:
				got = retry
			case isBroken:
				got = broken
			}
			if got != tt.want || pause != tt.pause || notify.IsUnclear(err) {
				t.Errorf("got %d with pause %v (%v), want %d with %v", got, pause, err, tt.want, tt.pause)
			}
			if err != nil && strings.Contains(err.Error(), "token-abc") {
				t.Errorf("the error tells the token: %v", err)
			}
		})
	}
}

// TestNoAnswer has servers that break off at every point of the exchange. What
// may have been read in full is unclear, everything before it is not.
func TestNoAnswer(t *testing.T) {
	tests := map[string]struct {
		serve   func(net.Conn)
		unclear bool
	}{
		"closes after the request":        {func(c net.Conn) { readRequest(c) }, true},
		"never answers":                   {func(c net.Conn) { readRequest(c); io.Copy(io.Discard, c) }, true},
		"breaks off within the answer":    {func(c net.Conn) { readRequest(c); io.WriteString(c, "HTTP/1.1 200 O") }, true},
		"answers with something else":     {func(c net.Conn) { readRequest(c); io.WriteString(c, "220 mail.example ESMTP\r\n") }, true},
		"refuses the connection":          {nil, false},
		"breaks off before it is written": {func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				if tt.serve == nil {
					return
				}
				c, err := l.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				tt.serve(c)
			}()
			if tt.serve == nil {
				l.Close()
			}
			m := alert("h")
			if name == "breaks off before it is written" {
				m.Content.Lines = []string{strings.Repeat("long ", 4<<20)} // more than any buffer on the way
			}
			n := open(t, Config{URL: notify.Secret("http://" + l.Addr().String() + "/token-abc")})
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			_, err = n.Notify(ctx, m, monitor.Receipt{})
			if got := notify.IsUnclear(err); err == nil || got != tt.unclear {
				t.Errorf("error %v, unclear %v, want %v", err, got, tt.unclear)
			}
			if _, ok := notify.RetryAfter(err); ok == tt.unclear {
				t.Errorf("error %v is not marked", err)
			}
			if strings.Contains(err.Error(), "token-abc") {
				t.Errorf("the error tells the token: %v", err)
			}
			l.Close()
			n.client.CloseIdleConnections()
			<-done
		})
	}
}

func readRequest(c net.Conn) {
	req, err := http.ReadRequest(bufio.NewReader(c))
	if err == nil {
		io.Copy(io.Discard, req.Body)
	}
}

func TestUntrustedCertificateIsNoSend(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	n := open(t, Config{URL: notify.Secret(srv.URL)})
	_, err := n.Notify(t.Context(), alert("h"), monitor.Receipt{})
	if _, ok := notify.RetryAfter(err); !ok {
		t.Errorf("error %v, want one to retry", err)
	}
}

// TestSameBodyAgain: a notice sent twice is the same to the byte.
func TestSameBodyAgain(t *testing.T) {
	var bodies []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.Header.Get("webhook-id")+string(b))
	}))
	defer srv.Close()
	n := open(t, Config{URL: notify.Secret(srv.URL), Headers: map[string]notify.Secret{"Authorization": "Bearer x"}})
	for i := range 2 {
		m := digest(hostile)
		m.Delivery = monitor.Delivery{Attempts: i, Started: noon.Add(time.Duration(i) * time.Hour)}
		if _, err := n.Notify(t.Context(), m, monitor.Receipt{}); err != nil {
			t.Fatal(err)
		}
	}
	if bodies[0] != bodies[1] {
		t.Error("the second body differs from the first")
	}
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		c    Config
		want string // a part of the mistake, "" for none
	}{
		"good":                       {Config{URL: "https://hook.example/x", Secret: "s"}, ""},
		"no address":                 {Config{}, "url: missing"},
		"no scheme":                  {Config{URL: "hook.example/x"}, "url: not an http"},
		"ftp":                        {Config{URL: "ftp://hook.example/x"}, "url: not an http"},
		"secret is not base64":       {Config{URL: "http://h/", Secret: "whsec_%%%"}, "secret: what follows"},
		"unknown format":             {Config{URL: "http://h/", Format: "slak"}, "discord, ntfy, standard, teams, telegram"},
		"template with format":       {Config{URL: "http://h/", Format: Discord, Template: "{}"}, "template: given beside"},
		"template that quotes badly": {Config{URL: "http://h/", Template: `{"text": "{{.Title}}"}`}, "write texts as {{json .Title}}"},
		"template with a wrong name": {Config{URL: "http://h/", Template: `{{.Titel}}`}, "Titel"},
		"template that is broken":    {Config{URL: "http://h/", Template: `{{`}, "template:"},
		"template of plain text":     {Config{URL: "http://h/", Template: `{{.Title}} {{.URL}}`, ContentType: "text/plain"}, ""},
		"template of JSON":           {Config{URL: "http://h/", Template: `{"t": {{json (fit .Title 9)}}, "c": [{{range $i, $c := .Cards}}{{if $i}},{{end}}{{json $c.Headline}}{{end}}]}`}, ""},
		"content type alone":         {Config{URL: "http://h/", ContentType: "text/plain"}, "content_type"},
		"header that is ours":        {Config{URL: "http://h/", Headers: map[string]notify.Secret{"webhook-ID": "x"}}, "headers"},
		"header that is none":        {Config{URL: "http://h/", Headers: map[string]notify.Secret{"a b": "x"}}, "headers"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := errors.Join(tt.c.Validate()...)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("Validate = %v, want %q", err, tt.want)
			}
			if _, newErr := New(tt.c, nil); (newErr == nil) != (err == nil) {
				t.Errorf("New = %v, Validate = %v", newErr, err)
			}
		})
	}
}
