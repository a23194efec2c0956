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

	"newswatch/feeds/urls"
)

// Score measures this package on the labelled corpora in dir and prints tables
// to w, the figures with their aims last: BCubed of the stories it forms of
// headlines, one language at a time, the pairs that people call copies or
// different, and the addresses it knows to be one. What stands under held out is
// of the third of gold stories and pairs that took no part in choosing the
// numbers of this package.
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
	fmt.Fprintln(t, "stories\titems\tgold\tfound\tprecision\trecall\tBCubed F1\theld out")
	uciTold, ogTold := Stream(uci), Stream(og["eng"])
	uciF1 := scoreStories(t, "uci2014", uci, uciTold)
	ogF1 := scoreStories(t, "og2021 eng", og["eng"], ogTold)
	foreignF1 := scoreForeign(t, og)
	kinds := scorePairs(t, pairs, map[string]map[string][]uint64{"uci2014": byTitle(uci, uciTold), "og2021": byTitle(og["eng"], ogTold)})
	all := scoreVariants(t, variants)
	copies, different, unseen := kinds["copy"], kinds["different, read: different"], kinds[heldOut]
	fmt.Fprintln(t, "\nfigure\tmeasured\taim")
	for _, f := range []struct {
		name     string
		measured float64
		aim      string
	}{
		{"stories of UCI headlines, BCubed F1", uciF1, "0.86"},
		{"stories of OG2021 English headlines, BCubed F1", ogF1, "0.82"},
		{"stories of OG2021 headlines of other languages, BCubed F1", foreignF1, "0.70"},
		{"copies joined", ratioOf(copies.alone, copies.pairs), "0.98"},
		{"different kept apart, as pairs", 1 - ratioOf(different.alone, different.pairs), "0.99"},
		{"different kept apart, among all headlines", 1 - ratioOf(different.among, different.both), "0.92"},
		{"different kept apart, among all headlines, held out", 1 - ratioOf(unseen.among, unseen.both), "0.92"},
		{"address variants known at sight", ratioOf(all.equal, all.pairs), ""},
		{"address variants known once seen together", ratioOf(all.known, all.pairs), "0.98"},
		{"address variants taken for another's", ratioOf(all.mistaken, all.pairs), "0"},
	} {
		fmt.Fprintf(t, "%s\t%.3f\t%s\n", f.name, f.measured, f.aim)
	}
	return t.Flush()
}

func ratioOf(n, of int) float64 { return float64(n) / float64(max(1, of)) }

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
	return bcubed(items, told, func(string) bool { return true })
}

// bcubed averages over the items of the gold stories chosen.
func bcubed(items []Labelled, told []uint64, chosen func(gold string) bool) (precision, recall, f1 float64) {
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
		if chosen(c.gold) {
			precision += n * n / story[c.story]
			recall += n * n / gold[c.gold]
			all += n
		}
	}
	precision /= max(1, all)
	recall /= max(1, all)
	return precision, recall, 2 * precision * recall / max(1e-9, precision+recall)
}

// third reports whether a gold story or a pair is in the third that was held out
// when the numbers of this package were chosen.
func third(id string) bool {
	h := fnv.New32a()
	h.Write([]byte(id))
	return h.Sum32()%3 == 0
}

// scoreForeign scores every language but English by itself and returns the mean
// over the items of all.
func scoreForeign(w io.Writer, languages map[string][]Labelled) (f1 float64) {
	n := 0
	for _, lang := range slices.Sorted(maps.Keys(languages)) {
		if items := languages[lang]; lang != "eng" {
			f1 += float64(len(items)) * scoreStories(w, "og2021 "+lang, items, Stream(items))
			n += len(items)
		}
	}
	return f1 / float64(max(1, n))
}

// scoreStories prints the score of a clustering, of all its gold stories and of
// those held out.
func scoreStories(w io.Writer, name string, items []Labelled, told []uint64) (f1 float64) {
	gold, found := make(map[string]bool), make(map[uint64]bool)
	for i, l := range items {
		gold[l.Gold], found[told[i]] = true, true
	}
	_, _, out := bcubed(items, told, third)
	p, r, f1 := BCubed(items, told)
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.3f\t%.3f\t%.3f\t%.3f\n", name, len(items), len(gold), len(found), p, r, f1, out)
	return f1
}

// byTitle returns the stories that items of each title ended in.
func byTitle(items []Labelled, told []uint64) map[string][]uint64 {
	stories := make(map[string][]uint64)
	for i, l := range items {
		stories[l.Title] = append(stories[l.Title], told[i])
	}
	return stories
}

// paired counts the pairs of a kind.
type paired struct{ pairs, alone, both, among int }

func (p paired) plus(q paired) paired {
	return paired{p.pairs + q.pairs, p.alone + q.alone, p.both + q.both, p.among + q.among}
}

// heldOut is the kind of the pairs read and called different that are of the
// third held out, besides their own.
const heldOut = "different, read: different, held out"

// scorePairs counts the pairs of each kind that become one story: alone in an
// empty index, and among all the titles of their corpus.
func scorePairs(w io.Writer, pairs []Pair, found map[string]map[string][]uint64) map[string]paired {
	kinds := make(map[string]paired)
	for _, p := range pairs {
		kind := p.Kind
		if p.Reviewed != "" {
			kind += ", read: " + p.Reviewed
		}
		one := scorePair(p, found[p.Corpus][p.A], found[p.Corpus][p.B])
		kinds[kind] = kinds[kind].plus(one)
		if kind+", held out" == heldOut && third(p.ID) {
			kinds[heldOut] = kinds[heldOut].plus(one)
		}
	}
	fmt.Fprintln(w, "\npairs\tpairs\tjoined alone\tapart alone\tjoined in corpus\tapart in corpus")
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		k := kinds[kind]
		alone, among := ratioOf(k.alone, k.pairs), ratioOf(k.among, k.both)
		fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\n", kind, k.pairs, alone, 1-alone, among, 1-among)
	}
	return kinds
}

// scorePair scores one pair whose titles ended in these stories of their corpus.
func scorePair(p Pair, a, b []uint64) paired {
	k := paired{pairs: 1}
	if oneStory(p) {
		k.alone = 1
	}
	if len(a) > 0 && len(b) > 0 {
		k.both = 1
		if slices.ContainsFunc(a, func(s uint64) bool { return slices.Contains(b, s) }) {
			k.among = 1
		}
	}
	return k
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
func scoreVariants(w io.Writer, variants []Variant) (all addresses) {
	rows := make(map[string]addresses)
	x := NewIndex(0)
	for i, v := range variants {
		r := Report{ID: uint64(i + 1), URL: urls.Canonical(v.A), Alias: urls.Canonical(v.B), Published: time.Unix(0, 0)}
		x.Add(r, Placement{Role: First}, r.ID)
	}
	for _, v := range variants {
		a, b := urls.Canonical(v.A), urls.Canonical(v.B)
		r := addresses{pairs: 1}
		if a == b {
			r.equal = 1
		}
		if p := x.Place(Report{ID: uint64(len(variants) + 1), URL: b, Published: time.Unix(0, 0)}); p.Role == Repeat {
			// The corpus names some items twice, for two feeds have them.
			if of := variants[p.Of-1]; urls.Canonical(of.A) == a || urls.Canonical(of.B) == b {
				r.known = 1
			} else {
				r.mistaken = 1
			}
		}
		rows[v.Relation] = rows[v.Relation].plus(r)
		all = all.plus(r)
	}
	fmt.Fprintln(w, "\naddresses\tpairs\tequal\tknown by an item with both\ttaken for another")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		r := rows[name]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\n", name, r.pairs, r.equal, r.known, r.mistaken)
	}
	return all
}

// addresses counts variants of addresses.
type addresses struct{ pairs, equal, known, mistaken int }

func (a addresses) plus(b addresses) addresses {
	return addresses{a.pairs + b.pairs, a.equal + b.equal, a.known + b.known, a.mistaken + b.mistaken}
}
