// Package match turns the queries of all watches into one Set, and a document
// into the watches that hold for it, with evidence, at a cost that does not care
// how many there are.
//
// A plain word, phrase or pattern that occurs is strong. A mention of an
// entity is judged by what stands around it:
//
//	found                        support  against  strength
//	a long name in the item      any      any      strong, and its acronyms with it
//	acronym or ambiguous word    yes      no       strong
//	                             yes      yes      weak: a conflict
//	                             no       no       weak: alone, unless the memory knows better
//	                             no       yes      rejected
//	introduced by another name   any      any      rejected
//	inside a phrase of not       any      any      void
//
// A rule holds strongly if it is true on strong hits alone, weakly if it needs
// weak ones; NOT looks at strong hits only, so that a doubtful exclusion hides
// nothing.
//
// A mention in a headline that decides nothing is judged by the text below.
// Where a headline is all capitals or In Title Case, its capitals prove
// nothing; then small letters in the text below speak against the mention. So
// do words with the initials of an acronym that are no name of the entity.
//
// To read the source, follow a document: Match in matcher.go cuts it into words
// and looks them up (document.go, lookup.go, package vocab), picks the rules that may
// hold (candidates.go, by the sets of required.go), evaluates them (operator.go,
// which names the file of every operator; mention.go for entities) and says why
// (evidence.go). Queries come in through compile.go.
//
// It knows no feed, no story, no alert and no disk.
package match

import (
	"strconv"
	"time"

	"newswatch/monitor/text"
)

// An Entity holds what an analyst would otherwise paste into every query about
// somebody or something: names, and what tells its mentions from other uses of
// the same words. Queries name it as {name}.
type Entity struct {
	Label    string   `yaml:"label" json:"label,omitempty"`
	Names    []string `yaml:"names" json:"names,omitempty"`       // long names: one is proof by itself
	Acronyms []string `yaml:"acronyms" json:"acronyms,omitempty"` // exact capitals; need support
	Words    []string `yaml:"words" json:"words,omitempty"`       // ambiguous ordinary words; need support
	Any      []string `yaml:"any" json:"any,omitempty"`           // makes the entity a plain list of query terms
	Not      []string `yaml:"not" json:"not,omitempty"`           // phrases that void the mention inside them
	Rivals   []string `yaml:"rivals" json:"rivals,omitempty"`     // entities whose long names in the document speak against
	Alone    Alone    `yaml:"alone" json:"alone,omitempty"`       // what a mention means that nothing near decides; "" is learn
	Support  Support  `yaml:"support" json:"support,omitzero"`
	Against  Against  `yaml:"against" json:"against,omitzero"`
	Examples Examples `yaml:"examples" json:"examples,omitzero"`
}

// An Alone says what is made of a mention with neither support nor anything
// against it.
type Alone string

// The ways to take it. The zero value is AloneLearn.
const (
	AloneLearn  Alone = "learn" // ask the memory; weak if it does not know
	AloneWeak   Alone = "weak"
	AloneStrong Alone = "strong"
)

// Support is context that proves a doubtful mention.
type Support struct {
	Within int      `yaml:"within" json:"within,omitempty"` // words; 0 is 40
	Any    []string `yaml:"any" json:"any,omitempty"`
	Hints  []string `yaml:"hints" json:"hints,omitempty"` // terms that other senses use too: it takes two different ones
	Feeds  []string `yaml:"feeds" json:"feeds,omitempty"` // feed tags on which no proof is needed
}

// Against is context that speaks against a doubtful mention.
type Against struct {
	Within int      `yaml:"within" json:"within,omitempty"` // words; 0 is 12
	Any    []string `yaml:"any" json:"any,omitempty"`
}

// Examples are headlines that must and must not match; Check runs them.
type Examples struct {
	Match []string `yaml:"match" json:"match,omitempty"`
	Not   []string `yaml:"not" json:"not,omitempty"`
}

// A Rule is one query to watch with.
type Rule struct {
	Name  string
	Match string   // the query
	Feeds []string // names or tags of the feeds it reads; none means all

	Private bool // no article is read for it, see JudgeUnread

	Examples Examples // headlines it must and must not match
}

// A Doc is one text to match: the three zones, and facts about them.
type Doc struct {
	Title, Summary, Body string
	URL                  string
	Feed                 string   // the feed's name
	FeedTags             []string // the feed's tags
	Class                string   // the feed's class
	Tags                 []string // the item's own categories
	Authors              []string
	Lang                 string
	Published            time.Time // zero if unknown
	Origin               string    // of Body: OfArticle, with an empty line between two paragraphs, or "" for the feed
	Now                  time.Time // what age is measured against; zero is time.Now
	Memory               Memory    // asked about mentions that nothing near decides; nil knows nothing
	Fields               *Fields   // nil where the document has none
}

// Fields are what a document of an official interface says in typed fields.
type Fields struct {
	Amount   *float64
	Deadline time.Time         // zero if there is none
	Texts    map[string]string // by their names in queries: agency, vendor, ...
}

// A Verdict is how sure a match is.
type Verdict uint8

// None is no match; Weak needs doubtful mentions; Strong holds without them.
const (
	None Verdict = iota
	Weak
	Strong
)

var verdictNames = [...]string{"none", "weak", "strong"}

// String returns none, weak or strong.
func (v Verdict) String() string { return verdictNames[v] }

// MarshalText is String.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (v *Verdict) UnmarshalText(b []byte) error {
	*v = None
	for i, n := range verdictNames {
		if n == string(b) {
			*v = Verdict(i)
		}
	}
	return nil
}

// A Match is one rule that fired on one document.
type Match struct {
	Rule     int          `json:"-"` // index into the rules given to Compile
	Watch    string       `json:"watch"`
	Verdict  Verdict      `json:"verdict"`
	Sentence string       `json:"sentence"` // the hit sentence, in original text
	Hits     []text.Range `json:"-"`        // byte ranges of the hits within Sentence
	Evidence []Evidence   `json:"evidence"`
}

// Evidence is one hit that a match rests on, or one mention that was doubted
// or rejected. Start and End are byte offsets into the zone's plain text.
type Evidence struct {
	Clause   string `json:"clause"` // the part of the query that decided
	Zone     string `json:"zone"`   // title, summary or body; fields for a typed field, and then there is no place
	Text     string `json:"text"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Strength string `json:"strength"` // strong, weak or rejected
	Why      string `json:"why"`      // one line for people

	Origin    string `json:"origin,omitempty"`    // of a body's: OfArticle, or "" for the feed
	Paragraph int    `json:"paragraph,omitempty"` // of the article, from 1
}

// OfArticle is the Origin of the text of the article behind an item.
const OfArticle = "article"

// Place says where the hit stands: "the title", or "the article, paragraph 7".
func (e Evidence) Place() string {
	if e.Origin == OfArticle {
		return "the article, paragraph " + strconv.Itoa(e.Paragraph)
	}
	return "the " + e.Zone
}

// A Problem is a mistake in an entity or a rule, or a remark on one.
type Problem struct {
	Path    string // place in the arguments of Compile, as in "entities.ice.support.any[3]" or "watches[2].match"
	Offset  int    // byte offset of the mistake within that text; -1 for all of it
	Message string // what is wrong, in one line
	Hint    string // what to write instead; may be ""
	Warning bool   // it works, but perhaps not as meant
}

// Plain returns the document with its three texts plain. Offsets in matches
// are offsets into these.
func (d Doc) Plain() Doc {
	d.Title, d.Summary, d.Body = text.Plain(d.Title), text.Plain(d.Summary), text.Plain(d.Body)
	return d
}
