package match

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// vectorEntities are the definitions the vectors are written for.
func vectorEntities() map[string]Entity {
	return map[string]Entity{
		"ice": {
			Names:    []string{"Immigration and Customs Enforcement"},
			Acronyms: []string{"ICE"},
			Support: Support{Within: 40, Any: []string{"immigration", "deport*", "detention", "detainee", "DHS", "Homeland Security",
				"ERO", "HSI", "CBP", "agent", "raid", "asylum", "enforcement", "contract", "solicitation"}},
			Against: Against{Within: 12, Any: []string{"Intercontinental Exchange", "NYSE", "Brent", "futures", "storm", "hockey", "cream",
				"rink", "Deutsche Bahn", "ICE train", "combustion", "hybrid", "in case of emergency", "ICE cars"}},
		},
		"azure": {
			Names: []string{"Microsoft Azure", "Azure Government", "Azure OpenAI"},
			Words: []string{"Azure"},
			Support: Support{Within: 30, Any: []string{"Microsoft", "cloud", "tenant", "datacenter", "data center", "Entra", "Copilot",
				"FedRAMP", "AWS"}},
			Against: Against{Within: 8, Any: []string{"Azure Power", "Window", "coast", "sea", "sky", "blue", "waters"}},
		},
		"dhs": {
			Names:    []string{"Department of Homeland Security"},
			Acronyms: []string{"DHS"},
			Support: Support{Within: 40, Any: []string{"Homeland", "ICE", "CBP", "FEMA", "TSA", "Secretary", "border", "immigration",
				"federal"}},
			Against: Against{Within: 15, Any: []string{"Human Services", "Medicaid", "SNAP", "Demographic and Health", "foster care"}},
		},
	}
}

// readVectors reads lines of "text | query | verdict"; # begins a comment.
func readVectors(t *testing.T, path string) (out [][3]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		line := sc.Text()
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		p := strings.Split(line, " | ")
		if len(p) != 3 {
			t.Fatalf("%s: %q is not text | query | verdict", path, line)
		}
		out = append(out, [3]string{strings.TrimSpace(p[0]), strings.TrimSpace(p[1]), strings.TrimSpace(p[2])})
	}
	if len(out) == 0 {
		t.Fatalf("%s: no vectors", path)
	}
	return out
}

// testVectors matches each line of a file alone, and then all queries of the
// file as one set against every line.
func testVectors(t *testing.T, path string) {
	vectors := readVectors(t, path)
	rules := make([]Rule, len(vectors))
	for i, v := range vectors {
		rules[i] = Rule{Name: v[1], Match: v[1]}
	}
	all, _ := Compile(vectorEntities(), rules)
	for i, v := range vectors {
		t.Run(v[0]+"/"+v[1], func(t *testing.T) {
			set, problems := Compile(vectorEntities(), rules[i:i+1])
			for _, p := range problems {
				if !p.Warning {
					t.Fatalf("Compile(%s): %+v", v[1], p)
				}
			}
			got := "none"
			if ms := set.Match(&Doc{Title: v[0]}); len(ms) > 0 {
				got = ms[0].Verdict.String()
			}
			if got != v[2] {
				t.Errorf("%q on %q = %s, want %s", v[1], v[0], got, v[2])
				for _, e := range set.MatchAll(&Doc{Title: v[0]}) {
					t.Logf("%+v", e.Evidence)
				}
			}
			together := "none"
			for _, m := range all.Match(&Doc{Title: v[0]}) {
				if m.Rule == i {
					together = m.Verdict.String()
				}
			}
			if together != got {
				t.Errorf("%q on %q = %s alone, %s among all", v[1], v[0], got, together)
			}
		})
	}
}

func TestContractVectors(t *testing.T) { testVectors(t, "testdata/contract.txt") }

func TestRefused(t *testing.T) {
	for name, q := range map[string]string{
		"ambiguous":      "azure AND ice OR dhs",
		"only negation":  "NOT ice",
		"short prefix":   "det*",
		"open quote":     `"open phrase`,
		"no such entity": "{nobody}",
		"empty zone":     "title:",
		"bad pattern":    "/(/",
		"bad amount":     "amount>lots",
		"lone near":      "NEAR/5 ice",
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Compile(vectorEntities(), []Rule{{Name: "w", Match: q}})
			for _, p := range problems {
				if !p.Warning {
					t.Logf("%s: %s (%s) at %d", q, p.Message, p.Hint, p.Offset)
					return
				}
			}
			t.Errorf("Compile(%s) has no mistake: %v", q, problems)
		})
	}
}

func TestWorkedExample(t *testing.T) {
	d := &Doc{
		Title: "ICE leans on Microsoft's cloud",
		Summary: "U.S. Immigration and Customs Enforcement (ICE) expanded its storage on Microsoft's Azure platform " +
			"from 400 terabytes in July 2025 to nearly 1,400 terabytes by January 2026.",
	}
	set, problems := Compile(vectorEntities(), []Rule{
		{Name: "both", Match: "{azure} AND {ice}"}, {Name: "near", Match: "{azure} NEAR/60 {ice}"},
		{Name: "or", Match: "{azure} NEAR/60 ({ice} OR {dhs})"},
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	ms := set.Match(d)
	if len(ms) != 3 {
		t.Fatalf("%d matches, want 3", len(ms))
	}
	for _, m := range ms {
		if m.Verdict != Strong {
			t.Errorf("%s is %s, want strong", m.Watch, m.Verdict)
		}
		t.Logf("%s: %s %v", m.Watch, m.Sentence, m.Hits)
		for _, e := range m.Evidence {
			t.Logf("   %+v", e)
		}
	}
}

func TestVectors(t *testing.T) { testVectors(t, "testdata/vectors.txt") }
