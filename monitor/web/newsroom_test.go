package web

import (
	"fmt"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/story"
)

// newsroom is a past as a newsroom might find it at nine in the morning. All
// of it is invented.
func newsroom(now time.Time) (*fakePast, *monitor.Rules) {
	p, r := newPast(), fakeRules()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	feed := func(name, class string, h schedule.Health, perDay int, tags ...string) {
		addFeed(p, r, feeds.Feed{Name: name, URL: "https://" + name + ".example.org/feed.xml", Tags: tags, Class: class}, h, now, perDay)
	}
	feed("potomac-ledger", "press", schedule.Health{}, 38, "national")
	feed("harbor-post", "press", schedule.Health{}, 24, "national")
	feed("procurement-notices", "primary", schedule.Health{}, 60, "federal")
	feed("union-wire", "wire", schedule.Health{}, 140, "national")
	feed("borderline-review", "press", schedule.Health{}, 3, "advocacy")
	feed("court-filings", "primary", schedule.Health{Condition: schedule.Blocked, Since: ago(26 * time.Hour), Cause: "403 Forbidden: a challenge page was sent instead of the feed"}, 12, "courts")
	feed("valley-dispatch", "press", schedule.Health{Condition: schedule.Degraded, Since: ago(5 * time.Hour), Cause: "no answer within 30s, 6 times in a row"}, 8, "local")
	feed("old-gazette", "press", schedule.Health{Condition: schedule.Stalled, Since: ago(20 * 24 * time.Hour), Cause: "nothing new for 20 days"}, 0, "local")
	feed("agency-newsroom", "primary", schedule.Health{Condition: schedule.Moved, Since: ago(50 * time.Hour), Cause: "moved for good to https://news.example.gov/feed"}, 5, "federal")
	for i := range 34 {
		feed(fmt.Sprintf("county-paper-%02d", i+1), "press", schedule.Health{}, 4+i%9, "local")
	}
	p.gaps = []monitor.Gap{
		{Feed: "union-wire", From: ago(7 * time.Hour), To: ago(6*time.Hour + 20*time.Minute), Lost: true, Why: "the documents before and after share no item"},
		{Feed: "valley-dispatch", From: ago(20 * time.Hour), To: ago(18 * time.Hour), Why: "the server did not answer"},
	}
	stories(p, ago)
	history(p, now)
	outbox(p, ago)
	p.silences = []monitor.Silence{{ID: "9f31c2aa", Watch: "ice-any", Feed: "union-wire", Until: now.Add(9 * time.Hour), Reason: "hearing live blog", By: "page", Created: ago(time.Hour)}}
	return p, r
}

// Stories are those of the last day.
func stories(p *fakePast, ago func(time.Duration) time.Time) {
	const site = ".example.org/2026/11/"
	p.add(fakeStory{at: ago(3*time.Hour + 12*time.Minute), watch: []string{"azure-at-ice", "ice-any"}, verdict: match.Strong,
		headline: "Immigration agency tripled its cloud storage with Microsoft, records show",
		sentence: "Immigration and Customs Enforcement raised its storage on Microsoft's Azure platform from 400 to nearly 1,400 terabytes in six months, according to invoices.",
		hits:     []string{"Immigration and Customs Enforcement", "Azure"},
		why:      []string{"{ice}: “Immigration and Customs Enforcement” is its long name", "{azure}: “Azure” stands 2 words from “Microsoft”", "NEAR/60: 9 words apart"},
		reports: []fakeReport{
			{outlet: "The Potomac Ledger", feed: "potomac-ledger", url: "https://potomac-ledger" + site + "cloud-storage", role: story.First},
			{outlet: "Union Wire", feed: "union-wire", title: "ICE storage with Microsoft tripled, invoices show", url: "https://union-wire" + site + "ice-storage", role: story.Original, after: 40 * time.Minute, why: "names Immigration and Customs Enforcement and Azure, and the same 1,400 terabytes"},
			{outlet: "Harbor Post", feed: "harbor-post", title: "ICE storage with Microsoft tripled, invoices show", url: "https://harbor-post" + site + "ice-microsoft", role: story.Reprint, after: 55 * time.Minute, why: "carries the text of Union Wire, credited"},
			{outlet: "County Paper 7", feed: "county-paper-07", title: "ICE storage with Microsoft tripled", url: "https://county-paper-07" + site + "ice", role: story.Reprint, after: 80 * time.Minute, why: "98 % of its text is that of Union Wire"},
			{outlet: "Borderline Review", feed: "borderline-review", title: "What 1,400 terabytes hold: the data behind the raids", url: "https://borderline-review" + site + "terabytes", role: story.Original, after: 2 * time.Hour, why: "similar title, shares the names Azure and ICE"},
		}}, 1)
	p.add(fakeStory{at: ago(9 * time.Hour), watch: []string{"azure-at-ice"}, verdict: match.Strong,
		headline: "Workers’ letter asks Microsoft to end its Azure Government contract with ICE",
		sentence: "More than 900 employees ask the company to let its Azure Government agreement with ICE lapse in March.",
		hits:     []string{"Azure Government", "ICE"}, why: []string{"{azure}: “Azure Government” is a long name", "{ice}: “ICE” stands near “contract”"},
		reports: []fakeReport{{outlet: "Harbor Post", feed: "harbor-post", url: "https://harbor-post" + site + "letter", role: story.First},
			{outlet: "Union Wire", feed: "union-wire", url: "https://union-wire" + site + "letter", role: story.Original, after: time.Hour, why: "similar title"}}}, 2)
	p.add(fakeStory{at: ago(90 * time.Minute), watch: []string{"detention-contracts"}, verdict: match.Strong,
		headline: "County board approves $48 million detention contract after five-hour hearing",
		sentence: "The board voted 4 to 3 for a $48 million contract to reopen the detention center outside Fairmont.",
		hits:     []string{"$48 million", "contract", "detention center"}, why: []string{"“detention center” is in the title’s text", "amount: $48 million is more than 1M"},
		reports: []fakeReport{{outlet: "County Paper 12", feed: "county-paper-12", url: "https://county-paper-12" + site + "board", role: story.First}}}, 3)
	p.add(fakeStory{at: ago(20 * time.Hour), watch: []string{"detention-contracts"}, verdict: match.Strong, headline: "Notice of award: detention bed space, guaranteed minimum, Gulf region",
		sentence: "Award of a firm fixed-price contract for detention bed space, $112,400,000.00, five option years.",
		hits:     []string{"contract", "detention", "$112,400,000.00"}, why: []string{"amount: $112,400,000.00 is more than 1M"},
		reports: []fakeReport{{outlet: "procurement-notices", feed: "procurement-notices", url: "https://procurement-notices" + site + "award-7731", role: story.First}}}, 4)
	p.add(fakeStory{at: ago(5 * time.Hour), watch: []string{"surveillance-tools"}, verdict: match.Strong,
		headline: "City quietly let ICE query license plate readers for two years, audit finds",
		sentence: "Auditors found 3,412 searches of the license plate system marked “ICE” or “immigration”.", hits: []string{"license plate", "ICE"},
		why:     []string{"{ice}: “ICE” stands 3 words from “immigration”"},
		reports: []fakeReport{{outlet: "Valley Dispatch", feed: "valley-dispatch", url: "https://valley-dispatch" + site + "plates", role: story.First}},
		held:    "silenced: watch surveillance-tools, until 2026-11-24 18:00 UTC"}, 5)
	p.add(fakeStory{at: ago(7 * time.Hour), watch: []string{"ice-any"}, verdict: match.Weak, headline: "ICE to publish new guidance Monday",
		sentence: "ICE to publish new guidance Monday", hits: []string{"ICE"}, why: []string{"{ice}: “ICE” stands alone, nothing speaks for or against it"},
		reports: []fakeReport{{outlet: "Union Wire", feed: "union-wire", url: "https://union-wire" + site + "guidance", role: story.First}}, held: "weak: it rests on doubtful mentions alone"}, 6)
	p.add(fakeStory{at: ago(11 * time.Hour), watch: []string{"azure-at-ice"}, verdict: match.Weak, headline: "Azure outage delays flights as ICE trains run late",
		sentence: "Azure outage delays flights as ICE trains run late", hits: []string{"Azure"}, why: []string{"{azure}: “Azure” without support"},
		reports: []fakeReport{{outlet: "Harbor Post", feed: "harbor-post", url: "https://harbor-post" + site + "outage", role: story.First}}, held: "weak: it rests on doubtful mentions alone"}, 7)
}

// history gives the charts something to show.
func history(p *fakePast, now time.Time) {
	for i := range 70 {
		watch := [...]string{"azure-at-ice", "detention-contracts", "surveillance-tools", "detention-contracts"}[i%4]
		at := now.Add(-time.Duration(30+i*i*9%620) * time.Hour)
		p.add(fakeStory{at: at, watch: []string{watch}, verdict: match.Strong, headline: fmt.Sprintf("Earlier report %d on contracts and their costs", i+1),
			sentence: "An earlier report.", reports: []fakeReport{{outlet: "Union Wire", feed: "union-wire", url: fmt.Sprintf("https://union-wire.example.org/earlier/%d", i), role: story.First}}}, 100+i)
	}
}

func outbox(p *fakePast, ago func(time.Duration) time.Time) {
	var first monitor.Story
	for id := range p.stories {
		if s, _, err := p.Story(id); err == nil && len(s.Items) == 5 {
			first = s
		}
	}
	notice := func(i int, kind monitor.Kind, dest, headline string, d monitor.Delivery) monitor.Notice {
		return monitor.Notice{Key: fmt.Sprintf("%06x51b0c97e", 0x3fa9c1+i*7919), Destination: dest, Kind: kind, Watch: "azure-at-ice", Created: ago(3 * time.Hour),
			Seen: ago(3 * time.Hour), Content: monitor.Content{Headline: headline}, Delivery: d}
	}
	sent := monitor.Delivery{State: monitor.Sent, Attempts: 1, Receipt: monitor.Receipt{ID: "1795510382.004419", Channel: "C04", At: ago(3*time.Hour - 4*time.Second)}}
	alert := notice(1, monitor.AlertKind, "newsroom", first.Headline, sent)
	reply := notice(2, monitor.ReplyKind, "newsroom", first.Headline, sent)
	mail := notice(3, monitor.AlertKind, "desk/editor@example.org", first.Headline, monitor.Delivery{State: monitor.Pending, Due: ago(-8 * time.Minute), Attempts: 3, Reason: "451 greylisted, try again later"})
	alert.Story, reply.Story, mail.Story = first.ID, first.ID, first.ID
	dead := notice(4, monitor.AlertKind, "hook", "County board approves $48 million detention contract after five-hour hearing", monitor.Delivery{State: monitor.Dead, Attempts: 9, Reason: "410 Gone: the webhook was removed"})
	digest := notice(5, monitor.DigestKind, "desk/editor@example.org", "9 stories from 40 of 43 feeds", monitor.Delivery{State: monitor.Sent, Attempts: 1, Receipt: monitor.Receipt{ID: "<a81f.digest@example.org>", At: ago(2 * time.Hour)}})
	folded := notice(6, monitor.EditKind, "newsroom", first.Headline, monitor.Delivery{State: monitor.Folded, Reason: "told by a later edit"})
	p.notices = []monitor.Notice{mail, alert, reply, dead, digest, folded}
}

// labelled enters items that readers labelled: enough of one watch for
// suggestions, and too few of another.
func labelled(p *fakePast) {
	for i, title := range []string{"ICE raids a plant", "ICE detention contract goes to a prison firm", "ICE agents arrest 40", "ICE asks for phone data", "ICE director testifies",
		"ICE hockey rink closes", "ICE rink hockey final sold out", "ICE fishing season opens", "ICE fishing derby draws hundreds", "ICE cores tell of old air", "Azure at ICE grows"} {
		id := monitor.FirstID(testNow.Add(-time.Duration(i+2)*time.Hour)) + monitor.ItemID(7000+i)
		watch := "ice-any"
		if i == 10 {
			watch = "azure-at-ice"
		}
		p.items[id] = monitor.Record{ID: id, Feed: "union-wire", Outlet: "Union Wire", Seen: id.Time(), Item: feeds.Item{Title: title, Link: fmt.Sprint("https://union-wire.example.org/x/", i)},
			Matches: []monitor.Matched{{Watch: watch, Verdict: match.Strong}}, Labels: []monitor.Label{{Watch: watch, Relevant: i < 5 || i == 10, By: "page", At: testNow}}}
	}
}
