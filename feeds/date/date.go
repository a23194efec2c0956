// Package date reads the dates that feeds publish, in their many spellings.
package date

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// maxDate is longer than any date; what is longer is none.
const maxDate = 100

// Parse reads a date as feeds write it: RFC 822 and its many relatives,
// ISO 8601, Unix seconds. Words around the numbers may be of any of the
// languages in months; without a zone the time is taken as UTC. It returns
// the zero time for what it cannot read, and for a year outside 1971 to 2999:
// 1970 is what a program makes of no date, or of seconds taken for milliseconds.
// Of 1/2/2006 the first number is the month; see Order.
//
// One pass takes the text apart into numbers and words, a second puts the
// parts in order; nothing is tried twice.
func Parse(s string) time.Time { return Order(0).Parse(s) }

// Parse is Parse for dates of which o says what comes first.
func (o Order) Parse(s string) time.Time {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxDate {
		return time.Time{}
	}
	if !allASCII(s) {
		s = ideographs.Replace(s)
	}
	if isDigits(s) && (len(s) == 9 || len(s) == 10 || len(s) == 13) {
		return unix(s)
	}
	d := date{order: o}
	if !d.read(s) {
		return time.Time{}
	}
	return d.time()
}

// ideographs turns what East Asia writes between the numbers of a date, and
// signs that only look like a minus, into what the rest of the world does.
var ideographs = strings.NewReplacer("年", "-", "月", "-", "日", " ", "년", "-", "월", "-", "일", " ", "時", ":", "时", ":", "분", ":", "시", ":", "分", ":",
	"秒", " ", "초", " ", "오전", " am ", "오후", " pm ", "上午", " am ", "下午", " pm ", "午前", " am ", "午後", " pm ", "\u2212", "-", "\u2013", "-")

func unix(s string) time.Time {
	n, _ := strconv.ParseInt(s, 10, 64)
	t := time.Unix(n, 0).UTC()
	if len(s) == 13 {
		t = time.UnixMilli(n).UTC()
	}
	if t.Year() < firstYear {
		return time.Time{}
	}
	return t
}

// firstYear is the first that is believed.
const firstYear = 1971

// A date is the parts found so far. Numbers that are neither year, month nor
// clock wait in days.
type date struct {
	year, month, day     int
	hour, min, sec, nano int
	clock, zoned         bool
	zone                 int // seconds east of Greenwich
	pm, am               bool
	ordinal              bool      // day is one of the year
	leading              bool      // the month stood before all numbers, where "mar." may be a mardi
	days                 [3]number // numbers of the calendar, in their order
	n                    int
	sep                  byte // between them: '-', '/' or '.'
	order                Order
}

type number struct{ value, digits int }

func (d *date) read(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case isDigit(c):
			n := d.number(s[i:])
			if n == 0 {
				return false
			}
			i += n
		case (c == '+' || c == '-') && d.clock && i+1 < len(s) && isDigit(s[i+1]):
			n := d.offset(s[i:])
			if n == 0 {
				return false
			}
			i += n
		case c >= 0x80 || isWordStart(c):
			n := wordLength(s[i:])
			if !d.word(s[i : i+n]) {
				return false
			}
			i += n
		default:
			i++
		}
	}
	return true
}

// number takes the digits that s begins with: a clock, or a part of the
// calendar.
func (d *date) number(s string) (used int) {
	n := digitsOf(s)
	rest := s[n:]
	if n <= 2 && strings.HasPrefix(rest, ":") && !d.clock {
		return d.readClock(s)
	}
	if d.calendar() && !d.clock && n == 4 && (rest == "" || strings.IndexByte(" Z+-", rest[0]) >= 0) {
		d.clock, d.hour, d.min = true, atoi(s[:2]), atoi(s[2:4]) // 1500
		return n
	}
	if d.n == 0 && d.month == 0 && (n == 8 || n == 14) {
		d.year, d.month, d.day = atoi(s[:4]), atoi(s[4:6]), atoi(s[6:8])
		if n == 14 {
			d.clock, d.hour, d.min, d.sec = true, atoi(s[8:10]), atoi(s[10:12]), atoi(s[12:14])
		}
		return n
	}
	if d.n == 0 && d.month == 0 && n == 7 { // 2026328, the day of the year
		d.year, d.month, d.day = atoi(s[:4]), 1, atoi(s[4:7])
		d.ordinal = true
		return n
	}
	if d.year > 0 && !d.clock && n == 6 {
		d.clock, d.hour, d.min, d.sec = true, atoi(s[:2]), atoi(s[2:4]), atoi(s[4:6])
		return n
	}
	if n > 4 || d.n == len(d.days) {
		return 0
	}
	d.days[d.n] = number{atoi(s[:n]), n}
	if d.n++; rest != "" && (rest[0] == '-' || rest[0] == '/' || rest[0] == '.') {
		d.sep = rest[0]
	}
	return n
}

// calendar reports whether day, month and year have all been seen.
func (d *date) calendar() bool {
	return d.year > 0 || d.n == 3 || d.n == 2 && d.month > 0
}

// word takes a month, a day of the week, a zone, am or pm. Where a month is
// still missing an unknown word makes the whole unreadable.
func (d *date) word(w string) bool {
	lower := strings.ToLower(strings.TrimRight(w, "."))
	switch lower {
	case "am", "a.m", "a":
		d.am = d.clock || d.calendar()
		return true
	case "pm", "p.m":
		d.pm = d.clock || d.calendar()
		return true
	case "t", "st", "nd", "rd", "th", "de", "at", "um", "uhr", "to", "h", "den", "le", "of", "kl":
		if lower != "at" || !d.clock {
			return true
		}
	}
	if m := monthOf(lower); m > 0 && (d.month == 0 || d.leading && d.n > 0) {
		d.month, d.leading = m, d.n == 0
		return true
	}
	if !d.clock {
		return d.n == 0 || d.month > 0 // a day of the week, before or between
	}
	if offset, ok := zones[lower]; ok {
		if !d.zoned { // "GMT+0100", "+0100 (CET)": the number counts
			d.zone, d.zoned = offset, lower != "gmt" && lower != "utc"
		}
		return true
	}
	if len(w) >= 3 && len(w) <= 5 && w == strings.ToUpper(w) && allASCII(w) && d.calendar() {
		return true // a zone nobody knows: half a day off is better than no date, which would make old news fresh
	}
	return d.zoned || d.month > 0 && len(lower) > 5 // a weekday behind, "(Coordinated Universal Time)"
}

func monthOf(w string) int {
	if m, ok := months[w]; ok {
		return m
	}
	if len(w) > 3 && w[0] < 0x80 {
		if m, ok := months[w[:3]]; ok && m > 0 && allASCII(w) && english(w, m) {
			return m
		}
	}
	return 0
}

// english reports whether w begins the English name of month m.
func english(w string, m int) bool {
	return strings.HasPrefix(strings.ToLower(time.Month(m).String()), w) || w == "sept"
}

// time puts the parts together.
func (d *date) time() time.Time {
	if !d.arrange() {
		return time.Time{}
	}
	if d.pm && d.hour < 12 {
		d.hour += 12
	} else if d.am && d.hour == 12 {
		d.hour = 0
	}
	longest := 31
	if d.ordinal {
		longest = 366
	}
	if d.year < firstYear || d.year > 2999 || d.month < 1 || d.month > 12 || d.day < 1 || d.day > longest ||
		d.hour > 24 || d.min > 59 || d.sec > 60 {
		return time.Time{}
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, d.sec, d.nano, time.UTC)
	return t.Add(-time.Duration(d.zone) * time.Second)
}

// arrange decides which calendar number is what.
func (d *date) arrange() bool {
	a, b, c := d.days[0], d.days[1], d.days[2]
	switch {
	case d.year > 0:
		return d.n == 0
	case d.month > 0 && d.n == 2 && a.digits >= 3: // 2006 Jan 2
		d.year, d.day = a.value, b.value
	case d.month > 0 && d.n == 2:
		d.day, d.year = a.value, fullYear(b)
	case d.month > 0:
		return false
	case d.n == 3 && a.digits == 4, d.n == 3 && d.sep == '-' && a.digits == 2 && c.digits == 2: // 2006-01-02, 06-01-02
		d.year, d.month, d.day = fullYear(a), b.value, c.value
	case d.n == 3 && c.digits >= 2 && d.monthFirst():
		d.month, d.day, d.year = a.value, b.value, fullYear(c)
	case d.n == 3 && c.digits >= 2: // 31.1.2006
		d.day, d.month, d.year = a.value, b.value, fullYear(c)
	case d.n == 2 && a.digits == 4 && b.digits == 3: // 2006-002
		d.year, d.month, d.day, d.ordinal = a.value, 1, b.value, true
	case d.n == 2 && a.digits == 4: // 2006-01
		d.year, d.month, d.day = a.value, b.value, 1
	case d.n == 1 && a.digits == 4 && !d.clock: // 2006
		d.year, d.month, d.day = a.value, 1, 1
	default:
		return false
	}
	return true
}

func fullYear(n number) int {
	switch {
	case n.digits > 2:
		return n.value
	case n.value < 69:
		return 2000 + n.value
	}
	return 1900 + n.value
}

func allASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

func isWordStart(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isDigits(s string) bool { return digitsOf(s) == len(s) }

func digitsOf(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func wordLength(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '.' })
	if n < 0 {
		return len(s)
	}
	return max(n, 1)
}
