package match

import (
	"slices"
	"strings"
	"testing"
)

// TestPlurals holds which plurals each word of a query finds, and that it finds
// the same whatever other queries there are.
func TestPlurals(t *testing.T) {
	text := strings.Fields("company companies companys COMPANIEs Companies hero heroes heros glass glasses " +
		"church churches ax axe axes taxes bus buses busses NGO NGOs NGOS ngos Kennedy Kennedys day days daies toy " +
		"go goes do does news new café cafés Öls 747 747s x xs is as us Senators' boss bosses extraordinaries " +
		"extraordinary investigation investigations longestword longestwords ninechars ninechar eightcha eightchas ＮＧＯｓ " +
		"detención detenciones DETENCIONES detenção detenções detencaoes Inmigraciones")
	want := map[string]string{
		"company":       "company companies companys Companies",
		"companies":     "companies COMPANIEs Companies",
		"Company":       "Companies",
		"hero":          "hero heroes heros",
		"glass":         "glass glasses",
		"church":        "church churches",
		"ax":            "ax axes",
		"axe":           "axe axes",
		"axes":          "axes",
		"bus":           "bus buses",
		"NGO":           "NGO NGOs ＮＧＯｓ",
		"ngo":           "NGO NGOs NGOS ngos ＮＧＯｓ",
		"Kennedy":       "Kennedy Kennedys",
		"day":           "day days",
		"go":            "go goes",
		"new":           "news new",
		"café":          "café cafés",
		"747":           "747",
		"x":             "x",
		"a":             "",
		"senator":       "Senators'",
		"boss":          "boss bosses",
		"extraordinary": "extraordinaries extraordinary",
		"investigation": "investigation investigations",
		"longestword":   "longestword longestwords",
		"ninechar":      "ninechars ninechar",
		"eightcha":      "eightcha eightchas",
		"=day":          "day",
		"detención":     "detención detenciones DETENCIONES",
		"detenção":      "detenção detenções",
		"Inmigración":   "Inmigraciones",
		"investigatio*": "investigation investigations",
		"eightchas*":    "eightchas",
	}
	var all []Rule
	for q := range want {
		all = append(all, Rule{Name: q, Match: q})
	}
	together, _ := Compile(nil, all)
	for q, list := range want {
		alone, problems := Compile(nil, []Rule{{Name: q, Match: q}})
		for _, p := range problems {
			if !p.Warning {
				t.Fatalf("%s: %v", q, p)
			}
		}
		for _, w := range text {
			holds := slices.Contains(strings.Fields(list), w)
			if got := len(alone.Match(&Doc{Title: w})) > 0; got != holds {
				t.Errorf("%s on %q alone: %v", q, w, got)
			}
			found := slices.ContainsFunc(together.Match(&Doc{Title: w}), func(m Match) bool { return m.Watch == q })
			if found != holds {
				t.Errorf("%s on %q among others: %v", q, w, found)
			}
		}
	}
}
