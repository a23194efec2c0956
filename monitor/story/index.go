package story

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// An Index holds the reports of the open window and the stories they form. It
// is a function of these reports, of the stories they were put into and of the
// calls to Apart: one rebuilt by Restore goes on as the lost one would have.
//
// An Index belongs to one goroutine: no two of its methods, Place included,
// may be called concurrently. What it costs to place a report does not grow
// with the number of reports or stories held.
type Index struct {
	window  time.Duration
	analyst analyst

	entries map[uint64]*entry // by report ID
	queue   []*entry          // in order of ID; they expire from the front
	base    uint32            // serial of queue[0]; serials begin at 1
	stories map[uint64]*cluster
	aliases map[uint64]uint64  // stories merged away, and into which
	apart   map[[2]uint64]bool // pairs of stories, the smaller first

	// The latest entry of each key; entries lead on to the ones before.
	byURL   map[string]*entry
	byAward map[string]*entry
	byTitle map[uint64]uint32
	byHash  map[shingle]uint32
	terms   map[uint64]*term // by stem
	items   int              // entries that count

	power [512]uint64 // of weights, see weight

	placing
}

// A placing is the work of one Place, kept until the next for its memory.
type placing struct {
	report  Report // e is of
	e       *entry
	mark    uint64
	all     int32     // logarithm of the denominator of all shares
	norm    uint64    // sum of the squared weights of the report's terms
	head    uint64    // the same of its title's
	blended int32     // share of general English in weights, in 1<<blendBits
	title   []*term   // of its title, in order; nil for one that no other holds
	known   []*term   // the heaviest of its terms that others hold
	holds   [128]hold // its terms, by stem
	found   []tally   // holders of known
	tallies [512]slot // where in found a holder is
	top     []*entry  // of found, the best first
	sharing []*entry  // holders of its shingles
	near    []*cluster
	closest []match
}

// A term is a stem in the window.
type term struct {
	stem    uint64
	items   int      // entries that hold it
	stories int      // stories whose centroid holds it
	share   float64  // of news items in general that hold it
	plain   int32    // its weight by that share alone
	log     int32    // of its share in the window, without the denominator
	recent  []uint32 // serials of the latest holders, fewer than 2*termRecent

	slot int // see cluster.number

	// Scratch of Place: whether, with what weight and where its report holds it.
	mark  uint64
	own   uint64
	title bool
}

// How many of the latest holders of one key are looked at. Keys with more are
// no evidence by themselves, and the holders left out are the oldest.
const (
	termRecent  = 32
	hashRecent  = 6
	titleRecent = 8
)

// priorItems is how many items, and stories, the general share of a word counts
// for when it is blended with the share in the window.
const priorItems = 80

// NewIndex returns an empty index that keeps reports for window, 72 hours if
// window is not positive.
func NewIndex(window time.Duration) *Index {
	if window <= 0 {
		window = 72 * time.Hour
	}
	x := &Index{
		window:  window,
		analyst: analyst{share: general(), dated: dated(), small: smallWords()},
		entries: make(map[uint64]*entry),
		base:    1,
		stories: make(map[uint64]*cluster),
		aliases: make(map[uint64]uint64),
		apart:   make(map[[2]uint64]bool),
		byURL:   make(map[string]*entry),
		byAward: make(map[string]*entry),
		byTitle: make(map[uint64]uint32),
		byHash:  make(map[shingle]uint32),
		terms:   make(map[uint64]*term),
	}
	for w := range x.power {
		x.power[w] = uint64(math.Round(10 * math.Pow(float64(w), emphasis)))
	}
	return x
}

// Stories returns the number of stories with a report in the window.
func (x *Index) Stories() int { return len(x.stories) }

// Story returns the story that id names after all merges; id itself if it was
// never merged away.
func (x *Index) Story(id uint64) uint64 {
	for {
		to, ok := x.aliases[id]
		if !ok {
			return id
		}
		id = to
	}
}

// Add puts r into story as p says, and merges p.Merge into it; story is r.ID
// if p opens a new one. IDs must be added in ascending order. An r known
// already is ignored.
func (x *Index) Add(r Report, p Placement, story uint64) {
	x.Restore(r, story, p.Role, p.Of)
	for _, from := range p.Merge {
		x.Merge(story, from)
	}
}

// Restore puts r back where it was when the index was lost: into story, the one
// it is in now. To have an equal index again, first call Merge for every name
// that still leads to another story, then Restore for the reports of the
// window in ascending order of ID, then Apart for every pair.
func (x *Index) Restore(r Report, story uint64, role Role, of uint64) {
	if _, known := x.entries[r.ID]; known {
		return
	}
	x.analyse(r)
	e := x.e
	x.e, x.report = nil, Report{}
	e.role, e.of, e.scratch = role, of, scratch{}
	e.serial = x.base + uint32(len(x.queue))
	x.entries[e.id] = e
	x.queue = append(x.queue, e)
	x.link(e)
	x.cluster(x.Story(story)).add(e)
}

// analyse makes x.e the entry of r, unless it is: Add follows Place.
func (x *Index) analyse(r Report) {
	if x.e != nil && x.report == r {
		return
	}
	x.report = r
	x.e = &entry{
		features: x.analyst.read(r), id: r.ID, outlet: r.Outlet, urls: [2]string{r.URL, r.Alias}, award: awardOf(r), wire: credited(r),
		published: r.Published, seen: r.seen(),
	}
}

func (x *Index) cluster(id uint64) *cluster {
	c, ok := x.stories[id]
	if !ok {
		c = &cluster{id: id}
		x.stories[id] = c
	}
	return c
}

// link makes e findable by its keys.
func (x *Index) link(e *entry) {
	for _, url := range e.urls {
		if url != "" {
			x.byURL[url] = e
		}
	}
	if e.award != "" {
		x.byAward[e.award] = e
	}
	if e.title != 0 {
		e.sameTitle, x.byTitle[e.title] = x.byTitle[e.title], e.serial
	}
	if !e.counts() {
		return
	}
	x.items++
	e.refs = make([]*term, len(e.terms))
	for i, stem := range e.terms {
		t, ok := x.terms[stem]
		if !ok {
			t = x.newTerm(stem)
			x.terms[stem] = t
		}
		e.refs[i] = t
		t.count(1, 0)
		if len(t.recent) == 2*termRecent-1 { // those cut off expire before the rest
			t.recent = slices.Delete(t.recent, 0, termRecent)
		}
		t.recent = append(t.recent, e.serial)
	}
	e.sameHash = make([]uint32, len(e.sketch.hashes))
	for i, h := range e.sketch.hashes {
		if !e.sketch.sought(h) {
			continue
		}
		e.sameHash[i], x.byHash[h|inTail] = x.byHash[h|inTail], e.serial
	}
}

func (x *Index) newTerm(stem uint64) *term {
	t := &term{stem: stem, share: cmp.Or(x.analyst.share[stem], rare)}
	t.plain = -logs(t.share)
	t.count(0, 0)
	return t
}

// count adds to the items and stories that hold t. Its share is the geometric mean
// of those of both: by items alone a large story would make its own words common,
// by stories alone one torn to pieces would.
func (t *term) count(items, stories int) {
	t.items += items
	t.stories += stories
	prior := t.share * priorItems
	t.log = logs(math.Sqrt((prior + float64(t.items)) * (prior + float64(t.stories))))
}

// at returns the entry of a serial, nil for one that expired or none.
func (x *Index) at(serial uint32) *entry {
	if serial < x.base {
		return nil
	}
	return x.queue[serial-x.base]
}

// Expire forgets the reports first seen more than the window before now, and
// with its last report a story and its other names. It stops at the first
// report that is younger.
func (x *Index) Expire(now time.Time) {
	cutoff := now.Add(-x.window)
	n := 0
	for n < len(x.queue) && x.queue[n].seen.Before(cutoff) {
		x.forget(x.queue[n])
		n++
	}
	if n == 0 {
		return
	}
	x.queue = append(make([]*entry, 0, len(x.queue)-n), x.queue[n:]...)
	x.base += uint32(n)
	for pair := range x.apart {
		if x.stories[x.Story(pair[0])] == nil || x.stories[x.Story(pair[1])] == nil {
			delete(x.apart, pair)
		}
	}
	var dead []uint64
	for from := range x.aliases {
		if x.stories[x.Story(from)] == nil {
			dead = append(dead, from)
		}
	}
	for _, from := range dead {
		delete(x.aliases, from)
	}
}

// forget undoes Restore. e is the oldest entry, so a list of which it is the
// latest is a list of none.
func (x *Index) forget(e *entry) {
	delete(x.entries, e.id)
	for _, url := range e.urls {
		if x.byURL[url] == e {
			delete(x.byURL, url)
		}
	}
	if x.byAward[e.award] == e {
		delete(x.byAward, e.award)
	}
	unlink(x.byTitle, e.title, e.serial)
	if e.story.remove(e); len(e.story.members) == 0 {
		delete(x.stories, e.story.id)
	}
	if !e.counts() {
		return
	}
	x.items--
	for _, t := range e.refs {
		if t.count(-1, 0); t.items == 0 {
			delete(x.terms, t.stem)
		} else if t.recent[0] == e.serial {
			t.recent = slices.Delete(t.recent, 0, 1)
		}
	}
	for _, h := range e.sketch.hashes {
		unlink(x.byHash, h|inTail, e.serial)
	}
}

func unlink[K comparable](latest map[K]uint32, key K, serial uint32) {
	if latest[key] == serial {
		delete(latest, key)
	}
}
