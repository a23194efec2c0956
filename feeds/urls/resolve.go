package urls

import (
	"net/url"
	"strings"
)

// ParseBase returns the address that relative ones are relative to, nil if raw
// is not an absolute http(s) one.
func ParseBase(raw string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil
	}
	return u
}

// Resolve returns the absolute http(s) address that ref, as published, means
// on a page at base, and its canonical form; both are "" if it means none. A
// nil base resolves nothing.
func Resolve(base *url.URL, ref string) (address, canonical string) {
	if ref = unescaped(unbroken(ref)); ref == "" {
		return "", ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		u, err = url.Parse(tolerable(ref))
	}
	if err != nil {
		canonical = Canonical(ref)
		return canonical, canonical
	}
	if base != nil && !u.IsAbs() {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", ""
	}
	u.Host = asciiAuthority(u)
	s := u.String()
	if canonical = Canonical(s); canonical == "" {
		return "", ""
	}
	return s, canonical
}

// asciiAuthority returns the host and port of u with an international name in
// the form that goes over the wire (RFC 5891): String would escape its letters,
// which no resolver takes. A name that has no such form stays as it is.
func asciiAuthority(u *url.URL) string {
	if isASCII(u.Host) {
		return u.Host
	}
	host, ok := asciiHost(u.Hostname())
	if !ok {
		return u.Host
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	return host
}

// tolerable escapes what net/url refuses and browsers do not.
func tolerable(ref string) string {
	var b strings.Builder
	for i := range len(ref) {
		switch c := ref[i]; {
		case c == '%' && (i+2 >= len(ref) || !isHex(ref[i+1]) || !isHex(ref[i+2])):
			b.WriteString("%25")
		case c == ' ':
			b.WriteString("%20")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// IsAddress reports whether an identifier is written like an address.
func IsAddress(s string) bool {
	scheme, rest, ok := strings.Cut(s, "://")
	return ok && rest != "" && !strings.ContainsAny(s, " \t\n") &&
		(strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// Absolute resolves ref against base; "" if that is no http(s) address.
func Absolute(base *url.URL, ref string) string {
	if ref = strings.TrimSpace(ref); ref == "" || len(ref) > MaxLength {
		return ""
	}
	u, err := base.Parse(ref)
	if err != nil || Check(u) != nil {
		return ""
	}
	u.Host = asciiAuthority(u)
	return u.String()
}
