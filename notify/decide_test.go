package notify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
)

var evening = time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)

// row is a pending alert that was made a minute before evening.
func row(key string, change ...func(*monitor.Notice)) monitor.Notice {
	n := monitor.Notice{
		Key: key, Destination: "d", Kind: monitor.AlertKind, Watch: "w", Created: evening.Add(-time.Minute), Seen: evening.Add(-time.Minute),
		Content:  monitor.Content{Headline: key, Cards: []monitor.Card{{Headline: key, Watch: "w", Verdict: match.Strong}}},
		Delivery: monitor.Delivery{State: monitor.Pending, Due: evening, Rev: 1},
	}
	for _, c := range change {
		c(&n)
	}
	return n
}

func rows(n int, change ...func(*monitor.Notice)) []monitor.Notice {
	var out []monitor.Notice
	for i := range n {
		out = append(out, row(fmt.Sprintf("n%03d", i), change...))
	}
	return out
}

func high(n *monitor.Notice) { n.Priority = monitor.High }
func unknown(n *monitor.Notice) {
	n.Delivery.State, n.Delivery.Ambiguous, n.Delivery.Lost = monitor.Unknown, 1, 1
}
func twiceLost(n *monitor.Notice) {
	n.Delivery.State, n.Delivery.Ambiguous, n.Delivery.Lost = monitor.Unknown, 2, 2
}
func renewed(n *monitor.Notice) { n.Delivery.Renewed = evening.Add(-time.Hour) }
func tried(n *monitor.Notice)   { n.Delivery.Attempts = 7 }
func oftenCut(n *monitor.Notice) {
	n.Delivery.State, n.Delivery.Ambiguous, n.Delivery.Cut = monitor.Unknown, cutResends, cutResends
}
func tooOftenCut(n *monitor.Notice) {
	n.Delivery.State, n.Delivery.Ambiguous, n.Delivery.Cut = monitor.Unknown, cutResends+1, cutResends+1
}
func cutAndLost(n *monitor.Notice) {
	n.Delivery.State, n.Delivery.Ambiguous, n.Delivery.Lost, n.Delivery.Cut = monitor.Unknown, 3, 2, 1
}
func doubtfulOften(n *monitor.Notice) { n.Delivery.State, n.Delivery.Ambiguous = monitor.Unknown, 40 }
func wasQuiet(n *monitor.Notice)      { n.Delivery.Reason = quietReason + " until 07:00 UTC" }
func old(n *monitor.Notice)           { n.Created = evening.Add(-2 * time.Hour) }
func ancient(n *monitor.Notice)       { n.Created = evening.Add(-8 * 24 * time.Hour) }
func ofStory(n *monitor.Notice)       { n.Story = 7 }
func asDigest(n *monitor.Notice)      { n.Kind = monitor.DigestKind }
func asReport(n *monitor.Notice)      { n.Kind = monitor.OperationsKind }
func asEdit(n *monitor.Notice)        { n.Kind, n.Parent = monitor.EditKind, "parent" }
func asReply(n *monitor.Notice)       { n.Kind, n.Parent = monitor.ReplyKind, "parent" }
func after(n *monitor.Notice)         { n.Created = evening }
func sentTimes(n int) (s []time.Time) {
	for i := range n {
		s = append(s, evening.Add(time.Duration(i-n)*time.Minute))
	}
	return s
}

// told says a plan in words, in the order of its parts.
func told(p plan) []string {
	var out []string
	for _, n := range p.send {
		out = append(out, "send "+n.Key)
	}
	for _, n := range p.probe {
		out = append(out, "ask "+n.Key)
	}
	for _, g := range p.write {
		n := g[0]
		switch {
		case len(g) > 1:
			var keys []string
			for _, c := range g[1:] {
				keys = append(keys, c.Key)
			}
			out = append(out, fmt.Sprintf("fold %s", strings.Join(keys, " ")))
		case n.Delivery.State == monitor.Pending || n.Delivery.State == monitor.Unknown:
			out = append(out, fmt.Sprintf("hold %s until %s", n.Key, n.Delivery.Due.Format("15:04")))
		default:
			out = append(out, fmt.Sprintf("%s %s", n.Delivery.State, n.Key))
		}
	}
	for _, n := range p.left {
		out = append(out, "leave "+n.Key)
	}
	return out
}

// A decision is a situation in the evening, and what is decided then in the
// words of told.
type decision struct {
	s    situation
	want []string
}

func check(t *testing.T, tests map[string]decision) {
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.s.now = evening
			if got := told(decide(tt.s)); !slices.Equal(got, tt.want) {
				t.Errorf("decided\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(tt.want, "\n\t"))
			}
		})
	}
}

func TestDecideWhatGoes(t *testing.T) {
	check(t, map[string]decision{
		"nothing is due":       {situation{slots: 1}, nil},
		"one is sent":          {situation{slots: 1, due: rows(1)}, []string{"send n000"}},
		"slots bound it":       {situation{slots: 2, due: rows(3)}, []string{"send n000", "send n001", "leave n002"}},
		"no slot":              {situation{due: rows(1)}, []string{"leave n000"}},
		"a pause holds":        {situation{slots: 1, breaker: breaker{Until: evening.Add(1)}, due: append(rows(1), row("u", unknown)), probes: true}, []string{"leave n000", "leave u"}},
		"high goes first":      {situation{slots: 2, due: append(rows(2), row("h", high))}, []string{"send h", "send n000", "leave n001"}},
		"a pause ends now":     {situation{slots: 1, breaker: breaker{Until: evening}, due: rows(1)}, []string{"send n000"}},
		"one of a story":       {situation{slots: 9, due: rows(2, ofStory)}, []string{"send n000", "leave n001"}},
		"story is busy":        {situation{slots: 9, due: append(rows(1, ofStory), row("x")), busy: map[monitor.StoryID]bool{7: true}}, []string{"send x", "leave n000"}},
		"failing: one goes":    {situation{slots: 9, breaker: breaker{Failures: 5}, due: rows(2)}, []string{"send n000", "leave n001"}},
		"failing: the untried": {situation{slots: 9, breaker: breaker{Failures: 5}, due: append(rows(2, tried), row("x"))}, []string{"send x", "leave n000", "leave n001"}},
		"failing: one went":    {situation{slots: 9, inflight: 1, breaker: breaker{Failures: 5}, due: rows(2)}, []string{"leave n000", "leave n001"}},
		"failing: no folds":    {situation{slots: 9, breaker: breaker{Down: 1}, due: rows(30, old)[:2]}, []string{"send n000", "leave n001"}},
		"too old":              {situation{slots: 9, expire: true, due: rows(1, ancient)}, []string{"dead n000"}},
		"too old, untried":     {situation{slots: 9, expire: true, began: evening.Add(-time.Hour), due: rows(1, ancient)}, []string{"send n000"}},
		"too old, and tried":   {situation{slots: 9, expire: true, began: evening.Add(-time.Hour), due: rows(1, ancient, func(n *monitor.Notice) { n.Delivery.Started = evening.Add(-time.Minute) })}, []string{"dead n000"}},
		"too old, untried yet": {situation{slots: 9, expire: true, began: evening.AddDate(0, 0, -9), due: rows(1, func(n *monitor.Notice) { n.Created = evening.AddDate(0, 0, -10) })}, []string{"dead n000"}},
		"too old, renewed":     {situation{slots: 9, expire: true, due: rows(1, ancient, renewed)}, []string{"send n000"}},
		"too old, lost":        {situation{slots: 9, expire: true, due: rows(1, ancient, unknown), probes: true}, []string{"unconfirmed n000"}},
		"clock not trusted":    {situation{slots: 9, due: rows(1, ancient)}, []string{"send n000"}},
		"lost, cannot ask":     {situation{slots: 9, due: rows(1, unknown)}, []string{"send n000"}},
		"lost twice":           {situation{slots: 9, due: rows(1, twiceLost)}, []string{"unconfirmed n000"}},
		"cut off often":        {situation{slots: 9, due: rows(1, oftenCut)}, []string{"send n000"}},
		"answered no again":    {situation{slots: 9, due: rows(1, doubtfulOften)}, []string{"send n000"}},
		"cut off for ever":     {situation{slots: 9, due: rows(1, tooOftenCut)}, []string{"unconfirmed n000"}},
		"cut off, lost twice":  {situation{slots: 9, due: rows(1, cutAndLost)}, []string{"unconfirmed n000"}},
		"lost, can ask":        {situation{slots: 9, probes: true, due: rows(1, twiceLost)}, []string{"ask n000"}},
		"lost is not folded":   {situation{slots: 9, due: append(rows(6, wasQuiet), row("u", unknown, wasQuiet))}, []string{"send u", "fold n000 n001 n002 n003 n004 n005"}},
	})
}

func TestDecideEditsAndReplies(t *testing.T) {
	parent := func(st monitor.State) map[string]monitor.Notice {
		return map[string]monitor.Notice{"parent": row("parent", func(n *monitor.Notice) { n.Delivery.State = st })}
	}
	onCard := func(st monitor.State) map[string]monitor.Notice {
		m := parent(monitor.Folded)
		p := m["parent"]
		p.Delivery.Into = "card-1"
		m["parent"] = p
		m["card-1"] = row("card-1", func(n *monitor.Notice) { n.Delivery.State = st })
		return m
	}
	check(t, map[string]decision{
		"edit of a sent one":     {situation{slots: 9, capabilities: Capabilities{Edits: true}, parents: parent(monitor.Sent), due: rows(1, asEdit)}, []string{"send n000"}},
		"edit of a dead one":     {situation{slots: 9, capabilities: Capabilities{Edits: true}, parents: parent(monitor.Dead), due: rows(1, asEdit)}, []string{"folded n000"}},
		"edit of a forgotten":    {situation{slots: 9, capabilities: Capabilities{Edits: true}, due: rows(1, asEdit)}, []string{"folded n000"}},
		"edit where none can be": {situation{slots: 9, parents: parent(monitor.Sent), due: rows(1, asEdit)}, []string{"folded n000"}},
		"newest edit only":       {situation{slots: 9, capabilities: Capabilities{Edits: true}, parents: parent(monitor.Sent), due: append([]monitor.Notice{row("new", asEdit, after)}, rows(2, asEdit)...)}, []string{"send new", "folded n000", "folded n001"}},
		"a newer edit was sent":  {situation{slots: 9, capabilities: Capabilities{Edits: true}, parents: parent(monitor.Sent), edited: map[string]time.Time{"parent": evening}, due: rows(1, asEdit)}, []string{"folded n000"}},
		"reply to a dead one":    {situation{slots: 9, parents: parent(monitor.Dead), due: rows(1, asReply)}, []string{"send n000"}},
		"reply to one on a card": {situation{slots: 9, parents: onCard(monitor.Sent), due: rows(1, asReply)}, []string{"send n000"}},
		"reply before the card":  {situation{slots: 9, parents: onCard(monitor.Pending), due: rows(1, asReply)}, []string{"leave n000"}},
	})
}

func TestDecideQuietHours(t *testing.T) {
	quiet := Policy{Quiet: Quiet{From: 19 * 60, To: 7 * 60, Zone: time.UTC}}
	parent := func(st monitor.State) map[string]monitor.Notice {
		return map[string]monitor.Notice{"parent": row("parent", func(n *monitor.Notice) { n.Delivery.State = st })}
	}
	check(t, map[string]decision{
		"quiet hours hold":       {situation{slots: 9, policy: quiet, due: rows(2)}, []string{"hold n000 until 07:00", "hold n001 until 07:00"}},
		"high passes them":       {situation{slots: 9, policy: quiet, due: rows(1, high)}, []string{"send n000"}},
		"a digest passes them":   {situation{slots: 9, policy: quiet, due: rows(1, asDigest)}, []string{"send n000"}},
		"an edit makes no sound": {situation{slots: 9, policy: quiet, capabilities: Capabilities{Edits: true}, parents: parent(monitor.Sent), due: rows(1, asEdit)}, []string{"send n000"}},
		"operations wait, too":   {situation{slots: 9, policy: quiet, due: rows(1, asReport)}, []string{"hold n000 until 07:00"}},
		"five after quiet hours": {situation{slots: 9, due: rows(5, wasQuiet)}, []string{"send n000", "send n001", "send n002", "send n003", "send n004"}},
		"six after quiet hours":  {situation{slots: 9, due: rows(6, wasQuiet)}, []string{"fold n000 n001 n002 n003 n004 n005"}},
		"high is not folded":     {situation{slots: 9, due: append(rows(6, wasQuiet), row("h", high))}, []string{"send h", "fold n000 n001 n002 n003 n004 n005"}},
		"news and operations":    {situation{slots: 9, due: append(rows(6, wasQuiet), row("o1", asReport), row("o2", asReport))}, []string{"fold n000 n001 n002 n003 n004 n005", "fold o1 o2"}},
	})
}

func TestDecideFloods(t *testing.T) {
	five := Policy{Budget: Budget{5, time.Hour}}
	check(t, map[string]decision{
		"twenty after an outage":      {situation{slots: 1, due: rows(20, old)[:2]}, []string{"send n000", "leave n001"}},
		"many after an outage":        {situation{slots: 9, due: rows(21, old)}, []string{"fold " + keys(21)}},
		"a program takes them all":    {situation{slots: 1, capabilities: Capabilities{Bulk: true}, due: rows(21, old)[:2]}, []string{"send n000", "leave n001"}},
		"a burst is one card":         {situation{slots: 1, due: rows(51)}, []string{"fold " + keys(51)}},
		"many at once are no outage":  {situation{slots: 1, due: rows(40)[:2]}, []string{"send n000", "leave n001"}},
		"within the budget":           {situation{slots: 9, policy: five, breaker: breaker{Sent: sentTimes(3)}, due: rows(2)}, []string{"send n000", "send n001"}},
		"the rest goes onto a card":   {situation{slots: 9, policy: five, breaker: breaker{Sent: sentTimes(3)}, due: rows(4)}, []string{"send n000", "send n001", "fold n002 n003"}},
		"one over it goes as it is":   {situation{slots: 9, policy: five, breaker: breaker{Sent: sentTimes(5)}, due: rows(1)}, []string{"send n000"}},
		"after the card, they wait":   {situation{slots: 9, policy: five, breaker: breaker{Sent: sentTimes(6)}, due: rows(2)}, []string{"hold n000 until 20:54", "hold n001 until 20:54"}},
		"what is under way counts":    {situation{slots: 9, policy: five, budgeted: 4, breaker: breaker{Sent: sentTimes(2)}, due: rows(1)}, []string{"hold n000 until 20:58"}},
		"what is under way, alone":    {situation{slots: 9, policy: five, budgeted: 6, due: rows(1)}, []string{"hold n000 until 20:00"}},
		"high goes onto an early one": {situation{slots: 9, policy: five, breaker: breaker{Sent: sentTimes(6)}, due: append(rows(1), row("h", high))}, []string{"hold n000 until 20:04", "hold h until 20:04"}},
		"old messages do not count":   {situation{slots: 9, policy: five, breaker: breaker{Sent: []time.Time{evening.Add(-2 * time.Hour)}}, due: rows(5)[4:]}, []string{"send n004"}},
		"digests are not counted":     {situation{slots: 9, policy: five, breaker: breaker{Sent: sentTimes(6)}, due: rows(1, asDigest)}, []string{"send n000"}},
		"a card is not folded again":  {situation{slots: 9, policy: five, breaker: breaker{Sent: sentTimes(5)}, due: []monitor.Notice{row("card-abc")}}, []string{"send card-abc"}},
	})
}

func keys(n int) string {
	var out []string
	for _, r := range rows(n) {
		out = append(out, r.Key)
	}
	return strings.Join(out, " ")
}

// TestFoldKeepsEverything: what is folded is on the card, or counted there,
// and says where it went.
func TestFoldKeepsEverything(t *testing.T) {
	group := rows(30, wasQuiet)
	for i := range group {
		group[i].Content.Cards[0].Story = monitor.StoryID(i + 1)
		group[i].Content.Cards[0].Independent = i
	}
	group[3].Priority = monitor.High
	group[4].Content.More = 5
	group[5].Kind, group[5].Content.Change = monitor.ReplyKind, "a new amount"
	group[5].Content.Cards[0].Story, group[5].Content.Cards[0].Outlets = 30, 99 // a reply on the last one's story
	var p plan
	left := (&situation{now: evening}).fold(&p, group, "while it was quiet", func(monitor.Notice) bool { return true })
	if len(left) != 0 || len(p.write) != 1 || len(p.write[0]) != 31 {
		t.Fatalf("left %d rows, wrote %d groups", len(left), len(p.write))
	}
	c := p.write[0][0]
	if c.Kind != monitor.CatchupKind || c.Priority != monitor.High || c.Watch != "w" || c.Delivery.Rev != 0 {
		t.Errorf("card = %+v", c)
	}
	if n := len(c.Content.Cards); n != 29 || c.Content.More != 5 {
		t.Errorf("%d listed and %d counted, want %d in all", n, c.Content.More, 29+5)
	}
	if first := c.Content.Cards[0]; first.Headline != "n003" {
		t.Errorf("first is %s, want the one of high priority", first.Headline)
	}
	i := slices.IndexFunc(c.Content.Cards, func(c monitor.Card) bool { return c.Story == 30 })
	if merged := c.Content.Cards[i]; merged.Outlets != 99 || len(merged.Reports) != 2 ||
		merged.Reports[0].Title != "a new amount" || merged.Reports[1].Title != "n029" {
		t.Errorf("the reply's news or the story's other report is lost: %+v", merged)
	}
	for _, n := range p.write[0][1:] {
		if n.Delivery.State != monitor.Folded || n.Delivery.Into != c.Key || n.Delivery.Rev != 1 {
			t.Errorf("%s: %+v", n.Key, n.Delivery)
		}
	}
	slices.Reverse(group)
	if k := cardKey(group); k != c.Key {
		t.Errorf("the key depends on the order: %s and %s", k, c.Key)
	}
}

// TestFoldInParts: no card holds more than its destination shows, unless a page
// lists the rest and there is a budget, or so much that nobody would read on.
func TestFoldInParts(t *testing.T) {
	for name, tt := range map[string]struct {
		lists, rows int
		budget      Budget
		page        string
		want        []int
	}{
		"one card":              {20, 20, Budget{}, "", []int{20}},
		"two parts":             {20, 21, Budget{}, "", []int{11, 10}},
		"many parts":            {20, 112, Budget{}, "https://page.example", []int{19, 19, 19, 19, 19, 17}},
		"no bound":              {0, 90, Budget{}, "", []int{90}},
		"a mad feed":            {20, 201, Budget{}, "https://page.example", []int{201}},
		"a mad feed, no page":   {20, 201, Budget{}, "", []int{19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 11}},
		"under budget":          {20, 112, Budget{20, time.Hour}, "https://page.example", []int{112}},
		"under budget, no page": {20, 41, Budget{20, time.Hour}, "", []int{14, 14, 13}},
	} {
		t.Run(name, func(t *testing.T) {
			var p plan
			s := situation{now: evening, capabilities: Capabilities{Lists: tt.lists}, policy: Policy{Budget: tt.budget, Page: tt.page}}
			group := rows(tt.rows)
			for i := range group {
				group[i].Content.Cards[0].Story = monitor.StoryID(i + 1)
			}
			left := s.fold(&p, group, "at once", func(monitor.Notice) bool { return true })
			var got []int
			for i, g := range p.write {
				got = append(got, len(g)-1)
				if n := g[0].Content; len(n.Cards)+n.More != len(g)-1 || tt.lists > 0 && len(tt.want) > 1 && n.More > 0 {
					t.Errorf("part %d lists %d and counts %d of %d", i, len(n.Cards), n.More, len(g)-1)
				}
				if i > 0 && !p.write[i-1][0].Created.Before(g[0].Created) {
					t.Errorf("part %d does not follow part %d", i, i-1)
				}
			}
			if len(left) > 0 || !slices.Equal(got, tt.want) {
				t.Errorf("parts of %d, %d left; want %d", got, len(left), tt.want)
			}
		})
	}
}

// TestFoldCountsStories: a catch-up takes the room of all that it lists.
func TestFoldCountsStories(t *testing.T) {
	group := rows(10)
	group[0].Content.Cards = slices.Repeat(group[0].Content.Cards, 15)
	var p plan
	s := situation{now: evening, capabilities: Capabilities{Lists: 20}}
	left := s.fold(&p, group, "at once", func(monitor.Notice) bool { return true })
	if len(left) != 1 || left[0].Key != "n000" || len(p.write) != 1 || len(p.write[0]) != 1+9 {
		t.Errorf("left %d, folded %d cards; want the catch-up as it is, and one card of the others", len(left), len(p.write))
	}
}

func TestFoldReports(t *testing.T) {
	group := rows(50, asReport)
	group[0].Content.Lines = []string{"because"}
	c := Policy{}.card(group, evening, "in the night")
	if c.Kind != monitor.OperationsKind || c.Content.Headline != "50 reports in the night" || c.Content.Lines[0] != "n000: because" {
		t.Errorf("card = %+v", c.Content)
	}
	if last := c.Content.Lines[len(c.Content.Lines)-1]; len(c.Content.Lines) != cardLines+1 || !strings.HasPrefix(last, "and 10 more") {
		t.Errorf("%d lines, the last %q", len(c.Content.Lines), last)
	}
}

func TestBreaker(t *testing.T) {
	bad := impact{kind: impactFailed, err: ErrCannotProbe}
	var g breaker
	for range openAfter - 1 {
		g = g.after(bad, evening)
	}
	if g.open() || !g.Until.IsZero() {
		t.Errorf("closed after %d failures: %+v", g.Failures, g)
	}
	for i, want := range []time.Duration{5, 10, 20, 40, 80, 160, 320, 640, 900, 900} {
		if g = g.after(bad, evening); g.Until.Sub(evening) != want*time.Second || !g.open() {
			t.Errorf("pause %d = %v, want %v", i, g.Until.Sub(evening), want*time.Second)
		}
	}
	if g.mustReport(evening) || !g.mustReport(evening.Add(reportAfter)) {
		t.Error("told too early or not at all")
	}
	if g = g.after(impact{kind: impactUp}, evening); g.open() || evening.Before(g.Until) {
		t.Errorf("not open after a success: %+v", g)
	}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
		if g = g.after(impact{kind: impactDown, err: ErrCannotProbe}, evening); g.Until.Sub(evening) != want*time.Minute || !g.mustReport(evening) {
			t.Errorf("pause of a broken one = %v, want %v", g.Until.Sub(evening), want*time.Minute)
		}
	}
	g = breaker{}.after(impact{impactFailed, time.Hour, ErrCannotProbe}, evening)
	if g = g.after(impact{kind: impactUp}, evening); g.Until.Sub(evening) != time.Hour {
		t.Errorf("a success from before ended a pause that the far end asked for: %+v", g)
	}
	if g := (breaker{Until: evening.AddDate(10, 0, 0), Sent: []time.Time{evening, evening.Add(time.Hour)}}).dropFuture(evening); g.Until != evening || len(g.Sent) != 1 {
		t.Errorf("sane = %+v", g)
	}
}

func TestBackoff(t *testing.T) {
	for n, want := range map[int]time.Duration{0: 5, 1: 5, 2: 10, 3: 20, 8: 640, 9: 900, 10: 900, 1000: 900} {
		if got := backoff(n); got != want*time.Second {
			t.Errorf("backoff(%d) = %v, want %v", n, got, want*time.Second)
		}
		if got := jittered(backoff(n), "k", n); got < backoff(n) || got > backoff(n)*11/10 {
			t.Errorf("jittered(%d) = %v", n, got)
		}
	}
}
