// Package robots reads what a site's robots.txt lets a program fetch, by
// RFC 9309. It takes bytes and answers; fetching the file, and waiting as long
// as the site asks, is for whoever fetches pages.
package robots

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// MaxSize is how much of a robots.txt is read, in bytes: what RFC 9309
// section 2.5 asks for at least. The rest is ignored.
const MaxSize = 500 << 10

// maxDelay is the longest Crawl-delay that is believed.
const maxDelay = time.Hour

// Rules are what one robots.txt says to one program. The zero value allows
// everything. Rules are not changed after Parse and safe for concurrent use.
type Rules struct {
	Sitemaps []string      // addresses as written, in the order of the file
	Delay    time.Duration // Crawl-delay, the time asked for between two requests; 0 for none

	rules    []rule
	disallow bool // all but robots.txt itself, since the site could not be asked
}

type rule struct {
	pattern string // in normal percent-encoding; * stands for anything
	whole   bool   // the pattern ended in $
	allow   bool
	line    int
}

// A Verdict says whether an address may be fetched.
type Verdict struct {
	Allowed bool
	Line    int // of the rule that decided, from 1; 0 if none did
}

// Parse reads the groups of the program with the product token agent, or else
// those for everybody. It never fails: lines it does not know are ignored, as
// RFC 9309 section 2.2 demands, so an HTML page allows everything.
func Parse(text []byte, agent string) Rules {
	text = bytes.TrimPrefix(text[:min(len(text), MaxSize)], []byte("\xef\xbb\xbf"))
	p := parser{agent: agent}
	for number := 1; len(text) > 0; number++ {
		end := bytes.IndexAny(text, "\r\n")
		line := text
		if end >= 0 {
			line = text[:end]
			if bytes.HasPrefix(text[end:], []byte("\r\n")) {
				end++
			}
			text = text[end+1:]
		} else {
			text = nil
		}
		p.line(string(line), number)
	}
	chosen := p.all
	if p.own.named {
		chosen = p.own
	}
	return Rules{Sitemaps: p.sitemaps, Delay: chosen.delay, rules: chosen.rules}
}

// A group is everything said to one program, in however many places.
type group struct {
	named bool // some user-agent line names it
	rules []rule
	delay time.Duration
}

type parser struct {
	agent    string
	own, all group
	mine     bool // the lines that follow are for agent
	everys   bool // the lines that follow are for everybody
	naming   bool // the last line of the group was a user-agent line
	sitemaps []string
}

func (p *parser) line(line string, number int) {
	line, _, _ = strings.Cut(line, "#")
	key, value, found := strings.Cut(line, ":")
	if !found {
		return
	}
	value = strings.TrimSpace(value)
	switch key = strings.ToLower(strings.TrimSpace(key)); key {
	case "user-agent":
		if !p.naming {
			p.mine, p.everys, p.naming = false, false, true
		}
		if strings.HasPrefix(value, "*") {
			p.everys, p.all.named = true, true
		} else if strings.EqualFold(productToken(value), p.agent) {
			p.mine, p.own.named = true, true
		}
	case "allow", "disallow":
		p.naming = false
		if value != "" {
			p.each(func(g *group) { g.rules = append(g.rules, newRule(value, key == "allow", number)) })
		}
	case "crawl-delay":
		p.naming = false
		if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
			delay := time.Duration(min(seconds, maxDelay.Seconds()) * float64(time.Second))
			p.each(func(g *group) { g.delay = delay })
		}
	case "sitemap":
		p.sitemaps = append(p.sitemaps, value)
	}
}

func (p *parser) each(do func(*group)) {
	if p.mine {
		do(&p.own)
	}
	if p.everys {
		do(&p.all)
	}
}

// productToken returns the name at the beginning of a user-agent line, without
// version and comment.
func productToken(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && (r|0x20 < 'a' || r|0x20 > 'z')
	})
	if end < 0 {
		return s
	}
	return s[:end]
}

func newRule(pattern string, allow bool, line int) rule {
	pattern, whole := strings.CutSuffix(pattern, "$")
	return rule{pattern: normal(pattern, true), whole: whole, allow: allow, line: line}
}

// Check decides on u: the rule with the longest matching pattern counts, and
// one that allows wins a tie. The file /robots.txt is always allowed.
func (r Rules) Check(u *url.URL) Verdict {
	target := u.EscapedPath()
	if target == "" {
		target = "/"
	}
	if target == "/robots.txt" {
		return Verdict{Allowed: true}
	}
	if r.disallow {
		return Verdict{}
	}
	if u.RawQuery != "" || u.ForceQuery {
		target += "?" + u.RawQuery
	}
	target = normal(target, false)
	length, verdict := 0, Verdict{Allowed: true}
	for _, rule := range r.rules {
		n := len(rule.pattern)
		if rule.whole {
			n++
		}
		if n < length || n == length && (verdict.Allowed || !rule.allow) || !rule.matches(target) {
			continue
		}
		length, verdict = n, Verdict{Allowed: rule.allow, Line: rule.line}
	}
	return verdict
}

// matches tries the parts between stars one after the other, each at its first
// place, and the last one at the end if the pattern has to reach it.
func (r rule) matches(target string) bool {
	first, pattern, more := strings.Cut(r.pattern, "*")
	target, ok := strings.CutPrefix(target, first)
	if !ok {
		return false
	}
	for more {
		first, pattern, more = strings.Cut(pattern, "*")
		if !more && r.whole {
			return strings.HasSuffix(target, first)
		}
		_, target, ok = strings.Cut(target, first)
		if !ok {
			return false
		}
	}
	return !r.whole || target == ""
}

// normal writes path in the one percent-encoding in which patterns and targets
// are compared (RFC 9309 section 2.2.2): unreserved characters as themselves,
// everything beyond ASCII and the two special characters encoded, in upper
// case. In a pattern a star keeps its meaning.
func normal(path string, isPattern bool) string {
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(path)+16)
	for i := 0; i < len(path); i++ {
		c, encoded := path[i], false
		if c == '%' && i+2 < len(path) {
			if n, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				c, encoded = byte(n), true
				i += 2
			}
		}
		switch {
		case c == '*' && isPattern && !encoded:
			b = append(b, c)
		case encoded && !unreserved(c), c <= ' ', c >= 0x7f, c == '*', c == '$', c == '%':
			b = append(b, '%', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

func unreserved(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}
