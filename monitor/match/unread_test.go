package match

import (
	"testing"
	"time"
)

// unread is what JudgeUnread must say of a document and one rule.
var unread = []struct {
	name, query, title, summary string
	match                       Verdict
	near                        bool
}{
	{"one side there", "{azure} NEAR/60 {ice}", "ICE awards contract to Palantir", "", None, true},
	{"the other side there, doubtful", "{azure} AND {ice}", "Azure outage hits banks", "", None, true},
	{"both there", "{azure} AND {ice}", "ICE's use of Microsoft Azure in detention grew", "", Strong, false},
	{"one entity alone", "{ice}", "Agents detained two men", "", None, false},
	{"one entity alone, doubtful", "{ice}", "ICE to publish new guidance Monday", "", Weak, false},
	{"rejected mention", "{ice} AND {azure}", "ICE Brent crude futures rise 2%", "", None, false},
	{"nothing there", "{ice} AND {azure}", "Senate passes a budget", "", None, false},
	{"excluded already", "{ice} AND {azure} -hockey", "ICE awards contract after hockey game", "", None, false},
	{"not excluded yet", "{ice} AND {azure} -hockey", "ICE awards contract", "", None, true},
	{"title lacks it for good", "{ice} AND title:budget", "ICE awards contract", "", None, false},
	{"lead may yet have it", "{ice} AND lead:kestrel", "ICE awards contract", "", None, true},
	{"lead is over", "{ice} AND lead:kestrel", "ICE awards contract", "A long summary.", None, false},
	{"another site", "{ice} AND kestrel AND site:other.example", "ICE awards contract", "", None, false},
	{"this site", "{ice} AND kestrel AND site:wire.example", "ICE awards contract", "", None, true},
	{"another language", "{ice} AND kestrel AND lang:de", "ICE awards contract", "", None, false},
	{"too old", "{ice} AND kestrel AND age<1h", "ICE awards contract", "", None, false},
	{"a sum may be named", "{ice} AND amount>=1M", "ICE awards contract", "", None, true},
	{"a sum in the title", "{ice} AND title:(amount>=1M)", "ICE awards contract", "", None, false},
	{"rare term required", "palantir (immigrationos OR falcon)", "Palantir wins hospital deal", "", None, true},
	{"the rarer term of two", "palantir (immigrationos OR falcon)", "A falcon was seen", "", None, false},
	{"common terms only", "contract AND award", "An award was given", "", None, false},
	{"rare phrase", `"detention facility" AND contract`, "A detention facility opens", "", None, true},
	{"one of two of three", "2 OF ({ice}, kestrel, grumman)", "ICE awards contract", "", None, true},
	{"enough in the title only", "2 OF ({ice}, title:kestrel, title:grumman)", "ICE awards contract", "", None, false},
	{"counted often", "count({ice}) >= 3", "ICE awards contract", "", None, true},
	{"counted too often", "{azure} AND count({ice}) < 2", "ICE awards contract, ICE says", "", None, false},
	{"in another feed", "{ice} AND kestrel AND feed:paper", "ICE awards contract", "", None, false},
}

func TestJudgeUnread(t *testing.T) {
	for _, c := range unread {
		t.Run(c.name, func(t *testing.T) {
			d := Doc{Title: c.title, Summary: c.summary, URL: "https://www.wire.example/1", Feed: "wire", Lang: "en", Now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC),
				Published: time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)}
			setOf := func(r Rule) *Set {
				s, problems := Compile(vectorEntities(), []Rule{r})
				for _, p := range problems {
					if !p.Warning {
						t.Fatal(p)
					}
				}
				return s
			}
			rule := Rule{Name: "w", Match: c.query}
			s := setOf(rule)
			out, _, at := s.JudgeUnread(&d)
			v := None
			if len(out) > 0 {
				v = out[0].Verdict
			}
			if v != c.match || (at == 0) != c.near {
				t.Errorf("%q on %q: %v, near %d; want %v, near %v", c.title, c.query, v, at, c.match, c.near)
			}
			rule.Private = true
			if _, _, at := setOf(rule).JudgeUnread(&d); at != -1 {
				t.Errorf("a private rule is near")
			}
		})
	}
}

// Evidence of an article says where in it.
func TestEvidenceOfArticle(t *testing.T) {
	s, _ := Compile(nil, []Rule{{Name: "w", Match: "kestrel AND grumman"}})
	d := Doc{Title: "Kestrel wins", Body: "One.\n\nTwo.\n\nThree of Grumman.", Origin: OfArticle}
	out := s.Match(&d)
	if len(out) != 1 || len(out[0].Evidence) != 2 {
		t.Fatalf("%+v", out)
	}
	if out[0].Sentence != "Three of Grumman." {
		t.Errorf("the sentence is %q", out[0].Sentence)
	}
	for i, want := range []string{"the title", "the article, paragraph 3"} {
		if e := out[0].Evidence[i]; e.Place() != want || (e.Origin == OfArticle) != (i == 1) {
			t.Errorf("%+v: %q, want %q", e, e.Place(), want)
		}
	}
}
