package webhook

import (
	"maps"
	"net/url"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// An object is a part of an adaptive card.
type object = map[string]any

func textRun(text string, bold bool, more object) object {
	out := object{"type": "TextRun", "text": text}
	if bold {
		out["weight"] = "Bolder"
	}
	maps.Copy(out, more)
	return out
}

func paragraph(runs ...object) object { return object{"type": "RichTextBlock", "inlines": runs} }

// teams makes a message with one adaptive card of version 1.4. Text runs are
// not read as Markdown.
func teams(n monitor.Notice, _ *url.URL, zone *time.Location) any {
	lead, bs, rest := blocks(n, zone)
	body := []object{}
	for i, line := range strings.Split(lead, "\n") {
		if line != "" {
			body = append(body, paragraph(textRun(line, i == 0, nil)))
		}
	}
	for _, b := range bs {
		body = append(body, teamsBlock(b)...)
	}
	if rest > 0 {
		body = append(body, paragraph(textRun(andMore(rest), false, object{"isSubtle": true})))
	}
	return object{"type": "message", "summary": render.Truncate(title(n), 200), "attachments": []object{{
		"contentType": "application/vnd.microsoft.card.adaptive",
		"content": object{
			"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
			"msteams": object{"width": "Full"}, "body": body,
		},
	}}}
}

func teamsBlock(b block) []object {
	head := object{"size": "Medium"}
	if b.link != "" {
		head["selectAction"] = object{"type": "Action.OpenUrl", "url": b.link}
	}
	out := []object{paragraph(textRun(b.title, true, head))}
	var runs []object
	for _, r := range b.runs {
		runs = append(runs, textRun(r.Text, r.Hit, nil))
	}
	if len(runs) > 0 {
		out = append(out, paragraph(runs...))
	}
	return append(out, paragraph(textRun(b.footer(), false, object{"isSubtle": true, "size": "Small"})))
}
