package urls

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

// WithoutSecrets returns an address without user and password, and without the
// values of parameters that are named like credentials. It is "" for what is no
// address.
func WithoutSecrets(address string) string {
	if _, err := url.Parse(address); err != nil {
		return ""
	}
	return replaceSecrets(address, func(string) string { return "" }, func(string) string { return "[redacted]" })
}

// Public reports whether an address may be shown to strangers: a page of a named
// host that is no machine of the house, with nothing in it that is named like a
// credential.
func Public(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || WithoutSecrets(address) != address {
		return false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	dot := strings.LastIndexByte(host, '.')
	last := host[dot+1:]
	return dot > 0 && !ofTheHouse[last] && !strings.HasSuffix(host, ".home.arpa") && !strings.Contains(host, ":") && strings.Trim(last, "0123456789") != ""
}

// ofTheHouse are the last labels of names that are used within networks (RFC
// 6761, RFC 6762, ICANN's resolution on internal).
var ofTheHouse = map[string]bool{"local": true, "localhost": true, "internal": true, "lan": true, "home": true, "corp": true, "intranet": true, "private": true, "localdomain": true, "onion": true}

// Identity names an address for good without its secrets: the password is left
// out, for it may change; a short hash stands for the user and for the value of a
// parameter that is named like a credential, which tell two addresses apart. An
// address without secrets is its own identity, and so is every identity.
func Identity(address string) string {
	user := func(userinfo string) string {
		name, _, _ := strings.Cut(userinfo, ":")
		return digest(name)
	}
	return replaceSecrets(address, user, digest)
}

// digestMark begins what stands for a secret.
const digestMark = "~"

// digest returns what stands for a secret: too short to find a long one by, and
// long enough to tell two apart.
func digest(secret string) string {
	if hash, ok := strings.CutPrefix(secret, digestMark); ok && len(hash) == 10 && strings.Trim(hash, "0123456789abcdef") == "" {
		return secret
	}
	sum := sha256.Sum256([]byte("secret of a feed's address\x00" + secret))
	return digestMark + hex.EncodeToString(sum[:5])
}

// secretNames are parts of the names of parameters that carry credentials.
var secretNames = [...]string{"key", "token", "secret", "auth", "pass", "pwd", "sig", "session", "credential"}

// Credential reports whether a parameter is named like a credential.
func Credential(name string) bool {
	return slices.ContainsFunc(secretNames[:], func(s string) bool { return strings.Contains(strings.ToLower(name), s) })
}

// replaceSecrets puts what the functions return in the place of an address's
// userinfo and of the values of parameters that are named like credentials.
func replaceSecrets(address string, user, value func(string) string) string {
	whole, fragment, hasFragment := strings.Cut(address, "#")
	front, query, hasQuery := strings.Cut(whole, "?")
	if scheme, rest, ok := strings.Cut(front, "://"); ok {
		authority, path := rest, ""
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			authority, path = rest[:i], rest[i:]
		}
		if i := strings.LastIndexByte(authority, '@'); i >= 0 {
			instead := user(authority[:i])
			if instead != "" {
				instead += "@"
			}
			front = scheme + "://" + instead + authority[i+1:] + path
		}
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, v, ok := strings.Cut(part, "=")
		if ok && Credential(name) {
			parts[i] = name + "=" + value(v)
		}
	}
	if hasQuery {
		front += "?" + strings.Join(parts, "&")
	}
	if hasFragment {
		front += "#" + fragment
	}
	return front
}
