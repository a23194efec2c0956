package query

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// written writes n with every operator and bracket.
func written(src string, n *node, outer op) string {
	var parts []string
	for _, k := range n.kids {
		parts = append(parts, written(src, k, n.op))
	}
	s := ""
	switch n.op {
	case opAnd:
		s = strings.Join(parts, " AND ")
	case opOr:
		s = strings.Join(parts, " OR ")
	case opNot:
		return "NOT " + parts[0]
	case opNear:
		s = fmt.Sprintf("%s NEAR/%d %s", parts[0], n.n, parts[1])
	case opBefore:
		s = fmt.Sprintf("%s BEFORE/%d %s", parts[0], n.n, parts[1])
	case opSent:
		s = parts[0] + " SENT " + parts[1]
	case opCount:
		return fmt.Sprintf("count(%s)%s%d", outermost(parts[0]), cmpNames[n.rel], n.n)
	case opOf:
		return fmt.Sprintf("%d OF (%s)", n.n, strings.Join(parts, ", "))
	case opTerm, opEntity:
		return zonePrefix(n.zone) + quotedIfOdd(strings.TrimSpace(src[n.pos:n.end])[prefixLen(src[n.pos:n.end]):])
	default:
		return src[n.pos:n.end]
	}
	if outer != opOr || n.op == opAnd && n.group {
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
		if _, ok := zones[strings.ToLower(strings.Trim(s[n:n+i], "( "))]; !ok {
			return n
		}
		n += i + 1
	}
}

// zonePrefix writes the zone a term is narrowed to.
func zonePrefix(z zone) string {
	switch z {
	case inTitle:
		return "title:"
	case inSummary:
		return "summary:"
	case leadZone:
		return "lead:"
	case bodyZone:
		return "body:"
	case anyZone:
		return ""
	}
	return "body:lead:"
}

// outermost removes brackets that embrace everything.
func outermost(s string) string {
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
