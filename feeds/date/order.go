package date

import (
	"iter"
	"strings"
	"time"
)

// An Order says which comes first where a date has two numbers that may both be
// the month, as 5/11/2026. The zero value knows nothing: with slashes it is then
// the month, as in America, and with dots or hyphens the day.
type Order int8

// The orders.
const (
	DayFirst Order = 1 + iota
	MonthFirst
)

// OrderOf returns the order that the dates of one publisher prove: by a number that
// can be no month, or because the other order would lead more than a day past now
// (zero for none). It is zero if they prove nothing, or both.
func OrderOf(dates iter.Seq[string], now time.Time) (o Order) {
	for s := range dates {
		switch proof := proves(s, now); {
		case proof == 0:
		case o != 0 && o != proof:
			return 0
		default:
			o = proof
		}
	}
	return o
}

// proves returns the order that one date proves.
func proves(s string, now time.Time) Order {
	var d date
	if s = strings.TrimSpace(s); len(s) > maxDate || !d.read(s) || !d.ordered() {
		return 0
	}
	switch a, b := d.days[0].value, d.days[1].value; {
	case a > 12 && b <= 12:
		return DayFirst
	case b > 12 && a <= 12:
		return MonthFirst
	case a > 12 || now.IsZero():
		return 0
	}
	latest := now.AddDate(0, 0, 1)
	switch day, month := DayFirst.Parse(s), MonthFirst.Parse(s); {
	case month.After(latest) && !day.After(latest):
		return DayFirst
	case day.After(latest) && !month.After(latest):
		return MonthFirst
	}
	return 0
}

// Ambiguous reports whether an order may be needed to read s.
func Ambiguous(s string) bool {
	if !strings.ContainsAny(s, "/.-") || len(s) > maxDate {
		return false
	}
	var d date
	return d.read(s) && d.ordered() && d.days[0].value <= 12 && d.days[1].value <= 12
}

// ordered reports whether the date has day and month as numbers before its year.
func (d *date) ordered() bool {
	c := d.days[2]
	return d.n == 3 && d.month == 0 && d.year == 0 && d.days[0].digits <= 2 && c.digits >= 2 &&
		!(d.sep == '-' && d.days[0].digits == 2 && c.digits == 2) // 06-01-02
}

// monthFirst decides which of the two numbers before a year is the month.
func (d *date) monthFirst() bool {
	switch {
	case d.days[1].value > 12:
		return true
	case d.days[0].value > 12:
		return false
	case d.order == 0:
		return d.sep == '/'
	}
	return d.order == MonthFirst
}

// First returns the first of raw that can be read.
func (o Order) First(raw []string) (t time.Time) {
	for _, s := range raw {
		if t = o.Parse(s); !t.IsZero() {
			break
		}
	}
	return t
}
