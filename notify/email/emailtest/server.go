// Package emailtest is a mail server for tests and demonstrations: it takes
// mail on a loopback address, keeps it, and fails on demand.
package emailtest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// A Mode is how a server speaks.
type Mode string

// The modes.
const (
	Plain    Mode = "none"     // in the clear
	StartTLS Mode = "starttls" // in the clear, then encrypted
	TLS      Mode = "tls"      // encrypted from the first byte
)

// A Stage is a point of the dialogue at which a Fault strikes.
type Stage string

// The stages. Body is while the message comes in; End is when all of it has
// been read, and the answer is due.
const (
	Greeting Stage = "greeting"
	Login    Stage = "login"
	From     Stage = "from"
	To       Stage = "to"
	Body     Stage = "body"
	End      Stage = "end"
)

// A Fault makes one message fail.
type Fault struct {
	At     Stage
	Code   int    // answered, 0 for no answer
	Text   string // with Code
	To     string // only for this recipient; "" for all
	Hang   bool   // no answer until the sender leaves
	Accept bool   // with End: the message is kept all the same
}

// A Message is one that was accepted.
type Message struct {
	From string
	To   string
	Data []byte // as received, headers and all
	At   time.Time
}

// A Server takes mail.
type Server struct {
	Host string
	Port int

	smtp     *smtp.Server
	listener net.Listener
	roots    *x509.CertPool
	pem      []byte
	username string
	password string
	done     chan struct{}
	quit     chan struct{}
	closing  sync.Once

	mu       sync.Mutex
	faults   []Fault
	messages []Message
	conns    int
	arrived  chan struct{}
}

// New starts a server. With a username it takes mail only after a login.
// Close must be called.
func New(mode Mode, username, password string) (*Server, error) {
	s := &Server{
		Host: "127.0.0.1", username: username, password: password,
		done: make(chan struct{}), quit: make(chan struct{}), arrived: make(chan struct{}),
	}
	cert, err := s.certify()
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.Port = l.Addr().(*net.TCPAddr).Port
	s.listener = greeter{l, s}
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.session))
	s.smtp.Domain = "mail.test"
	s.smtp.AllowInsecureAuth = mode == Plain
	s.smtp.MaxMessageBytes = 10 << 20
	s.smtp.ErrorLog = log.New(io.Discard, "", 0)
	secure := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch mode {
	case StartTLS:
		s.smtp.TLSConfig = secure
	case TLS:
		s.listener = tls.NewListener(s.listener, secure)
	}
	go func() {
		defer close(s.done)
		_ = s.smtp.Serve(s.listener) // ends by Close
	}()
	return s, nil
}

// Close hangs up on everybody. Closing twice does no harm.
func (s *Server) Close() {
	s.closing.Do(func() {
		close(s.quit)
		_ = s.smtp.Close()
		_ = s.listener.Close()
		<-s.done
	})
}

// Roots vouch for the server's certificate.
func (s *Server) Roots() *x509.CertPool { return s.roots }

// Certificate is the same as a PEM file, for a program that reads one.
func (s *Server) Certificate() []byte { return bytes.Clone(s.pem) }

// Script adds faults, each for one message to come. After the last one all
// goes well.
func (s *Server) Script(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Messages returns what was accepted, in order.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// Arrived returns a channel that is closed when the next message is accepted.
func (s *Server) Arrived() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.arrived
}

// Connections counts how often somebody connected.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// strike takes the next fault if it is for this stage and recipient.
func (s *Server) strike(at Stage, to string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.At == at && (f.To == "" || strings.EqualFold(f.To, to)) {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			return f, true
		}
	}
	return Fault{}, false
}

func (s *Server) keep(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
	close(s.arrived)
	s.arrived = make(chan struct{})
}

// A greeter hands a connection on unless it is to fail before a word is said.
type greeter struct {
	net.Listener
	s *Server
}

func (g greeter) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		g.s.mu.Lock()
		g.s.conns++
		g.s.mu.Unlock()
		f, ok := g.s.strike(Greeting, "")
		if !ok {
			return c, nil
		}
		if f.Code != 0 {
			fmt.Fprintf(c, "%d %s\r\n", f.Code, f.Text)
		}
		if !f.Hang {
			_ = c.Close()
			continue
		}
		go func() { // ends with the server
			<-g.s.quit
			_ = c.Close()
		}()
	}
}
