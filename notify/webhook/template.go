package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"text/template"
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// A Message is what a template in the configuration works on. All its texts
// are sanitized. In JSON they go through the function json, which also sets the
// quotes: {"text": {{json .Text}}}. Other functions are fit, which cuts a text
// to a number of characters, as in {{json (fit .Title 250)}}, and domain.
type Message struct {
	Key, Kind, Watch, Story, Parent, Priority string

	Title string // the headline, one line
	URL   string // of the first story, "" for none
	Text  string // the whole notice as plain text of many lines
	Cards []monitor.Card
	More  int
	Lines []string
	At    time.Time // when the decision fell
}

func messageOf(n monitor.Notice, zone *time.Location) Message {
	m := Message{
		Key: n.Key, Kind: string(n.Kind), Watch: n.Watch, Story: n.Story.String(), Parent: n.Parent, Priority: string(n.Priority),
		Title: title(n), Text: render.Text(n, render.Options{Zone: zone}),
		More: n.Content.More, At: n.Created.In(zone),
	}
	for _, c := range n.Content.Cards {
		c.Headline, c.Outlet, c.Sentence = render.Sanitize(c.Headline), render.Sanitize(c.Outlet), render.Sanitize(c.Sentence)
		c.URL, c.Hits, c.Also = render.Link(c.URL), nil, nil
		m.Cards = append(m.Cards, c)
	}
	if len(m.Cards) > 0 {
		m.URL = m.Cards[0].URL
	}
	for _, l := range n.Content.Lines {
		m.Lines = append(m.Lines, render.Sanitize(l))
	}
	return m
}

// parseTemplate reads a template and tries it on a notice with a title that
// quotes, breaks lines and closes tags. If the body is to be JSON, it must be
// JSON then.
func parseTemplate(text string, isJSON bool, zone *time.Location) (func(monitor.Notice) ([]byte, error), error) {
	t, err := template.New("template").Option("missingkey=error").Funcs(template.FuncMap{
		"json":   func(v any) (string, error) { b, err := encode(v); return string(b), err },
		"fit":    render.Truncate,
		"domain": render.Domain,
	}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	fill := func(n monitor.Notice) ([]byte, error) {
		var b bytes.Buffer
		if err := t.Execute(&b, messageOf(n, zone)); err != nil {
			return nil, fmt.Errorf("webhook: template: %w", err)
		}
		if isJSON && !json.Valid(b.Bytes()) {
			return nil, fmt.Errorf("webhook: template: does not make JSON of this notice: write texts as {{json .Title}}, without quotes around")
		}
		return b.Bytes(), nil
	}
	if _, err := fill(trial); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return fill, nil
}

// trial is a notice that finds out careless templates.
var trial = monitor.Notice{
	Key: "trial", Kind: monitor.AlertKind, Watch: "trial",
	Content: monitor.Content{
		Headline: "A \"quoted\" headline with a \\ and </b> & more",
		Cards: []monitor.Card{{
			Headline: "A \"quoted\" headline with a \\ and </b> & more",
			URL:      "https://news.example/?a=1&b=2", Outlet: "The \"Example\"", Sentence: "It said \"no\".",
		}},
		Lines: []string{`a "line"`},
	},
}
