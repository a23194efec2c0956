package webhook

import (
	"net/url"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// discordConcernsAll knows the JSON error codes of 400 that mean the webhook or
// its channel (https://discord.com/developers/docs/topics/opcodes-and-status-codes).
func discordConcernsAll(a answer) bool {
	switch a.Code {
	case 10003, 10015, 40333, 50001, 50013, 50024, 50027, 50083, 160005, 160006, 220001, 220002, 220003, 220004:
		return true
	}
	return false
}

// discord makes an execute-webhook body: at most 10 embeds and 6000
// characters in all, and nobody is mentioned.
func discord(n monitor.Notice, _ *url.URL, zone *time.Location) any {
	type footer struct {
		Text string `json:"text"`
	}
	type embed struct {
		Title       string  `json:"title"`
		URL         string  `json:"url,omitempty"`
		Description string  `json:"description,omitempty"`
		Footer      *footer `json:"footer,omitempty"`
	}
	lead, bs, rest := blocks(n, zone)
	embeds := []embed{}
	total := 0
	for i, b := range bs {
		e := embed{Title: markdown(b.title), URL: b.link, Footer: &footer{b.footer()}}
		for _, r := range b.runs {
			e.Description += emphasis(r, markdown, "**", "**")
		}
		e.Title, e.Footer.Text = render.Truncate(e.Title, 256), render.Truncate(e.Footer.Text, 400)
		if total += size(e.Title, e.Description, e.Footer.Text); total > 5500 {
			rest += len(bs) - i
			break
		}
		embeds = append(embeds, e)
	}
	if rest > 0 {
		lead = strings.TrimSpace(lead + "\n" + andMore(rest))
	}
	return struct {
		Content string              `json:"content"`
		Embeds  []embed             `json:"embeds,omitempty"`
		Allowed map[string][]string `json:"allowed_mentions"`
	}{render.Truncate(markdown(lead), 1900), embeds, map[string][]string{"parse": {}}}
}

func size(ss ...string) (n int) {
	for _, s := range ss {
		n += len([]rune(s))
	}
	return n
}

// markdown takes the meaning from the characters that Markdown gives one.
func markdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `_`, `\_`, `~`, `\~`, "`", "\\`", `|`, `\|`,
		`>`, `\>`, `#`, `\#`, `[`, `\[`, `]`, `\]`, `<`, `\<`).Replace(s)
}
