package labels

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"newswatch/monitor/match"
	"newswatch/monitor/text"
)

// Least is how many labels a subject needs for suggestions.
const Least = 10

// A Subject is what a suggestion would change: the definition of an entity, or
// where Entity is "" the query of a watch.
type Subject struct {
	Entity string
	Watch  match.Rule
}

// Name is what people call the subject.
func (s Subject) Name() string {
	if s.Entity != "" {
		return "{" + s.Entity + "}"
	}
	return s.Watch.Name
}

// A Sample is a text that matched, and whether readers found it relevant.
type Sample struct {
	Doc      *match.Doc
	Relevant bool
}

// A Kind is where a suggested word would stand.
type Kind string

// The kinds. Against and Support are of entities, Without is of watches.
const (
	Against Kind = "against"
	Support Kind = "support"
	Without Kind = "without"
)

// A Suggestion is one word that would tell good from bad: with it so many of
// the texts that are not relevant, of those that are, and of the others that
// matched would no longer be found, or with Support would be sure.
type Suggestion struct {
	Kind  Kind   `json:"kind"`
	Word  string `json:"word"`
	Bad   Share  `json:"bad"`
	Good  Share  `json:"good"`
	Other Share  `json:"other"`
}

// A Share is so many of so many.
type Share struct {
	N  int `json:"n"`
	Of int `json:"of"`
}

// String says in one line what the word would do.
func (s Suggestion) String() string {
	verb := "removes"
	if s.Kind == Support {
		verb = "makes sure"
	}
	return fmt.Sprintf("%s %s: %s %d of %d bad, %d of %d good, %d of %d others", s.Kind, s.Word, verb, s.Bad.N, s.Bad.Of, s.Good.N, s.Good.Of, s.Other.N, s.Other.Of)
}

// What is worth a suggestion.
const (
	mostTried = 30 // words
	mostKept  = 5  // of each kind
	fewest    = 2  // texts that it must change the right way
	worth     = 5  // times as many as it changes the wrong way
)

// A judge returns a verdict on a text.
type judge func(*match.Doc) match.Verdict

// Suggest tries words of the samples in the definition of the subject and
// returns those that tell good from bad, the best first: at most five of a
// kind. others are further texts that match. Nothing is changed.
func Suggest(entities map[string]match.Entity, s Subject, samples []Sample, others []*match.Doc) (out []Suggestion) {
	kinds := []Kind{Without}
	if s.Entity != "" {
		kinds = []Kind{Against, Support}
	}
	before := s.judge(entities)
	for _, kind := range kinds {
		var kept []Suggestion
		for _, word := range candidates(samples, kind == Support, named(entities[s.Entity])) {
			if g := try(before, s.with(entities, kind, word), kind, word, samples); g.gain() > 0 {
				kept = append(kept, g)
			}
		}
		slices.SortStableFunc(kept, func(a, b Suggestion) int { return cmp.Compare(b.gain(), a.gain()) })
		for _, g := range kept[:min(len(kept), mostKept)] {
			g.Other.Of = len(others)
			after := s.with(entities, kind, g.Word)
			for _, d := range others {
				if changes(kind, before(d), after(d)) {
					g.Other.N++
				}
			}
			out = append(out, g)
		}
	}
	return out
}

// changes reports whether a change of the verdict is what the kind is for.
func changes(kind Kind, before, after match.Verdict) bool {
	if kind == Support {
		return before == match.Weak && after == match.Strong
	}
	return before != match.None && after == match.None
}

// try counts what a word would change.
func try(before, after judge, kind Kind, word string, samples []Sample) Suggestion {
	g := Suggestion{Kind: kind, Word: word}
	for _, x := range samples {
		n := &g.Bad
		if x.Relevant {
			n = &g.Good
		}
		n.Of++
		if changes(kind, before(x.Doc), after(x.Doc)) {
			n.N++
		}
	}
	return g
}

// gain is how much better the word makes things, 0 for not enough.
func (s Suggestion) gain() int {
	right, wrong := s.Bad.N, s.Good.N
	if s.Kind == Support {
		right, wrong = wrong, right
	}
	if right < fewest {
		return 0
	}
	return max(0, right-worth*wrong)
}

// Query is what the subject looks for.
func (s Subject) Query() string {
	if s.Entity != "" {
		return "{" + s.Entity + "}"
	}
	return s.Watch.Match
}

// judge returns how the subject judges texts.
func (s Subject) judge(entities map[string]match.Entity) judge {
	rule := match.Rule{Match: s.Query()}
	set, _ := match.Compile(match.Used(entities, []match.Rule{rule}), []match.Rule{rule})
	return func(d *match.Doc) match.Verdict {
		if found := set.Match(d); len(found) > 0 {
			return found[0].Verdict
		}
		return match.None
	}
}

// with returns how the subject would judge texts with a word more.
func (s Subject) with(entities map[string]match.Entity, kind Kind, word string) judge {
	if kind == Without {
		s.Watch.Match = WithoutWords(s.Watch.Match, word)
		return s.judge(entities)
	}
	e := entities[s.Entity]
	if kind == Against {
		e.Against.Any = append(slices.Clone(e.Against.Any), word)
	} else {
		e.Support.Any = append(slices.Clone(e.Support.Any), word)
	}
	changed := maps.Clone(entities)
	changed[s.Entity] = e
	return s.judge(changed)
}

// WithoutWords is a query that holds where another does and none of some words
// occurs.
func WithoutWords(query string, words ...string) string {
	return "(" + query + ") -" + strings.Join(words, " -")
}

// candidates are the words that stand in more bad texts than good ones, or the
// other way round, in order of how many more; those of names and small ones are
// left out.
func candidates(samples []Sample, good bool, names map[string]bool) []string {
	count := map[string]int{}
	for _, x := range samples {
		sign := -worth
		if x.Relevant == good {
			sign = 1
		}
		for w := range wordsOf(x.Doc) {
			if !names[w] && !text.SmallWords[w] && len(w) > 2 {
				count[w] += sign
			}
		}
	}
	maps.DeleteFunc(count, func(_ string, n int) bool { return n < fewest })
	out := slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	return out[:min(len(out), mostTried)]
}

// maxText is how much of a body is looked at for words, in bytes.
const maxText = 4 << 10

// wordsOf returns the folded words of a text.
func wordsOf(d *match.Doc) map[string]bool {
	out := map[string]bool{}
	for _, t := range [...]string{d.Title, d.Summary, d.Body[:min(len(d.Body), maxText)]} {
		fold(t, out)
	}
	return out
}

func fold(t string, into map[string]bool) {
	var sc text.Scanner
	sc.Reset(t)
	for sc.Next() {
		if w := string(sc.Bytes()); strings.Trim(w, "0123456789") != "" {
			into[w] = true
		}
	}
}

// named returns the words of which the names of an entity consist.
func named(e match.Entity) map[string]bool {
	out := map[string]bool{}
	for _, list := range [...][]string{e.Names, e.Acronyms, e.Words} {
		for _, n := range list {
			fold(n, out)
		}
	}
	return out
}

// Words returns the suggested words of a kind.
func Words(list []Suggestion, kind Kind) (out []string) {
	for _, s := range list {
		if s.Kind == kind {
			out = append(out, s.Word)
		}
	}
	return out
}

// Paste returns the lines of a configuration that would add suggested words to
// a subject. A pack's entity takes them as an addition; in one of the
// configuration's own they belong into the list that is there.
func Paste(s Subject, words []Suggestion) []string {
	if s.Entity == "" {
		return []string{"  - name: " + s.Watch.Name, "    match: " + strconv.Quote(WithoutWords(s.Watch.Match, Words(words, Without)...))}
	}
	out := []string{"  " + s.Entity + ":"}
	for _, kind := range [...]Kind{Support, Against} {
		if list := Words(words, kind); len(list) > 0 {
			out = append(out, fmt.Sprintf("    %s: {any: [%s]}", kind, strings.Join(list, ", ")))
		}
	}
	return out
}
