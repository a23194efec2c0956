package webhook

import (
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"time"

	"newswatch/monitor"
)

// telegramConcernsAll knows the descriptions of 400 that mean the chat; the Bot
// API has no codes for them.
func telegramConcernsAll(a answer) bool {
	said := strings.ToLower(a.Description)
	for _, s := range []string{"chat not found", "chat_id is empty", "peer_id_invalid", "user not found", "group chat was deactivated",
		"upgraded to a supergroup", "not enough rights", "have no rights", "no write access", "chat_write_forbidden", "chat_restricted",
		"need administrator rights", "chat_admin_required", "topic_closed", "topic_deleted", "message thread not found"} {
		if strings.Contains(said, s) {
			return true
		}
	}
	return false
}

// inChat returns an address with another chat.
func inChat(to *url.URL, chat int64) *url.URL {
	u, q := *to, to.Query()
	q.Set("chat_id", strconv.FormatInt(chat, 10))
	u.RawQuery = q.Encode()
	return &u
}

// telegram makes a sendMessage body of the Bot API, at most 4096 characters
// after its tags are taken out. The chat is the address's chat_id.
func telegram(n monitor.Notice, to *url.URL, zone *time.Location) any {
	lead, bs, rest := blocks(n, zone)
	var parts []string
	used := utf16len(lead)
	if lead != "" {
		parts = append(parts, "<b>"+html.EscapeString(lead)+"</b>")
	}
	for i, b := range bs {
		part, shown := telegramBlock(b)
		if used += shown; used > 3500 {
			rest += len(bs) - i
			break
		}
		parts = append(parts, part)
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

// telegramBlock returns a story in Telegram's HTML, and how much of it shows.
func telegramBlock(b block) (text string, shown int) {
	text = "<b>" + html.EscapeString(b.title) + "</b>"
	if b.link != "" {
		text = fmt.Sprintf("<a href=\"%s\">%s</a>", html.EscapeString(b.link), html.EscapeString(b.title))
	}
	shown = utf16len(b.title) + utf16len(b.footer()) + len("\n\n\n“”")
	if len(b.runs) > 0 {
		text += "\n“"
		for _, r := range b.runs {
			shown += utf16len(r.Text)
			text += emphasis(r, html.EscapeString, "<b>", "</b>")
		}
		text += "”"
	}
	return text + "\n<i>" + html.EscapeString(b.footer()) + "</i>", shown
}

// utf16len counts as Telegram does.
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
