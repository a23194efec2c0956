package fetch

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"newswatch/feeds"
)

// A guard decides which addresses may be dialled. It sees the address after
// DNS, for every connection, so neither a redirect nor a name that changes
// its mind gets around it.
type guard struct {
	allow  []netip.Prefix
	public *ssrf.Guardian
}

func newGuard(allow []string) (guard, error) {
	networks, err := feeds.Settings{Allow: allow}.Networks()
	if err != nil {
		return guard{}, err
	}
	return guard{allow: networks, public: ssrf.New(ssrf.WithAnyPort())}, nil
}

// allowed reports whether the configuration names a's network.
func (g guard) allowed(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range g.allow {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// check returns an *addressError for an address that is neither public nor
// allowed. An IPv4 address in IPv6 clothes is judged as what it is.
func (g guard) check(a netip.Addr) error {
	if g.allowed(a) || g.public.SafeAddr(a.Unmap().WithZone("")) == nil {
		return nil
	}
	return &addressError{Addr: a}
}

// control is a net.Dialer's Control: the last word before connect(2).
func (g guard) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return &addressError{}
	}
	return g.check(ap.Addr())
}

// inside is control for connections that may go to allowed networks only.
func (g guard) inside(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !g.allowed(ap.Addr()) {
		_, port, _ := net.SplitHostPort(address)
		return &addressError{Port: port}
	}
	return nil
}

// An addressError is the guard's refusal. Port is set if it, and not the
// address, was the reason.
type addressError struct {
	Addr netip.Addr
	Port string
}

func (e *addressError) Error() string {
	if e.Port != "" {
		return fmt.Sprintf("redirect to port %s of another host refused; if it is right, put its address into the feed's url", e.Port)
	}
	return fmt.Sprintf("address %s is not public; if you mean it, add its network to fetch.allow", e.Addr)
}

// dialTimeout bounds one connection attempt, so that a dead address leaves
// time for the next one within an exchange.
const dialTimeout = 10 * time.Second

// A dialFunc is what http.Transport calls DialContext.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// dialer returns a DialContext whose connections passed control.
func dialer(resolver *net.Resolver, control func(network, address string, c syscall.RawConn) error) dialFunc {
	d := &net.Dialer{Timeout: dialTimeout, Control: control, Resolver: resolver}
	return d.DialContext
}
