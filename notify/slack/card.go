package slack

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/notify/render"
)

// compose lays a notice out as blocks.
func (n *Notifier) compose(nt monitor.Notice) message {
	steps := sizes()
	if len(nt.Content.Cards) > 1 {
		steps = cardSizes()
	}
	blocks := fit(steps, func(s size) []slack.Block {
		switch {
		case nt.Content.Digest != nil:
			return digest(nt.Content, s)
		case nt.Kind == monitor.CatchupKind:
			return catchup(nt.Content, s)
		case nt.Kind == monitor.ReplyKind:
			return reply(nt, s)
		case len(nt.Content.Cards) == 0:
			return operations(nt.Content, s)
		}
		return n.alert(nt, s)
	})
	if blocks == nil {
		return message{text: n.plain(nt)}
	}
	return message{text: fallback(nt), blocks: blocks}
}

// alert is the card of one story: the headline as a link, the hit sentence,
// then where and when, how widely told, and why.
func (n *Notifier) alert(nt monitor.Notice, s size) []slack.Block {
	c := nt.Content.Cards[0]
	var blocks []slack.Block
	blocks = append(blocks, rich(story(c, s)...), metaLine(c, s), why(c, s), also(c, s))
	if n.config.AppToken != "" {
		blocks = append(blocks, buttons(nt))
	}
	return blocks
}

// story is a headline and its hit sentence. A sentence that is the headline
// is not said twice.
func story(c monitor.Card, s size) []slack.RichTextElement {
	var head line
	head.link(headline(c, s), address(c.URL, s.url), true)
	out := []slack.RichTextElement{head.section()}
	runs := render.Runs(c)
	if len(runs) == 0 || sentenceText(runs) == render.Sanitize(c.Headline) {
		return out
	}
	var l line
	left := s.sentence
	for _, r := range runs {
		if left <= 0 {
			break
		}
		text := render.Truncate(r.Text, left)
		l.put(text, r.Hit)
		left -= len([]rune(text))
	}
	return append(out, &slack.RichTextQuote{Type: slack.RTEQuote, Elements: l})
}

func sentenceText(runs []render.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return strings.TrimSpace(b.String())
}

func headline(c monitor.Card, s size) string {
	if t := render.Truncate(render.Sanitize(c.Headline), s.title); t != "" {
		return t
	}
	if d := render.Domain(c.URL); d != "" {
		return "A report on " + d
	}
	return "A report without a headline"
}

// metaLine is the line of facts under a story.
func metaLine(c monitor.Card, s size) slack.Block {
	return contextBlock(watch(c, s), outlet(c, s), times(c), render.Outlets(c))
}

func watch(c monitor.Card, s size) string {
	w := literal(render.Truncate(render.Sanitize(c.Watch), s.name))
	if w == "" {
		return ""
	}
	if c.Verdict == match.Weak {
		return "*" + w + "* (possible)"
	}
	return "*" + w + "*"
}

func outlet(c monitor.Card, s size) string {
	o := literal(render.Truncate(render.Sanitize(c.Outlet), s.name))
	if class := literal(render.Truncate(render.Sanitize(c.Class), s.name)); class != "" && o != "" {
		return o + " (" + class + ")"
	}
	return o
}

func times(c monitor.Card) string {
	const day, hour = "{date_short_pretty} {time}", "{time}"
	switch {
	case c.Seen.IsZero() && c.Published.IsZero():
		return ""
	case c.Published.IsZero():
		return "seen " + when(c.Seen, day)
	case c.Seen.IsZero():
		return "published " + when(c.Published, day)
	case c.Seen.Sub(c.Published).Abs() < 12*time.Hour:
		return "published " + when(c.Published, day) + ", seen " + when(c.Seen, hour)
	}
	return "published " + when(c.Published, day) + ", seen " + when(c.Seen, day)
}

// why shows the evidence or, where the hit sentence is the headline and could
// not show them, the hits.
func why(c monitor.Card, s size) slack.Block {
	var said []string
	if runs := render.Runs(c); len(c.Why) == 0 && sentenceText(runs) == render.Sanitize(c.Headline) {
		for _, r := range runs {
			if r.Hit && len(said) < 3 {
				said = append(said, "*"+literal(render.Truncate(strings.TrimSpace(r.Text), s.name))+"*")
			}
		}
	}
	for i, w := range c.Why {
		if i == 3 {
			break
		}
		said = append(said, literal(render.Truncate(render.Sanitize(w), s.sentence/3)))
	}
	if len(said) == 0 {
		return nil
	}
	return contextBlock("why: " + strings.Join(said, "; "))
}

// also names other reports of the story.
func also(c monitor.Card, s size) slack.Block {
	var names []string
	for i, m := range c.Also {
		if i == s.reports {
			break
		}
		name := literal(render.Truncate(render.Sanitize(m.Outlet), s.name))
		if url := address(m.URL, s.url); url != "" && name != "" {
			name = "<" + escape(url) + "|" + strings.ReplaceAll(name, "|", "¦") + ">"
		}
		if name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return contextBlock("also: " + strings.Join(names, ", "))
}

// reply is news of a story in its thread: what is new first, then the report
// or, where several came at once, the list of them.
func reply(nt monitor.Notice, s size) []slack.Block {
	var es []slack.RichTextElement
	if change := render.Truncate(render.Sanitize(nt.Content.Change), s.sentence); change != "" {
		var l line
		l.put(change, true)
		es = append(es, l.section())
	}
	if len(nt.Content.Cards) == 0 {
		if len(es) == 0 {
			return operations(nt.Content, s)
		}
		return []slack.Block{rich(es...)}
	}
	if len(nt.Content.Cards) > 1 {
		items, more := stories(nt.Content.Cards, nt.Content.More, s, false)
		return []slack.Block{rich(append(es, bullets(items))...), moreNote(more)}
	}
	c := nt.Content.Cards[0]
	es = append(es, story(c, s)...)
	return []slack.Block{rich(es...), contextBlock(outlet(c, s), times(c), render.Outlets(c)), also(c, s)}
}

// catchup is many stories at once.
func catchup(c monitor.Content, s size) []slack.Block {
	var head line
	head.put(heading(c, s), true)
	es := []slack.RichTextElement{head.section()}
	if items, more := stories(c.Cards, c.More, s, true); len(items) > 0 {
		es = append(es, bullets(items))
		return []slack.Block{rich(es...), moreNote(more)}
	}
	return []slack.Block{rich(es...), moreNote(c.More)}
}

func heading(c monitor.Content, s size) string {
	if h := render.Truncate(render.Sanitize(c.Headline), s.title); h != "" {
		return h
	}
	return "News from newswatch"
}

// stories lists cards, one line each, as far as the size goes, and says how
// many more there are.
func stories(cards []monitor.Card, more int, s size, withWatch bool) ([]line, int) {
	var out []line
	for i, c := range cards {
		if i == s.stories {
			more += len(cards) - i
			break
		}
		var l line
		l.link(headline(c, s), address(c.URL, s.url), true)
		facts := []string{render.Truncate(render.Sanitize(c.Outlet), s.name)}
		if withWatch {
			facts = append(facts, render.Truncate(render.Sanitize(c.Watch), s.name))
		}
		if c.Verdict == match.Weak {
			facts = append(facts, "possible")
		}
		facts = append(facts, render.Outlets(c))
		l.put("  "+joined(facts, " · "), false)
		out = append(out, l)
	}
	return out, more
}

func joined(parts []string, by string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, by)
}

func moreNote(more int) slack.Block {
	if more <= 0 {
		return nil
	}
	return contextBlock("and " + render.Count(more, "story more", "stories more") + ", all kept: `newswatch stories`")
}

// operations is word from newswatch about itself.
func operations(c monitor.Content, s size) []slack.Block {
	var head line
	head.put(heading(c, s), true)
	es := []slack.RichTextElement{head.section()}
	if items := texts(c.Lines, s); len(items) > 0 {
		es = append(es, bullets(items))
	}
	return []slack.Block{rich(es...)}
}

// texts lists lines of text as far as the size goes.
func texts(lines []string, s size) []line {
	var out []line
	for i, t := range lines {
		var l line
		if i == s.lines {
			l.put("and "+render.Number(len(lines)-i)+" more", false)
			return append(out, l)
		}
		l.put(render.Truncate(render.Sanitize(t), s.sentence), false)
		if len(l) > 0 {
			out = append(out, l)
		}
	}
	return out
}
