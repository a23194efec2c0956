package pgtest

import (
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// A Proxy stands between a daemon and the database and does to their
// connections what networks do. It is safe for concurrent use.
type Proxy struct {
	URL string // of the database by way of the proxy

	listener net.Listener
	network  string // of the server
	address  string

	mu     sync.Mutex // guards what follows
	conns  map[net.Conn]bool
	frozen chan struct{} // closed when packets go on; nil while they do
	delay  time.Duration
}

// NewProxy makes a proxy before the database at an address, until the test ends.
func NewProxy(t testing.TB, address string) *Proxy {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: l, conns: map[net.Conn]bool{}, network: "tcp", address: u.Host}
	q := u.Query()
	if dir := q.Get("host"); dir != "" {
		p.network, p.address = "unix", filepath.Join(dir, ".s.PGSQL.5432")
		q.Del("host")
	}
	q.Set("sslmode", "disable")
	u.Host, u.RawQuery = l.Addr().String(), q.Encode()
	p.URL = u.String()
	go p.serve()
	t.Cleanup(func() {
		l.Close()
		p.Cut()
	})
	return p
}

func (p *Proxy) serve() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		s, err := net.Dial(p.network, p.address)
		if err != nil {
			c.Close()
			continue
		}
		p.mu.Lock()
		p.conns[c], p.conns[s] = true, true
		p.mu.Unlock()
		go p.pipe(c, s)
		go p.pipe(s, c)
	}
}

// pipe carries bytes one way until either side ends.
func (p *Proxy) pipe(from, to net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		p.hold()
		if n > 0 {
			if _, werr := to.Write(buf[:n]); err == nil {
				err = werr
			}
		}
		if err != nil {
			break
		}
	}
	from.Close()
	to.Close()
	p.mu.Lock()
	delete(p.conns, from)
	p.mu.Unlock()
}

// hold waits as long as packets take.
func (p *Proxy) hold() {
	p.mu.Lock()
	frozen, delay := p.frozen, p.delay
	p.mu.Unlock()
	time.Sleep(delay)
	if frozen != nil {
		<-frozen
	}
}

// Cut ends all connections, of which frozen ones deliver nothing more.
func (p *Proxy) Cut() {
	p.mu.Lock()
	for c := range p.conns {
		c.Close()
	}
	clear(p.conns)
	if p.frozen != nil {
		close(p.frozen)
		p.frozen = nil
	}
	p.mu.Unlock()
}

// Freeze has all packets wait until Cut.
func (p *Proxy) Freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frozen == nil {
		p.frozen = make(chan struct{})
	}
}

// Delay has every packet take longer.
func (p *Proxy) Delay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}
