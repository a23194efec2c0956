package webhook

import (
	"net/url"
	"path"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
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
	}{Topic: path.Base(to.Path), Title: render.Truncate(title(n), 200), Priority: 3}
	switch n.Priority {
	case monitor.High:
		out.Priority = 4
	case monitor.Low:
		out.Priority = 2
	}
	for _, w := range monitor.AllWatches(n) {
		out.Tags = append(out.Tags, render.Sanitize(w))
	}
	if len(bs) > 0 {
		out.Click = bs[0].link
	}
	out.Message = ntfyText(lead, out.Title, bs, rest)
	return out
}

// maxNtfy is below the 4096 bytes beyond which a message becomes an
// attachment.
const maxNtfy = 4000

// ntfyText is the message below a title.
func ntfyText(lead, title string, bs []block, rest int) string {
	var lines []string
	used := 0
	put := func(said ...string) {
		for _, s := range said {
			if s != "" && s != title {
				lines = append(lines, s)
				used += len(s) + 1
			}
		}
	}
	put(truncateBytes(lead, maxNtfy/2))
	for i, b := range bs {
		story := []string{b.title, quoted(b.runs), strings.Join(b.foot, " · "), b.link}
		if len(bs) > 1 && used+len(strings.Join(story, "\n")) > maxNtfy-50 {
			rest += len(bs) - i
			break
		}
		put(story...)
	}
	if rest > 0 {
		put(andMore(rest))
	}
	return truncateBytes(strings.Join(lines, "\n"), maxNtfy)
}

// truncateBytes cuts text to a number of bytes.
func truncateBytes(s string, most int) string {
	for len(s) > most {
		s = render.Truncate(s, len([]rune(s))*3/4)
	}
	return s
}

func quoted(rs []render.Run) string {
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
