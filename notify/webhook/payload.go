package webhook

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
)

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema of the standard body.
func Schema() []byte { return bytes.Clone(schema) }

// A payload is the standard body: the envelope that the Standard Webhooks
// specification proposes. It depends on the notice alone, so a body sent again
// is the same body.
type payload struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

type data struct {
	Key         string          `json:"key"`
	Kind        monitor.Kind    `json:"kind"`
	Destination string          `json:"destination"`
	Watch       string          `json:"watch,omitempty"`
	Watches     []string        `json:"watches,omitempty"`
	Story       string          `json:"story,omitempty"`
	Parent      string          `json:"parent,omitempty"`
	Priority    string          `json:"priority,omitempty"`
	Headline    string          `json:"headline"`
	Change      string          `json:"change,omitempty"`
	Text        string          `json:"text"`
	Page        string          `json:"page,omitempty"`
	Cards       []card          `json:"cards,omitempty"`
	More        int             `json:"more,omitempty"`
	Lines       []string        `json:"lines,omitempty"`
	Digest      json.RawMessage `json:"digest,omitempty"`
}

type card struct {
	Story       string     `json:"story,omitempty"`
	Headline    string     `json:"headline"`
	URL         string     `json:"url,omitempty"`
	Outlet      string     `json:"outlet,omitempty"`
	Feed        string     `json:"feed,omitempty"`
	Class       string     `json:"class,omitempty"`
	Published   *time.Time `json:"published"`
	Seen        *time.Time `json:"seen"`
	Watch       string     `json:"watch"`
	Watches     []string   `json:"watches,omitempty"`
	Verdict     string     `json:"verdict"`
	Sentence    []piece    `json:"sentence,omitempty"`
	Why         []string   `json:"why,omitempty"`
	Doubt       string     `json:"doubt,omitempty"`
	Claimed     string     `json:"claimed,omitempty"`
	Follows     *time.Time `json:"follows,omitempty"`
	Outlets     int        `json:"outlets"`
	Independent int        `json:"independent"`
	Also        []mention  `json:"also,omitempty"`
	Reports     []report   `json:"reports,omitempty"`
	MoreReports int        `json:"more_reports,omitempty"`
}

type piece struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty"`
}

type mention struct {
	Outlet string `json:"outlet"`
	Title  string `json:"title"`
	URL    string `json:"url,omitempty"`
}

type report struct {
	Outlet string    `json:"outlet"`
	Title  string    `json:"title"`
	URL    string    `json:"url,omitempty"`
	At     time.Time `json:"at"`
}

// standard makes the standard body of a notice.
func standard(n monitor.Notice, zone *time.Location) payload {
	d := data{
		Key: n.Key, Kind: n.Kind, Destination: n.Destination, Watch: n.Watch, Watches: monitor.AllWatches(n), Story: n.Story.String(), Parent: n.Parent,
		Priority: string(n.Priority), Headline: title(n), Change: render.Sanitize(n.Content.Change),
		Text: render.Text(n, render.Options{Zone: zone}), More: n.Content.More,
		Lines: sanitizeAll(n.Content.Lines), Page: render.Link(n.Content.Page),
	}
	for _, c := range n.Content.Cards {
		d.Cards = append(d.Cards, cardOf(c))
	}
	if g := n.Content.Digest; g != nil {
		d.Digest = digestOf(g)
	}
	return payload{Type: "newswatch." + string(n.Kind), Timestamp: n.Created.UTC(), Data: d}
}

// Payload returns a notice in JSON as Schema describes its data.
func Payload(n monitor.Notice, zone *time.Location) ([]byte, error) {
	return encode(standard(n, zone).Data)
}

func cardOf(c monitor.Card) card {
	out := card{
		Story: c.Story.String(), Headline: render.Sanitize(c.Headline), URL: render.Link(c.URL), Outlet: render.Sanitize(c.Outlet),
		Feed: c.Feed, Class: c.Class, Published: utc(c.Published), Seen: utc(c.Seen), Watch: c.Watch, Watches: c.Watches, Verdict: c.Verdict.String(),
		Outlets: c.Outlets, Independent: c.Independent, Why: sanitizeAll(c.Why), Doubt: render.Doubt(c), Claimed: render.Sanitize(c.Claimed), Follows: utc(c.Follows), MoreReports: c.MoreReports,
	}
	for _, r := range render.Runs(c) {
		out.Sentence = append(out.Sentence, piece(r))
	}
	for _, r := range c.Reports {
		out.Reports = append(out.Reports, report{render.Sanitize(r.Outlet), render.Sanitize(r.Title), render.Link(r.URL), r.At.UTC()})
	}
	for _, m := range c.Also {
		out.Also = append(out.Also, mention{render.Sanitize(m.Outlet), render.Sanitize(m.Title), render.Link(m.URL)})
	}
	return out
}

// digestOf is a digest as its own type encodes it, but for the stories, which
// are told as everywhere here.
func digestOf(g *monitor.Digest) json.RawMessage {
	type watch struct {
		Name    string `json:"name"`
		Stories []card `json:"stories"`
		More    int    `json:"more,omitempty"`
		PerDay  []int  `json:"per_day,omitempty"`
	}
	out := struct {
		monitor.Digest
		Watches  []watch `json:"watches"`
		Possible []card  `json:"possible,omitempty"`
	}{Digest: *g, Watches: []watch{}}
	out.Unusual, out.Silences, out.Audit = sanitizeAll(g.Unusual), sanitizeAll(g.Silences), sanitizeAll(g.Audit)
	out.CoverageGaps, out.FailedDeliveries = slices.Clone(g.CoverageGaps), slices.Clone(g.FailedDeliveries)
	for i := range out.CoverageGaps {
		out.CoverageGaps[i].Why = render.Sanitize(out.CoverageGaps[i].Why)
	}
	for i := range out.FailedDeliveries {
		t := &out.FailedDeliveries[i]
		t.Headline, t.Reason = render.Sanitize(t.Headline), render.Sanitize(t.Reason)
	}
	for _, w := range g.Watches {
		x := watch{Name: render.Sanitize(w.Name), Stories: []card{}, More: w.More, PerDay: w.PerDay}
		for _, c := range w.Stories {
			x.Stories = append(x.Stories, cardOf(c))
		}
		out.Watches = append(out.Watches, x)
	}
	for _, c := range g.Possible {
		out.Possible = append(out.Possible, cardOf(c))
	}
	b, err := encode(out)
	if err != nil {
		return nil
	}
	return b
}

func sanitizeAll(lines []string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, render.Sanitize(l))
	}
	return out
}

func utc(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// title is a notice's headline in one sanitized line.
func title(n monitor.Notice) string {
	h := n.Content.Headline
	if h == "" && len(n.Content.Cards) > 0 {
		h = n.Content.Cards[0].Headline
	}
	return render.Sanitize(h)
}

// encode is JSON as chat services like to read it, with < > & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
