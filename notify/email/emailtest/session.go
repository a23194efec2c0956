package emailtest

import (
	"errors"
	"io"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	return &session{s: s, conn: c, known: s.username == ""}, nil
}

// A session is one connection's.
type session struct {
	s        *Server
	conn     *smtp.Conn
	known    bool
	from, to string
}

// fail carries out a fault, if there is one for the stage.
func (x *session) fail(at Stage) error {
	f, ok := x.s.strike(at, x.to)
	if !ok {
		return nil
	}
	return x.carryOut(f)
}

func (x *session) carryOut(f Fault) error {
	if f.Hang {
		<-x.gone()
	}
	if f.Hang || f.Code == 0 {
		_ = x.conn.Conn().Close()
		return errors.New("closed")
	}
	return &smtp.SMTPError{Code: f.Code, EnhancedCode: smtp.NoEnhancedCode, Message: f.Text}
}

// gone is closed when the other end hangs up or the server closes.
func (x *session) gone() <-chan struct{} {
	out := make(chan struct{})
	go func() {
		defer close(out)
		left := make(chan struct{})
		go func() { // ends when the connection does, at the latest by Close
			defer close(left)
			_, _ = x.conn.Conn().Read(make([]byte, 1))
		}()
		select {
		case <-left:
		case <-x.s.quit:
		}
	}()
	return out
}

// AuthMechanisms is what the server offers.
func (x *session) AuthMechanisms() []string {
	if x.s.username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks a login.
func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if err := x.fail(Login); err != nil {
			return err
		}
		if username != x.s.username || password != x.s.password {
			return smtp.ErrAuthFailed
		}
		x.known = true
		return nil
	}), nil
}

// Mail begins a message.
func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if !x.known {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	x.from = from
	return x.fail(From)
}

// Rcpt names a recipient.
func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.to = to
	return x.fail(To)
}

// Data takes the message.
func (x *session) Data(r io.Reader) error {
	if err := x.fail(Body); err != nil {
		return err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	f, ok := x.s.strike(End, x.to)
	if !ok || f.Accept {
		x.s.keep(Message{From: x.from, To: x.to, Data: data, At: time.Now()})
	}
	if ok {
		return x.carryOut(f)
	}
	return nil
}

// Reset forgets a message begun.
func (x *session) Reset() { x.from, x.to = "", "" }

// Logout ends the session.
func (x *session) Logout() error { return nil }
