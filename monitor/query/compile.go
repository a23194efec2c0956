package query

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Compile makes one Set of all rules. Problems are all the mistakes in
// entities and rules, and remarks on what works but perhaps not as meant; if
// one of them is not a Warning, the Set lacks that rule or entity and should
// not be used.
func Compile(entities map[string]Entity, rules []Rule) (*Set, []Problem) {
	c := newCompiler(entities, len(rules))
	c.entities()
	for i, r := range rules {
		c.rule(i, r)
	}
	return c.finish(), c.problems
}

// A compiler holds what is needed while a Set is made.
type compiler struct {
	set      *Set
	defs     map[string]Entity
	lists    map[string]*list
	problems []Problem
	failures int    // problems that are no warnings
	path     string // of the text being compiled
	index    int    // in a list at path; -1 for none
	part     string // of the element at index

	forms    map[string]uint32
	names    []string          // of forms; "" for prefixes
	shares   []float32         // of forms
	aliases  map[string]uint32 // plurals that do not just add an s: the form
	prefixes []prefixForm
	atomIDs  map[string]uint32
	costs    []float32 // of atoms
	feedSets map[string]uint32
	key      []byte
	texts    []byte // Set.texts in the making

	posted []uint32 // atoms to enter under their words

	postKeys, groupKeys, candKeys []uint32
	posts                         []post
	groups                        []uint32
	cands                         []candidate
}

// newCompiler makes room for as many rules as are to come.
func newCompiler(defs map[string]Entity, n int) *compiler {
	return &compiler{
		set: &Set{
			byName: map[string]uint32{}, spelled: map[uint32]piece{}, tags: map[string]uint32{}, feedSets: [][]uint32{nil},
			rules: make([]rule, 0, n), entries: make([]entry, 0, n), code: make([]inst, 0, 3*n), places: make([]place, 0, 3*n),
			atoms: make([]atom, 0, 3*n), words: make([]wanted, 0, 5*n),
		},
		texts: make([]byte, 0, 64*n),
		defs:  defs, lists: map[string]*list{}, forms: make(map[string]uint32, n), aliases: map[string]uint32{},
		atomIDs: make(map[string]uint32, 3*n), feedSets: map[string]uint32{},
	}
}

// finish turns what was gathered into the tables a matcher reads.
func (c *compiler) finish() *Set {
	s := c.set
	s.texts = string(c.texts)
	c.renumber()
	s.vocab = newTable(c.names, c.aliases)
	s.prefixes = newBeginnings(c.prefixes)
	c.postAtoms()
	c.termTests()
	c.pairCandidates()
	s.posts = newLists(len(c.names), c.postKeys, c.posts)
	s.groups = newLists(len(s.atoms), c.groupKeys, c.groups)
	s.cands = newLists(len(s.atoms), c.candKeys, c.cands)
	s.pool.New = func() any { return newMatcher(s) }
	return s
}

// where writes the path of the text being compiled.
func (c *compiler) where() string {
	if c.index < 0 {
		return c.path
	}
	return fmt.Sprintf("%s[%d]%s", c.path, c.index, c.part)
}

// at says what is being compiled.
func (c *compiler) at(path string) { c.path, c.index, c.part = path, -1, "" }

func (c *compiler) fail(m *mistake) {
	c.failures++
	c.problems = append(c.problems, Problem{Path: c.where(), Offset: m.pos, Message: m.message, Hint: m.hint})
}

func (c *compiler) warn(m *mistake) {
	c.problems = append(c.problems, Problem{Path: c.where(), Offset: m.pos, Message: m.message, Hint: m.hint, Warning: true})
}

// rule compiles one query. A rule that cannot be is kept without a program,
// so that the numbers of the others stay.
func (c *compiler) rule(i int, r Rule) {
	c.path, c.index, c.part = "watches", i, ".match"
	s := c.set
	s.rules = append(s.rules, rule{name: c.keep(r.Name), query: c.keep(r.Match)})
	s.entries = append(s.entries, entry{uint32(len(s.code)), c.feedSet(r.Feeds)})
	n, notes, err := parse(r.Match)
	for _, m := range notes {
		c.warn(&m)
	}
	if err == nil {
		n, err = c.resolve(n)
	}
	if err == nil {
		err = c.sane(n)
	}
	if err != nil {
		s.entries[i].from = math.MaxUint32
		c.fail(err)
		return
	}
	c.order(n)
	c.emit(n)
	s.rules[i].named = hasEntity(n)
	c.post(uint32(i), n)
}

func hasEntity(n *node) bool {
	return n.op == opEntity || slices.ContainsFunc(n.kids, hasEntity)
}

// feedSet returns the number of a set of feeds.
func (c *compiler) feedSet(feeds []string) uint32 {
	if len(feeds) == 0 {
		return 0
	}
	key := strings.Join(feeds, "\x00")
	if id, ok := c.feedSets[key]; ok {
		return id
	}
	var ids []uint32
	for _, f := range feeds {
		ids = append(ids, c.tag(f))
	}
	id := uint32(len(c.set.feedSets))
	c.feedSets[key] = id
	c.set.feedSets = append(c.set.feedSets, ids)
	return id
}

func (c *compiler) tag(name string) uint32 {
	id, ok := c.set.tags[name]
	if !ok {
		id = uint32(len(c.set.tags))
		c.set.tags[name] = id
	}
	return id
}

// groupSize is the length from which a list of alternatives is decided once
// for all rules that use it.
const groupSize = 12

// resolve turns names into entities, terms into atoms and long lists into
// groups. It may return another node.
func (c *compiler) resolve(n *node) (*node, *mistake) {
	switch n.op {
	case opTerm:
		n.atom = c.atom(n.term, n.zone)
		return n, nil
	case opEntity:
		return c.resolveEntity(n)
	}
	for i, k := range n.kids {
		r, err := c.resolve(k)
		if err != nil {
			return nil, err
		}
		n.kids[i] = r
	}
	switch n.op {
	case opOr:
		return c.grouped(n), nil
	case opNear, opBefore, opSent:
		return distribute(n.op, n, n.kids[0], n.kids[1]), nil
	}
	return n, nil
}

// resolveEntity finds the entity or list a query names.
func (c *compiler) resolveEntity(n *node) (*node, *mistake) {
	if l, ok := c.lists[n.name]; ok {
		k, err := c.listNode(l, n.zone)
		if err != nil {
			return nil, wrong(n.pos, err.hint, "%s", err.message)
		}
		k.pos, k.end, k.label = n.pos, n.end, "{"+n.name+"}"
		return k, nil
	}
	id, ok := c.set.byName[n.name]
	if !ok {
		if _, broken := c.defs[n.name]; broken {
			return nil, wrong(n.pos, "mend the entity", "entity %q is broken", n.name)
		}
		hint := "define it under entities"
		if near := nearest(n.name, slices.Sorted(maps.Keys(c.defs))); near != "" {
			hint = "did you mean {" + near + "}?"
		}
		return nil, wrong(n.pos, hint, "no entity %q", n.name)
	}
	n.ent, n.atom = id, c.set.entities[id].raw
	return n, nil
}

// grouped makes a group of a long list of terms.
func (c *compiler) grouped(n *node) *node {
	if len(n.kids) < groupSize || slices.ContainsFunc(n.kids, func(k *node) bool { return k.op != opTerm }) {
		return n
	}
	atoms := make([]uint32, len(n.kids))
	for i, k := range n.kids {
		atoms[i] = k.atom
	}
	return &node{op: opTerm, atom: c.group(atoms), pos: n.pos, end: n.end, kids: nil, group: true}
}

// distribute moves AND out of NEAR: a NEAR/5 (b AND c) asks for both.
func distribute(o op, n *node, a, b *node) *node {
	split := func(kids []*node, join op, pair func(k *node) (x, y *node)) *node {
		out := &node{op: join, pos: n.pos, end: n.end, group: true}
		for _, k := range kids {
			x, y := pair(k)
			out.kids = append(out.kids, distribute(o, n, x, y))
		}
		return out
	}
	switch {
	case a.op == opAnd || a.op == opOr && holdsAnd(a):
		return split(a.kids, a.op, func(k *node) (*node, *node) { return k, b })
	case b.op == opAnd || b.op == opOr && holdsAnd(b):
		return split(b.kids, b.op, func(k *node) (*node, *node) { return a, k })
	}
	return &node{op: o, n: n.n, kids: []*node{a, b}, pos: n.pos, end: n.end, group: n.group, label: n.label}
}

func holdsAnd(n *node) bool {
	return slices.ContainsFunc(n.kids, func(k *node) bool { return k.op == opAnd || k.op == opOr && holdsAnd(k) })
}

// order puts the cheapest child first and negations last, so that a program
// ends early.
func (c *compiler) order(n *node) {
	for _, k := range n.kids {
		c.order(k)
	}
	if n.op == opAnd {
		slices.SortStableFunc(n.kids, func(a, b *node) int { return cmp.Compare(c.rank(a), c.rank(b)) })
	}
}

func (c *compiler) rank(n *node) float64 {
	switch n.op {
	case opNot:
		return 3
	case opTerm:
		if c.set.atoms[n.atom].kind == atomRegex {
			return 2
		}
	}
	return min(c.coverCost(n), 1)
}

// emit appends the program of n.
func (c *compiler) emit(n *node) {
	s := c.set
	at := len(s.code)
	in := inst{op: n.op, rel: n.rel, zone: n.zone, n: uint16(min(n.n, math.MaxUint16))}
	switch n.op {
	case opTerm:
		in.arg = n.atom
		if n.term != nil && n.term.text != c.kept(s.atoms[n.atom].label) {
			s.spelled[uint32(at)] = c.keep(n.term.text)
		}
	case opEntity:
		in.arg = n.ent
	case opNear, opBefore, opSent:
		in.arg = uint32(len(s.nears))
		s.nears = append(s.nears, nearby{n.label})
	case opAmount, opAge:
		in.arg = uint32(len(s.amounts))
		s.amounts = append(s.amounts, n.num)
	case opPublished, opField:
		in.arg = uint32(len(s.facts))
		s.facts = append(s.facts, newFact(n))
	}
	s.code = append(s.code, in)
	s.places = append(s.places, place{uint32(n.pos), uint32(n.end)})
	for _, k := range n.kids {
		c.emit(k)
	}
	s.code[at].end = uint32(len(s.code))
}
