package fetch

import (
	"net/http"
	"net/url"
	"strings"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

// hub returns where a feed's pushes can be subscribed to, and as what: from
// the response's Link headers, or else from the document (W3C WebSub, section
// 4). Both are "" for a feed without pushes.
func hub(h http.Header, base *url.URL, d feeds.Document) (hub, self string) {
	hub, self = d.Hub, d.Self
	if link := linked(h["Link"], "hub"); link != "" {
		hub = link
		if link := linked(h["Link"], "self"); link != "" {
			self = link
		}
	}
	if hub = urls.Absolute(base, hub); hub == "" {
		return "", ""
	}
	if self = urls.Absolute(base, self); self == "" {
		self = base.String()
	}
	return hub, self
}

// linked returns the target of the first link with the relation rel in Link
// headers (RFC 8288, section 3).
func linked(lines []string, rel string) string {
	for _, line := range lines {
		for line != "" {
			_, rest, ok := strings.Cut(line, "<")
			if !ok {
				break
			}
			target, rest, ok := strings.Cut(rest, ">")
			if !ok {
				break
			}
			var params string
			params, line = untilComma(rest)
			if hasRelation(params, rel) {
				return target
			}
		}
	}
	return ""
}

// untilComma splits at the first comma outside of quotes.
func untilComma(s string) (before, after string) {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func hasRelation(params, rel string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for word := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"'`)) {
			if strings.EqualFold(word, rel) {
				return true
			}
		}
		return false // only the first rel counts
	}
	return false
}
