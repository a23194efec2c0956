package slack_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newswatch/monitor"
	"newswatch/notify/slack"
	"newswatch/notify/slack/slacktest"
)

var update = flag.Bool("update", false, "write the golden files")

// posted sends a notice and returns what stands in the channel.
func posted(t *testing.T, n *slack.Notifier, s *slacktest.Server, nt monitor.Notice) slacktest.Message {
	t.Helper()
	if _, err := n.Notify(t.Context(), nt, monitor.Receipt{}); err != nil {
		t.Fatal(err)
	}
	ms := s.Messages()
	return ms[len(ms)-1]
}

func TestCards(t *testing.T) {
	s := workspace(t)
	app := open(t, slack.Config{Token: token, Channel: "#news", APIURL: s.APIURL(), AppToken: "xapp-1"})
	notices := map[string]monitor.Notice{
		"alert": alert(), "reply": reply(), "catchup": catchup(3), "digest": digest(2, 2), "operations": operations(),
	}
	for name, nt := range notices {
		t.Run(name, func(t *testing.T) {
			m := posted(t, app, s, nt)
			got, err := json.MarshalIndent(map[string]any{
				"text": m.Text, "blocks": m.Blocks, "metadata": m.Metadata, "looks like": strings.Split(m.Render(false), "\n"),
			}, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".golden.json")
			if *update {
				if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(bytes.TrimSpace(want), got) {
				t.Errorf("%s is not as in %s; run with -update and read the difference", got, file)
			}
			if m.Unfurl {
				t.Error("previews are not turned off")
			}
		})
	}
}

// hostile are texts that try to be more than text, and how they are to be
// read.
var hostile = map[string]struct{ text, want string }{
	"channel":     {"<!channel> look", "<!channel> look"},
	"here":        {"<!here|here> and @here", "<!here|here> and @here"},
	"user":        {"Fire <@U123> now", "Fire <@U123> now"},
	"group":       {"<!subteam^S1|all>", "<!subteam^S1|all>"},
	"link":        {"<https://evil.example|Your bank>", "<https://evil.example|Your bank>"},
	"formatting":  {"*bold* _it_ ~gone~ `code`", "*bold* _it_ ~gone~ `code`"},
	"escaped":     {"&lt;!here&gt; &amp;", "&lt;!here&gt; &amp;"},
	"lines":       {"one\ntwo\r\n> three", "one two > three"},
	"direction":   {"safe\u202egpj.exe\u2066x", "safegpj.exex"},
	"terminal":    {"a\x1b[31mred\x00b", "aredb"},
	"date":        {"<!date^1^{date}^https://evil.example|x>", "<!date^1^{date}^https://evil.example|x>"},
	"emoji codes": {":rotating_light: news", ":rotating_light: news"},
}

func TestStrangersWordsStayWords(t *testing.T) {
	s := workspace(t)
	n, flat := bot(t, s), hook(t, s)
	for name, tt := range hostile {
		t.Run(name, func(t *testing.T) {
			for _, nt := range everywhere(tt.text) {
				for _, way := range []*slack.Notifier{n, flat} {
					m := posted(t, way, s, nt)
					if p := m.Pings(); len(p) > 0 {
						t.Errorf("%s calls %q", nt.Kind, p)
					}
					if got := m.Render(false); nt.Kind != monitor.DigestKind && !strings.Contains(got, tt.want) {
						t.Errorf("%s reads\n%s\nwant %q in it", nt.Kind, got, tt.want)
					}
				}
				s.Script(slacktest.Post, slacktest.Step{Error: "invalid_blocks"})
				if m := posted(t, n, s, nt); len(m.Pings()) > 0 || strings.Contains(m.Text, "<") {
					t.Errorf("%s as text calls somebody: %s", nt.Kind, m.Text)
				}
			}
		})
	}
}

// everywhere puts a text wherever a stranger's can come to stand.
func everywhere(text string) []monitor.Notice {
	c := card()
	c.Headline, c.Outlet, c.Class, c.Why = text, text, text, []string{text}
	c.Sentence, c.Hits = "It said: "+text, nil
	c.Also = []monitor.Mention{{Outlet: text, Title: text, URL: "https://news.example/" + text}}
	a := alert()
	a.Content.Headline, a.Content.Cards = text, []monitor.Card{c}
	r := a
	r.Kind, r.Content.Change = monitor.ReplyKind, text
	l := a
	l.Kind = monitor.CatchupKind
	o := operations()
	o.Content = monitor.Content{Headline: text, Lines: []string{text}}
	d := digest(1, 1)
	d.Content.Headline = text
	d.Content.Digest.Watches[0].Stories[0] = c
	d.Content.Digest.CoverageGaps[0].Why = text
	d.Content.Digest.FailedDeliveries[0].Headline = text
	d.Content.Digest.Silences = []string{text}
	return []monitor.Notice{a, r, l, o, d}
}

func TestLinksLeadOnlyToPages(t *testing.T) {
	s := workspace(t)
	n := bot(t, s)
	for address, want := range map[string]string{
		"https://news.example/a?x=1|2> 3": `"url":"https://news.example/a?x=1%7C2%3E%203"`,
		"javascript:alert(1)":             "",
		"data:text/html,x":                "",
		"//evil.example/x":                "",
		"/relative":                       "",
		"":                                "",
	} {
		nt := alert()
		nt.Content.Cards[0].URL, nt.Content.Cards[0].Also = address, nil
		got := string(posted(t, n, s, nt).Blocks)
		if want == "" && strings.Contains(got, `"url"`) || !strings.Contains(got, want) {
			t.Errorf("%q became %s", address, got)
		}
	}
}

// The fake refuses what Slack refuses, so a size that does not fit would come
// out as text.
func TestEverySizeFits(t *testing.T) {
	s := workspace(t)
	n := bot(t, s)
	long := map[string]string{
		"words": strings.Repeat("long words ", 400), "emoji": strings.Repeat("👩‍👩‍👧‍👦", 80), "angles": strings.Repeat("<&>", 1400),
		"chinese": strings.Repeat("新闻", 400), "one word": strings.Repeat("x", 4000), "accents": strings.Repeat("e\u0301\u0323", 150),
	}
	for name, text := range long {
		t.Run(name, func(t *testing.T) {
			for _, nt := range everywhere(text) {
				crowd(&nt.Content)
				m := posted(t, n, s, nt)
				if string(m.Blocks) == "[]" {
					t.Errorf("%s became plain text", nt.Kind)
				}
				if len(m.Blocks) > 9000 {
					t.Errorf("%s takes %d bytes, want 9,000 at most", nt.Kind, len(m.Blocks))
				}
				s.Script(slacktest.Post, slacktest.Step{Error: "invalid_blocks"})
				if m := posted(t, n, s, nt); len(m.Text) == 0 || len([]rune(m.Text)) > 4000 {
					t.Errorf("%s as text has %d characters", nt.Kind, len([]rune(m.Text)))
				}
			}
		})
	}
}

// crowd repeats everything in a content many times.
func crowd(c *monitor.Content) {
	if len(c.Cards) > 0 {
		for len(c.Cards) < 30 {
			c.Cards = append(c.Cards, c.Cards[0])
		}
	}
	for len(c.Lines) > 0 && len(c.Lines) < 30 {
		c.Lines = append(c.Lines, c.Lines[0])
	}
	d := c.Digest
	if d == nil {
		return
	}
	for len(d.Watches) < 35 {
		d.Watches = append(d.Watches, d.Watches[0])
	}
	for len(d.Possible) < 30 {
		d.Possible = append(d.Possible, d.Watches[0].Stories[0])
		d.CoverageGaps = append(d.CoverageGaps, d.CoverageGaps[0])
		d.FailedDeliveries = append(d.FailedDeliveries, d.FailedDeliveries[0])
		d.Silences = append(d.Silences, d.Silences[0])
		d.Audit = append(d.Audit, d.Silences[0])
	}
}

// A part of a fold is shown in full, with addresses as long as those of news
// search engines.
func TestACatchupShowsAllOfItsPart(t *testing.T) {
	s := workspace(t)
	for name, address := range map[string]string{"short": "https://news.example/a", "long": "https://news.example/rss/articles/" + strings.Repeat("CBMi", 90)} {
		nt := catchup(20)
		for i := range nt.Content.Cards {
			nt.Content.Cards[i].URL = address + strings.Repeat("x", i)
		}
		m := posted(t, bot(t, s), s, nt)
		for _, c := range nt.Content.Cards {
			if !strings.Contains(m.Render(false), c.Headline) || !strings.Contains(m.Text, c.Headline) {
				t.Errorf("%s addresses: %q is not there", name, c.Headline)
			}
		}
	}
}

// Reports that came fast are one reply, which names them all.
func TestAReplyNamesEveryReport(t *testing.T) {
	s := workspace(t)
	nt := reply()
	for i := range 5 {
		c := card()
		c.Headline, c.Outlet = fmt.Sprintf("Report number %d of the day", i), fmt.Sprintf("Paper %d", i)
		nt.Content.Cards = append(nt.Content.Cards, c)
	}
	for _, way := range []*slack.Notifier{bot(t, s), hook(t, s)} {
		m := posted(t, way, s, nt)
		for _, c := range nt.Content.Cards {
			if got := m.Render(false); !strings.Contains(got, c.Headline) || !strings.Contains(got, c.Outlet) || !strings.Contains(m.Text, c.Headline) {
				t.Errorf("%q is not in\n%s", c.Headline, got)
			}
		}
	}
}

func TestAFullCatchupSaysWhatItLeavesOut(t *testing.T) {
	s := workspace(t)
	got := posted(t, bot(t, s), s, catchup(200)).Render(false)
	if shown := strings.Count(got, "•"); shown < 5 || !strings.Contains(got, "stories more") {
		t.Errorf("%d stories and\n%s\nwant several, and how many more there are", shown, got)
	}
}
