package match

import (
	"strings"
	"testing"
	"time"
)

// TestTypedFields asks for the fields of a row, whose text says other things.
func TestTypedFields(t *testing.T) {
	now := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	amount := 1_250_000.0
	texts := map[string]string{"agency": "U.S. IMMIGRATION AND CUSTOMS ENFORCEMENT", "vendor": "PALANTIR USG, INC.", "award_id": "70CDCR26FR0000042", "action": "modification", "naics": "541512", "psc": "DA01"}
	d := &Doc{Title: "ICE MACHINE RENTAL, $5", Now: now, Fields: &Fields{Amount: &amount, Deadline: now.Add(5 * 24 * time.Hour), Texts: texts}}
	tests := map[string]Verdict{
		`agency:"customs enforcement"`: Strong, `agency:customs`: Strong, "agency:ICE": None, `agency:"immigration enf*"`: None, `agency:"customs enf*"`: Strong,
		"agency:{ice}": Strong, "vendor:{ice}": None, "vendor:palantir": Strong, "vendor:PALANTIR": Strong, "vendor:pal*": Strong, "vendor:lantir": None, `vendor:"usg inc"`: Strong,
		"vendor:{firms}": Strong, "agency:{firms}": None, "award_id:70CDCR26FR0000042": Strong, "award_id:70cdcr-26-fr-0000042": Strong, "award_id:70CDCR": None, "award_id:70CDCR*": Strong,
		"action:modification": Strong, "action:new": None, "naics:541512": Strong, "naics:5415*": Strong, "naics:5416*": None, "psc:DA01": Strong,
		"deadline<14d": Strong, "deadline<3d": None, "deadline>=5d": Strong, "amount>=1M": Strong, "amount<100": None, "title:amount<100": Strong, "rental amount>=1M": Strong,
		"agency:{ice} AND NOT action:modification": None, "agency:{ice} AND NOT action:new": Strong,
	}
	entities := map[string]Entity{"ice": {Names: []string{"Immigration and Customs Enforcement"}, Acronyms: []string{"ICE"}, Words: []string{"Frost"}, Not: []string{"ice hockey"}, Support: Support{Any: []string{"deportation"}}},
		"firms": {Any: []string{"GEO Group", "Palantir"}}}
	judge := func(q string, d *Doc) []Match {
		s, problems := Compile(entities, []Rule{{Name: "w", Match: q}})
		for _, p := range problems {
			if !p.Warning {
				t.Fatalf("%s: %+v", q, p)
			}
		}
		return s.Match(d)
	}
	for q, want := range tests {
		got := None
		for _, m := range judge(q, d) {
			got = m.Verdict
			if m.Sentence == "" {
				t.Errorf("%s: no sentence", q)
			}
		}
		if got != want {
			t.Errorf("%s = %s, want %s", q, got, want)
		}
		if plain := judge(q, &Doc{Title: "x", Now: now}); len(plain) > 0 {
			t.Errorf("%s holds for a document without fields", q)
		}
	}
	// Doubtful ways to name an entity are doubtful in a vendor's name, sure in the agency's.
	for field, want := range map[string]Verdict{"agency": Strong, "vendor": Weak} {
		texts := map[string]string{field: "ICE SUPPLY"}
		if got := judge(field+":{ice}", &Doc{Title: "x", Fields: &Fields{Texts: texts}}); len(got) != 1 || got[0].Verdict != want {
			t.Errorf("an acronym in %s: %+v", field, got)
		}
		texts[field] = "ICE HOCKEY LEAGUE"
		if got := judge(field+":{ice}", &Doc{Title: "x", Fields: &Fields{Texts: texts}}); len(got) > 0 {
			t.Errorf("a void phrase in %s: %+v", field, got)
		}
	}
}

func TestTypedFieldsAreEvidence(t *testing.T) {
	amount := 1_250_000.0
	d := &Doc{Title: "Award for rental of $5", Fields: &Fields{Amount: &amount, Texts: map[string]string{"agency": "ICE"}}}
	s, _ := Compile(nil, []Rule{{Name: "w", Match: "agency:ICE AND amount>=1M AND rental"}})
	got := s.Match(d)
	if len(got) != 1 || got[0].Sentence != d.Title || len(got[0].Hits) != 1 {
		t.Fatalf("%+v", got)
	}
	var said []string
	for _, e := range got[0].Evidence {
		said = append(said, e.Zone+" "+e.Text)
	}
	if all := strings.Join(said, "; "); !strings.Contains(all, "fields agency: ICE") || !strings.Contains(all, "fields amount: 1250000") || !strings.Contains(all, "title rental") {
		t.Errorf("evidence %s", all)
	}
	if x := s.Explain(0, d).String(); !strings.Contains(x, "the amount in the source's own field") {
		t.Errorf("explained as %s", x)
	}
}

func TestTypedFieldMistakes(t *testing.T) {
	for q, want := range map[string]string{
		"agency:": "asks for nothing", "agency:{nobody}": `no entity "nobody"`, "agency:*": "asks for nothing", "agency:(a OR b)": "takes one value", "agency:{x": "brace is not closed",
		"deadline<soon": "is no duration", "deadline:3d": "is compared, not searched", "vendor:a NEAR/3 b": "has no place in the text", "agncy:ice": "no field",
	} {
		_, problems := Check(nil, q)
		if len(problems) == 0 || !strings.Contains(problems[len(problems)-1].Message, want) {
			t.Errorf("%s: %+v, want %q", q, problems, want)
		}
	}
}
