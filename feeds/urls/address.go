package urls

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// Parse reads an http or https address, whose host it gives in ASCII. Its errors
// never repeat raw, which may hold a password.
func Parse(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return nil, errors.New("not an address; check for stray spaces and percent signs")
	}
	u.Host = asciiAuthority(u)
	if err := Check(u); err != nil {
		return nil, err
	}
	return u, nil
}

// Check refuses what is not a plain http or https address of a host.
func Check(u *url.URL) error {
	host := u.Hostname()
	switch {
	case u.Scheme == "":
		return errors.New("no scheme; begin with https:// or http://")
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("scheme %.20q is not http or https; write it like https://example.org/feed", u.Scheme)
	case host == "":
		return errors.New("no host; write it like https://example.org/feed")
	case numericHost(host):
		return fmt.Errorf("host %.60q is an odd spelling of an IP address; write it in full", host)
	}
	return nil
}

// numericHost tells the spellings that only some resolvers take for an IPv4
// address (2130706433, 127.1, 0x7f.1). A name cannot end in a number, says the
// WHATWG URL standard, section 3.5.
func numericHost(host string) bool {
	last := strings.ToLower(strings.TrimSuffix(host, "."))
	last = last[strings.LastIndexByte(last, '.')+1:]
	digits, hex := strings.CutPrefix(last, "0x")
	if hex && strings.Trim(digits, "0123456789abcdef") != "" || !hex && (last == "" || strings.Trim(last, "0123456789") != "") {
		return false
	}
	_, err := netip.ParseAddr(host)
	return err != nil
}

// Direct in place of a proxy's address is a direct connection, whatever else is
// said of proxies.
const Direct = "direct"

// ParseProxy reads the address of a proxy; nil is a direct connection.
func ParseProxy(raw string) (*url.URL, error) {
	if raw == "" || raw == Direct {
		return nil, nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return nil, errors.New("not an address; write it as http://host:port or socks5://host:port")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	}
	return nil, fmt.Errorf("scheme %.20q is not http, https, socks5 or socks5h; write it as http://host:port or socks5://host:port", u.Scheme)
}

// A site is what RFC 6454 calls an origin: secrets stay within it.
type Origin struct{ Scheme, Host, Port string }

func OriginOf(u *url.URL) Origin {
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	return Origin{u.Scheme, strings.ToLower(u.Hostname()), port}
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// HostKey names the server that an address is on, for pacing: http and https
// of one host are one server, another port is another.
func HostKey(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		return host + ":" + port
	}
	return host
}

// WithoutUser returns u without user and password and, if it has any, the
// Authorization header that stands for them.
func WithoutUser(u *url.URL) (bare *url.URL, authorization string) {
	if u.User == nil {
		return u, ""
	}
	c := *u
	c.User = nil
	password, _ := u.User.Password()
	token := base64.StdEncoding.EncodeToString([]byte(u.User.Username() + ":" + password))
	return &c, "Basic " + token
}

// Shown returns the part of an address that may be printed: host and path,
// without user, query and fragment. It is "" for what is no address.
func Shown(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return ShownURL(u)
}

func ShownURL(u *url.URL) string {
	s := u.Host + u.EscapedPath()
	if len(s) > 200 {
		return s[:200] + "..."
	}
	return s
}
