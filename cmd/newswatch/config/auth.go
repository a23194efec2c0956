package config

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// checkAuth reads who may say who asks.
func (l *collector) checkAuth(h HTTP) {
	a := h.Auth
	if a.Header != "" && len(a.From) == 0 && !strings.HasPrefix(h.Listen, "unix:") {
		l.missing("http.auth", "auth: anybody could send the header "+clip(a.Header), "add from: with the address of the proxy, as in [127.0.0.1]")
	}
	if a.Header == "" && len(a.From) > 0 {
		l.missing("http.auth", "auth: no header is named", "add header: X-Forwarded-User")
	}
	if strings.ContainsFunc(a.Header, func(r rune) bool { return r <= ' ' || r == ':' || r > '~' }) {
		l.fail("http.auth.header", fmt.Sprintf("auth: %q is no name of a header", clip(a.Header)), "write it like X-Forwarded-User")
	}
	for i, from := range a.From {
		if _, err := network(from); err != nil {
			l.fail(fmt.Sprintf("http.auth.from[%d]", i), fmt.Sprintf("auth: %q is neither an address nor a network", clip(from)), "write it like 10.0.0.5 or 10.0.0.0/24")
		}
	}
}

// network reads an address, or a network in CIDR form.
func network(text string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

// Proxies are the networks of Auth.From.
func (a Auth) Proxies() (out []netip.Prefix) {
	for _, from := range a.From {
		if p, err := network(from); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// Edits reports whether the page may change the configuration: as Edit says,
// else where nobody but this machine reaches it.
func (h HTTP) Edits() bool {
	host, _, _ := net.SplitHostPort(h.Listen)
	return h.Edit == "true" || h.Edit == "" && (strings.HasPrefix(h.Listen, "unix:") || loopback(host))
}

// loopback reports whether only this machine reaches a host.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
