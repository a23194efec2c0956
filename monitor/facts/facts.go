// Package facts compares what two versions of a text say, beside how they say it.
//
// It does not know how a text is cut into words, nor which names are looked for.
package facts

import (
	"slices"
	"strconv"
	"strings"
)

// Facts is what makes two versions of a text say different things: whom it
// names, and its sums, numbers, dates and negations. Two versions with equal
// facts differ in wording only.
type Facts struct {
	Strong    []string  // entities named beyond doubt, sorted
	Weak      []string  // entities perhaps named, sorted
	Amounts   []float64 // sums of money, ascending
	Numbers   []string  // other numbers, figures and words up to twelve, sorted
	Dates     []string  // days of the week and months, sorted
	Negations []string  // not, never, denies ..., sorted
}

var negations = setOf("not no never none nor neither without cannot cant dont doesnt didnt isnt arent wasnt werent wont " +
	"wouldnt couldnt shouldnt hasnt havent hadnt deny denies denied refuse refuses refused reject rejects rejected false " +
	"nicht kein keine keinen nie pas jamais non nunca")

var dates = setOf("monday tuesday wednesday thursday friday saturday sunday january february march april may june july " +
	"august september october november december today tomorrow yesterday")

var numberWords = setOf("two three four five six seven eight nine ten eleven twelve dozen dozens hundred hundreds thousand " +
	"thousands million millions billion billions half double doubles doubled triple triples tripled")

func setOf(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// Word sorts a folded word of the text into the facts; capital says that it is
// written with a capital letter.
func (f *Facts) Word(w string, capital bool) {
	switch {
	case w == "":
	case w[0] >= '0' && w[0] <= '9', numberWords[w]:
		f.Numbers = append(f.Numbers, w)
	case dates[w] && (capital || w != "may" && w != "march"):
		f.Dates = append(f.Dates, w)
	case negations[w]:
		f.Negations = append(f.Negations, w)
	}
}

// Sort puts the lists in the order that their comments promise.
func (f *Facts) Sort() {
	for _, list := range []*[]string{&f.Strong, &f.Weak, &f.Numbers, &f.Dates, &f.Negations} {
		slices.Sort(*list)
	}
	slices.Sort(f.Amounts)
}

// Diff returns what the new version of a text has that the old one had not,
// and the other way round, one line each; none if only the wording differs.
func (f Facts) Diff(new Facts) []string {
	var out []string
	diff := func(what string, a, b []string) {
		for _, s := range minus(b, a) {
			out = append(out, what+" "+s+" appeared")
		}
		for _, s := range minus(a, b) {
			out = append(out, what+" "+s+" disappeared")
		}
	}
	named := func(x Facts) []string { return slices.Sorted(slices.Values(append(slices.Clone(x.Strong), x.Weak...))) }
	diff("entity", named(f), named(new))
	diff("amount", money(f.Amounts), money(new.Amounts))
	diff("number", f.Numbers, new.Numbers)
	diff("date", f.Dates, new.Dates)
	diff("negation", f.Negations, new.Negations)
	return out
}

// Equal reports whether two versions state the same facts.
func (f Facts) Equal(other Facts) bool { return len(f.Diff(other)) == 0 }

// minus returns the elements of a beyond those of b, counting repetitions.
func minus(a, b []string) []string {
	left := map[string]int{}
	for _, s := range b {
		left[s]++
	}
	var out []string
	for _, s := range a {
		if left[s]--; left[s] < 0 {
			out = append(out, s)
		}
	}
	return out
}

func money(list []float64) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return out
}
