package story

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"newswatch/feeds"
)

// Score measures this package on the labelled corpora in dir and prints a
// table to w: BCubed of the stories it forms of headlines, the pairs that
// people call copies or different, and the addresses it knows to be one.
//
// A hash of its gold story puts every item, and with its first title every
// pair, into one of two halves. Thresholds are chosen on the half called
// tuned; the half held out measures.
//
// The files are uci_news_2014.jsonl.gz, og2021_clusters.jsonl.gz,
// story_pairs.jsonl.gz and url_variants.jsonl; one that is missing is an
// error.
func Score(dir string, w io.Writer) error {
	uci, err := readUCI(filepath.Join(dir, "uci_news_2014.jsonl.gz"))
	if err != nil {
		return err
	}
	og, err := readOG(filepath.Join(dir, "og2021_clusters.jsonl.gz"))
	if err != nil {
		return err
	}
	pairs, err := readPairs(filepath.Join(dir, "story_pairs.jsonl.gz"))
	if err != nil {
		return err
	}
	variants, err := readVariants(filepath.Join(dir, "url_variants.jsonl"))
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "stories\titems\tgold\tfound\tprecision\trecall\tBCubed F1")
	found := make(map[string]map[string][]uint64)
	gold := make(map[string]string)
	for _, c := range []struct {
		name  string
		items []Labelled
	}{{"uci2014", uci}, {"og2021", og}} {
		told := Stream(c.items)
		scoreLine(t, c.name, c.items, told, "")
		scoreLine(t, "  tuned on", c.items, told, tuned)
		scoreLine(t, "  held out", c.items, told, heldOut)
		found[c.name] = byTitle(c.items, told)
		for _, l := range c.items {
			gold[l.Title] = l.Gold
		}
	}
	scorePairs(t, pairs, found, func(p Pair) string { return half(gold[p.A]) })
	scoreVariants(t, variants)
	return t.Flush()
}

// Stream places the items in the order of publication and returns for each, in
// the order given, the story it ends in.
func Stream(items []Labelled) []uint64 {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return items[a].Published.Compare(items[b].Published) })
	x := NewIndex(0)
	told := make([]uint64, len(items))
	for n, i := range order {
		r := items[i].Report
		r.ID = uint64(n + 1)
		x.Expire(r.Published)
		p := x.Place(r)
		told[i] = cmp.Or(p.Story, r.ID)
		x.Add(r, p, told[i])
		for _, from := range p.Merge {
			for k := range told {
				if told[k] == from {
					told[k] = told[i]
				}
			}
		}
	}
	return told
}

// BCubed compares a clustering with the gold one, item by item: which share of
// the items in its cluster belong there, and which share of those that belong
// there are in it.
func BCubed(items []Labelled, told []uint64) (precision, recall, f1 float64) {
	return bcubed(items, told, "")
}

// bcubed averages over the items of one half, over all if it is "".
func bcubed(items []Labelled, told []uint64, of string) (precision, recall, f1 float64) {
	type cell struct {
		gold  string
		story uint64
	}
	both, gold, story := make(map[cell]float64), make(map[string]float64), make(map[uint64]float64)
	for i, l := range items {
		both[cell{l.Gold, told[i]}]++
		gold[l.Gold]++
		story[told[i]]++
	}
	all := 0.0
	for c, n := range both {
		if of == "" || half(c.gold) == of {
			precision += n * n / story[c.story]
			recall += n * n / gold[c.gold]
			all += n
		}
	}
	precision /= max(1, all)
	recall /= max(1, all)
	return precision, recall, 2 * precision * recall / max(1e-9, precision+recall)
}

// The halves of the corpora.
const (
	tuned   = "tuned on"
	heldOut = "held out"
)

// half says to which half a gold story belongs.
func half(gold string) string {
	h := fnv.New32a()
	h.Write([]byte(gold))
	if h.Sum32()>>7&1 == 0 {
		return tuned
	}
	return heldOut
}

// scoreLine scores the items of one half, all if it is "", in the stream of all.
func scoreLine(w io.Writer, name string, items []Labelled, told []uint64, of string) {
	p, r, f := bcubed(items, told, of)
	n, gold, found := 0, make(map[string]bool), make(map[uint64]bool)
	for i, l := range items {
		if of == "" || half(l.Gold) == of {
			n++
			gold[l.Gold], found[told[i]] = true, true
		}
	}
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.3f\t%.3f\t%.3f\n", name, n, len(gold), len(found), p, r, f)
}

// byTitle returns the stories that items of each title ended in.
func byTitle(items []Labelled, told []uint64) map[string][]uint64 {
	stories := make(map[string][]uint64)
	for i, l := range items {
		stories[l.Title] = append(stories[l.Title], told[i])
	}
	return stories
}

// scorePairs counts the pairs of each kind that become one story: alone in an
// empty index, and among all the titles of their corpus.
func scorePairs(w io.Writer, pairs []Pair, found map[string]map[string][]uint64, half func(Pair) string) {
	type row struct{ pairs, alone, among, both int }
	rows := make(map[string]*row)
	for _, p := range pairs {
		kind := p.Kind
		if p.Reviewed != "" {
			kind += ", read: " + p.Reviewed
		}
		kind += ", " + half(p)
		r := cmp.Or(rows[kind], new(row))
		rows[kind] = r
		r.pairs++
		if oneStory(p) {
			r.alone++
		}
		a, b := found[p.Corpus][p.A], found[p.Corpus][p.B]
		if len(a) > 0 && len(b) > 0 {
			r.both++
			if slices.ContainsFunc(a, func(s uint64) bool { return slices.Contains(b, s) }) {
				r.among++
			}
		}
	}
	fmt.Fprintln(w, "\npairs\tpairs\tjoined alone\tapart alone\tjoined in corpus\tapart in corpus")
	for _, kind := range slices.Sorted(maps.Keys(rows)) {
		r := rows[kind]
		alone, among := float64(r.alone)/float64(r.pairs), float64(r.among)/float64(max(1, r.both))
		fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\n", kind, r.pairs, alone, 1-alone, among, 1-among)
	}
}

// oneStory reports whether the second title of a pair joins the first.
func oneStory(p Pair) bool {
	x := NewIndex(0)
	a := Report{ID: 1, Title: p.A, Published: time.Unix(0, 0)}
	x.Add(a, x.Place(a), a.ID)
	return x.Place(Report{ID: 2, Title: p.B, Published: a.Published.Add(p.Apart)}).Story == a.ID
}

// scoreVariants counts the pairs of addresses that are one in canonical form,
// and those that an index knows by either address once an item has come that
// has both, as its link and its guid: most cannot be told otherwise.
func scoreVariants(w io.Writer, variants []Variant) {
	type row struct{ pairs, equal, known, mistaken int }
	rows := make(map[string]*row)
	x := NewIndex(0)
	for i, v := range variants {
		r := Report{ID: uint64(i + 1), URL: feeds.CanonicalURL(v.A), Alias: feeds.CanonicalURL(v.B), Published: time.Unix(0, 0)}
		x.Add(r, Placement{Role: First}, r.ID)
	}
	for _, v := range variants {
		a, b := feeds.CanonicalURL(v.A), feeds.CanonicalURL(v.B)
		r := cmp.Or(rows[v.Relation], new(row))
		rows[v.Relation] = r
		r.pairs++
		if a == b {
			r.equal++
		}
		p := x.Place(Report{ID: uint64(len(variants) + 1), URL: b, Published: time.Unix(0, 0)})
		if p.Role != Repeat {
			continue
		}
		// The corpus names some items twice, for two feeds have them.
		if of := variants[p.Of-1]; feeds.CanonicalURL(of.A) == a || feeds.CanonicalURL(of.B) == b {
			r.known++
		} else {
			r.mistaken++
		}
	}
	fmt.Fprintln(w, "\naddresses\tpairs\tequal\tknown by an item with both\ttaken for another")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		r := rows[name]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\n", name, r.pairs, r.equal, r.known, r.mistaken)
	}
}
