package match

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"newswatch/monitor/query"
	"newswatch/monitor/vocab"
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
	report
	indexer
	defs     map[string]Entity
	lists    map[string]*list
	feedSets map[string]uint32
}

// newCompiler makes room for as many rules as are to come.
func newCompiler(defs map[string]Entity, n int) *compiler {
	s := &Set{byName: map[string]uint32{}, tags: map[string]uint32{}, feedSets: [][]uint32{nil}, rules: make([]rule, 0, n)}
	s.program = program{code: make([]instruction, 0, 3*n), places: make([]place, 0, 3*n)}
	s.terms = terms{atoms: make([]atom, 0, 3*n), words: make([]wanted, 0, 5*n)}
	c := &compiler{defs: defs, lists: map[string]*list{}, feedSets: map[string]uint32{}}
	c.vocabulary = vocabulary{
		set: s, forms: make(map[string]uint32, n), aliases: map[string]uint32{}, atomIDs: make(map[string]uint32, 3*n), labels: make([]byte, 0, 64*n),
	}
	return c
}

// finish turns what was gathered into the tables a matcher reads.
func (c *compiler) finish() *Set {
	s := c.set
	s.texts = string(c.labels)
	c.renumber()
	c.postAtoms()
	c.termTests()
	c.pairCandidates()
	s.posts = vocab.NewLists(len(c.names), c.postKeys, c.posts)
	s.follow = vocab.NewLists(len(s.atoms), c.followKeys, c.follows)
	s.leads = vocab.NewLists(len(s.atoms), c.leadKeys, c.leads)
	s.linkPosts()
	s.vocab = vocab.NewTable(c.names, c.aliases, s.postsOf)
	s.prefixes = vocab.NewPrefixTable(c.prefixes, s.postsOf)
	s.pool.New = func() any { return newMatcher(s) }
	return s
}

// rule compiles one query. A rule that cannot be is kept without a program,
// so that the numbers of the others stay.
func (c *compiler) rule(i int, r Rule) {
	c.path, c.index, c.part = "watches", i, ".match"
	s := c.set
	ru := rule{from: uint32(len(s.code) + 1), feeds: c.feedSet(r.Feeds), name: c.keep(r.Name), query: c.keep(r.Match)}
	s.rules = append(s.rules, ru)
	n, notes, err := query.Parse(r.Match)
	for _, m := range notes {
		c.warn(&m)
	}
	if err == nil {
		n, err = c.resolve(n)
	}
	if err == nil {
		err = c.validate(n)
	}
	if err != nil {
		s.rules[i].from = math.MaxUint32
		c.fail(err)
		return
	}
	c.order(n)
	s.code = append(s.code, instruction{op: opHead, arg: uint32(i), end: ru.feeds, label: ru.name})
	s.places = append(s.places, place{})
	c.emit(n)
	s.rules[i].named = hasEntity(n)
	required := c.requiredAtoms(n)
	c.post(ru.from, required)
	if !r.Private {
		c.lead(uint32(i), n, required)
	}
}

func hasEntity(n *query.Node) bool {
	return n.Op == query.OpEntity || slices.ContainsFunc(n.Kids, hasEntity)
}

// number enters a number that a query compares with.
func (c *compiler) number(x float64) uint32 {
	c.set.numbers = append(c.set.numbers, x)
	return uint32(len(c.set.numbers) - 1)
}

// fact enters a question about the document.
func (c *compiler) fact(f fact) uint32 {
	c.set.facts = append(c.set.facts, f)
	return uint32(len(c.set.facts) - 1)
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
	switch {
	case n.Op == query.OpNot:
		return 3
	case n.Op == query.OpTerm && c.set.atoms[n.Atom].kind == atomRegex:
		return 2
	}
	return min(c.selectivity(n), 1)
}
