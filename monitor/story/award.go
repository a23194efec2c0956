package story

import (
	"regexp"
	"strings"
)

// number matches the number of a federal award in a text (FAR 4.1603): office,
// fiscal year, kind and serial, with or without hyphens.
var number = regexp.MustCompile(`\b[0-9][0-9A-Z]{5}-?[0-9]{2}-?[A-Z]-?[0-9A-Z]{4,8}\b`)

// awardOf returns the key of the award that r is about: that of its source, else
// of the first number in its text; "" for none.
func awardOf(r Report) string {
	key := r.Award
	for _, s := range [...]string{r.Title, r.Summary, r.Content} {
		if key == "" {
			key = number.FindString(s)
		}
	}
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(key))
}

// differ reports whether two reports or stories are about two awards.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// sameAward recognises a report of an award that is known: it, its changes and
// the news of it are one story.
func sameAward(x *Index) (Placement, bool) {
	o := x.byAward[x.e.award]
	if o == nil {
		return Placement{}, false
	}
	return Placement{Story: o.story.id, Role: Original, Reasons: []Reason{{Kind: "award", With: o.root(), Score: 1,
		Why: "the same award, " + x.e.award}}}, true
}
