package query

import (
	"regexp"
	"time"
)

// An op is what a node of a query does with its children.
type op uint8

const (
	opTerm      op = iota // term: a word, phrase, prefix or regex
	opEntity              // name
	opAnd                 // kids
	opOr                  // kids
	opNot                 // one kid
	opNear                // two kids at most n words apart, in either order
	opBefore              // two kids at most n words apart, in this order
	opSent                // two kids in one sentence
	opCount               // one kid, rel, n
	opOf                  // at least n of the kids
	opAmount              // rel, num
	opAge                 // rel, num (nanoseconds)
	opPublished           // rel, day
	opField               // field, value: a fact about the document
)

// A node is a part of a parsed query.
type node struct {
	op       op
	kids     []*node
	term     *term
	name     string // opEntity
	n        int
	rel      relation
	num      float64
	day      time.Time
	field    string
	value    string
	zone     zone
	pos, end int  // its place in the query
	group    bool // stands in brackets

	// what the compiler makes of it
	atom  uint32 // opTerm
	ent   uint32 // opEntity: index of Set.entities
	label string // opNear, opBefore, opSent
}

// zones are the prefixes that narrow a part of a query.
var zones = map[string]zone{
	"title": inTitle, "summary": inSummary, "lead": leadZone, "body": bodyZone, "any": anyZone,
}

// fields are the prefixes that ask for a fact about the document.
var fields = map[string]bool{
	"url": true, "site": true, "author": true, "tag": true, "feed": true, "class": true, "lang": true,
}

// measures are the fields that are compared with < <= > >= and =.
var measures = map[string]op{"age": opAge, "published": opPublished, "amount": opAmount}

// A relation is a comparison.
type relation uint8

const (
	cmpEq relation = iota
	cmpLt
	cmpLe
	cmpGt
	cmpGe
)

var cmpNames = [...]string{"=", "<", "<=", ">", ">="}

// holds reports whether a stands to b as c says.
func (c relation) holds(a, b float64) bool {
	switch c {
	case cmpLt:
		return a < b
	case cmpLe:
		return a <= b
	case cmpGt:
		return a > b
	case cmpGe:
		return a >= b
	}
	return a == b
}

// A term is what a text is searched for: one word, a phrase, or a pattern.
type term struct {
	words  []word
	prefix bool           // the last word is only a beginning
	re     *regexp.Regexp // instead of words
	text   string         // as written, for people
}

// A word is one word of a term.
type word struct {
	fold  string   // folded
	rule  caseRule // which case it accepts
	exact string   // ="..." only: the very letters
}

// A caseRule says which classes of case a word accepts.
type caseRule uint8

const (
	caseAny     caseRule = iota // contract
	caseInitial                 // Azure: begins with a capital
	caseUpper                   // ICE: capitals only
	caseExact                   // =word
)

// ruleOf derives the case a term asks for from how it is written: two to six
// capitals mean capitals, a capital in front means a capital in front.
func ruleOf(class uint8, letters int) caseRule {
	switch {
	case class == classUpper && letters >= 2 && letters <= 6:
		return caseUpper
	case class != classLower:
		return caseInitial
	}
	return caseAny
}
