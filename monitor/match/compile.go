package match

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"newswatch/monitor/query"
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

func (c *compiler) fail(m *query.Mistake) {
	c.failures++
	c.problems = append(c.problems, Problem{Path: c.where(), Offset: m.Pos, Message: m.Message, Hint: m.Hint})
}

func (c *compiler) warn(m *query.Mistake) {
	c.problems = append(c.problems, Problem{Path: c.where(), Offset: m.Pos, Message: m.Message, Hint: m.Hint, Warning: true})
}

// Rule compiles one query. A rule that cannot be is kept without a program,
// so that the numbers of the others stay.
func (c *compiler) rule(i int, r Rule) {
	c.path, c.index, c.part = "watches", i, ".match"
	s := c.set
	s.rules = append(s.rules, rule{name: c.keep(r.Name), query: c.keep(r.Match)})
	s.entries = append(s.entries, entry{uint32(len(s.code)), c.feedSet(r.Feeds)})
	n, notes, err := query.Parse(r.Match)
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

func hasEntity(n *query.Node) bool {
	return n.Op == query.OpEntity || slices.ContainsFunc(n.Kids, hasEntity)
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
func (c *compiler) resolve(n *query.Node) (*query.Node, *query.Mistake) {
	switch n.Op {
	case query.OpTerm:
		n.Atom = c.atom(n.Term, n.Zone)
		return n, nil
	case query.OpEntity:
		return c.resolveEntity(n)
	}
	for i, k := range n.Kids {
		r, err := c.resolve(k)
		if err != nil {
			return nil, err
		}
		n.Kids[i] = r
	}
	switch n.Op {
	case query.OpOr:
		return c.grouped(n), nil
	case query.OpNear, query.OpBefore, query.OpSent:
		return distribute(n.Op, n, n.Kids[0], n.Kids[1]), nil
	}
	return n, nil
}

// resolveEntity finds the entity or list a query names.
func (c *compiler) resolveEntity(n *query.Node) (*query.Node, *query.Mistake) {
	if l, ok := c.lists[n.Name]; ok {
		k, err := c.listNode(l, n.Zone)
		if err != nil {
			return nil, query.Errorf(n.Pos, err.Hint, "%s", err.Message)
		}
		k.Pos, k.End, k.Label = n.Pos, n.End, "{"+n.Name+"}"
		return k, nil
	}
	id, ok := c.set.byName[n.Name]
	if !ok {
		if _, broken := c.defs[n.Name]; broken {
			return nil, query.Errorf(n.Pos, "mend the entity", "entity %q is broken", n.Name)
		}
		hint := "define it under entities"
		if near := query.Nearest(n.Name, slices.Sorted(maps.Keys(c.defs))); near != "" {
			hint = "did you mean {" + near + "}?"
		}
		return nil, query.Errorf(n.Pos, hint, "no entity %q", n.Name)
	}
	n.Entity, n.Atom = id, c.set.entities[id].raw
	return n, nil
}

// grouped makes a group of a long list of terms.
func (c *compiler) grouped(n *query.Node) *query.Node {
	if len(n.Kids) < groupSize || slices.ContainsFunc(n.Kids, func(k *query.Node) bool { return k.Op != query.OpTerm }) {
		return n
	}
	atoms := make([]uint32, len(n.Kids))
	for i, k := range n.Kids {
		atoms[i] = k.Atom
	}
	return &query.Node{Op: query.OpTerm, Atom: c.group(atoms), Pos: n.Pos, End: n.End, Kids: nil, Group: true}
}

// distribute moves AND out of NEAR: a NEAR/5 (b AND c) asks for both.
func distribute(o query.Op, n *query.Node, a, b *query.Node) *query.Node {
	split := func(kids []*query.Node, join query.Op, pair func(k *query.Node) (x, y *query.Node)) *query.Node {
		out := &query.Node{Op: join, Pos: n.Pos, End: n.End, Group: true}
		for _, k := range kids {
			x, y := pair(k)
			out.Kids = append(out.Kids, distribute(o, n, x, y))
		}
		return out
	}
	switch {
	case a.Op == query.OpAnd || a.Op == query.OpOr && holdsAnd(a):
		return split(a.Kids, a.Op, func(k *query.Node) (*query.Node, *query.Node) { return k, b })
	case b.Op == query.OpAnd || b.Op == query.OpOr && holdsAnd(b):
		return split(b.Kids, b.Op, func(k *query.Node) (*query.Node, *query.Node) { return a, k })
	}
	return &query.Node{Op: o, N: n.N, Kids: []*query.Node{a, b}, Pos: n.Pos, End: n.End, Group: n.Group, Label: n.Label}
}

func holdsAnd(n *query.Node) bool {
	return slices.ContainsFunc(n.Kids, func(k *query.Node) bool { return k.Op == query.OpAnd || k.Op == query.OpOr && holdsAnd(k) })
}

// order puts the cheapest child first and negations last, so that a program
// ends early.
func (c *compiler) order(n *query.Node) {
	for _, k := range n.Kids {
		c.order(k)
	}
	if n.Op == query.OpAnd {
		slices.SortStableFunc(n.Kids, func(a, b *query.Node) int { return cmp.Compare(c.rank(a), c.rank(b)) })
	}
}

func (c *compiler) rank(n *query.Node) float64 {
	switch n.Op {
	case query.OpNot:
		return 3
	case query.OpTerm:
		if c.set.atoms[n.Atom].kind == atomRegex {
			return 2
		}
	}
	return min(c.coverCost(n), 1)
}

// emit appends the program of n.
func (c *compiler) emit(n *query.Node) {
	s := c.set
	at := len(s.code)
	in := inst{op: n.Op, rel: n.Rel, zone: n.Zone, n: uint16(min(n.N, math.MaxUint16))}
	switch n.Op {
	case query.OpTerm:
		in.arg = n.Atom
		if n.Term != nil && n.Term.Text != c.kept(s.atoms[n.Atom].label) {
			s.spelled[uint32(at)] = c.keep(n.Term.Text)
		}
	case query.OpEntity:
		in.arg = n.Entity
	case query.OpNear, query.OpBefore, query.OpSent:
		in.arg = uint32(len(s.nears))
		s.nears = append(s.nears, nearby{n.Label})
	case query.OpAmount, query.OpAge:
		in.arg = uint32(len(s.amounts))
		s.amounts = append(s.amounts, n.Number)
	case query.OpPublished, query.OpField:
		in.arg = uint32(len(s.facts))
		s.facts = append(s.facts, newFact(n))
	}
	s.code = append(s.code, in)
	s.places = append(s.places, place{uint32(n.Pos), uint32(n.End)})
	for _, k := range n.Kids {
		c.emit(k)
	}
	s.code[at].end = uint32(len(s.code))
}
