package email

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/notify/chart"
	"newswatch/notify/render"
)

//go:embed mail.html
var files embed.FS

// maxHTML is below the 102 kB at which a widespread mail program cuts.
const maxHTML = 90_000

// A size says how much a page may hold.
type size struct {
	title, sentence int // runes
	stories         int // of one watch, or of a catch-up
	full            int // of these, how many with their sentence
	watches, lines  int
}

// sizes go from everything to what fits whatever it is made of.
func sizes() []size {
	return []size{
		{title: 300, sentence: 600, stories: 1000, full: 1000, watches: 1000, lines: 200},
		{title: 300, sentence: 300, stories: 1000, full: 25, watches: 1000, lines: 100},
		{title: 240, sentence: 240, stories: 1000, full: 5, watches: 200, lines: 60},
		{title: 240, sentence: 240, stories: 100, full: 0, watches: 100, lines: 40},
		{title: 300, sentence: 300, stories: 40, full: 15, watches: 100, lines: 40},
		{title: 200, sentence: 240, stories: 20, full: 5, watches: 50, lines: 25},
		{title: 160, sentence: 200, stories: 10, full: 2, watches: 30, lines: 15},
		{title: 120, sentence: 160, stories: 5, full: 1, watches: 20, lines: 8},
		{title: 80, sentence: 80, stories: 2, full: 0, watches: 12, lines: 4},
	}
}

// HTML renders a notice as a page for mail programs: without remote content,
// in tables with their styles on them, for light and dark, narrow and wide. It
// is no longer than 90 kB; what had to be left out is said. All of a
// stranger's text in it is sanitized, and a link leads to http or https only.
func HTML(n monitor.Notice, o Options) ([]byte, error) {
	t, err := template.New("mail.html").ParseFS(files, "mail.html")
	if err != nil {
		return nil, err
	}
	picture, err := chartSource(n.Content.Digest, o)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, s := range sizes() {
		p := layout(n, o, s)
		p.Picture = picture
		b.Reset()
		if err := t.Execute(&b, p); err != nil {
			return nil, err
		}
		if b.Len() <= maxHTML+len(p.Picture)*btoi(o.Preview) {
			return b.Bytes(), nil
		}
	}
	return nil, fmt.Errorf("html: %d bytes however short", b.Len())
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// chartSource is where the page finds its chart, "" if there is none.
func chartSource(d *monitor.Digest, o Options) (template.URL, error) {
	if !o.Preview {
		if len(chart.SeriesOf(d)) == 0 {
			return "", nil
		}
		return "cid:" + chartID, nil
	}
	png, err := chart.PNG(d)
	if err != nil || png == nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png)), nil
}

// zone is where a notice's times are told.
func zone(o Options, n monitor.Notice) *time.Location {
	if d := n.Content.Digest; d != nil {
		if z, err := time.LoadLocation(d.Zone); err == nil && d.Zone != "" {
			return z
		}
	}
	if o.Zone != nil {
		return o.Zone
	}
	return time.UTC
}

// A page is what the template shows.
type htmlPage struct {
	Title, Glimpse   string // the second is what an inbox shows beside the subject
	Kind             string // alert, update, catch-up, digest, operations
	Urgent           bool
	Change           string
	Stories          []item // the first is large in an alert
	Large            bool
	More             string
	Whole            template.URL // where all of it can be read; "" for nowhere
	Lines            []string
	Numbers          []number
	Late             string
	Picture          template.URL
	PictureAlt, Span string
	Series           []chart.Series
	Sections         []section
	Quiet            string
	Margins          []margin
	Cut              bool
	Page             template.URL
	Footer           string
}

type number struct{ Value, Label string }

// A section is one watch of a digest.
type section struct {
	Title, Note string
	Stories     []item
	More        string
}

// A margin is what stands below the stories of a digest.
type margin struct {
	Title, Note string
	Stories     []item
	Lines       []string
}

// layout decides what stands on the page, and how much of it.
func layout(n monitor.Notice, o Options, s size) htmlPage {
	c := n.Content
	z := zone(o, n)
	p := htmlPage{
		Title: render.Truncate(render.Sanitize(c.Headline), s.title), Urgent: n.Priority == monitor.High,
		Page: template.URL(render.Link(o.Page)), Whole: template.URL(render.Link(c.Page)), Footer: footer(n),
	}
	if p.Title == "" && len(c.Cards) > 0 {
		p.Title = render.Truncate(render.Sanitize(c.Cards[0].Headline), s.title)
	}
	p.Glimpse = p.Title
	switch {
	case c.Digest != nil:
		p.Kind = "digest"
		p.digest(c.Digest, z, s)
		return p
	case n.Kind == monitor.CatchupKind:
		p.Kind = "catch-up"
	case n.Kind == monitor.ReplyKind:
		p.Kind, p.Change, p.Large = "update", render.Truncate(render.Sanitize(c.Change), s.sentence), true
	case n.Kind == monitor.OperationsKind:
		p.Kind = "operations"
	default:
		p.Kind, p.Large = "alert", true
	}
	p.Stories, p.More = p.items(c.Cards, c.More, z, s, !p.Large)
	if p.Large && len(p.Stories) > 0 {
		p.Stories[0].Large, p.Title = true, ""
		p.Glimpse = preheader(p.Stories[0], p.Change)
	}
	p.Lines = p.lines(c.Lines, s)
	return p
}

func preheader(i item, change string) string {
	text := render.PlainText(i.Runs)
	if text == "" {
		text = render.PlainText(i.Title)
	}
	if change != "" {
		text = change + " · " + text
	}
	return render.Truncate(text, 140)
}

func footer(n monitor.Notice) string {
	var said []string
	if w := render.Sanitize(strings.Join(monitor.AllWatches(n), ", ")); w != "" {
		said = append(said, "watch "+w)
	}
	if n.Story != 0 {
		said = append(said, "story "+n.Story.String())
	}
	return strings.Join(said, " · ")
}

func (p *htmlPage) lines(all []string, s size) []string {
	var out []string
	for i, l := range all {
		if i == s.lines {
			p.Cut = true
			return append(out, "and "+render.Number(len(all)-i)+" more")
		}
		out = append(out, render.Truncate(render.Sanitize(l), s.sentence))
	}
	return out
}
