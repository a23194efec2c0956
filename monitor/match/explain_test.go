package match

import (
	"strings"
	"testing"
	"unicode/utf8"

	"newswatch/monitor/text"
)

func TestSentence(t *testing.T) {
	body := "Mr. Gray met U.S. officials on Jan. 5. The I.C.E. contract, worth $2.5 million, was signed in Ft. Worth by J. Doe. It ends soon."
	s, _ := Compile(nil, []Rule{{Match: "contract"}})
	m := s.Match(&Doc{Body: body})
	want := "The I.C.E. contract, worth $2.5 million, was signed in Ft. Worth by J. Doe."
	if len(m) != 1 || m[0].Sentence != want {
		t.Fatalf("sentence %q, want %q", m[0].Sentence, want)
	}
	wrapped := strings.ReplaceAll(strings.ReplaceAll(body, "was ", "was\n"), ", ", ",\n")
	if m := s.Match(&Doc{Body: wrapped}); len(m) != 1 || m[0].Sentence != want {
		t.Errorf("sentence of wrapped lines %q, want %q", m[0].Sentence, want)
	}
	if h := m[0].Hits; len(h) != 1 || m[0].Sentence[h[0].Start:h[0].End] != "contract" {
		t.Errorf("hits %v", h)
	}
	german := "Der Bund zahlt 1,5 Mrd. Euro und gibt den Vertrag Nr. 7 bekannt. Mehr dazu heute."
	s2, _ := Compile(nil, []Rule{{Match: "Vertrag"}})
	if m := s2.Match(&Doc{Body: german}); len(m) != 1 || m[0].Sentence != strings.TrimSuffix(german, " Mehr dazu heute.") {
		t.Errorf("sentence %q", m[0].Sentence)
	}
	for name, body := range map[string]string{
		"long":      strings.Repeat("many words go before ", 40) + "the contract " + strings.Repeat("and many more behind ", 40),
		"no spaces": strings.Repeat("长", 400) + "contract" + strings.Repeat("句", 400),
		"untidy":    "a\n\n  the   contract\t\tends",
	} {
		m := s.Match(&Doc{Body: body})[0]
		if len(m.Sentence) > text.MaxSentence+20 || !utf8.ValidString(m.Sentence) || len(m.Hits) != 1 || m.Sentence[m.Hits[0].Start:m.Hits[0].End] != "contract" {
			t.Errorf("%s: %q %v", name, m.Sentence, m.Hits)
		}
	}
}

// TestNearTellsItsPair holds that the evidence of a NEAR is the two places that
// are near, at the distance NEAR counts.
func TestNearTellsItsPair(t *testing.T) {
	s, _ := Compile(vectorEntities(), []Rule{{Match: `"detention center" NEAR/3 (geo OR "geo group" OR center)`}, {Match: "axe NEAR/3 axe"}, {Match: "axe SENT bus"}})
	for title, want := range map[string]string{
		"Detention centers for the GEO Group": "Detention centers: 3 words from one to the other, GEO: 3 words from one to the other",
		"GEO Group detention centers":         "detention centers: beside one another, GEO Group: beside one another",
		"axe, an axe and axes":                "axe: 2 words from one to the other, axe: 2 words from one to the other",
		"bus beside an axe":                   "axe: in one sentence, bus: in one sentence",
	} {
		var got []string
		for _, m := range s.Match(&Doc{Title: title}) {
			for _, e := range m.Evidence {
				got = append(got, e.Text+": "+e.Why)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q shows %q, want %s", title, got, want)
		}
	}
}

func TestMatchAllShowsWhatWasRejected(t *testing.T) {
	s, _ := Compile(vectorEntities(), []Rule{{Name: "w", Match: "{ice} AND contract"}, {Name: "x", Match: "{dhs}"}})
	got := s.MatchAll(&Doc{Title: "ICE Brent futures slip"})
	if len(got) != 1 || got[0].Verdict != None || len(got[0].Evidence) != 1 {
		t.Fatalf("MatchAll = %+v", got)
	}
	if e := got[0].Evidence[0]; e.Strength != "rejected" || !strings.Contains(e.Why, "Brent") || e.Text != "ICE" {
		t.Errorf("evidence %+v", e)
	}
}

func TestExplain(t *testing.T) {
	s, _ := Compile(vectorEntities(), []Rule{{Name: "w", Match: `{ice} AND (Contract OR "border wall") NEAR/2 tower -hockey`}})
	x := s.Explain(0, &Doc{Title: "ICE agents want a contract for a very tall tower"})
	out := x.String()
	for _, want := range []string{"w: none", `"agents" beside it`, "another case", "not all of its words", "a side is missing", "✓ NOT hockey"} {
		if !strings.Contains(strings.ReplaceAll(out, "-hockey", "NOT hockey"), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
