package query

import (
	"fmt"
	"strings"
)

// An Op is what a node of a query does with its children.
type Op uint8

const (
	OpTerm      Op  = iota // Term: a word, phrase, prefix or pattern
	OpEntity               // Name
	OpAnd                  // Kids
	OpOr                   // Kids
	OpNot                  // one kid
	OpNear                 // two kids at most N words apart, in either order
	OpBefore               // two kids at most N words apart, in this order
	OpSent                 // two kids in one sentence
	OpCount                // one kid, Rel, N
	OpOf                   // at least N of the kids
	OpAmount               // Rel, Number
	OpAge                  // Rel, Number (nanoseconds)
	OpPublished            // Rel, Day
	OpField                // Field, Value: a fact about the document
	OpTyped                // Field, Value or Name, Prefix: a typed field of the document
	OpDeadline             // Rel, Number (nanoseconds)
	NumOps      int = iota
)

// operators says how the language has each Op.
var operators = [NumOps]struct {
	name   string // in explanations
	placed bool   // it is found at a place of the text, so that something can be near it
	infix  bool   // it needs brackets among others
	format func(n *Node, written string, parts []string) string
}{
	OpTerm:      {"term", true, false, formatTerm},
	OpEntity:    {"entity", true, false, formatTerm},
	OpAnd:       {"and", true, true, joined(" AND ")},
	OpOr:        {"or", true, true, joined(" OR ")},
	OpNot:       {"not", false, false, func(_ *Node, _ string, parts []string) string { return "NOT " + parts[0] }},
	OpNear:      {"near", true, true, distant(" NEAR/%d ")},
	OpBefore:    {"before", true, true, distant(" BEFORE/%d ")},
	OpSent:      {"sent", true, true, joined(" SENT ")},
	OpCount:     {"count", false, false, formatCount},
	OpOf:        {"of", false, false, formatOf},
	OpAmount:    {"field", true, false, asWritten},
	OpAge:       {"field", false, false, asWritten},
	OpPublished: {"field", false, false, asWritten},
	OpField:     {"field", false, false, asWritten},
	OpTyped:     {"field", false, false, asWritten},
	OpDeadline:  {"field", false, false, asWritten},
}

// String returns the name of o in explanations, as in "near".
func (o Op) String() string { return operators[o].name }

// notPlaced returns a part of n that is not found at a place of the text.
func notPlaced(n *Node) *Node {
	if !operators[n.Op].placed {
		return n
	}
	for _, k := range n.Kids {
		if bad := notPlaced(k); bad != nil {
			return bad
		}
	}
	return nil
}

// Format writes n, a part of src, with every operator and bracket.
func Format(src string, n *Node) string { return format(src, n, OpOr) }

func format(src string, n *Node, outer Op) string {
	var parts []string
	for _, k := range n.Kids {
		parts = append(parts, format(src, k, n.Op))
	}
	s := operators[n.Op].format(n, src[n.Pos:n.End], parts)
	if operators[n.Op].infix && (outer != OpOr || n.Op == OpAnd && n.Group) {
		return "(" + s + ")"
	}
	return s
}

func asWritten(_ *Node, written string, _ []string) string { return written }

func joined(sign string) func(*Node, string, []string) string {
	return func(_ *Node, _ string, parts []string) string { return strings.Join(parts, sign) }
}

func distant(sign string) func(*Node, string, []string) string {
	return func(n *Node, _ string, parts []string) string { return strings.Join(parts, fmt.Sprintf(sign, n.N)) }
}

func formatCount(n *Node, _ string, parts []string) string {
	return fmt.Sprintf("count(%s)%s%d", TrimBrackets(parts[0]), Relations[n.Rel], n.N)
}

func formatOf(n *Node, _ string, parts []string) string {
	return fmt.Sprintf("%d OF (%s)", n.N, strings.Join(parts, ", "))
}

func formatTerm(n *Node, written string, _ []string) string {
	return zonePrefix(n.Zone) + quotedIfOdd(strings.TrimSpace(written)[prefixLen(written):])
}
