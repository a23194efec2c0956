package jsonapi

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"

	"newswatch/feeds"
	"newswatch/feeds/date"
)

// fields returns what a row says in its typed fields, nil for nothing.
func (r *Reader) fields(row any) *feeds.Fields {
	var f feeds.Fields
	text := func(name string) string { return r.redacted(line(r.typed[name].text(row), maxTitle)) }
	if amount, ok := parseAmount(text("amount")); ok {
		f.Amount = &amount
		f.Currency = "USD"
	}
	if currency := text("currency"); currency != "" {
		f.Currency = strings.ToUpper(currency)
	}
	f.Agency, f.Office, f.Vendor = text("agency"), text("office"), text("vendor")
	f.AwardID, f.Place = text("award_id"), text("place")
	f.Action = action(text("action"))
	f.NAICS, f.PSC = r.typed["naics"].code(row), r.typed["psc"].code(row)
	f.Deadline = date.Parse(text("deadline"))
	if f == (feeds.Fields{}) {
		return nil
	}
	return &f
}

// action reads the number of a modification: the award itself has none, or 0.
func action(s string) string {
	switch {
	case s != "" && strings.Trim(s, "0") == "":
		return "new"
	case modification.MatchString(s):
		return "modification"
	}
	return strings.ToLower(s)
}

var modification = regexp.MustCompile(`^[A-Z]{0,3}\d+[A-Z]?$`)

// parseAmount reads numbers as interfaces write them: 1250000, "1250000.00",
// "$1,250,000.00", "(12.50)" for less than zero.
func parseAmount(s string) (float64, bool) {
	s = currencySigns.Replace(s)
	if inner, ok := strings.CutPrefix(s, "("); ok {
		s = "-" + strings.TrimSuffix(inner, ")")
	}
	if s == "" || strings.ContainsAny(s, "xXpP_") {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && !math.IsInf(n, 0) && !math.IsNaN(n)
}

var currencySigns = strings.NewReplacer("$", "", ",", "", " ", "", "USD", "", "US", "")

// money writes an amount for people: "$15,639,242", "-$12.50", "$0".
func money(s string) string {
	n, ok := parseAmount(s)
	if !ok {
		return s
	}
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	decimals := 0
	if n < 1000 && n != math.Trunc(n) {
		decimals = 2
	}
	digits, cents, _ := strings.Cut(strconv.FormatFloat(n, 'f', decimals, 64), ".")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if cents != "" {
		cents = "." + cents
	}
	return sign + "$" + digits + cents
}

// A field is where a value stands in a row: the first of some ways that leads
// to one.
type field struct {
	ways    []path // without a Path where it is a name
	filters []string
}

// find returns the first value that is not empty.
func (f field) find(row any) any {
	for _, way := range f.ways {
		if way.Path != nil {
			for _, value := range way.Select(row) {
				if plainValue(value) != "" {
					return value
				}
			}
		} else if value := walk(row, way.text); plainValue(value) != "" {
			return value
		}
	}
	return nil
}

// text returns the value as text, "" if there is none.
func (f field) text(row any) string {
	s := plainValue(f.find(row))
	for _, name := range f.filters {
		s = filters[name](s)
	}
	return s
}

// code returns the code of a classification, which some interfaces give with
// its description.
func (f field) code(row any) string {
	if object, ok := f.find(row).(map[string]any); ok {
		return line(plainValue(object["code"]), maxTitle)
	}
	return line(f.text(row), maxTitle)
}

// walk follows a name of a row: a key as it stands, else a way with dots.
func walk(row any, name string) any {
	object, ok := row.(map[string]any)
	if list, isList := row.([]any); isList && len(list) > 0 {
		object, ok = list[0].(map[string]any)
	}
	if !ok {
		return nil
	}
	if value, ok := object[name]; ok {
		return value
	}
	first, rest, more := strings.Cut(name, ".")
	if !more {
		return nil
	}
	return walk(object[first], rest)
}

// plainValue writes a value of JSON as text. null, "" and {} are nothing; an
// object is what describes it, a list its first texts.
func plainValue(value any) string {
	switch v := value.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case map[string]any:
		for _, name := range [...]string{"name", "description", "title", "text", "code"} {
			if s, ok := v[name].(string); ok && s != "" {
				return strings.TrimSpace(s)
			}
		}
	case []any:
		var texts []string
		for _, each := range v[:min(len(v), 10)] {
			if s := plainValue(each); s != "" {
				texts = append(texts, s)
			}
		}
		return strings.Join(texts, ", ")
	}
	return ""
}
