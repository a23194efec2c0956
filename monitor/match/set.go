package match

import (
	"regexp"
	"sync"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
	"newswatch/monitor/vocab"
)

// A Set is all rules compiled into one. It is immutable and safe for
// concurrent use; to change a rule, compile another Set.
//
// A document is cut into words once. Each word is looked up in a table of the
// words that rules use. A rule is looked at only if one of the terms of its
// required set, the cheapest set of terms of which one must occur, occurs, and with
// it the second required term, if there is one. Cost grows with what a
// document contains, not with the number of rules.
type Set struct {
	rules []rule
	program
	terms
	entities   []entity
	sought     []sought          // for entities
	asked      []uint32          // entities that rules name and of which a Memory is asked
	rivals     []uint32          // of entities: entities
	supporters []uint32          // of entities: tags of feeds on which they need no proof
	byName     map[string]uint32 // entities

	vocab    vocab.Table
	prefixes *vocab.PrefixTable // nil if no rule has a prefix
	scan     *patternScan       // nil if no rule hangs on a pattern

	plain  uint32 // the number of forms that are words; those of prefixes follow
	forms  uint32 // the number of all forms
	posts  vocab.Lists[post]
	follow vocab.Lists[follow] // of atoms
	leads  vocab.Lists[lead]
	always []pick // rules without a required set: judged for every document

	tags     map[string]uint32 // names and tags of feeds that rules or entities ask for
	feedSets [][]uint32        // the distinct Feeds of rules; 0 is all

	pool sync.Pool
}

// A program is the instructions of all rules, and what they refer to.
type program struct {
	code    []instruction
	places  []place   // of code: where in its query each node is written
	numbers []float64 // that queries compare with
	facts   []fact
	pairs   []string // of NEAR and its like: as written
}

// terms are the atoms of all rules.
type terms struct {
	texts   string // names and queries of rules and labels of atoms, one after the other
	atoms   []atom
	words   []wanted   // of atoms
	exacts  [][]string // of exact atoms: the letters each word must have
	members []uint32   // of groups: their atoms
	regexes []pattern
}

// A piece is a part of terms.texts. Strings of their own would be hundreds of
// thousands of pointers for the collector to follow.
type piece struct{ at, size uint32 }

func (s *terms) text(p piece) string { return s.texts[p.at : p.at+p.size] }

// A rule is one compiled query.
type rule struct {
	from  uint32 // its program in Set.code
	feeds uint32 // index of Set.feedSets
	name  piece
	query piece
	named bool // mentions an entity
}

// An instruction is one node of a program. Programs are trees in prefix order: the
// children of a node stand behind it, end is the index behind the last. In front of
// a program stands its head, where arg is the rule, end its feeds and label its name.
type instruction struct {
	op     query.Op
	rel    query.Relation
	zone   text.Zone
	how    how
	n      uint16
	accept accept // byWord: which occurrences count
	arg    uint32
	end    uint32
	need   need  // OpTerm: what must occur for it to be worth a look
	label  piece // OpTerm, OpEntity: as written; empty for groups
}

// A how says what decides a term.
type how uint8

const (
	bySearch how = iota // looking for it
	byWord              // whether the form it needs occurs as accepted
	byMark              // whether it is marked: it is forwarded
)

// A place is a range of bytes of a query.
type place struct{ pos, end uint32 }

// An atomKind is how an atom is found.
type atomKind uint8

const (
	atomWord   atomKind = iota // one word
	atomPhrase                 // several words in a row, or exact letters
	atomRegex
	atomGroup // any of a list of atoms
)

// An atom is a term compiled: rules that use the same term share it.
type atom struct {
	kind      atomKind
	zone      text.Zone
	forwarded bool   // it is marked in every document where it occurs
	anchor    uint8  // phrases: the word to begin with, the rarest
	n         uint32 // number of words or members
	first     uint32 // index of its first word, member or pattern
	exact     uint32 // one more than the index of Set.exacts; 0 for none
	label     piece  // as written; empty for groups
}

// A wanted is a word of an atom: a form and which of its occurrences count.
type wanted struct {
	form   uint32
	accept accept
}

// looked returns the word by which a word or phrase is looked up.
func (s *terms) looked(a *atom) wanted { return s.words[a.first+uint32(a.anchor)] }

// begins reports whether the last word of a word or phrase is only a beginning.
func (s *Set) begins(a *atom) bool { return s.words[a.first+a.n-1].form >= s.plain }

// A postKind says what a form with a post proves.
type postKind uint8

const (
	postWord   postKind = iota // the atom
	postPair                   // the atom, if the needed word stands beside it
	postPhrase                 // that the atom is worth looking for
)

// A post says which atom a form may prove.
type post struct {
	atom   uint32
	need   need // phrases: the form of the next rarest word
	kind   postKind
	accept accept
	step   int8   // phrases: from this word to that of need; 0 if that has to be asked of the atom
	beside accept // which occurrences of that one count
	last   bool   // of its form
	only   bool   // follow is all that follows from the atom; otherwise Set.follow says it
	follow follow
}

// A follow is what follows from an atom that occurs: that a rule may hold, if what
// it needs occurs too, that a group occurs or that a Memory is asked of an entity.
type follow struct {
	to   uint32 // a pick or, where need is one of these, a group or an index of Set.asked
	need need
}

const (
	aGroup need = 1<<32 - 1 - iota
	anAsked
)

// A duePost is a post of a form that occurs.
type duePost struct {
	post
	state uint32 // of the form
}

// postsOf returns the index of the first post of a form and in the upper bits
// how many there are; 0 if it has none.
func (s *Set) postsOf(form uint32) uint32 {
	at, end := s.posts.Start[form], s.posts.Start[form+1]
	if at == end {
		return 0
	}
	return at | min(end-at, manyPosts)<<postBits
}

// postBits are the bits for the index of a post: 64 million.
const postBits = 26

// manyPosts is how many a form has whose posts end with the one that is last.
const manyPosts = 1<<(32-postBits) - 1

// appendPosts appends the posts of a form, given as postsOf returns them.
func (s *Set) appendPosts(out []duePost, posts, state uint32) []duePost {
	n, i := posts>>postBits, posts&(1<<postBits-1)
	for ; n > 0; n-- {
		out = append(out, duePost{s.posts.All[i], state})
		i++
	}
	for posts>>postBits == manyPosts && !s.posts.All[i-1].last {
		out = append(out, duePost{s.posts.All[i], state})
		i++
	}
	return out
}

// A need is one more than a form that must occur; 0 is nothing. In a follow
// it may also be a marked atom, see needMark.
type need uint32

// needMark set, the other bits of a need are an atom that must be marked.
const needMark need = 1 << 31

// A pick is the program of a rule to judge, doubled, and one more if it takes more
// to decide it than the atom that led to it.
type pick uint32

func (p pick) pc() uint32 { return uint32(p >> 1) }
func (p pick) sure() bool { return p&1 == 0 }

// A pattern is a regular expression and, if it has one, a literal without
// which it cannot match.
type pattern struct {
	re      *regexp.Regexp
	literal string // lower case
}

// A fact is a question about the document: site:ice.gov.
type fact struct {
	field string
	value string
	clock int64       // published: nanoseconds
	any   []fieldTerm // of a typed field: one of which it must have; of author and tag what it must have
	not   []fieldTerm // and none of these
}

// Len returns the number of rules.
func (s *Set) Len() int { return len(s.rules) }
