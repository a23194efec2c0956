package jsonapi

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newswatch/feeds"
)

// TestPresets reads rows of the shape of each interface.
func TestPresets(t *testing.T) {
	tests := []struct {
		name    string
		o       Options
		request string // a part of the address or body
		answer  string
		title   string
		link    string
		fields  string
	}{
		{"usaspending-transactions", Options{Agency: "U.S. Immigration and Customs Enforcement", Words: "detention"},
			`"agencies":[{"name":"U.S. Immigration and Customs Enforcement","tier":"subtier","type":"awarding"}],"award_type_codes":["A","B","C","D"],"keywords":["detention"],"time_period":[{"end_date":"2026-11-24","start_date":"2026-10-25"}]},"limit":100,"order":"desc","page":1,`,
			`{"results":[{"Award ID":"70X","Mod":"0","Recipient Name":"ACME","Transaction Description":"GUARDS","Transaction Amount":"12.00","Awarding Sub Agency":"ICE","generated_internal_id":"C_70X"}],"page_metadata":{"hasNext":true}}`,
			"ACME: GUARDS, $12 (ICE)", "https://www.usaspending.gov/award/C_70X", `{"amount":12,"currency":"USD","agency":"ICE","vendor":"ACME","award_id":"70X","action":"new"}`},
		{"usaspending-awards", Options{Agency: "Department of Homeland Security", Days: 7}, `"tier":"toptier"`,
			`{"results":[{"Award ID":"70X","Recipient Name":"ACME","Award Amount":0,"Awarding Agency":"DHS","generated_internal_id":"C_70X"}]}`,
			"ACME, $0 (DHS)", "https://www.usaspending.gov/award/C_70X", `{"amount":0,"currency":"USD","agency":"DHS","vendor":"ACME","award_id":"70X"}`},
		{"sam-opportunities", Options{Key: "SAM-12345", Agency: "IMMIGRATION"}, "api_key=SAM-12345&limit=1000&offset=0&organizationName=IMMIGRATION&postedFrom=11%2F21%2F2026&postedTo=11%2F24%2F2026",
			`{"opportunitiesData":[{"noticeId":"f1","title":"Guards","type":"Award Notice","fullParentPathName":"DHS.ICE.OAQ","award":{"amount":"1250000","number":"70X","awardee":{"name":"ACME"}},"uiLink":"https://sam.gov/opp/f1/view","responseDeadLine":null,"naicsCode":"561612","placeOfPerformance":{}}]}`,
			"Award Notice: Guards, $1,250,000 (OAQ)", "https://sam.gov/opp/f1/view", `{"amount":1250000,"currency":"USD","agency":"DHS / ICE / OAQ","office":"OAQ","vendor":"ACME","award_id":"70X","action":"award notice","naics":"561612"}`},
		{"federal-register", Options{Agency: "homeland-security-department"}, "conditions%5Bagencies%5D%5B%5D=homeland-security-department&",
			`{"results":[{"document_number":"2026-1","title":"A notice","abstract":"It says","html_url":"https://www.federalregister.gov/d/2026-1","type":"Notice","publication_date":"2026-11-24"}],"next_page_url":null}`,
			"A notice", "https://www.federalregister.gov/d/2026-1", `{"action":"notice"}`},
		{"grants", Options{Agency: "DHS"}, `"startRecordNum":0}`,
			`{"errorcode":0,"msg":"Webservice Succeeds","data":{"oppHits":[{"id":"1","number":"DHS-1","title":"A grant","agency":"FEMA","closeDate":"12/31/2026","oppStatus":"posted"}]}}`,
			"A grant (FEMA)", "https://www.grants.gov/search-results-detail/1", `{"agency":"FEMA","award_id":"DHS-1","action":"posted","deadline":"2026-12-31T00:00:00Z"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := Preset(test.name, test.o)
			if err != nil {
				t.Fatal(err)
			}
			r := reader(t, s)
			q := r.First(now)
			if asked := q.Address() + string(q.Body); !strings.Contains(asked, test.request) {
				t.Errorf("%q is not in\n%s", test.request, asked)
			}
			p, err := r.Decode(q, []byte(test.answer))
			if err != nil || len(p.Items) != 1 {
				t.Fatal(p, err)
			}
			it := p.Items[0]
			fields, err := json.Marshal(it.Fields)
			if err != nil || it.Title != test.title || it.Link != test.link || string(fields) != test.fields {
				t.Errorf("got %s, %s\n%s\nwant %s, %s\n%s", it.Title, it.Link, fields, test.title, test.link, test.fields)
			}
		})
	}
}

func TestPresetRefuses(t *testing.T) {
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"usaspending", Options{}, "there are federal-register, grants, sam-opportunities, usaspending-awards, usaspending-transactions"},
		{"usaspending-awards", Options{}, "agency is missing"},
		{"usaspending-awards", Options{Agency: "ICE", Key: "x"}, "key: the interface has no such thing"},
		{"sam-opportunities", Options{}, "key is missing"},
		{"sam-opportunities", Options{Key: "k", Words: "x"}, "words: "},
		{"federal-register", Options{Key: "x"}, "key: "},
		{"grants", Options{Key: "x"}, "key: "},
		{"grants", Options{Days: 400}, "days: "},
	}
	for _, test := range tests {
		if _, err := Preset(test.name, test.o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %+v: got %v, want %q", test.name, test.o, err, test.want)
		}
	}
}

// TestSharedAnswers reads the recorded answers beside the project by the presets.
func TestSharedAnswers(t *testing.T) {
	shared := os.Getenv("NEWSWATCH_SHARED")
	if shared == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	agency, key := Options{Agency: "U.S. Immigration and Customs Enforcement"}, Options{Key: feeds.Secret("SAM-12345")}
	tests := []struct {
		file, preset string
		o            Options
		items        int
		next         bool
		want         string // a title, or what the error says
	}{
		{"usaspending_transactions_ice", "usaspending-transactions", agency, 1, false, "THE GEO GROUP, INC.: DETENTION SERVICES, $41,167,973 (U.S. Immigration and Customs Enforcement)"},
		{"usaspending_transactions_leidos", "usaspending-transactions", agency, 4, true, "LEIDOS, INC., $15,639,242 (U.S. Citizenship and Immigration Services)"},
		{"usaspending_awards_2026", "usaspending-awards", agency, 3, false, "OVERLAND AI INC, $1,897,683 (Department of Defense)"},
		{"sam_opportunities", "sam-opportunities", key, 3, false, "Special Notice: MIL-PRF-24282A, Light, Signal, Multipurpose, Kit, Nonmagnetic (NAVSEA HQ)"},
		{"federal_register_uscis", "federal-register", Options{}, 2, true, "Agency Information Collection Activities; Revision of a Currently Approved Collection: Petition To Remove the Conditions on Residence"},
		{"federal_register_empty", "federal-register", Options{}, 0, false, ""},
		{"federal_register_400_page", "federal-register", Options{}, 0, false, "Pagination limit exceeded."},
		{"federal_register_400_agency", "federal-register", Options{}, 0, false, `{"agencies":"invalid value"}`},
		{"grants_gov_search2", "grants", Options{}, 3, false, "Economics (U.S. National Science Foundation)"},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			s, err := Preset(test.preset, test.o)
			if err != nil {
				t.Fatal(err)
			}
			if test.file == "usaspending_transactions_ice" {
				s.Select.URL = "" // the recording lacks what the address is made from
			}
			answer, err := os.ReadFile(filepath.Join(shared, "data/sources/api", test.file+".json"))
			if err != nil {
				t.Fatal(err)
			}
			r := reader(t, s)
			p, err := r.Decode(r.First(now), answer)
			got := fmt.Sprint(err)
			if err == nil {
				got = ""
				for _, it := range p.Items[:min(1, len(p.Items))] {
					got = it.Title
				}
			}
			if len(p.Items) != test.items || (p.Next != nil) != test.next || !strings.Contains(got, test.want) || p.Flaw != "" {
				t.Errorf("%d items, next %v, flaw %q, %s; want %d, %v, %s", len(p.Items), p.Next, p.Flaw, got, test.items, test.next, test.want)
			}
		})
	}
}
