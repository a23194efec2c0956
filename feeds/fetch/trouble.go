package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"

	"newswatch/feeds"
	"newswatch/feeds/plain"
	"newswatch/feeds/urls"
)

// troublef makes a FetchError about the address u.
func troublef(fault feeds.Fault, u *url.URL, format string, args ...any) *feeds.FetchError {
	return &feeds.FetchError{Fault: fault, Err: fmt.Errorf("%s: "+format, append([]any{urls.ShownURL(u)}, args...)...)}
}

// unanswered explains why no response came, or none to its end. An ended
// parent context is no trouble with the feed and is returned as it is.
func (c *Client) unanswered(parent context.Context, u *url.URL, err error) error {
	if parent.Err() != nil {
		return context.Cause(parent)
	}
	if refusal, ok := errors.AsType[*addressError](err); ok {
		return troublef(feeds.Refused, u, "%w", refusal)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		e := troublef(feeds.Network, u, "no complete answer within %v; if the server is only slow, raise fetch.timeout", c.settings.Timeout)
		e.Timeout = true
		return e
	}
	return troublef(feeds.Network, u, "%w", explain(err))
}

// explain says in an operator's words what went wrong between here and the
// server.
func explain(err error) error {
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "proxyconnect" {
		return fmt.Errorf("proxy: %w", explain(e.Err))
	} else if ok && e.Op == "remote error" && e.Err.Error() == handshakeFailure {
		return fmt.Errorf("the server takes no TLS that is offered (%w); see whether newswatch feeds probe finds one", e.Err)
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		if e.IsNotFound {
			return fmt.Errorf("no such host %.100q (%w); check the spelling of the address, and this machine's network", e.Name, errDNS)
		}
		return fmt.Errorf("name lookup of %.100q failed, check this machine's DNS: %w", e.Name, e)
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Errorf("%w (%s)", plain.ShortError(e.Err), certificateRemedy(e.Err))
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return fmt.Errorf("no connection within %v", dialTimeout)
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		return explain(e.Err) // its own text repeats the whole address
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w: nothing listens there now", syscall.ECONNREFUSED)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the answer was cut off (%w)", io.ErrUnexpectedEOF)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("the server closed the connection without an answer (%w)", io.EOF)
	}
	return plain.ShortError(notHTTP{err})
}

// notHTTP says what net/http means by a broken transport connection.
type notHTTP struct{ error }

func (e notHTTP) Error() string {
	rest, ok := strings.CutPrefix(e.error.Error(), "net/http: HTTP/1.x transport connection broken: ")
	if !ok {
		return rest
	}
	return "the answer is no proper HTTP: " + rest
}

func (e notHTTP) Unwrap() error { return e.error }

// handshakeFailure is what crypto/tls calls the alert of a server that shares no
// suite with us (RFC 5246, section 7.2.2).
const handshakeFailure = "tls: handshake failure"

// errDNS stands for a name that does not exist, without the resolver's
// details.
var errDNS = errors.New("DNS")

func certificateRemedy(err error) string {
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		return "its owner has to renew it; check this machine's clock too"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "install the authority's certificate on this machine if you trust it"
	}
	return "check the address, or tell the publisher"
}
