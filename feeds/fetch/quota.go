package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
)

// errQuota is what a connection ends in that brings more than was asked for.
var errQuota = errors.New("the server sends much more than it was asked for")

// idleQuota is what a connection may bring between two requests: the remarks
// of TLS and HTTP/2.
const idleQuota = 64 << 10

// A quotaConn is a connection that may bring so many bytes for a request, and few
// while there is none. Without it a server could keep a processor busy for as
// long as it keeps the connection: an HTTP/2 client reads all that is sent, and
// answers every ping.
type quotaConn struct {
	net.Conn
	full int64
	left atomic.Int64
	open atomic.Int32 // requests
}

// Read implements net.Conn.
func (r *quotaConn) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	if r.left.Add(-int64(n)) < 0 {
		return 0, errQuota
	}
	return n, err
}

func (r *quotaConn) begin() {
	r.open.Add(1)
	r.left.Store(r.full)
}

func (r *quotaConn) end() {
	if r.open.Add(-1) == 0 {
		r.left.Store(idleQuota)
	}
}

// withQuota returns dial with its connections under a quota, enough for the
// largest answers to as many requests as are made at a time.
func (c *Client) withQuota(dial dialFunc) dialFunc {
	full := int64(c.settings.PerHost)*(int64(c.settings.MaxBody)+maxHeader) + 1<<20
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		r := &quotaConn{Conn: conn, full: full}
		r.left.Store(full)
		return r, nil
	}
}

// roundTrip makes a request. Its connection's quota ends when the body is closed.
// An HTTP/2 connection that brought no response is an errReset.
func roundTrip(rt http.RoundTripper, req *http.Request) (*http.Response, error) {
	var on *quotaConn
	http2 := false
	end := func() {
		if on != nil {
			on.end()
		}
	}
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		end() // a request is repeated on another connection if the first proves dead
		secure, ok := info.Conn.(*tls.Conn)
		http2 = ok && secure.ConnectionState().NegotiatedProtocol == "h2"
		if on = quotaOf(info.Conn); on != nil {
			on.begin()
		}
	}}
	resp, err := rt.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		end()
		return nil, asReset(http2, req.Context(), err)
	}
	resp.Body = &quotaBody{resp.Body, sync.OnceFunc(end)}
	return resp, nil
}

// asReset returns err as an errReset if it broke off an exchange by HTTP/2 and is not
// of our making.
func asReset(http2 bool, ctx context.Context, err error) error {
	if !http2 || err == nil || ctx.Err() != nil || errors.Is(err, errQuota) || errors.Is(err, errTooLarge) || errors.Is(err, errCrowded) {
		return err
	}
	return fmt.Errorf("%w: %w", errReset, err)
}

// quotaOf returns the quotaConn under conn, nil for none.
func quotaOf(conn net.Conn) *quotaConn {
	for {
		switch c := conn.(type) {
		case *quotaConn:
			return c
		case interface{ NetConn() net.Conn }: // TLS
			conn = c.NetConn()
		default:
			return nil
		}
	}
}

type quotaBody struct {
	io.ReadCloser
	end func()
}

// Close implements io.Closer.
func (b *quotaBody) Close() error {
	err := b.ReadCloser.Close()
	b.end()
	return err
}
