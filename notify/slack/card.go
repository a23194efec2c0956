package slack

import (
	"strings"

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
// then one line of facts, and what a reader could doubt.
func (n *Notifier) alert(nt monitor.Notice, s size) []slack.Block {
	c := nt.Content.Cards[0]
	var blocks []slack.Block
	blocks = append(blocks, rich(story(c, s)...), facts(c, s, true), remarks(c), also(c, s))
	if n.config.AppToken != "" {
		blocks = append(blocks, actions(nt))
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
	if len(runs) == 0 || render.RepeatsHeadline(c) {
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

func headline(c monitor.Card, s size) string {
	if t := render.Truncate(render.Sanitize(c.Headline), s.title); t != "" {
		return t
	}
	if d := render.Domain(c.URL); d != "" {
		return "A report on " + d
	}
	return "A report without a headline"
}

// facts is the quiet line under a story: its watches, if asked for, its
// outlet, when, and how widely it is told.
func facts(c monitor.Card, s size, watches bool) slack.Block {
	var who string
	if watches {
		who = watch(c, s)
	}
	return contextBlock(who, literal(render.Truncate(render.Sanitize(c.Outlet), s.name)), times(c), render.Outlets(c))
}

func watch(c monitor.Card, s size) string {
	w := literal(render.Truncate(render.Watches(c), s.sentence))
	if w == "" {
		return ""
	}
	if c.Verdict == match.Weak {
		return "*" + w + "* (possible)"
	}
	return "*" + w + "*"
}

// times says when the report was published, and when it was seen if that was
// much later.
func times(c monitor.Card) string {
	const format = "{date_short_pretty} {time}"
	switch {
	case c.Seen.IsZero() && c.Published.IsZero():
		return ""
	case c.Published.IsZero():
		return "seen " + when(c.Seen, format)
	case c.Seen.Sub(c.Published) < render.Late:
		return when(c.Published, format)
	}
	return when(c.Published, format) + ", seen " + when(c.Seen, format)
}

// remarks say what a reader could doubt, and which catch-up came before.
func remarks(c monitor.Card) slack.Block {
	follows := ""
	if !c.Follows.IsZero() {
		follows = "follows the catch-up of " + when(c.Follows, "{date_short_pretty} {time}")
	}
	return contextBlock(literal(render.Doubt(c)), follows, literal(render.Claimed(c)))
}

// also names other reports of the story.
func also(c monitor.Card, s size) slack.Block {
	var names []string
	for i, m := range render.Others(c) {
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
		return []slack.Block{rich(append(es, bullets(items))...), moreNote(more, nt.Content.Page, s)}
	}
	c := nt.Content.Cards[0]
	es = append(es, story(c, s)...)
	return []slack.Block{rich(es...), facts(c, s, false), remarks(c), also(c, s)}
}

// catchup is many stories at once.
func catchup(c monitor.Content, s size) []slack.Block {
	var head line
	head.put(heading(c, s), true)
	es := []slack.RichTextElement{head.section()}
	if items, more := stories(c.Cards, c.More, s, true); len(items) > 0 {
		es = append(es, bullets(items))
		return []slack.Block{rich(es...), moreNote(more, c.Page, s)}
	}
	return []slack.Block{rich(es...), moreNote(c.More, c.Page, s)}
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
		said := []string{render.Truncate(render.Sanitize(c.Outlet), s.name)}
		if withWatch {
			said = append(said, render.Truncate(render.Watches(c), s.sentence))
		}
		if c.Verdict == match.Weak {
			said = append(said, "possible")
		}
		said = append(said, render.Outlets(c), render.Claimed(c))
		l.put("  "+joined(said, " · "), false)
		l.reports(c, s)
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

// moreNote counts what is not listed, and says where it is.
func moreNote(more int, page string, s size) slack.Block {
	if more <= 0 {
		return nil
	}
	note := "and " + render.Count(more, "story more", "stories more")
	if url := address(page, s.url); url != "" {
		return contextBlock("<" + escape(url) + "|" + note + ">")
	}
	return contextBlock(note + ", all kept: `newswatch stories`")
}

// reports adds the reports of a story in a digest that are no reprints.
func (l *line) reports(c monitor.Card, s size) {
	for i, r := range c.Reports {
		if i == s.reports {
			l.put("\n    and "+render.Number(len(c.Reports)-i+c.MoreReports)+" more", false)
			return
		}
		l.put("\n    "+render.Truncate(render.Sanitize(r.Outlet), s.name)+": ", false)
		l.link(render.Truncate(render.Sanitize(r.Title), s.title), address(r.URL, s.url), false)
	}
	if c.MoreReports > 0 {
		l.put("\n    "+render.MoreReports(c), false)
	}
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
