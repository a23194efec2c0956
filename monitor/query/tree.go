// Package query turns a query of the watch language into a syntax tree, or into
// a mistake at a place with its remedy.
//
// Parse reads a whole query, ParseTerm an entry of a list; Format writes a tree
// with every operator and bracket. It knows no document and no entity: a name
// between braces is a name.
package query

import (
	"regexp"
	"time"

	"newswatch/monitor/text"
)

// A Node is a part of a parsed query.
type Node struct {
	Op       Op
	Kids     []*Node
	Term     *Term
	Name     string // OpEntity
	N        int
	Rel      Relation
	Number   float64
	Day      time.Time
	Field    string
	Value    string
	Prefix   bool // OpTyped: Value is only a beginning
	Zone     text.Zone
	Pos, End int  // its place in the query
	Group    bool // stands in brackets

	// what the compiler makes of it
	Atom   uint32 // OpTerm
	Entity uint32 // OpEntity: index of Set.entities
	Label  string // OpNear, OpBefore, OpSent
}

// Zones are the prefixes that narrow a part of a query.
var Zones = map[string]text.Zone{
	"title": text.InTitle, "summary": text.InSummary, "lead": text.LeadZone, "body": text.BodyZone, "any": text.AnyZone,
}

// fields are the prefixes that ask for a fact about the document.
var fields = map[string]bool{
	"url": true, "site": true, "author": true, "tag": true, "feed": true, "class": true, "lang": true,
	"agency": true, "vendor": true, "award_id": true, "action": true, "naics": true, "psc": true,
}

// Typed tells those of the fields that only documents of official interfaces
// have: a word, a phrase, a beginning or an entity is looked for in them.
var Typed = map[string]bool{"agency": true, "vendor": true, "award_id": true, "action": true, "naics": true, "psc": true}

// measures are the fields that are compared with < <= > >= and =.
var measures = map[string]Op{"age": OpAge, "published": OpPublished, "amount": OpAmount, "deadline": OpDeadline}

// A Relation is a comparison.
type Relation uint8

const (
	Equal Relation = iota
	Less
	LessEqual
	Greater
	GreaterEqual
)

var Relations = [...]string{"=", "<", "<=", ">", ">="}

// Holds reports whether a stands to b as c says.
func (c Relation) Holds(a, b float64) bool {
	switch c {
	case Less:
		return a < b
	case LessEqual:
		return a <= b
	case Greater:
		return a > b
	case GreaterEqual:
		return a >= b
	}
	return a == b
}

// A Term is what a text is searched for: one word, a phrase, or a pattern.
type Term struct {
	Words   []Word
	Prefix  bool           // the last word is only a beginning
	Pattern *regexp.Regexp // instead of words
	Text    string         // as written, for people
}

// A Word is one word of a term.
type Word struct {
	Fold  string   // folded
	Rule  CaseRule // which case it accepts
	Exact string   // ="..." only: the very letters
}

// A CaseRule says which classes of case a word accepts.
type CaseRule uint8

const (
	CaseAny     CaseRule = iota // contract
	CaseInitial                 // Azure: begins with a capital
	CaseUpper                   // ICE: capitals only
	CaseExact                   // =word
)

// ruleOf derives the case a term asks for from how it is written: two to six
// capitals mean capitals, a capital in front means a capital in front.
func ruleOf(class uint8, letters int) CaseRule {
	switch {
	case class == text.ClassUpper && letters >= 2 && letters <= 6:
		return CaseUpper
	case class != text.ClassLower:
		return CaseInitial
	}
	return CaseAny
}
