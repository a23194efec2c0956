package webhook

import (
	"maps"
	"net/url"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
)

// teams makes a message with one adaptive card of version 1.4. Text runs are
// not read as Markdown.
func teams(n monitor.Notice, _ *url.URL, zone *time.Location) any {
	type m = map[string]any
	run := func(text string, more m) m {
		out := m{"type": "TextRun", "text": text}
		maps.Copy(out, more)
		return out
	}
	para := func(runs ...m) m { return m{"type": "RichTextBlock", "inlines": runs} }
	lead, bs, rest := blocks(n, zone)
	body := []m{}
	for i, line := range strings.Split(lead, "\n") {
		style := m{}
		if i == 0 {
			style["weight"] = "Bolder"
		}
		if line != "" {
			body = append(body, para(run(line, style)))
		}
	}
	for _, b := range bs {
		head := m{"weight": "Bolder", "size": "Medium"}
		if b.link != "" {
			head["selectAction"] = m{"type": "Action.OpenUrl", "url": b.link}
		}
		body = append(body, para(run(b.title, head)))
		var runs []m
		for _, r := range b.runs {
			style := m{}
			if r.Hit {
				style["weight"] = "Bolder"
			}
			runs = append(runs, run(r.Text, style))
		}
		if len(runs) > 0 {
			body = append(body, para(runs...))
		}
		body = append(body, para(run(strings.Join(append([]string{b.watch}, b.foot...), " · "), m{"isSubtle": true, "size": "Small"})))
	}
	if rest > 0 {
		body = append(body, para(run(andMore(rest), m{"isSubtle": true})))
	}
	return m{"type": "message", "summary": notify.Fit(title(n), 200), "attachments": []m{{
		"contentType": "application/vnd.microsoft.card.adaptive",
		"content": m{
			"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
			"msteams": m{"width": "Full"}, "body": body,
		},
	}}}
}
