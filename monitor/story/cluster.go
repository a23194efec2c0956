package story

import (
	"cmp"
	"slices"
	"time"
)

// An entry is a report in the index.
type entry struct {
	scratch // what Place looks at first stands together
	story   *cluster
	id, of  uint64
	refs    []*term // of terms; nil in a repeat

	features
	serial    uint32 // place among all entries there ever were
	role      Role
	outlet    string
	urls      [2]string // the report's addresses, "" for none
	award     string    // key of its award, "" for none
	wire      string    // the agency it credits
	published time.Time
	seen      time.Time

	// The entries before this one that have the same title, and each of
	// sketch.hashes.
	sameTitle uint32
	sameHash  []uint32
}

// day is the day of publication, by which a title is the same.
func (e *entry) day() int64 { return e.published.Unix() / (24 * 60 * 60) }

// root is the report that e repeats or reprints, else e itself.
func (e *entry) root() uint64 { return cmp.Or(e.of, e.id) }

// counts reports whether e's words say something of the news. A repeat has
// only its keys: the words of ten thousand copies would drown all others.
func (e *entry) counts() bool { return e.role != Repeat }

// A cluster is a story in the index.
type cluster struct {
	scratch
	id      uint64
	members []*entry // in order of ID
	award   string   // that of the first member that has one
	// The story's centroid: its latest members that count, and how many of
	// these hold which term.
	latest []*entry
	counts []count
	heard  int // members that count, the latest and those before

	cosine, join float64 // of this Place: resemblance, and how much of it joins
}

type count struct {
	term *term
	n    int
}

// scratch is what one Place notes on what it meets; mark says which Place.
type scratch struct {
	mark   uint64
	hits   int    // shingles in common
	best   *entry // of a cluster, by the weight of its terms in common with the report
	vetoed veto
}

type veto uint8

// What keeps a report out of a story that has everything else for it.
const (
	otherNumber veto = 1 + iota // a title equal but for its numbers
	otherDay                    // a column's fixed title, on another day
	otherText                   // the same over another text: no title joins it, near-equal text does
	otherAward                  // about another award: nothing joins it
)

// centroidSize is how many members describe a story: enough to outlast a few
// odd ones, few enough to be compared with at one cost.
const centroidSize = 48

func (c *cluster) last() *entry { return c.members[len(c.members)-1] }

func (c *cluster) add(e *entry) {
	e.story, c.award = c, cmp.Or(c.award, e.award)
	if n := len(c.members); n > 0 && c.members[n-1].id > e.id {
		i, _ := slices.BinarySearchFunc(c.members, e.id, func(m *entry, id uint64) int { return cmp.Compare(m.id, id) })
		c.members = slices.Insert(c.members, i, e)
		c.recount()
		return
	}
	c.members = append(c.members, e)
	if !e.counts() {
		return
	}
	c.heard++
	c.latest = append(c.latest, e)
	c.count(e, 1)
	if len(c.latest) > centroidSize {
		c.count(c.latest[0], -1)
		c.latest = slices.Delete(c.latest, 0, 1)
	}
}

// remove takes e out. One that expires is the first of its story, so none
// older can take its place in the centroid.
func (c *cluster) remove(e *entry) {
	i := slices.Index(c.members, e)
	c.members = slices.Delete(c.members, i, i+1)
	if i > 0 {
		c.recount()
		return
	}
	if e.counts() {
		c.heard--
	}
	if len(c.latest) > 0 && c.latest[0] == e {
		c.count(e, -1)
		c.latest = slices.Delete(c.latest, 0, 1)
	}
}

// recount makes the centroid anew after members came or went out of order.
func (c *cluster) recount() {
	c.uncount()
	for _, e := range slices.Backward(c.members) {
		if !e.counts() {
			continue
		}
		if c.heard++; len(c.latest) < centroidSize {
			c.latest = append(c.latest, e)
		}
	}
	slices.Reverse(c.latest)
	for _, e := range c.latest {
		c.count(e, 1)
	}
}

// uncount empties the centroid.
func (c *cluster) uncount() {
	for _, n := range c.counts {
		n.term.count(0, -1)
	}
	c.latest, c.counts, c.heard = c.latest[:0], c.counts[:0], 0
}

// count adds by to the counts of e's terms.
func (c *cluster) count(e *entry, by int) {
	c.number()
	for _, t := range e.refs {
		i := c.find(t)
		if i < 0 {
			i = len(c.counts)
			t.slot = i
			c.counts = append(c.counts, count{term: t})
			t.count(0, 1)
		}
		if c.counts[i].n += by; c.counts[i].n == 0 {
			end := len(c.counts) - 1
			c.counts[i] = c.counts[end]
			c.counts[i].term.slot = i
			c.counts = c.counts[:end]
			t.count(0, -1)
		}
	}
}

// number tells every term of c where in counts it stands, for find. It holds
// until another cluster is numbered.
func (c *cluster) number() {
	for i := range c.counts {
		c.counts[i].term.slot = i
	}
}

func (c *cluster) find(t *term) int {
	if t.slot < len(c.counts) && c.counts[t.slot].term == t {
		return t.slot
	}
	return -1
}
