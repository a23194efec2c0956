package match

import (
	"slices"
	"strconv"
	"strings"

	"newswatch/monitor/text"
)

// How much evidence one match carries.
const (
	maxEvidence  = 24 // in all
	maxPerClause = 4  // places of one clause
)

// A prover gathers the evidence for matches.
type prover struct {
	judge
	evidence  []Evidence   // of all matches, one after the other
	firstWord []int32      // of evidence
	from      int          // where that of the present match begins
	shown     []text.Range // likewise the hits within sentences
}

// explain fills in the match of a rule that holds.
func (m *matcher) explain(out *Match, j *judged) {
	out.Rule, out.Watch, out.Verdict = int(j.rule), m.set.text(j.name), j.v
	m.from = len(m.evidence)
	base := len(m.hits)
	operators[j.first.op].prove(m, j.pc(), &j.first, j.v)
	m.hits = m.hits[:base]
	out.Evidence = m.evidence[m.from:]
	m.showSentence(out)
}

// handOver moves evidence and hits from the matcher's memory to one piece of
// memory that belongs to the matches. Of none there is an empty list, which
// programs that read JSON can count.
func (m *prover) handOver(out []Match) {
	evidence, spans := append([]Evidence{}, m.evidence...), append([]text.Range{}, m.shown...)
	e, h := 0, 0
	for i := range out {
		k, l := len(out[i].Evidence), len(out[i].Hits)
		out[i].Evidence, e = evidence[e:e+k:e+k], e+k
		out[i].Hits, h = spans[h:h+l:h+l], h+l
	}
}

// addHits turns the hits from base on into evidence and drops them.
func (m *prover) addHits(base int, clause, why string) {
	list := m.hits[base:]
	slices.SortFunc(list, byPlace)
	for i, h := range list {
		if i == maxPerClause || len(m.evidence)-m.from >= maxEvidence {
			break
		}
		m.add(h.start, h.end, clause, "strong", why)
	}
	m.hits = m.hits[:base]
}

// add appends one line of evidence, unless it is there already.
func (m *prover) add(start, end int32, clause, strength, why string) {
	z := m.textOf(start)
	e := Evidence{
		Clause: clause, Zone: zoneNames[z], Text: m.text(start, end),
		Start: int(m.tokens[start].start), End: int(m.tokens[end].end), Strength: strength, Why: why,
	}
	if m.doc.Origin == OfArticle && z == 2 {
		e.Origin, e.Paragraph = OfArticle, 1+strings.Count(m.texts[z][:e.Start], "\n\n")
	}
	for i := m.from; i < len(m.evidence); i++ {
		if o := &m.evidence[i]; o.Start == e.Start && o.End == e.End && o.Zone == e.Zone && o.Clause == e.Clause {
			return
		}
	}
	m.evidence = append(m.evidence, e)
	m.firstWord = append(m.firstWord[:len(m.evidence)-1], start)
}

// addField appends the evidence of a typed field. It stands in no text.
func (m *prover) addField(name, value, strength, why string) {
	m.evidence = append(m.evidence, Evidence{Clause: name, Zone: FieldZone, Text: name + ": " + value, Strength: strength, Why: why})
	m.firstWord = append(m.firstWord[:len(m.evidence)-1], nowhere)
}

// FieldZone is the zone of evidence that stands in a typed field and in no text.
const FieldZone = "fields"

// nowhere is the first word of what stands in no text.
const nowhere = -1

// whyMention explains the mention at a hit.
func (m *prover) whyMention(ent uint32, h hit) string {
	list := m.entity(ent)
	for i := range list {
		if k := &list[i]; k.start == h.start && k.end == h.end {
			return m.why(k)
		}
	}
	return ""
}

// LongName is the reason of a mention by a long name of its entity.
const LongName = "a long name"

// NamedElsewhere is the reason of a mention that is sure because a long name of
// its entity stands elsewhere in the item.
const NamedElsewhere = "a long name stands in the same item"

// why says in one line what decided a mention.
func (m *prover) why(k *mention) string {
	switch k.why {
	case isName:
		return LongName
	case besideName:
		return NamedElsewhere
	case definesOwn:
		return "introduced as " + m.quote(k.support)
	case supported:
		return m.whySupport(k)
	case conflicting:
		return m.whySupport(k) + ", but " + m.whyAgainst(k)
	case refuted:
		return m.whyAgainst(k) + ", and nothing supports it"
	case definesElse:
		return "stands for " + m.quote(k.against)
	case elsewhere:
		return "stands for something else in this item"
	case voided:
		return "inside " + m.quote(k.against)
	case hinted:
		return "only " + m.quote(k.support) + m.distance(k, k.support) + " hints at it"
	case recalled:
		return k.said
	case taken:
		return "alone, which the entity takes for " + k.v.String()
	}
	if m.letterCaseOf(m.textOf(k.start)) == upperCase {
		return "nothing near supports it, and among capitals its case proves nothing"
	}
	return "nothing near supports or contradicts it"
}

func (m *prover) whySupport(k *mention) string {
	if k.feed {
		return "the feed's tag supports it"
	}
	return "supported by " + m.quote(k.support) + m.distance(k, k.support)
}

func (m *prover) whyAgainst(k *mention) string {
	if k.rival {
		return "the item names " + m.quote(k.against)
	}
	if strings.EqualFold(m.text(k.against.start, k.against.end), m.text(k.start, k.end)) {
		return "capitals prove nothing here, and the item has it as " + m.quote(k.against)
	}
	return m.quote(k.against) + m.distance(k, k.against) + " speaks against it"
}

// distance says how far a row of words is from a mention.
func (m *prover) distance(k *mention, s wordRange) string {
	if z := m.textOf(s.start); z != m.textOf(k.start) {
		return " in the " + zoneNames[z]
	}
	switch d := max(s.start-k.end, k.start-s.end, 0); d {
	case 0:
		return ""
	case 1:
		return " beside it"
	default:
		return " " + strconv.Itoa(int(d)) + " words away"
	}
}
