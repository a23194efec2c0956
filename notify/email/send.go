package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/render"
)

const (
	// dialogueTimeout bounds everything up to the final dot.
	dialogueTimeout = time.Minute
	// answerTimeout bounds the wait for the answer to it, as in RFC 5321 section
	// 4.5.3.2.6. Servers check for spam in that time, and one that is given
	// up early has often taken the message.
	answerTimeout = 10 * time.Minute
)

// Capabilities reports how long the whole of a dialogue may take.
func (n *Notifier) Capabilities() notify.Capabilities {
	return notify.Capabilities{Timeout: dialogueTimeout + answerTimeout}
}

// Notify makes one attempt. An alert that the notice belongs to shows as its
// thread.
func (n *Notifier) Notify(ctx context.Context, nt monitor.Notice, parent monitor.Receipt) (monitor.Receipt, error) {
	m, err := n.compose(nt, parent)
	if err != nil {
		return monitor.Receipt{}, fmt.Errorf("compose: %w", err)
	}
	d, err := n.dial(ctx)
	if err != nil {
		return monitor.Receipt{}, n.redact(ctx, err)
	}
	defer d.close()
	said, err := d.deliver(n.from.Address, n.to.Address, m.bytes)
	if err != nil {
		return monitor.Receipt{}, n.redact(ctx, err)
	}
	return monitor.Receipt{
		ID: m.id, Channel: n.to.Address, Subject: m.subject, At: time.Now(),
		Detail: render.Truncate(render.Sanitize(said), 200),
	}, nil
}

// redact keeps the password out of an error, should a server repeat it, and
// says so if the attempt was cut short from our side.
func (n *Notifier) redact(ctx context.Context, err error) error {
	f := err
	text := render.Sanitize(err.Error())
	if p := n.config.Password.Reveal(); p != "" {
		text = strings.ReplaceAll(text, p, "[redacted]")
	}
	if ctx.Err() != nil {
		text += ": " + context.Cause(ctx).Error()
	}
	plain := errors.New(render.Truncate(text, 300))
	if after, ok := notify.RetryAfter(f); ok {
		return notify.Retry(plain, after)
	}
	if after, ok := notify.IsDown(f); ok {
		return notify.Down(plain, after)
	}
	if notify.IsUnknown(f) {
		return notify.Unknown(plain)
	}
	return plain
}

// A dialogue is one SMTP session.
type dialogue struct {
	*smtp.Client
	conn net.Conn
	stop func() bool
}

// close ends the session however far it came. What QUIT would be answered is
// nobody's concern.
func (d *dialogue) close() {
	d.stop()
	_ = d.conn.SetDeadline(time.Now().Add(time.Second))
	_ = d.Client.Quit()
	_ = d.conn.Close()
}

// dial connects, encrypts and logs in.
func (n *Notifier) dial(ctx context.Context) (*dialogue, error) {
	dialing, cancel := context.WithTimeout(ctx, dialogueTimeout)
	defer cancel()
	var nd net.Dialer
	addr := net.JoinHostPort(n.config.Host, strconv.Itoa(n.config.Port))
	conn, err := nd.DialContext(dialing, "tcp", addr)
	if err != nil {
		return nil, notify.Retry(fmt.Errorf("the mail server was not reached: %w", err), 0)
	}
	secure := &tls.Config{ServerName: n.config.Host, RootCAs: n.options.Roots, MinVersion: tls.VersionTLS12}
	conn = &boundedConn{conn, maxReplies}
	d := &dialogue{conn: conn}
	// The library knows no contexts: when ctx ends, so does the connection.
	d.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(dialogueTimeout))
	if d.Client, err = n.greet(conn, secure); err == nil {
		err = n.login(d.Client)
	}
	if err != nil {
		d.stop()
		_ = conn.Close()
		return nil, err
	}
	return d, nil
}

// maxReplies bounds the bytes of one dialogue that come from the server,
// certificates included. A dialogue has a few kilobytes.
const maxReplies = 256 << 10

// A boundedConn is a connection that ends when more bytes came than it has left.
type boundedConn struct {
	net.Conn
	left int
}

func (c *boundedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p[:min(len(p), c.left+1)])
	if c.left -= n; c.left < 0 {
		return 0, fmt.Errorf("the mail server says more than %d bytes", maxReplies)
	}
	return n, err
}

// greet gets from a bare connection to an encrypted session.
func (n *Notifier) greet(conn net.Conn, secure *tls.Config) (*smtp.Client, error) {
	if n.config.TLS == Implicit {
		t := tls.Client(conn, secure)
		if err := t.Handshake(); err != nil {
			return nil, handshakeFailure(err)
		}
		conn = t
	}
	c, err := smtp.NewClient(conn, n.config.Host)
	if err != nil {
		return nil, beforeRecipient("greeting", err)
	}
	if err := c.Hello(localName()); err != nil {
		return nil, beforeRecipient("EHLO", err)
	}
	if n.config.TLS != StartTLS {
		return c, nil
	}
	if ok, _ := c.Extension("STARTTLS"); !ok {
		return nil, notify.Down(errors.New("the mail server does not offer STARTTLS; if it speaks TLS from the start set tls: tls"), 0)
	}
	if err := c.StartTLS(secure); err != nil {
		return nil, handshakeFailure(err)
	}
	return c, nil
}

// localName is the name we give ourselves, which some servers want to be one.
func localName() string {
	name, err := os.Hostname()
	ok := err == nil && name != "" && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-.") == ""
	if !ok {
		return "localhost"
	}
	return name
}

// handshakeFailure sorts what became of a TLS handshake. A certificate that does not
// hold is for the operator to mend; a broken line mends itself.
func handshakeFailure(err error) error {
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, babble := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case untrusted:
		return notify.Down(fmt.Errorf("the mail server's certificate does not hold: %w", err), 0)
	case babble:
		return notify.Down(fmt.Errorf("the mail server does not speak TLS on this port; perhaps starttls is meant: %w", err), 0)
	}
	return beforeRecipient("TLS", err)
}

// beforeRecipient sorts a failure before any recipient was named: it concerns every
// message alike.
func beforeRecipient(step string, err error) error {
	code, err := replied(step, err)
	if code >= 500 {
		return notify.Down(err, 0)
	}
	return notify.Retry(err, 0)
}

// replied returns the code of the server's reply behind err, 0 if there was
// none, and err with the step it happened at.
func replied(step string, err error) (int, error) {
	code := 0
	if te, ok := errors.AsType[*textproto.Error](err); ok {
		code = te.Code
	}
	return code, fmt.Errorf("%s: %w", step, err)
}

// login proves who we are by the best way that both sides know.
func (n *Notifier) login(c *smtp.Client) error {
	if n.config.Username == "" {
		return nil
	}
	_, offered := c.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	user, pass, clear := n.config.Username, n.config.Password.Reveal(), n.config.TLS == None
	var auth smtp.Auth
	switch {
	case slices.Contains(ways, "SCRAM-SHA-256"):
		auth = smtp.ScramSHA256Auth(user, pass)
	case slices.Contains(ways, "PLAIN"):
		auth = smtp.PlainAuth("", user, pass, n.config.Host, clear) // clear only on this machine: see Validate
	case slices.Contains(ways, "LOGIN"):
		auth = smtp.LoginAuth(user, pass, n.config.Host, clear)
	case slices.Contains(ways, "CRAM-MD5"):
		auth = smtp.CRAMMD5Auth(user, pass)
	default:
		return notify.Down(fmt.Errorf("AUTH: the mail server offers %q, and none of it is known here", offered), 0)
	}
	if err := c.Auth(auth); err != nil {
		return beforeRecipient("AUTH", err)
	}
	return nil
}

// deliver hands over one message and returns the server's word of acceptance.
func (d *dialogue) deliver(from, to string, message []byte) (string, error) {
	if err := d.Mail("<" + from + ">"); err != nil {
		return "", beforeRecipient("MAIL FROM", err)
	}
	if err := d.Rcpt("<" + to + ">"); err != nil {
		return "", refusal("RCPT TO", err)
	}
	w, err := d.Data()
	if err != nil {
		return "", refusal("DATA", err)
	}
	if _, err := w.Write(message); err != nil {
		// Without its final dot a server must not take the message.
		return "", notify.Retry(fmt.Errorf("message: %w", err), 0)
	}
	_ = d.conn.SetDeadline(time.Now().Add(answerTimeout))
	if err := w.Close(); err != nil {
		code, err := replied("end of message", err)
		if code == 0 {
			return "", notify.Unknown(err)
		}
		return "", refusal("end of message", err)
	}
	if dc, ok := w.(*smtp.DataCloser); ok {
		return dc.ServerResponse(), nil
	}
	return "", nil
}

// refusal sorts a failure once the recipient is named: 4yz and a broken line
// pass, 5yz is the last word, unless it asks who we are.
func refusal(step string, err error) error {
	code, err := replied(step, err)
	switch {
	case code == 530 || code == 534 || code == 535:
		return notify.Down(err, 0)
	case code >= 500:
		return err
	}
	return notify.Retry(err, 0)
}
