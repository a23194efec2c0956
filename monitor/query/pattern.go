package query

import (
	"regexp/syntax"
	"strings"
)

// RequiredLiteral returns a text of three ASCII bytes or more, in lower case,
// without which the pattern cannot match; "" if none is found.
func RequiredLiteral(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	best := ""
	longest(re.Simplify(), &best)
	if len(best) < 3 {
		return ""
	}
	return best
}

// longest looks for the longest literal that every match contains.
func longest(re *syntax.Regexp, best *string) {
	switch re.Op {
	case syntax.OpLiteral:
		run := ""
		for _, r := range re.Rune {
			// Letters whose case folds beyond ASCII (k and the Kelvin sign, s
			// and the long s) would be missed by a search for bytes.
			if r >= 0x80 || re.Flags&syntax.FoldCase != 0 && strings.ContainsRune("kKsS", r) {
				run = ""
				continue
			}
			run += string(r)
			if len(run) > len(*best) {
				*best = strings.ToLower(run)
			}
		}
	case syntax.OpCapture, syntax.OpPlus, syntax.OpConcat:
		for _, sub := range re.Sub {
			longest(sub, best)
		}
	case syntax.OpRepeat:
		if re.Min > 0 {
			longest(re.Sub[0], best)
		}
	}
}
