package match

import (
	"regexp"
	"strings"
)

// nameInBraces finds what may be the name of an entity in a query or term.
var nameInBraces = regexp.MustCompile(`\{\s*([^{}]*?)\s*\}`)

// Used returns those of the entities that rules name, with those that these
// name in turn: no other costs a Set anything. If a rule names one that there
// is not, it returns all of them, so that the mistake can say which was meant.
func Used(entities map[string]Entity, rules []Rule) map[string]Entity {
	out := map[string]Entity{}
	known := true
	var add func(text string)
	add = func(text string) {
		for _, m := range nameInBraces.FindAllStringSubmatch(text, -1) {
			e, ok := entities[m[1]]
			known = known && (ok || strings.Trim(m[1], "0123456789,") == "") // as in the pattern /a{2}/
			if _, added := out[m[1]]; added || !ok {
				continue
			}
			out[m[1]] = e
			for _, term := range e.Any {
				add(term)
			}
			for _, rival := range e.Rivals {
				add("{" + rival + "}")
			}
		}
	}
	for _, r := range rules {
		add(r.Match)
	}
	if !known {
		return entities
	}
	return out
}
