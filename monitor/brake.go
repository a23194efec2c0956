package monitor

import (
	"cmp"
	"fmt"
	"slices"

	"newswatch/feeds"
	"newswatch/monitor/schedule"
)

// defaultMaxNew is how many new entries an hour are taken of a feed. A register
// that lists 150 in ten minutes, or a wire of 5,000 a day, is far from it.
const defaultMaxNew = 250

// maxNew returns how many new entries an hour are taken of the feed.
func (o *outcome) maxNew() int { return cmp.Or(o.feed.MaxNew, o.rules.MaxNew, defaultMaxNew) }

// flooding says why the feed is braked, "" if it is not.
func (o *outcome) flooding() string {
	if !o.rec.Brake.Holds() {
		return ""
	}
	return o.exceeded() + ": the rest is left out"
}

func (o *outcome) exceeded() string {
	return fmt.Sprintf("it shows more than %d new entries an hour, or %d at once (max_new)", o.maxNew(), o.maxNew()*schedule.BrakeHours)
}

// brake leaves out what a feed shows beyond what is taken of one. Entries that
// match go first, then those listed first; what is left out is new again with the
// next document. A first document is all taken: an archive may be long.
func (o *outcome) brake() {
	if o.first {
		return
	}
	var fresh []int
	for i, e := range o.list.Entries {
		if o.isNew(e) {
			fresh = append(fresh, i)
		}
	}
	slices.SortStableFunc(fresh, func(x, y int) int {
		return cmp.Or(cmp.Compare(min(len(o.matches[y]), 1), min(len(o.matches[x]), 1)), cmp.Compare(o.list.Entries[x].At, o.list.Entries[y].At))
	})
	b := o.rec.Brake.Drained(o.maxNew(), o.at)
	left := map[int]bool{}
	for _, i := range fresh {
		if !b.Take(weight(o.list.Entries[i].Item), o.maxNew()) {
			left[i] = true
		}
	}
	if len(fresh) > 0 {
		o.rec.Brake = b
	}
	if len(left) == 0 {
		return
	}
	o.leaveOut(left)
	if !o.partial {
		o.rec.Health = o.before.Health.Succeeded("", 0, o.flooding(), o.at)
	}
	o.gap = &Gap{Feed: o.rec.Name, From: cmp.Or(o.before.Poll.Success, o.began), To: o.at, Lost: true, Left: len(left), Why: o.exceeded()}
}

// maxReworded is how many entries with another wording are taken of one document:
// the others are seen to read differently with the next one. A publisher who has
// changed a word in all of a long list is through after some polls.
const maxReworded = 2000

// boundReworded leaves out the rewordings beyond maxReworded, those listed last.
func (o *outcome) boundReworded() {
	var places []int // in the document
	for _, e := range o.list.Entries {
		if e.Changed {
			places = append(places, e.At)
		}
	}
	if len(places) <= maxReworded {
		return
	}
	slices.Sort(places)
	last := places[maxReworded-1]
	left := map[int]bool{}
	for i, e := range o.list.Entries {
		left[i] = e.Changed && e.At > last
	}
	o.leaveOut(left)
}

// leaveOut drops entries, given by their places, from what is judged.
func (o *outcome) leaveOut(left map[int]bool) {
	entries := o.list.Entries
	at := make([]int, len(entries)) // where each is then
	n := 0
	for i, e := range entries {
		if left[i] || e.Duplicate >= 0 && left[e.Duplicate] {
			continue
		}
		if e.Duplicate >= 0 {
			e.Duplicate = at[e.Duplicate]
		}
		at[i] = n
		entries[n] = e
		if o.matches != nil {
			o.matches[n], o.addresses[n] = o.matches[i], o.addresses[i]
		}
		n++
	}
	o.list.Entries = entries[:n]
	if o.matches != nil {
		o.matches, o.addresses = o.matches[:n], o.addresses[:n]
	}
}

// weightSize is how much text counts as another entry: what is bounded is the
// room that entries take.
const weightSize = 8 << 10

// weight is how many entries an item counts as.
func weight(it feeds.Item) float64 {
	return float64(1 + (len(it.Title)+len(it.Summary)+len(it.Content))/weightSize)
}

// JoinGaps makes one of gaps of a feed that follow on each other and have left
// entries out for one reason. The gaps are given, and returned, in the order in
// which they ended.
func JoinGaps(gaps []Gap) []Gap {
	var out []Gap
	last := map[string]int{} // by feed
	for _, g := range gaps {
		i, ok := last[g.Feed]
		if ok && g.Left > 0 && out[i].Left > 0 && out[i].Why == g.Why && !g.From.After(out[i].To) {
			out[i].To, out[i].Left = g.To, out[i].Left+g.Left
			continue
		}
		last[g.Feed] = len(out)
		out = append(out, g)
	}
	slices.SortStableFunc(out, func(x, y Gap) int { return x.To.Compare(y.To) })
	return out
}
