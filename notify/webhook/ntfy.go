package webhook

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
)

// ntfy makes a body for publishing as JSON, which goes to the server's root
// and names the topic.
func ntfy(n monitor.Notice, to *url.URL, zone *time.Location) any {
	lead, bs, rest := blocks(n, zone)
	out := struct {
		Topic    string   `json:"topic"`
		Title    string   `json:"title"`
		Message  string   `json:"message"`
		Click    string   `json:"click,omitempty"`
		Priority int      `json:"priority"`
		Tags     []string `json:"tags,omitempty"`
	}{Topic: path.Base(to.Path), Title: notify.Fit(title(n), 200), Priority: 3}
	switch n.Priority {
	case monitor.High:
		out.Priority = 4
	case monitor.Low:
		out.Priority = 2
	}
	if n.Watch != "" {
		out.Tags = []string{notify.Inert(n.Watch)}
	}
	if len(bs) > 0 {
		out.Click = bs[0].link
	}
	out.Message = ntfyText(lead, out.Title, bs, rest)
	return out
}

// ntfyText is the message below a title, of at most 4096 bytes: a longer one
// would become an attachment.
func ntfyText(lead, title string, bs []block, rest int) string {
	var lines []string
	if lead != "" && lead != title {
		lines = append(lines, lead)
	}
	for _, b := range bs {
		if b.title != title {
			lines = append(lines, b.title)
		}
		lines = append(lines, quoted(b.runs), strings.Join(b.foot, " · "), b.link)
	}
	if rest > 0 {
		lines = append(lines, andMore(rest))
	}
	lines = slices.DeleteFunc(lines, func(s string) bool { return s == "" })
	text := notify.Fit(strings.Join(lines, "\n"), 3000)
	for len(text) > 4000 {
		text = notify.Fit(text, len([]rune(text))*3/4)
	}
	return text
}

func quoted(rs []notify.Run) string {
	if len(rs) == 0 {
		return ""
	}
	s := ""
	for _, r := range rs {
		s += r.Text
	}
	return "“" + s + "”"
}

// ntfyAddress is the root of the server, keeping a query such as auth=.
func ntfyAddress(to *url.URL) string {
	u := *to
	u.Path, u.RawPath = strings.TrimSuffix(path.Dir(strings.TrimSuffix(u.Path, "/")), "/")+"/", ""
	return u.String()
}
