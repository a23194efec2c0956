package query

import (
	"strings"
	"unicode/utf8"

	"newswatch/monitor/text"
)

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
