// Package urls reads, resolves and compares the addresses that feeds publish.
//
// It makes no request and knows no feed.
package urls

import (
	"html"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// MaxLength bounds the work on one address. No server known to us answers
// longer ones, and what cannot be fetched need not be compared.
const MaxLength = 8 << 10

// Canonical returns the address by which raw is compared with others, or ""
// if raw holds no absolute http(s) address. Two addresses of one article
// should give one result, addresses of two articles never do; in doubt they
// stay apart.
//
// The scheme becomes https; the host loses case, www., mobile and AMP labels,
// default port and user information; dot segments, index pages, session ids,
// trailing slashes, fragments (but not #! and #/ routes) and tracking
// parameters go; the rest of the query is sorted; percent-encoding takes its
// one normal form. Redirectors that carry their target within are unwrapped.
// The result is for comparing and may not answer: Item.Link is the one to
// click. Canonical(Canonical(x)) equals Canonical(x).
func Canonical(raw string) string {
	// Every round strips one wrapping; an address that is still wrapped after
	// these was made to be.
	const rounds = 8
	for range rounds {
		a, ok := splitAddress(raw)
		if !ok {
			return ""
		}
		if target := unwrap(a); target != "" {
			raw = target
			continue
		}
		plain := a.canonical()
		if plain == raw {
			return plain
		}
		raw = plain // once more: a redirector may have come to light
	}
	return ""
}

// An address is an http(s) address in its parts, path and query in normal
// percent-encoding.
type address struct {
	host     string // lower case, ASCII, without default port
	path     string // begins with "/", or ""
	query    string // without "?"
	fragment string // without "#"
}

// splitAddress reads leniently, as browsers do: blanks around and line breaks
// within are ignored, backslashes are slashes.
func splitAddress(raw string) (address, bool) {
	if len(raw) > MaxLength {
		return address{}, false
	}
	raw = unescaped(unbroken(raw))
	rest, ok := cutScheme(raw)
	if !ok {
		return address{}, false
	}
	var a address
	rest, a.fragment, _ = strings.Cut(rest, "#")
	rest, a.query, _ = strings.Cut(rest, "?")
	rest = strings.ReplaceAll(rest, `\`, "/")
	authority := rest
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, a.path = rest[:i], rest[i:]
	}
	a.host, ok = canonicalHost(authority)
	a.path = escape(a.path, inPath)
	a.query = escape(a.query, inQuery+"&")
	return a, ok
}

// unbroken removes the blanks around an address and the line breaks within.
func unbroken(raw string) string {
	raw = strings.TrimSpace(raw)
	if !strings.ContainsAny(raw, "\t\n\r") {
		return raw
	}
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(raw)
}

// leftovers are the escapes of markup that an address escaped once too often
// still has: &amp;amp; and WordPress's &#038; leave them.
var leftovers = regexp.MustCompile(`(?i)&(?:amp|quot|apos|#0*3[489]|#x0*2[267]);`)

// unescaped resolves the escapes of markup in an address, as often as they were
// made. No query has them for names of its own.
func unescaped(raw string) string {
	const rounds = 4
	for range rounds {
		if strings.IndexByte(raw, '&') < 0 || !leftovers.MatchString(raw) {
			break
		}
		raw = leftovers.ReplaceAllStringFunc(raw, func(e string) string { return html.UnescapeString(strings.ToLower(e)) })
	}
	return raw
}

// cutScheme removes what stands before the authority; feed: is an old prefix
// for addresses of feeds, and // takes the scheme of the page it stood on.
func cutScheme(s string) (string, bool) {
	if len(s) > 5 && strings.EqualFold(s[:5], "feed:") {
		s = s[5:]
	}
	if strings.HasPrefix(s, "//") {
		return s[2:], true
	}
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return "", false
	}
	rest = strings.ReplaceAll(rest[:min(2, len(rest))], `\`, "/") + rest[min(2, len(rest)):]
	return strings.CutPrefix(rest, "//")
}

// canonicalHost returns the host of an authority as it is compared.
func canonicalHost(authority string) (string, bool) {
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	}
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		host, port = authority[:i], authority[i+1:]
	}
	port = strings.TrimLeft(port, "0")
	if len(port) > 5 || strings.Trim(port, "0123456789") != "" {
		return "", false
	}
	if port == "80" || port == "443" {
		port = ""
	}
	if port != "" {
		port = ":" + port
	}
	if ip, ok := strings.CutPrefix(host, "["); ok {
		addr, err := netip.ParseAddr(strings.TrimSuffix(ip, "]"))
		if err != nil || !addr.Is6() || addr.Zone() != "" {
			return "", false
		}
		return "[" + addr.String() + "]" + port, true
	}
	host, ok := asciiHost(host)
	return siteHost(host) + port, ok
}

// hostNames maps international names to ASCII as browsers do. Underscores and the
// like are let through: such hosts exist.
var hostNames = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

func asciiHost(host string) (string, bool) {
	host = strings.ToLower(host)
	if plain := isASCII(host) && !strings.Contains(host, "xn--"); !plain {
		// A label that IDNA refuses may yet be served; it is compared as mapped.
		mapped, err := hostNames.ToASCII(host)
		if err != nil && !isASCII(mapped) {
			return "", false
		}
		host = strings.ToLower(mapped)
	}
	host = strings.TrimRight(host, ".")
	if host == "" || len(host) > 253 || host[0] == '.' || strings.Contains(host, "..") {
		return "", false
	}
	for i := range len(host) {
		if c := host[i]; !isLetterOrDigit(c) && c != '-' && c != '.' && c != '_' {
			return "", false
		}
	}
	return host, true
}

// siteHost drops the labels that name a rendering of a site and not another
// site: www., and mobile or AMP labels before a registrable domain.
func siteHost(host string) string {
	for {
		label, rest, ok := strings.Cut(host, ".")
		if !ok || !strings.Contains(rest, ".") {
			break
		}
		switch label {
		case "www":
			host = rest
			continue
		case "m", "mobile", "amp":
			if _, err := publicsuffix.EffectiveTLDPlusOne(rest); err == nil {
				host = rest
				continue
			}
		}
		break
	}
	if lang, ok := strings.CutSuffix(host, ".m.wikipedia.org"); ok && !strings.Contains(lang, ".") {
		host = lang + ".wikipedia.org"
	}
	if same, ok := sameSite[host]; ok {
		return same
	}
	return host
}

func (a address) canonical() string {
	var b strings.Builder
	b.Grow(len("https://") + len(a.host) + len(a.path) + len(a.query) + 2)
	b.WriteString("https://")
	b.WriteString(a.host)
	b.WriteString(canonicalPath(a.path, a.host))
	if q := canonicalQuery(a.query, a.host); q != "" {
		b.WriteByte('?')
		b.WriteString(q)
	}
	if strings.HasPrefix(a.fragment, "!") || strings.HasPrefix(a.fragment, "/") && len(a.fragment) > 1 {
		b.WriteByte('#')
		b.WriteString(escape(a.fragment, inFragment))
	}
	return b.String()
}

// canonicalPath resolves dot segments and drops empty segments, session ids,
// AMP marks and index pages. The root is "/", no other path ends with a slash.
func canonicalPath(path, host string) string {
	segments := make([]string, 0, 12)
	for s := range strings.SplitSeq(path, "/") {
		switch s = withoutSession(s); s {
		case "", ".":
		case "..":
			segments = segments[:max(0, len(segments)-1)]
		default:
			segments = append(segments, s)
		}
	}
	if host == "cnn.com" && len(segments) > 3 && segments[0] == "cnn" {
		segments = segments[1:] // amp.cnn.com/cnn/2022/... is cnn.com/2022/...
	}
	segments = withoutAMP(segments)
	for len(segments) > 0 && indexPage[strings.ToLower(segments[len(segments)-1])] {
		segments = withoutAMP(segments[:len(segments)-1])
	}
	return "/" + strings.Join(segments, "/")
}

// withoutSession cuts ";jsessionid=..." and its like from a path segment.
func withoutSession(s string) string {
	for {
		i := strings.LastIndexByte(s, ';')
		if i < 0 {
			return s
		}
		name, _, _ := strings.Cut(s[i+1:], "=")
		if !sessionKey[strings.ToLower(name)] {
			return s
		}
		s = s[:i]
	}
}

// withoutAMP drops a segment "amp" in the places where publishers put it, first,
// second or last, and the endings .amp and .amp.html, as long as something
// that can name an article remains.
func withoutAMP(segments []string) []string {
	for len(segments) > 1 {
		last := len(segments) - 1
		if i := slices.Index(segments, "amp"); i >= 0 && (i < 2 || i == last) {
			segments = slices.Delete(segments, i, i+1)
			continue
		}
		if segments[last] == "amp.html" || segments[last] == "amp" {
			segments = segments[:last]
			continue
		}
		break
	}
	if last := len(segments) - 1; last >= 0 {
		for {
			s, html := strings.CutSuffix(segments[last], ".amp.html")
			if html {
				segments[last] = s + ".html"
			} else if s, html = strings.CutSuffix(segments[last], ".amp"); html && s != "" {
				segments[last] = s
			} else {
				break
			}
		}
	}
	return segments
}

// canonicalQuery drops what only tells where the reader came from and sorts
// the rest by name; parameters of one name keep their order.
func canonicalQuery(query, host string) string {
	var kept []string
	for p := range strings.SplitSeq(query, "&") {
		for strings.HasPrefix(p, "amp%3B") { // &amp; in the document, escaped once too often
			p = p[len("amp%3B"):]
		}
		name, value, _ := strings.Cut(p, "=")
		if name == "" && value == "" || tracking(strings.ToLower(name), strings.ToLower(value), host) {
			continue
		}
		if p = strings.TrimSuffix(p, "="); !slices.Contains(kept, p) {
			kept = append(kept, p)
		}
	}
	slices.SortStableFunc(kept, func(a, b string) int {
		a, _, _ = strings.Cut(a, "=")
		b, _, _ = strings.Cut(b, "=")
		return strings.Compare(a, b)
	})
	return strings.Join(kept, "&")
}
