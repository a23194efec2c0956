package date

import "strings"

// readClock takes hours, minutes, seconds and their fraction.
func (d *date) readClock(s string) (used int) {
	at := 0
	part := func(sep string) (int, bool) {
		if at > 0 && !strings.HasPrefix(s[at:], sep) {
			return 0, false
		}
		from := at
		if at > 0 {
			from += len(sep)
		}
		n := digitsOf(s[from:])
		if n == 0 || n > 2 {
			return 0, false
		}
		at = from + n
		return atoi(s[from:at]), true
	}
	d.clock = true
	d.hour, _ = part(":")
	d.min, _ = part(":")
	if sec, ok := part(":"); ok {
		d.sec = sec
	}
	if at < len(s) && (s[at] == '.' || s[at] == ',') {
		if n := digitsOf(s[at+1:]); n > 0 {
			digits := (s[at+1:at+1+n] + "000000000")[:9]
			d.nano = atoi(digits)
			at += n + 1
		}
	}
	return at
}

// offset takes a numeric zone: +0100, +01:00, +1, -700.
func (d *date) offset(s string) (used int) {
	n := digitsOf(s[1:])
	at := 1 + n
	hours, minutes := 0, 0
	switch {
	case n <= 2:
		hours = atoi(s[1:at])
		if strings.HasPrefix(s[at:], ":") {
			m := digitsOf(s[at+1:])
			if m != 2 {
				return 0
			}
			minutes = atoi(s[at+1 : at+3])
			at += 3
		}
	case n <= 4:
		hours, minutes = atoi(s[1:at-2]), atoi(s[at-2:at])
	case n == 6: // with seconds
		hours, minutes = atoi(s[1:3]), atoi(s[3:5])
	default:
		return 0
	}
	if hours > 48 || minutes > 59 {
		return 0
	}
	d.zone = hours*3600 + minutes*60
	if s[0] == '-' {
		d.zone = -d.zone
	}
	d.zoned = true
	return at
}
