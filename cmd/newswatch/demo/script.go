package demo

import (
	"context"
	"fmt"
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
	"newswatch/notify/slack/slacktest"
)

// A scene is something that happens in the invented world, and the time given
// to see what comes of it.
type scene struct {
	say  string
	do   func(*demo)
	time time.Duration
}

// overture is what the feeds list before newswatch first sees them.
func (x *demo) overture() {
	x.feeds.Publish("wire", "Harbor pilots end two-day strike", "Traffic at the port resumed on Monday.", 5*time.Hour)
	x.feeds.Publish("ledger", "ICE signed $9 million detention contract last spring, records show", "The agency's spending came to light in a lawsuit.", 90*time.Hour)
	x.feeds.Publish("gazette", "DHS awards $48 million border sensor contract to Palisade Systems", "The federal award runs for three years.", 4*time.Hour)
	x.feeds.Publish("chronicle", "City council votes on ferry fares", "The vote is expected on Thursday.", 2*time.Hour)
}

const wireStory = "U.S. Immigration and Customs Enforcement (ICE) expanded its storage on Microsoft's Azure platform from 400 terabytes in July to nearly 1,400 terabytes in January, according to files seen by Harbor Wire."

var script = []scene{
	{"newswatch starts. It has never seen these feeds: what is fresh comes in one catch-up card, what is old is only archived.", func(*demo) {}, 2500 * time.Millisecond},
	{"Harbor Wire breaks a story.", func(x *demo) {
		x.feeds.Publish("wire", "ICE leans on Microsoft's cloud", wireStory, time.Minute)
	}, 2200 * time.Millisecond},
	{"Noise: an ice storm, a train, a stock exchange, the sea. Nobody is told.", func(x *demo) {
		x.feeds.Publish("chronicle", "ICE STORM WARNING FOR THE COAST", "Freezing rain may close schools.", time.Minute)
		x.feeds.Publish("wire", "Intercontinental Exchange (NYSE: ICE) posts record volume", "Brent futures rose.", time.Minute)
		x.feeds.Publish("ledger", "Divers explore the azure waters of the bay", "Visibility was good.", time.Minute)
		x.feeds.Publish("chronicle", "ICE to publish new guidance Monday", "No further details were given.", time.Minute)
	}, 1800 * time.Millisecond},
	{"The Chronicle reprints the wire's story: the card is edited, nobody is pinged.", func(x *demo) {
		x.feeds.Publish("chronicle", "ICE leans on Microsoft's cloud", wireStory+" (Harbor Wire)", time.Minute)
	}, 2200 * time.Millisecond},
	{"The Ledger has found out more by itself: a reply in the thread.", func(x *demo) {
		x.feeds.Publish("ledger", "Emails show how ICE came to lean on Microsoft's Azure cloud",
			"Staff of the company met Immigration and Customs Enforcement officials eleven times, the Ledger has learned.", time.Minute)
	}, 2200 * time.Millisecond},
	{"A contract over a million dollars; Slack is overloaded and asks for two seconds' patience.", func(x *demo) {
		x.slack.Script(slacktest.Post, slacktest.Step{Status: 429, RetryAfter: "2"})
		x.feeds.Publish("gazette", "ICE awards $30M detention contract to Palantir", "The federal contract covers case software for the agency.", time.Minute)
	}, 4500 * time.Millisecond},
	{"Seven o'clock: the daily digest.", func(x *demo) {
		if err := x.digest(); err != nil {
			x.say("the digest failed: %v", err)
		}
	}, 1500 * time.Millisecond},
}

// play runs the script.
func (x *demo) play(ctx context.Context) error {
	for _, s := range script {
		x.say("%s", s.say)
		s.do(x)
		x.watch(ctx, s.time)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// epilogue says what happened to every item, and why.
func (x *demo) epilogue() error {
	x.say("What happened to each item, and why")
	told, seen := 0, 0
	err := x.d.Store.ItemsFrom(0, func(rec monitor.Record) bool {
		seen++
		what, why := fate(rec)
		if what == "told" {
			told++
		}
		fmt.Fprintf(x.out, "  %-9s %s\n            %s\n", what, render.Truncate(rec.Item.Title, 90), why)
		return true
	})
	if err != nil {
		return err
	}
	counts, err := x.d.Notices()
	if err != nil {
		return err
	}
	x.say("%d items seen, %d told; %d notices delivered, %d owed. newswatch run does this with your config.yaml; newswatch explain tells it of any address.",
		seen, told, counts[monitor.Sent], counts[monitor.Pending]+counts[monitor.Unknown]+counts[monitor.Inflight])
	return nil
}

// fate sums up what became of an item and the first reason for it.
func fate(rec monitor.Record) (what, why string) {
	if len(rec.Matches) == 0 {
		return "archived", "no watch matches"
	}
	m := rec.Matches[0]
	why = m.Watch + ": " + m.Verdict.String()
	if len(m.Why) > 0 {
		why += ", " + m.Why[0]
	}
	switch {
	case rec.Role == "reprint" || rec.Role == "repeat":
		return "counted", why + "; a " + string(rec.Role) + " of a story told before"
	case rec.Suppressed != "":
		return "kept", why + "; " + rec.Suppressed
	}
	return "told", why
}
