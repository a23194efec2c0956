package main

import (
	"maps"
	"slices"
	"strings"

	"newswatch/monitor"
	"newswatch/monitor/store/bolt"
	"newswatch/monitor/story"
	"newswatch/notify/email/emailtest"
)

// A copy is one message that a fake took.
type copyOf struct {
	key, text, thread, ts string
}

// taken lists what each destination took, in order of arrival.
func (c *crash) taken() map[string][]copyOf {
	out := map[string][]copyOf{}
	for _, m := range c.slack.Messages() {
		to := "newsroom"
		if m.Hook {
			to = "flat"
		}
		out[to] = append(out[to], copyOf{m.Key(), m.Text, m.ThreadTS, m.TS})
	}
	for name, server := range map[string]*emailtest.Server{"desk/": c.mail, "vault/": c.secure} {
		for _, m := range server.Messages() {
			l, err := m.Read()
			if err != nil {
				c.t.Fatal(err)
			}
			out[name+m.To] = append(out[name+m.To], copyOf{key: l.Header.Get("X-Newswatch-Key"), text: l.Text})
		}
	}
	for _, h := range c.hook.messages() {
		out["hook"] = append(out["hook"], copyOf{key: h.id, text: h.raw})
	}
	return out
}

// verdict compares what was published with what is recorded, and what is
// recorded with what arrived.
func (c *crash) verdict() {
	c.t.Helper()
	db, err := bolt.Open(c.path("newswatch.db"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.List(monitor.NoticeFilter{Limit: 1 << 20})
	if err != nil {
		c.t.Fatal(err)
	}
	stories, reports := c.archived(db)
	byKey := map[string]monitor.Notice{}
	for _, n := range rows {
		byKey[n.Key] = n
	}
	taken := c.taken()
	states := map[monitor.State]int{}
	for _, n := range rows {
		states[n.Delivery.State]++
		c.ended(n, byKey)
		c.carded(n, byKey, taken[n.Destination])
		c.arrived(n, taken[n.Destination])
	}
	dests := slices.Sorted(maps.Keys(taken))
	for dest, copies := range taken {
		for _, m := range copies {
			if n, ok := byKey[m.key]; !ok || n.Destination != dest {
				c.t.Errorf("%s got a message that nobody owes: key %q", dest, m.key)
			}
		}
	}
	c.told(stories, rows, append(dests, "desk/gone@paper.example"))
	c.reported(reports, rows, taken)
	unclear, cut, copies, arrived := 0, 0, 0, 0
	for _, n := range rows {
		unclear += n.Delivery.Ambiguous
		cut += n.Delivery.Cut
		at := len(of(taken[n.Destination], n.Key))
		copies += max(0, at-1)
		if n.Delivery.State == monitor.Unconfirmed {
			arrived += min(at, 1)
		}
	}
	c.t.Logf("%d faults, %d times silent for minutes; %d items in %d stories; notices: %v", c.faults, c.silences, c.published(), len(stories), states)
	c.t.Logf("attempts of unclear outcome: %d, of them cut off by a kill: %d; copies beyond the first: %d; unconfirmed: %d, of them arrived: %d; lost: 0 unless said above",
		unclear, cut, copies, states[monitor.Unconfirmed], arrived)
}

// published counts the items that match.
func (c *crash) published() (n int) {
	for _, title := range c.feeds.Titles() {
		if strings.Contains(title, "ferry") {
			n++
		}
	}
	return n
}

// Archived checks that every item published is recorded once, and returns the
// stories they are in with one headline each, and the independent reports.
func (c *crash) archived(db *bolt.Store) (stories map[monitor.StoryID]string, reports []monitor.Record) {
	c.t.Helper()
	seen := map[string]int{}
	stories = map[monitor.StoryID]string{}
	err := db.ItemsFrom(0, func(rec monitor.Record) bool {
		if seen[rec.Item.Title]++; len(rec.Matches) > 0 {
			stories[rec.Story] = rec.Item.Title
			if rec.Role == story.Original {
				reports = append(reports, rec)
			}
		}
		return true
	})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, title := range c.feeds.Titles() {
		if n := seen[title]; n != 1 {
			c.t.Errorf("%q was recorded %d times", title, n)
		}
	}
	return stories, reports
}

// reported checks that every independent report of a story that had an alert
// can be read where the alert went, or is on a notice that nobody confirmed.
func (c *crash) reported(reports []monitor.Record, rows []monitor.Notice, taken map[string][]copyOf) {
	c.t.Helper()
	alerted, excused := map[string]bool{}, map[string]bool{}
	for _, n := range rows {
		switch {
		case n.Kind == monitor.AlertKind:
			alerted[n.Destination+n.Story.String()] = true
		case n.Delivery.State != monitor.Sent:
			for _, card := range n.Content.Cards {
				excused[n.Destination+card.Headline] = true
			}
		}
	}
	for dest, copies := range taken {
		var all strings.Builder
		for _, m := range copies {
			all.WriteString(strings.Join(strings.Fields(m.text), " "))
		}
		for _, rec := range reports {
			title := rec.Item.Title
			if alerted[dest+rec.Story.String()] && !excused[dest+title] && !strings.Contains(all.String(), title) {
				c.t.Errorf("lost: %s never read %q, a report of story %s", dest, title, rec.Story)
			}
		}
	}
}

// told checks that every destination was owed an alert, or a place on a card,
// for every story.
func (c *crash) told(stories map[monitor.StoryID]string, rows []monitor.Notice, dests []string) {
	c.t.Helper()
	type about struct {
		dest  string
		story monitor.StoryID
	}
	told := map[about]int{}
	for _, n := range rows {
		switch n.Kind {
		case monitor.AlertKind:
			told[about{n.Destination, n.Story}]++
		case monitor.CatchupKind:
			for _, card := range n.Content.Cards {
				if strings.Contains(n.Content.Headline, "atching up") {
					told[about{n.Destination, card.Story}]++
				}
			}
		}
	}
	for id, title := range stories {
		for _, dest := range dests {
			if n := told[about{dest, id}]; n != 1 {
				c.t.Errorf("lost or doubled: %s is told %d times of %q", dest, n, title)
			}
		}
	}
}

// ended checks that a notice came to an end that accounts for it.
func (c *crash) ended(n monitor.Notice, byKey map[string]monitor.Notice) {
	c.t.Helper()
	d := n.Delivery
	switch d.State {
	case monitor.Sent, monitor.Unconfirmed:
	case monitor.Folded:
		if n.Kind != monitor.EditKind && d.Into != "" {
			if into := byKey[d.Into]; into.Delivery.State != monitor.Sent && into.Delivery.State != monitor.Unconfirmed && into.Delivery.State != monitor.Dead {
				c.t.Errorf("lost: %s for %s was folded into %q, which is %q", n.Key, n.Destination, d.Into, into.Delivery.State)
			}
		}
	case monitor.Dead:
		if n.Destination != "desk/gone@paper.example" || !strings.Contains(d.Reason, "550") {
			c.t.Errorf("lost: %s for %s is dead: %s", n.Key, n.Destination, d.Reason)
		}
	default:
		c.t.Errorf("lost: %s for %s is %s: %s", n.Key, n.Destination, d.State, d.Reason)
	}
}

// carded checks that what was folded into a card that arrived can be read
// there.
func (c *crash) carded(n monitor.Notice, byKey map[string]monitor.Notice, copies []copyOf) {
	c.t.Helper()
	into := byKey[n.Delivery.Into]
	if n.Delivery.State != monitor.Folded || n.Kind != monitor.AlertKind || into.Delivery.State != monitor.Sent || into.Content.More > 0 {
		return
	}
	for _, at := range of(copies, into.Key) {
		if !strings.Contains(strings.Join(strings.Fields(copies[at].text), " "), n.Content.Headline) {
			c.t.Errorf("lost: %s: the card %s does not name %q", n.Destination, into.Key, n.Content.Headline)
		}
	}
}

// of lists the places at which a key arrived.
func of(copies []copyOf, key string) (at []int) {
	for i, m := range copies {
		if m.key == key {
			at = append(at, i)
		}
	}
	return at
}

// arrived compares a notice with what its destination took: there if Sent, not
// more often than answers were lost, and after its parent.
func (c *crash) arrived(n monitor.Notice, copies []copyOf) {
	c.t.Helper()
	if n.Kind == monitor.EditKind {
		return // it changes a message and is none
	}
	at := of(copies, n.Key)
	if n.Delivery.State == monitor.Sent && len(at) == 0 {
		c.t.Errorf("lost: %s says that it had %s (%q), but it had not", n.Key, n.Destination, n.Content.Headline)
	}
	most := 1 + n.Delivery.Ambiguous
	if n.Destination == "newsroom" && !c.several {
		most = 1 // Slack can be asked, unless a daemon that was stopped sends after another has asked
	}
	if len(at) > most {
		c.t.Errorf("%s arrived %d times at %s with %d answers lost", n.Key, len(at), n.Destination, n.Delivery.Ambiguous)
	}
	if n.Parent == "" || len(at) == 0 {
		return
	}
	parent := of(copies, n.Parent)
	if len(parent) > 0 && parent[0] > at[0] {
		c.t.Errorf("%s: a reply came before its parent %s", n.Destination, n.Parent)
	}
	threaded := slices.ContainsFunc(parent, func(i int) bool { return copies[i].ts == copies[at[0]].thread })
	if n.Destination == "newsroom" && len(parent) > 0 && !threaded {
		c.t.Errorf("%s: a reply to %s is not in its thread", n.Destination, n.Parent)
	}
}
