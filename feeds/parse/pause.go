package parse

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// wait is how long a feed asks to be left alone: <ttl> in minutes, or else the
// period and frequency of the RSS 1.0 syndication module. 0 if it does not say.
//
// Once an hour says nothing: WordPress writes it into every feed, the newest
// wire's too, unless somebody went to change it.
func wait(ttl, period, frequency string) time.Duration {
	const most = 365 * 24 * time.Hour
	if minutes, err := strconv.Atoi(strings.TrimSpace(ttl)); err == nil && minutes > 0 {
		return time.Duration(min(minutes, int(most/time.Minute))) * time.Minute
	}
	periods := map[string]time.Duration{"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour,
		"monthly": 30 * 24 * time.Hour, "yearly": most}
	times, err := strconv.Atoi(strings.TrimSpace(frequency))
	if err != nil || times < 1 {
		times = 1
	}
	asked := periods[strings.ToLower(strings.TrimSpace(period))] / time.Duration(times)
	if asked == time.Hour {
		return 0
	}
	return asked
}

// skipped reads <skipHours> and <skipDays>, each once. Some count the hours from
// 1 to 24.
func skipped(hours, days []string) (hs []int, ds []time.Weekday) {
	for _, s := range hours {
		h, err := strconv.Atoi(strings.TrimSpace(s))
		if err == nil && h >= 0 && h <= 24 && !slices.Contains(hs, h%24) {
			hs = append(hs, h%24)
		}
	}
	for _, s := range days {
		for day := time.Sunday; day <= time.Saturday; day++ {
			if strings.EqualFold(strings.TrimSpace(s), day.String()) && !slices.Contains(ds, day) {
				ds = append(ds, day)
			}
		}
	}
	return hs, ds
}
