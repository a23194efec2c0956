package query

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"newswatch/monitor/text"
)

// Format writes n with every operator and bracket.
func Format(src string, n *Node, outer Op) string {
	var parts []string
	for _, k := range n.Kids {
		parts = append(parts, Format(src, k, n.Op))
	}
	s := ""
	switch n.Op {
	case OpAnd:
		s = strings.Join(parts, " AND ")
	case OpOr:
		s = strings.Join(parts, " OR ")
	case OpNot:
		return "NOT " + parts[0]
	case OpNear:
		s = fmt.Sprintf("%s NEAR/%d %s", parts[0], n.N, parts[1])
	case OpBefore:
		s = fmt.Sprintf("%s BEFORE/%d %s", parts[0], n.N, parts[1])
	case OpSent:
		s = parts[0] + " SENT " + parts[1]
	case OpCount:
		return fmt.Sprintf("count(%s)%s%d", TrimBrackets(parts[0]), Relations[n.Rel], n.N)
	case OpOf:
		return fmt.Sprintf("%d OF (%s)", n.N, strings.Join(parts, ", "))
	case OpTerm, OpEntity:
		return zonePrefix(n.Zone) + quotedIfOdd(strings.TrimSpace(src[n.Pos:n.End])[prefixLen(src[n.Pos:n.End]):])
	default:
		return src[n.Pos:n.End]
	}
	if outer != OpOr || n.Op == OpAnd && n.Group {
		return "(" + s + ")"
	}
	return s
}

// quotedIfOdd puts a word between quotes that begins with what means something
// else in another place.
func quotedIfOdd(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); strings.ContainsRune(":-–—−!", first) {
		return `"` + s + `"`
	}
	return s
}

// prefixLen returns the length of the zone names in front of a term.
func prefixLen(s string) int {
	n := 0
	for {
		i := strings.IndexByte(s[n:], ':')
		if i < 0 {
			return n
		}
		if _, ok := Zones[strings.ToLower(strings.Trim(s[n:n+i], "( "))]; !ok {
			return n
		}
		n += i + 1
	}
}

// zonePrefix writes the zone a term is narrowed to.
func zonePrefix(z text.Zone) string {
	switch z {
	case text.InTitle:
		return "title:"
	case text.InSummary:
		return "summary:"
	case text.LeadZone:
		return "lead:"
	case text.BodyZone:
		return "body:"
	case text.AnyZone:
		return ""
	}
	return "body:lead:"
}

// TrimBrackets removes brackets that embrace everything.
func TrimBrackets(s string) string {
	for strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		depth, quoted := 0, false
		for i := range len(s) - 1 {
			switch {
			case s[i] == '"':
				quoted = !quoted
			case quoted:
			case s[i] == '(':
				depth++
			case s[i] == ')':
				depth--
			}
			if depth == 0 {
				return s
			}
		}
		s = s[1 : len(s)-1]
	}
	return s
}
