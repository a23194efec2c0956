package webhook

import (
	"bufio"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
)

// What an answer may mean.
const (
	accepted = iota
	retry
	broken
	final
)

// answers is what each answer means, and the pause it asks for.
func answers() map[string]answer {
	return map[string]answer{
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
}

type answer struct {
	code  int
	after string // the header Retry-After
	want  int
	pause time.Duration
}

func TestAnswers(t *testing.T) {
	for name, tt := range answers() {
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
			_, isDown := notify.IsDown(err)
			switch {
			case err == nil:
				got = accepted
			case isRetry:
				got = retry
			case isDown:
				got = broken
			}
			if got != tt.want || pause != tt.pause || notify.IsUnknown(err) {
				t.Errorf("got %d with pause %v (%v), want %d with %v", got, pause, err, tt.want, tt.pause)
			}
			if err != nil && strings.Contains(err.Error(), "token-abc") {
				t.Errorf("the error tells the token: %v", err)
			}
		})
	}
}

// TestNoAnswer has servers that break off at every point of the exchange. What
// may have been read in full is unknown, everything before it is not.
func TestNoAnswer(t *testing.T) {
	tests := map[string]struct {
		serve   func(net.Conn)
		unknown bool
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
			if got := notify.IsUnknown(err); err == nil || got != tt.unknown {
				t.Errorf("error %v, unknown %v, want %v", err, got, tt.unknown)
			}
			if _, ok := notify.RetryAfter(err); ok == tt.unknown {
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

// A receiver that repeats our request gives nothing away.
func TestAnswerRepeatsSecrets(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		user, password, _ := r.BasicAuth()
		io.WriteString(w, "Cannot POST "+r.URL.String()+" "+r.URL.Path+" "+r.URL.Query().Get("t")+" "+r.Header.Get("X-Key")+" for "+user+" with "+password)
	}))
	t.Cleanup(srv.Close)
	n := open(t, Config{URL: notify.Secret(strings.Replace(srv.URL, "http://", "http://me:hidden-password@", 1) + "/in/hidden-path?t=hidden-query"),
		Headers: map[string]notify.Secret{"X-Key": "hidden-header"}})
	_, err := n.Notify(t.Context(), monitor.Notice{Key: "k", Kind: monitor.AlertKind}, monitor.Receipt{})
	if err == nil || strings.Contains(err.Error(), "hidden") || !strings.Contains(err.Error(), "Cannot POST [redacted]") {
		t.Errorf("Notify = %v", err)
	}
}
