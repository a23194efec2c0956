package match

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// A maker makes random oracles.
type maker struct {
	*rand.Rand
	lists []*oracle // what {names} stand for
}

// any makes an oracle of any kind.
func (r maker) any(depth int, z text.Zone) *oracle {
	if depth == 0 || r.IntN(5) == 0 {
		return r.leaf(z)
	}
	switch r.IntN(8) {
	case 0:
		a, b := r.any(depth-1, z), r.any(depth-1, z)
		return &oracle{op: query.OpAnd, kids: []*oracle{a, {op: query.OpNot, kids: []*oracle{b}}}, query: "(" + a.query + " AND NOT " + b.query + ")"}
	case 1:
		return r.of(depth, z)
	case 2:
		k := r.placed(depth-1, z)
		rel, n := query.Relation(r.IntN(5)), 1+r.IntN(3)
		return &oracle{op: query.OpCount, rel: rel, n: n, kids: []*oracle{k}, query: fmt.Sprintf("count(%s)%s%d", k.query, query.Relations[rel], n)}
	case 3:
		if z == text.AnyZone {
			name := []string{"title", "summary", "lead", "body"}[r.IntN(4)]
			k := r.any(depth-1, query.Zones[name])
			return &oracle{op: query.OpAnd, kids: []*oracle{k}, query: name + ":(" + k.query + ")"}
		}
	case 4:
		return r.placed(depth, z)
	}
	return r.joined(r.any(depth-1, z), r.any(depth-1, z))
}

// joined joins two oracles by AND or OR.
func (r maker) joined(a, b *oracle) *oracle {
	if r.IntN(2) == 0 {
		return &oracle{op: query.OpAnd, kids: []*oracle{a, b}, query: "(" + a.query + " AND " + b.query + ")"}
	}
	return &oracle{op: query.OpOr, kids: []*oracle{a, b}, query: "(" + a.query + " OR " + b.query + ")"}
}

// placed makes an oracle that can be near something.
func (r maker) placed(depth int, z text.Zone) *oracle {
	if depth <= 0 || r.IntN(3) == 0 {
		return r.leaf(z)
	}
	a, b := r.placed(depth-1, z), r.placed(depth-1, z)
	o := []query.Op{query.OpNear, query.OpBefore, query.OpSent, query.OpAnd}[r.IntN(4)]
	if o == query.OpAnd {
		return r.joined(a, b)
	}
	n := 1 + r.IntN(5)
	out := near(o, n, a, b)
	name := map[query.Op]string{query.OpNear: "NEAR/", query.OpBefore: "BEFORE/"}[o]
	out.query = fmt.Sprintf("(%s %s%d %s)", a.query, name, n, b.query)
	if o == query.OpSent {
		out.query = "(" + a.query + " SENT " + b.query + ")"
	}
	return out
}

// of makes an n OF list.
func (r maker) of(depth int, z text.Zone) *oracle {
	o := &oracle{op: query.OpOf}
	var parts []string
	for range 2 + r.IntN(3) {
		k := r.any(depth-1, z)
		o.kids, parts = append(o.kids, k), append(parts, k.query)
	}
	o.n = 1 + r.IntN(len(o.kids))
	o.query = fmt.Sprintf("%d OF (%s)", o.n, strings.Join(parts, ", "))
	return o
}

// wholeWords are words of queries, queryWords those and vocab.PrefixTable.
var wholeWords = strings.Fields("ax axe axes axles axle company companies COMPANY Company companys NGO NGOs ngo ngos ICE ices ice ICEs Ice " +
	"I.C.E. bus buses busses BUS new news New hero heroes heros Hero café cafés Café glass glasses 747 747s x xs X state State art arts " +
	"investigation investigations Investigation longestword longestwords monarch monarchs church churches the of Kennedy kennedy " +
	"eightcha ninechars1 ninecharsx")

var queryWords = append(slices.Clone(wholeWords), strings.Fields("comp* compan* COMP* Comp* heroe* glas* cafés* NGOs* investigatio* "+
	"Investig* longestwords* inve* chur* eightchas* ninechars*")...)

// patterns match within words, by a literal or without one.
var patterns = []string{`bus(es)?`, `glass`, `[Cc]omp`, `(?i)axe|hero`, `GO`, `x[ ,]+c`, `[nN]ew|ax`, `i.*s`, `[a-z]{12}`}

// leaf makes a term or names a list.
func (r maker) leaf(z text.Zone) *oracle {
	if k := r.IntN(40); k < len(r.lists) {
		return r.lists[k].narrowed(z)
	}
	if r.IntN(25) == 0 {
		p := patterns[r.IntN(len(patterns))]
		return &oracle{op: query.OpTerm, re: regexp.MustCompile(p), zone: z, query: "/" + p + "/"}
	}
	n := max(r.IntN(5)-1, 1)
	raw := make([]string, n)
	for i := range raw {
		raw[i] = wholeWords[r.IntN(len(wholeWords))]
		if i == n-1 {
			raw[i] = queryWords[r.IntN(len(queryWords))]
		}
	}
	style := []string{"", "", "", "", "=", "~"}[r.IntN(6)]
	if z == text.AnyZone && r.IntN(8) == 0 {
		o := newTermOracle(raw, style, text.InTitle)
		o.query = "title:" + o.query
		return o
	}
	return newTermOracle(raw, style, z)
}

func newTermOracle(raw []string, style string, z text.Zone) *oracle {
	o := &oracle{op: query.OpTerm, zone: z, query: style + `"` + strings.Join(raw, " ") + `"`}
	if len(raw) == 1 {
		o.query = style + raw[0]
	}
	for _, s := range raw {
		w := wantedOf(s, len(raw) > 1)
		switch style {
		case "=":
			w.cased = '='
		case "~":
			w.cased = 'a'
		}
		o.words = append(o.words, w)
	}
	return o
}

// narrowed returns o for a zone.
func (o *oracle) narrowed(z text.Zone) *oracle {
	c := *o
	c.zone, c.kids = z, nil
	for _, k := range o.kids {
		c.kids = append(c.kids, k.narrowed(z))
	}
	return &c
}

// newEntities makes a list long enough for a group, a short one that names it,
// and an entity of names.
func newEntities(r *rand.Rand) (map[string]Entity, []*oracle) {
	pick := func(name string, n int) ([]string, *oracle) {
		o, texts := &oracle{op: query.OpOr, query: "{" + name + "}"}, make([]string, n)
		for i := range texts {
			texts[i] = wholeWords[r.IntN(len(wholeWords))]
			o.kids = append(o.kids, newTermOracle(texts[i:i+1], "", text.AnyZone))
		}
		return texts, o
	}
	long, a := pick("long", groupSize+2)
	short, b := pick("short", 2)
	names, c := pick("names", 3)
	b.kids = append(b.kids, a)
	return map[string]Entity{"long": {Any: long}, "short": {Any: append(short, "{long}")}, "names": {Names: names}}, []*oracle{a, b, c}
}
