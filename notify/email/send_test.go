package email_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/email"
	"newswatch/notify/email/emailtest"
	"newswatch/notify/notifytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "correct horse battery"

func server(t *testing.T, mode emailtest.Mode, username string) *emailtest.Server {
	t.Helper()
	s, err := emailtest.New(mode, username, password)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func config(s *emailtest.Server, mode emailtest.Mode) email.Config {
	return email.Config{Host: s.Host, Port: s.Port, TLS: email.TLS(mode),
		From: "Newswatch <nw@example.org>", To: []string{"Desk <desk@example.org>"}}
}

func open(t *testing.T, c email.Config, s *emailtest.Server) *email.Notifier {
	t.Helper()
	n, err := email.New(c, email.Options{Roots: s.Roots(), Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNotifyByEveryKindOfConnection(t *testing.T) {
	for _, mode := range []emailtest.Mode{emailtest.Plain, emailtest.StartTLS, emailtest.TLS} {
		for _, username := range []string{"", "nw"} {
			t.Run(fmt.Sprintf("%s, user %q", mode, username), func(t *testing.T) {
				s := server(t, mode, username)
				c := config(s, mode)
				if username != "" {
					c.Username, c.Password = username, password
				}
				r, err := open(t, c, s).Notify(t.Context(), alert(), monitor.Receipt{})
				if err != nil {
					t.Fatal(err)
				}
				ms := s.Messages()
				if len(ms) != 1 || ms[0].From != "nw@example.org" || ms[0].To != "desk@example.org" {
					t.Fatalf("messages = %+v, want one", ms)
				}
				if !bytes.Contains(ms[0].Data, []byte(r.ID)) || r.Channel != "desk@example.org" || r.At.IsZero() {
					t.Errorf("receipt = %+v, want the message's own ID, the address and the time", r)
				}
			})
		}
	}
}

func TestNotifyClassifiesOutcomes(t *testing.T) {
	tests := map[string]struct {
		fault emailtest.Fault
		want  string
	}{
		"hangs up at once":          {emailtest.Fault{At: emailtest.Greeting}, "retry"},
		"busy":                      {emailtest.Fault{At: emailtest.Greeting, Code: 421, Text: "later"}, "retry"},
		"not for us":                {emailtest.Fault{At: emailtest.Greeting, Code: 554, Text: "go away"}, "down"},
		"login refused":             {emailtest.Fault{At: emailtest.Login, Code: 535, Text: "5.7.8 bad credentials"}, "down"},
		"login not now":             {emailtest.Fault{At: emailtest.Login, Code: 454, Text: "temporary"}, "retry"},
		"sender not now":            {emailtest.Fault{At: emailtest.From, Code: 451, Text: "greylisted"}, "retry"},
		"sender refused":            {emailtest.Fault{At: emailtest.From, Code: 553, Text: "not yours"}, "down"},
		"greylisted":                {emailtest.Fault{At: emailtest.To, Code: 451, Text: "come back"}, "retry"},
		"no such user":              {emailtest.Fault{At: emailtest.To, Code: 550, Text: "5.1.1 unknown"}, "refused"},
		"login wanted late":         {emailtest.Fault{At: emailtest.To, Code: 530, Text: "authenticate"}, "down"},
		"hangs up at recipient":     {emailtest.Fault{At: emailtest.To}, "retry"},
		"refused after the end":     {emailtest.Fault{At: emailtest.End, Code: 554, Text: "spam"}, "refused"},
		"not now after the end":     {emailtest.Fault{At: emailtest.End, Code: 452, Text: "disk full"}, "retry"},
		"silence after the end":     {emailtest.Fault{At: emailtest.End, Hang: true}, "unknown"},
		"lost after the end":        {emailtest.Fault{At: emailtest.End}, "unknown"},
		"lost after it was taken":   {emailtest.Fault{At: emailtest.End, Accept: true}, "unknown"},
		"silence at the recipient":  {emailtest.Fault{At: emailtest.To, Hang: true}, "retry"},
		"silence instead of 220":    {emailtest.Fault{At: emailtest.Greeting, Hang: true}, "retry"},
		"fault of somebody else":    {emailtest.Fault{At: emailtest.To, Code: 550, To: "other@example.org"}, "sent"},
		"password repeated by them": {emailtest.Fault{At: emailtest.Login, Code: 535, Text: password}, "down"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := server(t, emailtest.StartTLS, "nw")
			s.Script(tt.fault)
			c := config(s, emailtest.StartTLS)
			c.Username, c.Password = "nw", password
			ctx := t.Context()
			if tt.fault.Hang {
				short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
				defer cancel()
				ctx = short
			}
			_, err := open(t, c, s).Notify(ctx, alert(), monitor.Receipt{})
			if got := notifytest.Class(err); got != tt.want {
				t.Errorf("outcome = %s (%v), want %s", got, err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "\n")) {
				t.Errorf("error %q leaks or breaks its line", err)
			}
		})
	}
}

func TestNotifyInsistsOnTLS(t *testing.T) {
	plain := server(t, emailtest.Plain, "")
	if _, err := open(t, config(plain, emailtest.StartTLS), plain).Notify(t.Context(), alert(), monitor.Receipt{}); notifytest.Class(err) != "down" {
		t.Errorf("no STARTTLS offered: %s (%v), want broken", notifytest.Class(err), err)
	}
	s := server(t, emailtest.StartTLS, "")
	if _, err := open(t, config(s, emailtest.TLS), s).Notify(t.Context(), alert(), monitor.Receipt{}); notifytest.Class(err) != "down" {
		t.Errorf("TLS to a server that speaks first in the clear: %s (%v), want broken", notifytest.Class(err), err)
	}
	n, err := email.New(config(s, emailtest.StartTLS), email.Options{}) // nobody vouches for it
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Notify(t.Context(), alert(), monitor.Receipt{}); notifytest.Class(err) != "down" || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("unknown certificate: %s (%v), want broken", notifytest.Class(err), err)
	}
	if len(s.Messages())+len(plain.Messages()) > 0 {
		t.Error("mail went out in the clear or to a stranger")
	}
}

func TestNotifyWithoutAServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := email.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: email.None, From: "a@b.example", To: []string{"c@d.example"}}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	n, err := email.New(c, email.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Notify(t.Context(), alert(), monitor.Receipt{}); notifytest.Class(err) != "retry" {
		t.Errorf("nobody listens: %s (%v), want retry", notifytest.Class(err), err)
	}
}

func TestASecondAttemptIsTheSameMessage(t *testing.T) {
	for _, nt := range []monitor.Notice{alert(), digest(), reply()} {
		s := server(t, emailtest.Plain, "")
		n := open(t, config(s, emailtest.Plain), s)
		s.Script(emailtest.Fault{At: emailtest.End, Accept: true})
		if _, err := n.Notify(t.Context(), nt, monitor.Receipt{}); !notify.IsUnknown(err) {
			t.Fatalf("outcome %v, want unknown", err)
		}
		again := open(t, config(s, emailtest.Plain), s) // as after a restart
		if _, err := again.Notify(t.Context(), nt, monitor.Receipt{}); err != nil {
			t.Fatal(err)
		}
		ms := s.Messages()
		if len(ms) != 2 || !bytes.Equal(ms[0].Data, ms[1].Data) {
			t.Errorf("%s: %d messages, want two that are equal", nt.Kind, len(ms))
		}
	}
}

func TestValidateNamesEveryMistake(t *testing.T) {
	good := email.Config{Host: "mail.example", From: "a@b.example", To: []string{"c@d.example"}}
	tests := map[string]struct {
		change func(*email.Config)
		want   string
	}{
		"good":               {func(*email.Config) {}, ""},
		"nothing":            {func(c *email.Config) { *c = email.Config{} }, "host from to"},
		"clear password":     {func(c *email.Config) { c.TLS, c.Username, c.Password = email.None, "u", "p" }, "tls"},
		"clear, local":       {func(c *email.Config) { c.Host, c.TLS, c.Username, c.Password = "127.0.0.1", email.None, "u", "p" }, ""},
		"clear, no password": {func(c *email.Config) { c.TLS = email.None }, ""},
		"half a login":       {func(c *email.Config) { c.Username = "u" }, "password"},
		"odd words":          {func(c *email.Config) { c.TLS, c.Port, c.To = "ssl", 70000, []string{"nobody", "x@y.example"} }, "port tls to[0]"},
		"injected":           {func(c *email.Config) { c.From = "a@b.example\r\nBcc: x@y.example" }, "from"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := good
			tt.change(&c)
			var got []string
			for _, err := range c.Validate() {
				key, _, _ := strings.Cut(err.Error(), ":")
				got = append(got, key)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("mistakes in %q, want %q", got, tt.want)
			}
		})
	}
}

// TestRepliesAreBounded has a server that never stops talking, in one line, in
// many, and at each point of the dialogue.
func TestRepliesAreBounded(t *testing.T) {
	line := "220-" + strings.Repeat("x", 60_000) + "\r\n"
	for name, replies := range map[string][]string{
		"greeting of one line":    {strings.Repeat("2", 60_000)},
		"greeting of many lines":  {line},
		"extensions without end":  {"220 mail.test\r\n", strings.Replace(line, "220", "250", 1)},
		"refusal that never ends": {"220 mail.test\r\n", "250 mail.test\r\n", strings.Replace(line, "220", "550", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			sent := make(chan int, 1)
			go func() {
				c, err := l.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				said, read := 0, bufio.NewReader(c)
				for _, r := range replies[:len(replies)-1] {
					io.WriteString(c, r)
					read.ReadString('\n')
				}
				for err == nil && said < 64<<20 {
					_, err = io.WriteString(c, replies[len(replies)-1])
					said += 60_000
				}
				sent <- said
			}()
			n, err := email.New(email.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: email.None,
				From: "nw@example.org", To: []string{"desk@example.org"}}, email.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := n.Notify(t.Context(), alert(), monitor.Receipt{}); notifytest.Class(err) != "retry" || !strings.Contains(err.Error(), "more than") {
				t.Errorf("Notify = %s: %v, want one to retry", notifytest.Class(err), err)
			}
			if said := <-sent; said > 32<<20 {
				t.Errorf("%d bytes were taken", said)
			}
		})
	}
}

func TestRecipientsAreEachOnce(t *testing.T) {
	c := email.Config{To: []string{"Desk <desk@example.org>", "DESK@example.org", "two@example.org", "no address"}}
	c.Host, c.From = "mail.example", "a@b.example"
	parts := c.Split()
	if len(parts) != 2 || parts[0].Recipient != "desk@example.org" || parts[1].Recipient != "two@example.org" {
		t.Errorf("Split = %+v", parts)
	}
	for _, p := range parts {
		if _, err := p.Config.Open(notify.Environment{}); err != nil {
			t.Errorf("%s: %v", p.Recipient, err)
		}
	}
	c.To = []string{"desk@example.org", "two@example.org"}
	if _, err := email.New(c, email.Options{}); err == nil {
		t.Error("New with two recipients = nil, want an error")
	}
}
