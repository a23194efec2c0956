package email_test

import (
	"net/mail"
	"strings"
	"testing"

	"newswatch/notify/email/emailtest"
	"newswatch/notify/notifytest"
)

// TestContract holds mail to what every channel promises.
func TestContract(t *testing.T) {
	notifytest.RunNotifier(t, func(t *testing.T) notifytest.Peer {
		s := server(t, emailtest.StartTLS, "nw")
		c := config(s, emailtest.StartTLS)
		c.Username, c.Password = "nw", password
		next := func(f emailtest.Fault) func() { return func() { s.Script(f) } }
		return notifytest.Peer{
			Notifier: open(t, c, s), Secrets: []string{password},
			Arrived: func() (ids []string) {
				for _, m := range s.Messages() {
					if read, err := mail.ReadMessage(strings.NewReader(string(m.Data))); err == nil {
						ids = append(ids, read.Header.Get("Message-ID"))
					}
				}
				return ids
			},
			Away:   s.Close,
			Reject: next(emailtest.Fault{At: emailtest.To, Code: 550, Text: "no such user"}),
			Ban:    next(emailtest.Fault{At: emailtest.Login, Code: 535, Text: "bad credentials"}),
			Busy:   next(emailtest.Fault{At: emailtest.From, Code: 451, Text: "try later"}),
			Drop:   next(emailtest.Fault{At: emailtest.End}),
			Lose:   next(emailtest.Fault{At: emailtest.End, Accept: true}),
			Hang:   next(emailtest.Fault{At: emailtest.End, Hang: true}),
		}
	})
}
