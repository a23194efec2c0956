package translate

import (
	"strings"
	"testing"
)

func TestTranslate(t *testing.T) {
	for name, tt := range map[string]struct{ dialect, in, want, note string }{
		"google or binds first": {"google", `palantir contract OR deal -hospital`, `palantir (contract OR deal) -hospital`, ""},
		"google phrase":         {"google", `"customs enforcement" site:example.org intitle:cloud`, `"customs enforcement" site:example.org title:cloud`, ""},
		"google around":         {"google", `cloud AROUND(5) detention`, `cloud NEAR/5 detention`, ""},
		"google unknown":        {"google", `cloud filetype:pdf`, `cloud`, "filetype:pdf"},
		"google case":           {"google", `ICE raid`, `ICE raid`, "case counts"},
		"google curly":          {"google", `“border wall” | fence`, `"border wall" OR fence`, ""},
		"meltwater and first":   {"meltwater", `cloud AND contract OR tender NOT weather`, `(cloud contract) OR (tender -weather)`, ""},
		"meltwater near":        {"meltwater", `(azure OR aws) NEAR/10 immigration`, `(azure OR aws) NEAR/11 immigration`, ""},
		"meltwater bare near":   {"meltwater", `cloud onear contract`, `cloud BEFORE/5 contract`, ""},
		"meltwater weight":      {"meltwater", `apple AND (watch OR ios)^9 not sauce`, `apple (watch OR ios) -sauce`, "^9"},
		"cision headline":       {"cision", `headline("border wall" OR fence) AND NOT "wall street"`, `title:("border wall" OR fence) -"wall street"`, ""},
		"cision publication":    {"cision", `cloud AND publication("Daily Planet")`, `cloud feed:"Daily Planet"`, "feed here"},
		"cision case":           {"cision", `cs("BEST") w/5 coffee`, `="BEST" NEAR/5 coffee`, ""},
		"meltwater slop":        {"meltwater", `"border contract"~4`, `border NEAR/5 contract`, ""},
		"meltwater country":     {"meltwater", `cloud AND country:us`, `cloud`, "country:us"},
		"meltwater title list":  {"meltwater", `title:(cloud OR tender)`, `title:(cloud OR tender)`, ""},
		"cision within":         {"cision", `detention w/3 cent*r`, `detention NEAR/3 /\bcent\w*r\b/i`, "pattern"},
		"cision pre":            {"cision", `award pre/3 contract`, `award BEFORE/3 contract`, ""},
		"google all in title":   {"google", `allintitle: ice raid`, `title:(ice raid)`, ""},
		"google quoted case":    {"google", `"ICE contract" raid`, `"ICE contract" raid`, "the case of ICE counts"},
		"meltwater beside":      {"meltwater", `border NEAR/0 wall`, `border NEAR/1 wall`, ""},
		"cision lead":           {"cision", `hlead(fence) AND tender`, `lead:(fence) tender`, ""},
		"cision at least":       {"cision", `atleast3(fence OR wall) AND tender`, `count(fence OR wall)>=3 tender`, ""},
		"cision at least what":  {"cision", `atleastx(fence) AND tender`, `tender`, "left out: atleastx"},
		"cision truncation":     {"cision", `deport! ANDNOT cricket`, `deport* -cricket`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, notes, err := Translate(tt.dialect, tt.in)
			if err != nil || got != tt.want {
				t.Errorf("Translate(%s, %s) = %s, %v, want %s", tt.dialect, tt.in, got, err, tt.want)
			}
			if !strings.Contains(strings.Join(notes, "\n"), tt.note) {
				t.Errorf("Translate(%s) notes %q, want one on %s", tt.in, notes, tt.note)
			}
		})
	}
}
