package slacktest

import (
	"regexp"
	"strings"
)

// Pings returns the mentions in a message that would call people, wherever
// they stand; in a card that treats strangers' words as such there are none.
func (m Message) Pings() []string {
	var out []string
	blocks, _ := m.blocks()
	find := func(s string) { out = append(out, calls.FindAllString(s, -1)...) }
	if m.parse {
		out = append(out, names.FindAllString(m.Text, -1)...)
	}
	find(m.Text)
	var walk func(node)
	walk = func(n node) {
		switch n.text("type") {
		case "user", "usergroup", "broadcast", "channel":
			out = append(out, n.text("type"))
		case "mrkdwn":
			find(n.text("text"))
		}
		if n["text"] != nil {
			walk(n.object("text"))
		}
		for _, e := range n.list("elements") {
			walk(e)
		}
	}
	for _, b := range blocks {
		walk(b)
	}
	return out
}

var (
	calls = regexp.MustCompile(`<(!(channel|here|everyone|subteam)|@)[^>]*>`)
	names = regexp.MustCompile(`@(channel|here|everyone)`)
	refs  = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)
)

// Render shows a message in a terminal about as it would look in a channel.
// With colour, bold text and grey notes are set by escapes.
func (m Message) Render(colour bool) string {
	p := &painter{colour: colour}
	blocks, _ := m.blocks()
	if len(blocks) == 0 {
		return p.mrkdwn(m.Text) + "\n"
	}
	var b strings.Builder
	for _, n := range blocks {
		b.WriteString(p.block(n))
	}
	return b.String()
}

type painter struct{ colour bool }

func (p *painter) paint(code, s string) string {
	if !p.colour || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p *painter) block(n node) string {
	switch n.text("type") {
	case "context":
		var parts []string
		for _, e := range n.list("elements") {
			parts = append(parts, p.mrkdwn(e.text("text")))
		}
		return p.paint("2", strings.Join(parts, " ")) + "\n"
	case "actions":
		var parts []string
		for _, e := range n.list("elements") {
			parts = append(parts, "[ "+e.object("text").text("text")+" ]")
		}
		return strings.Join(parts, " ") + "\n"
	}
	var b strings.Builder
	for _, e := range n.list("elements") {
		switch e.text("type") {
		case "rich_text_quote":
			b.WriteString("│ " + p.inline(e) + "\n")
		case "rich_text_list":
			for _, item := range e.list("elements") {
				b.WriteString("• " + p.inline(item) + "\n")
			}
		default:
			b.WriteString(p.inline(e) + "\n")
		}
	}
	return b.String()
}

func (p *painter) inline(n node) string {
	var b strings.Builder
	for _, e := range n.list("elements") {
		s := e.text("text")
		if s == "" {
			s = e.text("url")
		}
		codes := ""
		if bold, _ := e.object("style")["bold"].(bool); bold {
			codes = "1"
		}
		if e.text("type") == "link" {
			codes = strings.TrimPrefix(codes+";4", ";")
		}
		if codes != "" {
			s = p.paint(codes, s)
		}
		b.WriteString(s)
	}
	return b.String()
}

// mrkdwn shows references as Slack does: a label, a date's text, an address.
func (p *painter) mrkdwn(s string) string {
	s = refs.ReplaceAllStringFunc(s, func(ref string) string {
		m := refs.FindStringSubmatch(ref)
		if m[2] != "" {
			return m[2]
		}
		return m[1]
	})
	return unescape(strings.ReplaceAll(s, "*", ""))
}
