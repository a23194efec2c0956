package match

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// An entity is an Entity compiled. Its mentions are judged once per document. It
// fits in a line of the processor's cache.
type entity struct {
	ends      [numParts + 1]uint32 // of its parts among Set.sought, the first of which begins at ends[0]
	rivals    rows                 // among Set.rivals
	feeds     rows                 // among Set.supporters
	near, far uint16               // words within which support and against count
	alone     Verdict              // None: the memory is asked
	learns    bool                 // and a rule names it, see Set.asked
	*described
}

// A part is a list of terms of an entity.
type part uint8

const (
	namesPart part = iota // long names
	acronymsPart
	wordsPart // ambiguous words
	notPart
	supportPart
	hintsPart
	againstPart
	numParts
)

func (e *entity) part(p part) rows { return rows{e.ends[p], e.ends[p+1]} }

// A described is what an entity is called.
type described struct {
	raw  uint32     // the group of all names, acronyms and words
	name string     // ice, {ice}
	long [][]string // long names without small words, for definitions
}

// doubtful reports whether mentions of e may mean another.
func (e *entity) doubtful() bool { return e.ends[acronymsPart] < e.ends[wordsPart+1] }

// rows are elements of a list: from to to-1.
type rows struct{ from, to uint32 }

// A sought is an atom that an entity is about, and how it is decided.
type sought struct {
	need   need // what must occur for it to be worth a look
	atom   uint32
	how    how
	accept accept
}

// seek enters the atoms of the parts of an entity among the sought.
func (c *compiler) seek(e *entity, parts [numParts][]uint32) {
	e.ends[0] = uint32(len(c.set.sought))
	for p, atoms := range parts {
		for _, a := range atoms {
			c.set.sought = append(c.set.sought, sought{atom: a})
		}
		e.ends[p+1] = uint32(len(c.set.sought))
	}
}

// A list is an entity that is a plain list of terms.
type list struct {
	name  string
	nodes []*query.Node
	state uint8 // how far the search for cycles came
}

// Distances where an entity gives none.
const (
	supportWithin = 40
	againstWithin = 12
)

// entities compiles all definitions, in order of their names.
func (c *compiler) entities() {
	for _, name := range slices.Sorted(maps.Keys(c.defs)) {
		def := c.defs[name]
		if len(def.Any) > 0 {
			c.list(name, def)
		} else {
			c.entity(name, def)
		}
	}
	for i := range c.set.entities {
		c.rivals(&c.set.entities[i])
	}
	for _, name := range slices.Sorted(maps.Keys(c.lists)) {
		c.at("entities." + name + ".any")
		if err := c.cycle(c.lists[name], nil); err != nil {
			c.fail(err)
			delete(c.lists, name)
		}
	}
}

func (c *compiler) entity(name string, def Entity) {
	path := "entities." + name
	before := c.failures
	e := entity{described: &described{name: name}}
	parts := [numParts][]uint32{
		namesPart:    c.terms(path+".names", def.Names, nil),
		acronymsPart: c.terms(path+".acronyms", def.Acronyms, acronym),
		wordsPart:    c.terms(path+".words", def.Words, nil),
		notPart:      c.terms(path+".not", def.Not, nil),
		supportPart:  c.terms(path+".support.any", def.Support.Any, nil),
		hintsPart:    c.terms(path+".support.hints", def.Support.Hints, nil),
		againstPart:  c.terms(path+".against.any", def.Against.Any, nil),
	}
	c.seek(&e, parts)
	e.alone = c.alone(path+".alone", def.Alone)
	e.near = c.within(path+".support.within", def.Support.Within, supportWithin)
	e.far = c.within(path+".against.within", def.Against.Within, againstWithin)
	e.feeds.from = uint32(len(c.set.supporters))
	for _, f := range def.Support.Feeds {
		c.set.supporters = append(c.set.supporters, c.tag(f))
	}
	e.feeds.to = uint32(len(c.set.supporters))
	for _, n := range append(slices.Clone(def.Names), def.Label) {
		if w := query.Significant(n); len(w) > 0 {
			e.long = append(e.long, w)
		}
	}
	c.at(path)
	all := slices.Concat(parts[namesPart], parts[acronymsPart], parts[wordsPart])
	if len(all) == 0 && c.failures == before {
		c.fail(query.Errorf(-1, "give it names, acronyms, words, or any", "entity %q has nothing to look for", name))
	}
	if c.failures > before {
		return
	}
	e.raw = c.group(all)
	c.set.byName[name] = uint32(len(c.set.entities))
	c.set.entities = append(c.set.entities, e)
}

// rivals looks up the rivals of an entity, when all have been compiled. One
// that is broken has been reported.
func (c *compiler) rivals(e *entity) {
	e.rivals.from = uint32(len(c.set.rivals))
	for i, name := range c.defs[e.name].Rivals {
		c.path, c.index, c.part = "entities."+e.name+".rivals", i, ""
		def, defined := c.defs[name]
		id, ok := c.set.byName[name]
		switch {
		case name == e.name:
			c.fail(query.Errorf(-1, "name another entity", "%q is its own rival", name))
		case !defined:
			c.fail(query.Errorf(-1, "define it under entities", "no entity %q", name))
		case len(def.Any) > 0 || ok && len(def.Names) == 0:
			c.fail(query.Errorf(-1, "give it names, by which it is known for sure", "entity %q has no long names", name))
		case ok:
			c.set.rivals = append(c.set.rivals, id)
		}
	}
	e.rivals.to = uint32(len(c.set.rivals))
}

func (c *compiler) within(path string, n, zero int) uint16 {
	c.at(path)
	switch {
	case n == 0:
		return uint16(zero)
	case n < 0 || n > query.MaxNear:
		c.fail(query.Errorf(-1, fmt.Sprintf("give a number of words between 1 and %d", query.MaxNear), "within is %d", n))
	}
	return uint16(n)
}

// acronym refuses an acronym without capitals, which nothing would match.
func acronym(t *query.Term) *query.Mistake {
	w := t.Words[0]
	if len(t.Words) > 1 || w.Rule == query.CaseExact || w.Rule == query.CaseUpper {
		return nil
	}
	if up := strings.ToUpper(w.Exact); w.Rule == query.CaseAny && up != w.Exact {
		return query.Errorf(0, "write "+up+", or put it under words", "acronym %q is not in capitals", w.Exact)
	}
	return nil
}

// terms compiles a list of terms of an entity into atoms.
func (c *compiler) terms(path string, texts []string, check func(*query.Term) *query.Mistake) []uint32 {
	var out []uint32
	for i, entry := range texts {
		c.path, c.index, c.part = path, i, ""
		n, notes, err := query.ParseTerm(entry)
		for _, m := range notes {
			c.warn(&m)
		}
		if err == nil && n.Op == query.OpEntity {
			err = query.Errorf(0, "list its names here", "an entity cannot stand in the definition of another, only in a list (any)")
		}
		if err == nil && check != nil && n.Term.Pattern == nil {
			err = check(n.Term)
		}
		if err != nil {
			c.fail(err)
			continue
		}
		out = append(out, c.atom(n.Term, text.AnyZone))
	}
	return out
}

// list parses an entity that is a list of terms.
func (c *compiler) list(name string, def Entity) {
	c.at("entities." + name)
	if len(def.Names)+len(def.Acronyms)+len(def.Words)+len(def.Not)+len(def.Support.Any)+len(def.Support.Hints)+len(def.Against.Any)+len(def.Support.Feeds)+len(def.Rivals) > 0 {
		c.fail(query.Errorf(-1, "make two entities", "entity %q has any, which makes it a plain list, and parts of a name besides", name))
		return
	}
	l := &list{name: name}
	for i, text := range def.Any {
		c.path, c.index, c.part = "entities."+name+".any", i, ""
		n, notes, err := query.ParseTerm(text)
		for _, m := range notes {
			c.warn(&m)
		}
		if err != nil {
			c.fail(err)
			continue
		}
		if n.Op == query.OpEntity {
			if _, ok := c.defs[n.Name]; !ok {
				c.fail(query.Errorf(0, "define it under entities", "no entity %q", n.Name))
				continue
			}
		}
		l.nodes = append(l.nodes, n)
	}
	c.lists[name] = l
}

// cycle reports a list that contains itself.
func (c *compiler) cycle(l *list, path []string) *query.Mistake {
	path = append(path, l.name)
	if l.state == 2 {
		return nil
	}
	if l.state == 1 {
		return query.Errorf(-1, "take one of them out", "entities contain each other: %s", strings.Join(path, " > "))
	}
	l.state = 1
	defer func() { l.state = 2 }()
	for _, n := range l.nodes {
		if sub, ok := c.lists[n.Name]; ok && n.Op == query.OpEntity {
			if err := c.cycle(sub, path); err != nil {
				return err
			}
		}
	}
	return nil
}

// listNode makes a fresh node of a list, narrowed to a zone.
func (c *compiler) listNode(l *list, z text.Zone) (*query.Node, *query.Mistake) {
	out := &query.Node{Op: query.OpOr, Group: true}
	for _, n := range l.nodes {
		k := *n
		k.Zone, k.Pos, k.End = z, 0, 0
		r, err := c.resolve(&k)
		if err != nil {
			return nil, err
		}
		if r.Op == query.OpOr {
			out.Kids = append(out.Kids, r.Kids...)
		} else {
			out.Kids = append(out.Kids, r)
		}
	}
	if len(out.Kids) == 1 {
		k := *out.Kids[0]
		return &k, nil
	}
	return c.grouped(out), nil
}
