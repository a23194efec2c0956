package jsonapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"newswatch/feeds"
)

// Options fill a preset. What a preset does not know of is refused.
type Options struct {
	Agency string       // its name as the interface has it
	Words  string       // that rows must have
	Key    feeds.Secret // for the interface
	Days   int          // how far back rows are asked for; 0 is 30, for opportunities 3
}

// presets are the official interfaces whose shape is known.
var presets = map[string]func(Options) (Source, error){
	"federal-register":         federalRegister,
	"grants":                   grants,
	"sam-opportunities":        samOpportunities,
	"usaspending-awards":       usaspendingAwards,
	"usaspending-transactions": usaspendingTransactions,
}

// Presets returns the names of the presets in order.
func Presets() []string { return slices.Sorted(maps.Keys(presets)) }

// Preset returns the source of that name, filled with o.
func Preset(name string, o Options) (Source, error) {
	build, ok := presets[name]
	if !ok {
		return Source{}, fmt.Errorf("no preset %q; there are %s", name, strings.Join(Presets(), ", "))
	}
	if o.Days < 0 || o.Days > 365 {
		return Source{}, errors.New("days: between 1 and 365")
	}
	s, err := build(o)
	if err != nil {
		return Source{}, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

const usaspending = "https://api.usaspending.gov/api/v2/search/"

// awardTypes are the contracts, without grants and loans.
var awardTypes = []string{"A", "B", "C", "D"}

// usaspendingTransactions tells every award and modification of an agency. The
// table of fields is that of the interface's own contract
// (api_contracts/contracts/v2/search/spending_by_transaction.md).
func usaspendingTransactions(o Options) (Source, error) {
	body, err := usaspendingBody(o, "Action Date", []string{"Award ID", "Mod", "Recipient Name", "Action Date", "Transaction Amount", "Awarding Agency", "Awarding Sub Agency",
		"Transaction Description", "Award Type", "naics_code", "product_or_service_code"})
	return Source{
		URL:  usaspending + "spending_by_transaction/",
		Body: body,
		Select: feeds.Select{
			Items:   "$.results[*]",
			Key:     []string{"generated_internal_id|Award ID", "Mod"},
			Title:   "{Recipient Name}: {Transaction Description}, {Transaction Amount|money} ({Awarding Sub Agency|Awarding Agency})",
			URL:     "https://www.usaspending.gov/award/{generated_internal_id}",
			Summary: "{Award Type} {Award ID}, modification {Mod}, {Action Date|day}",
			Fields: map[string]string{"amount": "Transaction Amount", "agency": "Awarding Sub Agency|Awarding Agency", "vendor": "Recipient Name", "award_id": "Award ID", "action": "Mod",
				"naics": "NAICS|naics_code", "psc": "PSC|product_or_service_code"},
		},
		Pages: feeds.Pages{More: "$.page_metadata.hasNext"},
	}, err
}

// usaspendingAwards tells awards as wholes; a modification revises the item.
func usaspendingAwards(o Options) (Source, error) {
	body, err := usaspendingBody(o, "Last Modified Date", []string{"Award ID", "Recipient Name", "Award Amount", "Start Date", "End Date", "Last Modified Date", "Awarding Agency",
		"Awarding Sub Agency", "Description", "Contract Award Type", "NAICS", "PSC"})
	return Source{
		URL:  usaspending + "spending_by_award/",
		Body: body,
		Select: feeds.Select{
			Items:   "$.results[*]",
			Key:     []string{"generated_internal_id"},
			Title:   "{Recipient Name}: {Description}, {Award Amount|money} ({Awarding Sub Agency|Awarding Agency})",
			URL:     "https://www.usaspending.gov/award/{generated_internal_id}",
			Summary: "{Contract Award Type} {Award ID}, from {Start Date|day}, to {End Date|day}",
			Fields: map[string]string{"amount": "Award Amount", "agency": "Awarding Sub Agency|Awarding Agency", "vendor": "Recipient Name", "award_id": "Award ID",
				"naics": "NAICS", "psc": "PSC"},
		},
		Pages: feeds.Pages{More: "$.page_metadata.hasNext"},
	}, err
}

func usaspendingBody(o Options, sort string, fields []string) (string, error) {
	if o.Agency == "" {
		return "", errors.New("agency is missing, such as \"U.S. Immigration and Customs Enforcement\"")
	}
	if err := without("key", o.Key.Reveal()); err != nil {
		return "", err
	}
	tier := "subtier"
	if strings.HasPrefix(o.Agency, "Department of ") {
		tier = "toptier"
	}
	filters := map[string]any{
		"award_type_codes": awardTypes,
		"time_period":      []any{map[string]string{"start_date": day(o.Days, 30), "end_date": "{{day 0}}"}},
		"agencies":         []any{map[string]string{"type": "awarding", "tier": tier, "name": o.Agency}},
	}
	if o.Words != "" {
		filters["keywords"] = []string{o.Words}
	}
	body, err := json.Marshal(map[string]any{"filters": filters, "fields": fields, "sort": sort, "order": "desc", "limit": 100, "page": "{{page}}"})
	return strings.Replace(string(body), `"{{page}}"`, `{{page}}`, 1), err
}

func day(days, usual int) string {
	if days == 0 {
		days = usual
	}
	return "{{day -" + strconv.Itoa(days) + "}}"
}

func without(option, value string) error {
	if value != "" {
		return fmt.Errorf("%s: the interface has no such thing", option)
	}
	return nil
}

// samOpportunities tells notices of contract opportunities on SAM.gov. A notice
// that changes keeps its number; "offset" counts pages, not rows.
func samOpportunities(o Options) (Source, error) {
	if o.Key == "" {
		return Source{}, errors.New("key is missing: SAM.gov gives one to every account")
	}
	if err := without("words", o.Words); err != nil {
		return Source{}, err
	}
	from := strings.Replace(day(o.Days, 3), "}}", ` "01/02/2006"}}`, 1)
	params := map[string]feeds.Secret{"api_key": o.Key, "postedFrom": feeds.Secret(from), "postedTo": `{{day 0 "01/02/2006"}}`, "limit": "1000", "offset": "{{page 0}}"}
	if o.Agency != "" {
		params["organizationName"] = feeds.Secret(o.Agency)
	}
	return Source{
		URL:    "https://api.sam.gov/opportunities/v2/search",
		Params: params,
		Select: feeds.Select{
			Items:     "$.opportunitiesData[*]",
			Key:       []string{"noticeId"},
			Title:     "{type}: {title}, {award.amount|money} ({fullParentPathName|last})",
			URL:       "{uiLink}",
			Summary:   "{solicitationNumber}; {fullParentPathName|path}; {award.awardee.name}; answers until {responseDeadLine|day}",
			Published: "",
			Fields: map[string]string{"amount": "award.amount", "agency": "fullParentPathName|path", "office": "fullParentPathName|last", "vendor": "award.awardee.name",
				"award_id": "award.number|solicitationNumber", "action": "type", "naics": "naicsCode", "psc": "classificationCode", "deadline": "responseDeadLine", "place": "placeOfPerformance.state"},
		},
		Pages: feeds.Pages{Full: 1000, Most: 3},
	}, nil
}

// federalRegister tells documents of the Federal Register, which go on by a
// cursor. agency is the name in its addresses ("homeland-security-department").
func federalRegister(o Options) (Source, error) {
	if err := without("key", o.Key.Reveal()); err != nil {
		return Source{}, err
	}
	query := url.Values{"order": {"newest"}, "per_page": {"100"},
		"fields[]": {"document_number", "title", "abstract", "html_url", "publication_date", "type", "agency_names", "comments_close_on"}}
	if o.Agency != "" {
		query.Set("conditions[agencies][]", o.Agency)
	}
	if o.Words != "" {
		query.Set("conditions[term]", o.Words)
	}
	return Source{
		URL:    "https://www.federalregister.gov/api/v1/documents.json?" + query.Encode(),
		Params: map[string]feeds.Secret{"conditions[publication_date][gte]": feeds.Secret(day(o.Days, 30))},
		Select: feeds.Select{
			Items:   "$.results[*]",
			Key:     []string{"document_number"},
			Title:   "{title}",
			URL:     "{html_url}",
			Summary: "{type}, {publication_date|day}: {abstract}",
			Fields:  map[string]string{"agency": "agency_names", "action": "type", "deadline": "comments_close_on"},
		},
		Pages: feeds.Pages{Next: "$.next_page_url"},
	}, nil
}

// grants tells opportunities on Grants.gov. agency is a code ("DHS").
func grants(o Options) (Source, error) {
	if err := without("key", o.Key.Reveal()); err != nil {
		return Source{}, err
	}
	const rows = 100
	body, err := json.Marshal(map[string]any{"keyword": o.Words, "agencies": o.Agency, "oppStatuses": "posted|forecasted", "rows": rows, "startRecordNum": "{{offset}}"})
	return Source{
		URL:  "https://api.grants.gov/v1/api/search2",
		Body: strings.Replace(string(body), `"{{offset}}"`, `{{offset 100}}`, 1),
		Select: feeds.Select{
			Items:   "$.data.oppHits[*]",
			Key:     []string{"id"},
			Title:   "{title} ({agency})",
			URL:     "https://www.grants.gov/search-results-detail/{id}",
			Summary: "{number}, {oppStatus}, opens {openDate|day}, closes {closeDate|day}",
			Fields:  map[string]string{"agency": "agency", "award_id": "number", "action": "oppStatus", "deadline": "closeDate"},
		},
		Pages: feeds.Pages{Full: rows},
	}, err
}
