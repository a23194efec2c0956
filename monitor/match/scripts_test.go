package match

import (
	"strings"
	"testing"
)

// Nouns are found with what Korean and Arabic attach to them, and names with
// umlauts where they are spelled out.
func TestAttachedToWords(t *testing.T) {
	for _, tt := range []struct {
		query, title string
		want         Verdict
	}{
		{"이민국", "이민국이 계약을 체결했다", Strong},
		{"이민국", "이민국에서는 답하지 않았다", Strong},
		{"이민국", "미국 이민국", Strong},
		{"이민국", "이민국장이 사임했다", None},
		{"이민국*", "이민국장이 사임했다", Strong},
		{"서울", "서울에서 열린 회의", Strong},
		{"서울", "서울로 간다", Strong},
		{"미국", "미국으로 간다", Strong},
		{"미국", "미국로 간다", None}, // no such form
		{"전문", "전문가 회의", None},
		{"회", "회의 개최", None},
		{`"이민국 계약"`, "이민국의 계약을 보도", Strong},
		{`="이민국"`, "이민국이 발표", None},
		{"ICE", "ICE는 계약을 체결했다", Strong},
		{"ICE", "Ice는 좋다", None},
		{"الهجرة", "والهجرة تعلن عقدا جديدا", Strong},
		{"الهجرة", "قانون للهجرة", Strong},
		{"الهجرة", "ملف بالهجرة", Strong},
		{"هجرة", "وزير الهجرة", Strong},
		{"هجرة", "وبالهجرة", Strong},
		{"وزارة", "بوزارة الداخلية", Strong},
		{"حرب", "الحرب مستمرة", Strong},
		{"تاب", "كتاب جديد", None},
		{"وزير", "وزارة الداخلية", None},
		{"Mueller", "Bericht von Müller", Strong},
		{"Mueller", "Bericht von MÜLLER", Strong},
		{"strassenbau", "Straßenbau in Köln", Strong},
		{"Koeln", "Straßenbau in Köln", Strong},
		{"Koln", "Straßenbau in Köln", Strong},
		{"Moeller", "Møller signs", Strong},
		{"Mueller", "Muller signs", None},
	} {
		if got := verdict(t, tt.query, &Doc{Title: tt.title}); got != tt.want {
			t.Errorf("%s in %q: %v, want %v", tt.query, tt.title, got, tt.want)
		}
	}
}

// What is not found as one may expect is said when a query is checked.
func TestCheckWarnsOfScripts(t *testing.T) {
	for q, want := range map[string]string{
		"กองทัพ":                  "Thai is written without spaces",
		`"ກອງທັບ ລາວ"`:            "Lao is written without spaces",
		"កងទ័ព":                   "Khmer is written without spaces",
		"တပ်မတော်":                "Burmese is written without spaces",
		"핵":                       "(=핵 OR 핵은 OR 핵이 OR 핵을 OR 핵의)",
		"이민국":                     "",
		"이민국*":                    "",
		"حرب":                     "(=حرب OR الحرب OR وحرب OR بحرب OR لحرب)",
		"الهجرة":                  "",
		"ישראל":                   "(=ישראל OR =הישראל OR =בישראל OR =לישראל)",
		"Müller":                  "write Mueller, which finds both",
		`"Jörg Müller"`:           `write "Joerg Mueller"`,
		"Mueller":                 "",
		"café":                    "",
		"Palantir":                "",
		"=Müller":                 "",
		"(=핵 OR 핵은 OR 핵이)":        "",
		"(=حرب OR الحرب OR وحرب)": "",
		"=ישראל":                  "",
		"=กองทัพ":                 "",
		"移民局":                     "",
		"Müller OR Muel":          "Mueller",
	} {
		_, problems := Check(nil, q)
		if want == "" {
			if len(problems) != 0 {
				t.Errorf("Check(%s) remarks %+v, want nothing", q, problems)
			}
			continue
		}
		if len(problems) != 1 || !problems[0].Warning || !strings.Contains(problems[0].Message+" "+problems[0].Hint, want) {
			t.Errorf("Check(%s) remarks %+v, want %q", q, problems, want)
		}
	}
}

// A sum is told as it is written, with its currency.
func TestAmountKeepsItsCurrency(t *testing.T) {
	for title, want := range map[string]string{
		"総額3億円の契約":                          "3億円",
		"coût : 1 500 000 € par an":         "1 500 000 €",
		"un contrat de 30 millions d'euros": "30 millions d'euros",
		"Contract worth €30m signed":        "€30m",
		"¥30億の契約":                           "¥30億",
		"30 Mio. Euro für Software":         "30 Mio. Euro",
	} {
		s, _ := Compile(nil, []Rule{{Name: "w", Match: "amount>=1M"}})
		got := s.Match(&Doc{Title: title})
		if len(got) != 1 || len(got[0].Evidence) != 1 {
			t.Errorf("%q: %+v, want one sum", title, got)
			continue
		}
		if e := got[0].Evidence[0]; e.Text != want || title[e.Start:e.End] != want {
			t.Errorf("%q shows %q at %d to %d, want %q", title, e.Text, e.Start, e.End, want)
		}
	}
}
