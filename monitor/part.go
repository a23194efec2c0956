package monitor

import (
	"slices"

	"newswatch/monitor/identity"
)

// A long document is judged in parts, with the outcomes of other feeds between
// them: a publisher who brings or rewords thousands of entries that match keeps
// nobody waiting for longer than one takes. Until the last part the feed's record
// is that of before, but for what was seen of it: if newswatch ends meanwhile, or
// another outcome of the feed is judged, the rest is left to the next poll, which
// asks with the validators of before.

// partWork is how much of a document is judged at once. An entry that is new or
// reworded is one unit of it, one that matches matchWork: it takes that much
// longer to judge and to commit.
const (
	partWork  = 1000
	matchWork = 4
)

// progress is how far an outcome has been judged.
type progress struct {
	whole bool     // in one part, however long
	left  bool     // there is another part
	n     int      // entries judged so far
	ids   []ItemID // of all of them, beside the entries
	fresh int      // new ones among them
	burst bool     // see outcome.burst
}

// work is what judging entry i costs, see partWork.
func (o *outcome) work(i int) int {
	switch e := o.list.Entries[i]; {
	case len(o.matches[i]) > 0:
		return matchWork
	case o.isNew(e) || e.Changed:
		return 1
	}
	return 0
}

// partEnd is how many entries are judged once the next part is.
func (o *outcome) partEnd() int {
	if o.done.whole {
		return len(o.list.Entries)
	}
	i, work := o.done.n, 0
	for ; i < len(o.list.Entries) && work < partWork; i++ {
		work += o.work(i)
	}
	return i
}

// unfinished is the feed's record between two parts.
func (o *outcome) unfinished() FeedRecord {
	rec := o.before
	rec.Name, rec.Seen = o.rec.Name, o.rec.Seen
	rec.Items += o.done.fresh
	return rec
}

// document judges the next part of the entries of a changed document.
func (j *judge) document(o *outcome) {
	seen := slices.Clone(o.rec.Seen)
	if o.done.n == 0 {
		o.done.ids, o.done.burst = make([]ItemID, len(o.list.Entries)), o.burst()
		j.listed(o, seen)
	}
	end := o.partEnd()
	o.rec.Seen = j.entries(o, seen, end)
	o.done.n, o.done.left = end, end < len(o.list.Entries)
	if o.done.left {
		return
	}
	fresh := o.done.fresh
	o.rec.Seen = identity.Retain(o.rec.Seen, DayOf(o.at), o.rules.keep())
	o.countNew(fresh)
	j.days.Items += o.listed
	j.days.New += fresh
	j.watcher.Seen(o.listed, fresh)
}

// listed notes which of the entries seen before the document lists.
func (j *judge) listed(o *outcome, seen []identity.Seen) {
	for i := range seen {
		if o.list.Listed[i] && !seen[i].Listed {
			j.relist(o, i)
		}
		if o.list.Listed[i] {
			seen[i].Day = DayOf(o.at)
		}
		seen[i].Listed = o.list.Listed[i] || (o.partial || o.res.Document.Partial) && seen[i].Listed
	}
	for _, i := range o.list.Withdrawn {
		j.withdraw(seen[i].ID, o.at)
	}
}
