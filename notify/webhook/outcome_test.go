package webhook

import (
	"bufio"
	"context"
	"fmt"
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
	"newswatch/notify/notifytest"
)

// What an answer may mean.
const (
	accepted = iota
	retry
	broken
	final
)

// answers is what each answer means, and the pause it asks for.
func answers() map[string]answerCase {
	return map[string]answerCase{
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

type answerCase struct {
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

// TestDocumentedErrors holds whom the errors of each service concern: the
// message, the destination, or nobody, since they pass. Sources: Discord's
// "Opcodes and Status Codes", ntfy's "Publishing, limitations", and the texts
// of the Telegram Bot API server, which documents no codes.
func TestDocumentedErrors(t *testing.T) {
	telegram := func(code int, text string) string {
		return fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, code, text)
	}
	for format, tests := range map[Format][]struct {
		status     int
		body, want string
	}{
		Telegram: {
			{400, telegram(400, "Bad Request: chat not found"), "down"},
			{400, telegram(400, "Bad Request: PEER_ID_INVALID"), "down"},
			{400, telegram(400, "Bad Request: group chat was deactivated"), "down"},
			{400, telegram(400, "Bad Request: group chat was upgraded to a supergroup chat"), "down"},
			{400, telegram(400, "Bad Request: not enough rights to send text messages to the chat"), "down"},
			{400, telegram(400, "Bad Request: have no rights to send a message"), "down"},
			{400, telegram(400, "Bad Request: need administrator rights in the channel chat"), "down"},
			{400, telegram(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), "down"},
			{400, telegram(400, "Bad Request: CHAT_RESTRICTED"), "down"},
			{400, telegram(400, "Bad Request: TOPIC_CLOSED"), "down"},
			{400, telegram(400, "Bad Request: message thread not found"), "down"},
			{400, telegram(400, "Bad Request: message is too long"), "refused"},
			{400, telegram(400, "Bad Request: message text is empty"), "refused"},
			{400, telegram(400, "Bad Request: can't parse entities: Unsupported start tag"), "refused"},
			{401, telegram(401, "Unauthorized"), "down"},
			{403, telegram(403, "Forbidden: bot was kicked from the supergroup chat"), "down"},
			{403, telegram(403, "Forbidden: bot is not a member of the channel chat"), "down"},
			{404, telegram(404, "Not Found"), "down"},
			{429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 37","parameters":{"retry_after":37}}`, "retry 37s"},
			{502, telegram(502, "Bad Gateway"), "retry"},
		},
		Discord: {
			{400, `{"message":"Cannot send an empty message","code":50006}`, "refused"},
			{400, `{"message":"Invalid Form Body","code":50035,"errors":{}}`, "refused"},
			{400, `{"message":"Message was blocked by automatic moderation","code":200000}`, "refused"},
			{400, `{"message":"Webhooks posted to forum channels must have a thread_name or thread_id","code":220001}`, "down"},
			{400, `{"message":"Cannot perform this action on an archived thread","code":50083}`, "down"},
			{400, `{"message":"Thread is locked","code":160005}`, "down"},
			{401, `{"message":"Invalid Webhook Token","code":50027}`, "down"},
			{403, `{"message":"Missing Permissions","code":50013}`, "down"},
			{404, `{"message":"Unknown Webhook","code":10015}`, "down"},
			{413, `{"message":"Request entity too large","code":40005}`, "refused"},
			{429, `{"message":"You are being rate limited.","retry_after":1.5,"global":false}`, "retry 1.5s"},
			{500, `{"message":"Internal server error","code":0}`, "retry"},
		},
		Ntfy: {
			{400, `{"code":40024,"http":400,"error":"invalid request: request body must be message JSON"}`, "refused"},
			{401, `{"code":40101,"http":401,"error":"unauthorized"}`, "down"},
			{403, `{"code":40301,"http":403,"error":"forbidden"}`, "down"},
			{404, `{"code":40401,"http":404,"error":"page not found"}`, "down"},
			{413, `{"code":41301,"http":413,"error":"attachment too large, or bandwidth limit reached"}`, "refused"},
			{429, `{"code":42901,"http":429,"error":"limit reached: too many requests"}`, "retry 10s"},
			{507, `{"code":50701,"http":507,"error":"cannot publish to UnifiedPush topic"}`, "retry"},
		},
		Standard: {{400, telegram(400, "Bad Request: chat not found"), "refused"}},
	} {
		for _, tt := range tests {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			}))
			n := open(t, Config{URL: notify.Secret(srv.URL), Format: format})
			_, err := n.Notify(t.Context(), alert("h"), monitor.Receipt{})
			if got := notifytest.Class(err); got != tt.want {
				t.Errorf("%s, %s: %s (%v), want %s", format, tt.body, got, err, tt.want)
			}
			srv.Close()
		}
	}
}

// A Telegram group that became a supergroup has another ID from then on: the
// notice goes there at once, and so does every later one.
func TestChatThatMoved(t *testing.T) {
	var chats []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		chat := r.URL.Query().Get("chat_id")
		if chats = append(chats, chat); !strings.Contains(string(body), `"chat_id":"`+chat+`"`) {
			t.Errorf("address and body name two chats: %s, %s", chat, body)
		}
		if chat != "-1001557912345" {
			w.WriteHeader(400)
			io.WriteString(w, `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001557912345}}`)
		}
	}))
	t.Cleanup(srv.Close)
	n := open(t, Config{URL: notify.Secret(srv.URL + "/bot1:x/sendMessage?chat_id=-4711"), Format: Telegram})
	for range 2 {
		if _, err := n.Notify(t.Context(), alert("h"), monitor.Receipt{}); err != nil {
			t.Error(err)
		}
	}
	if want := "[-4711 -1001557912345 -1001557912345]"; fmt.Sprint(chats) != want {
		t.Errorf("chats asked = %v, want %s", chats, want)
	}
}
