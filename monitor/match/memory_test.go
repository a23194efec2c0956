package match

import (
	"reflect"
	"slices"
	"testing"
)

// told is a Memory that says the same of every name, and notes what it was
// asked.
type told struct {
	v     Verdict
	why   string
	asked []Name
}

func (m *told) Recall(n Name) (Verdict, string) {
	m.asked = append(m.asked, n)
	return m.v, m.why
}

func TestMemory(t *testing.T) {
	another := told{None, "alone; 14 of 14", nil}
	same := told{Strong, "alone; 3 of 3", nil}
	both := told{Weak, "alone; of 4 decided items 2", nil}
	for _, tt := range []struct {
		name, title string
		alone       Alone
		memory      *told
		want        Verdict
		why         string
		asked       int
	}{
		{"nobody to ask", "Azure rises", "", nil, Weak, "nothing near supports or contradicts it", 0},
		{"nothing known", "Azure rises", "", &told{Weak, "", nil}, Weak, "nothing near supports or contradicts it", 1},
		{"meant another", "Azure rises", AloneLearn, &another, None, "alone; 14 of 14", 1},
		{"meant the entity", "Azure rises", "", &same, Strong, "alone; 3 of 3", 1},
		{"meant both", "Azure rises", "", &both, Weak, "alone; of 4 decided items 2", 1},
		{"decided by words", "Azure cloud rises", "", &another, Strong, `supported by "cloud" beside it`, 0},
		{"refuted by words", "Azure gold rises", "", &same, None, `"gold" beside it speaks against it, and nothing supports it`, 0},
		{"always weak", "Azure rises", AloneWeak, &same, Weak, "alone, which the entity takes for weak", 0},
		{"always strong", "Azure rises", AloneStrong, &another, Strong, "alone, which the entity takes for strong", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, problems := Compile(map[string]Entity{"azure": {Words: []string{"Azure"}, Alone: tt.alone,
				Support: Support{Any: []string{"cloud"}}, Against: Against{Any: []string{"gold"}}}}, []Rule{{Match: "{azure}"}})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			d := &Doc{Title: tt.title}
			if tt.memory != nil {
				tt.memory.asked = nil
				d.Memory = tt.memory
			}
			x := s.Explain(0, d)
			if x.Verdict != tt.want || x.Root.Evidence[0].Why != tt.why {
				t.Errorf("%s: %+v", x.Verdict, x.Root.Evidence)
			}
			if tt.memory != nil && len(tt.memory.asked) != tt.asked {
				t.Errorf("asked %v", tt.memory.asked)
			}
		})
	}
}

// Judge says how the words of a document decide, whatever a memory answers and
// whether a rule holds or not.
func TestJudgeTellsSenses(t *testing.T) {
	s, _ := Compile(map[string]Entity{
		"azure": {Names: []string{"Microsoft Azure"}, Words: []string{"Azure"}, Not: []string{"Azure Minerals"},
			Support: Support{Any: []string{"cloud"}}, Against: Against{Any: []string{"gold"}}},
		"ice": {Acronyms: []string{"ICE"}}, "unused": {Words: []string{"Azure"}},
	}, []Rule{{Match: "{azure} AND contract"}, {Match: "{ice}", Feeds: []string{"elsewhere"}}})
	for title, want := range map[string][]Sense{
		"Microsoft Azure grows":              {{"azure", Strong, false, true}},
		"Azure cloud contract":               {{"azure", Strong, false, false}},
		"Azure Minerals drills":              {{"azure", None, false, false}},
		"Azure gold":                         {{"azure", None, false, false}},
		"Azure gold in the cloud":            {{"azure", Weak, false, false}},
		"Azure grows":                        {{"azure", Weak, true, false}},
		"Azure Minerals drills, Azure grows": {{"azure", Weak, true, false}},
		"ICE and Azure grow":                 {{"azure", Weak, true, false}, {"ice", Weak, true, false}},
		"nothing of the kind":                nil,
	} {
		if _, got := s.Judge(&Doc{Title: title, Memory: &told{v: Strong, why: "known"}}); !slices.Equal(got, want) {
			t.Errorf("%q = %v, want %v", title, got, want)
		}
	}
}

func TestEntitiesOfARule(t *testing.T) {
	s, _ := Compile(map[string]Entity{"azure": {Words: []string{"Azure"}}, "ice": {Acronyms: []string{"ICE"}}, "all": {Any: []string{"{ice}", "Palantir"}}},
		[]Rule{{Match: "contract"}, {Match: "{azure} AND ({all} OR contract) -{ice}"}})
	if got, want := [2][]string{s.Entities(0), s.Entities(1)}, [2][]string{nil, {"azure", "ice"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A name is plain where its capitals mean something, it is in the singular and
// no article stands before it.
func TestPlainNames(t *testing.T) {
	s, _ := Compile(map[string]Entity{"ice": {Acronyms: []string{"ICE"}}, "oracle": {Words: []string{"Oracle"}}},
		[]Rule{{Match: "{ice} OR {oracle}"}})
	for title, want := range map[string]bool{
		"Protest at ICE in Portland":           true,
		"The ICE to Berlin is late":            false,
		"Der ICE nach Berlin":                  false,
		"ICEs run late":                        false,
		"ICE Arrests Many More People":         true,
		"ICE ARRESTS MANY MORE PEOPLE":         false,
		"Oracle rises again on good news":      true,
		"Oracle Rises Again After Good Things": false,
		"An Oracle speaks to the people":       false,
	} {
		m := told{}
		s.Match(&Doc{Title: title, Memory: &m})
		if len(m.asked) == 0 || m.asked[0].Plain != want {
			t.Errorf("%q: asked %+v, want plain %v", title, m.asked, want)
		}
	}
}
