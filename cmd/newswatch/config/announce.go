package config

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Page returns the address of the page as links name it: http.public_url, else
// that of http.listen as seen from the same machine; "" if it listens nowhere
// that a browser reaches.
func (h HTTP) Page() string {
	if h.PublicURL != "" {
		return strings.TrimRight(h.PublicURL, "/")
	}
	host, port, err := net.SplitHostPort(h.Listen)
	if err != nil || strings.HasPrefix(h.Listen, "unix:") {
		return ""
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// SharedPage returns the address of the page if readers of messages can follow
// it: "" if it leads to the machine that newswatch runs on.
func (h HTTP) SharedPage() string {
	u, err := url.Parse(h.Page())
	if err != nil || u.Hostname() == "localhost" {
		return ""
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.IsLoopback() {
		return ""
	}
	return h.Page()
}

// InWords says in one line where the digest goes and when.
func (d Digest) InWords() string {
	to := "nobody"
	if len(d.Notify) > 0 {
		to = enumerate(d.Notify)
	}
	return fmt.Sprintf("The digest %s goes to %s %s %s", d.Name, to, cmp.Or(d.when(), "on the schedule "+d.Schedule+","), zoneInWords(d.Zone)) + d.unless()
}

func (d Digest) unless() string {
	if d.Empty == skipEmpty {
		return ", if there is news"
	}
	return ""
}

// when says when the digest goes, as far as its schedule is a time of day on
// every day, on working days or on one day of the week; "" otherwise.
func (d Digest) when() string {
	if d.At != "" {
		return "at " + d.At
	}
	f := strings.Fields(d.Schedule)
	if len(f) == 1 && f[0] == "@daily" {
		return "at 00:00"
	}
	if len(f) != 5 || f[2] != "*" || f[3] != "*" {
		return ""
	}
	minute, errMinute := strconv.Atoi(f[0])
	if errMinute != nil {
		return ""
	}
	var times []string
	for _, h := range strings.Split(f[1], ",") {
		hour, err := strconv.Atoi(h)
		if err != nil {
			return ""
		}
		times = append(times, fmt.Sprintf("%02d:%02d", hour, minute))
	}
	days, ok := daysInWords(strings.ToLower(f[4]))
	if !ok {
		return ""
	}
	return "at " + enumerate(times) + days
}

// daysInWords puts the last field of a cron expression in words, if they are few.
func daysInWords(field string) (string, bool) {
	switch field {
	case "*":
		return "", true
	case "1-5", "mon-fri":
		return " from Monday to Friday", true
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		if field == strconv.Itoa(int(day)) || field == strings.ToLower(day.String()[:3]) || day == time.Sunday && field == "7" {
			return " on " + day.String() + "s", true
		}
	}
	return "", false
}

// zoneInWords names a zone; that of the system has no name of its own.
func zoneInWords(z *time.Location) string {
	if z == nil || z == time.Local {
		return "on the clock of this machine"
	}
	return z.String()
}

// enumerate joins names with commas and a last "and".
func enumerate(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
