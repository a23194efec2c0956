package feeds

import (
	"net/url"
	"strings"
)

// parseBase returns the address that relative ones are relative to, nil if raw
// is not an absolute http(s) one.
func parseBase(raw string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil
	}
	return u
}

// link returns the absolute http(s) address that ref means, "" if none.
func (p *reader) link(ref string) string {
	address, _ := p.links(ref)
	return address
}

// links returns what link does, and its canonical form.
func (p *reader) links(ref string) (address, canonical string) {
	ref = unbroken(ref)
	if ref == "" || len(ref) > maxLink {
		return "", ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		u, err = url.Parse(tolerable(ref))
	}
	if err != nil {
		canonical = CanonicalURL(ref)
		return canonical, canonical
	}
	if p.base != nil && !u.IsAbs() {
		u = p.base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", ""
	}
	s := u.String()
	if canonical = CanonicalURL(s); canonical == "" {
		return "", ""
	}
	return s, canonical
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

// site adopts a feed's own address as base where the caller knew none.
func (p *reader) site(refs ...string) {
	for _, ref := range refs {
		if p.base == nil {
			p.base = parseBase(ref)
		}
	}
}

// isLink reports whether an identifier is written like an address.
func isLink(s string) bool {
	scheme, rest, ok := strings.Cut(s, "://")
	return ok && rest != "" && !strings.ContainsAny(s, " \t\n") &&
		(strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}
