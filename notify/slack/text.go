package slack

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/slack-go/slack"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// A message is what a notice looks like in Slack.
type message struct {
	text   string        // escaped: what notifications and screen readers read
	blocks []slack.Block // nil for plain text
}

// escape makes text safe where Slack looks for its control sequences. It
// escapes what Slack's documentation says, and nothing else; doing so also
// where there is an entity already keeps that readable as it was written.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// literal is escape for places where Slack also formats: characters that would
// are replaced by their look-alikes.
func literal(s string) string {
	s = strings.NewReplacer("*", "∗", "~", "∼", "`", "ˋ").Replace(render.Sanitize(s))
	s = emojiCode.ReplaceAllString(s, "\u2236$1\u2236")
	words := strings.Fields(s)
	for i, w := range words { // within a word an underscore is one
		if strings.HasPrefix(w, "_") || strings.HasSuffix(strings.TrimRight(w, ".,;!?)"), "_") {
			words[i] = strings.ReplaceAll(w, "_", "ˍ")
		}
	}
	return escape(strings.Join(words, " "))
}

var emojiCode = regexp.MustCompile(`:([a-z0-9_+-]+):`)

// units counts as Slack does.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

// fitEscaped returns as much of s as fits into max units once it is escaped.
func fitEscaped(s string, max int) string {
	for room := max; room > 0; {
		e := escape(render.Truncate(s, room))
		over := units(e) - max
		if over <= 0 {
			return e
		}
		room -= (over + 4) / 5 // one character takes up to five escaped
	}
	return ""
}

const (
	maxFallback = 500  // units of text beside blocks
	maxListed   = 3000 // the same for a card of many stories
	maxPlain    = 3900 // units of text alone: Slack splits at 4,000
)

// fallback is the text beside the blocks: what it is about, in one line.
func fallback(nt monitor.Notice) string {
	c := nt.Content
	line := render.Sanitize(c.Headline)
	if len(c.Cards) > 0 && line == "" {
		line = render.Sanitize(c.Cards[0].Headline)
	}
	if nt.Kind == monitor.ReplyKind && c.Change != "" && len(c.Cards) > 1 {
		line = render.Sanitize(c.Change)
	} else if nt.Kind == monitor.ReplyKind && c.Change != "" {
		line = render.Sanitize(c.Change) + ": " + line
	}
	if nt.Kind == monitor.AlertKind || nt.Kind == monitor.EditKind {
		if len(c.Cards) > 0 {
			line += " (" + render.Truncate(render.Sanitize(c.Cards[0].Outlet), 60) + ")"
		}
		if w := render.Tag(nt); w != "" {
			line = "[" + w + "] " + line
		}
	}
	if len(c.Cards) > 1 {
		return listing(line, c)
	}
	return fitEscaped(line, maxFallback)
}

// listing names the stories of a catch-up, or the reports of a reply, for those who hear it read or see
// it in a notification.
func listing(head string, c monitor.Content) string {
	lines := []string{head}
	for _, card := range c.Cards {
		lines = append(lines, "• "+render.Truncate(render.Sanitize(card.Headline), 160))
	}
	if c.More > 0 {
		lines = append(lines, "and "+render.Count(c.More, "story more", "stories more"))
	}
	return fitLines(strings.Join(lines, "\n"), maxListed)
}

// plain is the whole notice as text, for when Slack takes no blocks.
func (n *Notifier) plain(nt monitor.Notice) string {
	text := render.Text(nt, render.Options{Width: 1000, Zone: n.zone})
	return fitLines(text, maxPlain)
}

// fitLines is fitEscaped for text of several lines: it drops from the end.
func fitLines(text string, max int) string {
	const rest = "\n…"
	var b strings.Builder
	left := max - len(rest)
	for line := range strings.Lines(text) {
		e := escape(line)
		if left -= units(e); left < 0 {
			if b.Len() == 0 {
				return fitEscaped(line, max)
			}
			return strings.TrimRight(b.String(), "\n") + rest
		}
		b.WriteString(e)
	}
	return strings.TrimRight(b.String(), "\n")
}

// address returns an http or https address fit to stand in a message, "" if
// it is another or too long.
func address(s string, max int) string {
	u := render.Link(s)
	if u = strings.NewReplacer("|", "%7C", "<", "%3C", ">", "%3E", " ", "%20", `"`, "%22").Replace(u); len(u) > max {
		return ""
	}
	return u
}

// when is a moment in the reader's own zone and manner.
func when(t time.Time, format string) string {
	return fmt.Sprintf("<!date^%d^%s|%s>", t.Unix(), format, t.UTC().Format("2 Jan 2006 15:04 UTC"))
}

func bold() *slack.RichTextSectionTextStyle { return &slack.RichTextSectionTextStyle{Bold: true} }

// A line collects the pieces of one line of rich text. In rich text nothing is
// markup, so this is where a stranger's words go.
type line []slack.RichTextSectionElement

// put adds text in one weight, unless it is empty, which Slack refuses.
func (l *line) put(s string, strong bool) {
	if s == "" {
		return
	}
	var style *slack.RichTextSectionTextStyle
	if strong {
		style = bold()
	}
	*l = append(*l, slack.NewRichTextSectionTextElement(s, style))
}

// link adds a title that leads to an address, or the bare title if there is
// none to go to.
func (l *line) link(title, url string, strong bool) {
	if url == "" {
		l.put(title, strong)
		return
	}
	var style *slack.RichTextSectionTextStyle
	if strong {
		style = bold()
	}
	*l = append(*l, slack.NewRichTextSectionLinkElement(url, title, style))
}

func (l line) section() slack.RichTextElement { return slack.NewRichTextSection(l...) }

func bullets(lines []line) slack.RichTextElement {
	items := make([]slack.RichTextElement, len(lines))
	for i, l := range lines {
		items[i] = l.section()
	}
	return slack.NewRichTextList(slack.RTEListBullet, 0, items...)
}

func rich(es ...slack.RichTextElement) slack.Block { return slack.NewRichTextBlock("", es...) }

// contextBlock is a line in small grey letters. Its pieces are mrkdwn: literal or
// made here.
func contextBlock(pieces ...string) slack.Block {
	var said []string
	for _, p := range pieces {
		if p != "" {
			said = append(said, p)
		}
	}
	if len(said) == 0 {
		return nil
	}
	text := slack.NewTextBlockObject(slack.MarkdownType, strings.Join(said, "  ·  "), false, true)
	return slack.NewContextBlock("", text)
}
