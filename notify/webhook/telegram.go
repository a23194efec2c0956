package webhook

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"time"

	"newswatch/monitor"
)

// telegram makes a sendMessage body of the Bot API, at most 4096 characters
// after its tags are taken out. The chat is the address's chat_id.
func telegram(n monitor.Notice, to *url.URL, zone *time.Location) any {
	lead, bs, rest := blocks(n, zone)
	var parts []string
	used := 0
	add := func(shown int, s string) bool {
		if used += shown + 2; used > 3500 {
			return false
		}
		parts = append(parts, s)
		return true
	}
	if lead != "" {
		add(utf16len(lead), "<b>"+html.EscapeString(lead)+"</b>")
	}
	for i, b := range bs {
		s := "<b>" + html.EscapeString(b.title) + "</b>"
		if b.link != "" {
			s = fmt.Sprintf("<a href=\"%s\">%s</a>", html.EscapeString(b.link), html.EscapeString(b.title))
		}
		foot := strings.Join(append([]string{b.watch}, b.foot...), " · ")
		shown := utf16len(b.title) + utf16len(foot)
		if len(b.runs) > 0 {
			s += "\n“"
			for _, r := range b.runs {
				shown += utf16len(r.Text)
				if r.Hit {
					s += "<b>" + html.EscapeString(r.Text) + "</b>"
				} else {
					s += html.EscapeString(r.Text)
				}
			}
			s += "”"
		}
		if !add(shown, s+"\n<i>"+html.EscapeString(foot)+"</i>") {
			rest += len(bs) - i
			break
		}
	}
	if rest > 0 {
		parts = append(parts, andMore(rest))
	}
	return struct {
		ChatID  string          `json:"chat_id,omitempty"`
		Text    string          `json:"text"`
		Mode    string          `json:"parse_mode"`
		Preview map[string]bool `json:"link_preview_options"`
	}{to.Query().Get("chat_id"), strings.Join(parts, "\n\n"), "HTML", map[string]bool{"is_disabled": true}}
}

func utf16len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}
