package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Policy is what people have asked of a destination, so that it stays
// welcome. The zero value asks for nothing. Whatever a policy keeps back is
// held or folded, never dropped.
type Policy struct {
	Quiet  Quiet
	Budget Budget
	Page   string // address of the page, which lists all that a card tells; "" for none
}

// ParsePolicy reads quiet hours such as "22:00-07:00", in zone, and a budget
// such as "20/h"; m, d and whole durations as in "5/30m" work too. Either may
// be "", for none.
func ParsePolicy(quiet, budget string, zone *time.Location) (Policy, error) {
	q, err := parseQuiet(quiet, zone)
	if err != nil {
		return Policy{}, err
	}
	b, err := parseBudget(budget)
	return Policy{Quiet: q, Budget: b}, err
}

// Quiet is a time of every day in which only notices of high priority go out.
// The zero value is never.
type Quiet struct {
	From, To int            // minutes since midnight on the clock of Zone; From may be the later one
	Zone     *time.Location // nil is UTC
}

func parseQuiet(s string, zone *time.Location) (Quiet, error) {
	if s == "" {
		return Quiet{}, nil
	}
	from, to, ok := strings.Cut(s, "-")
	a, errA := clock(from)
	b, errB := clock(to)
	switch {
	case !ok || errA != nil || errB != nil:
		return Quiet{}, fmt.Errorf("quiet %q: write two times of day, as in 22:00-07:00", s)
	case a == b:
		return Quiet{}, fmt.Errorf("quiet %q: begins when it ends; to send nothing at all, take the destination off the watches", s)
	}
	return Quiet{From: a, To: b, Zone: zone}, nil
}

func clock(s string) (minutes int, err error) {
	t, err := time.Parse("15:04", strings.TrimSpace(s))
	return t.Hour()*60 + t.Minute(), err
}

// Until returns when the quiet hours that now lies in end, and zero if it lies
// in none.
func (q Quiet) Until(now time.Time) time.Time {
	if !q.at(now) {
		return time.Time{}
	}
	// Minute by minute, so that days of 23 and 25 hours need no thought.
	end := now.Truncate(time.Minute)
	for q.at(end) {
		end = end.Add(time.Minute)
	}
	return end
}

func (q Quiet) at(t time.Time) bool {
	if q.From == q.To {
		return false
	}
	if q.Zone != nil {
		t = t.In(q.Zone)
	} else {
		t = t.UTC()
	}
	m := t.Hour()*60 + t.Minute()
	if q.From < q.To {
		return q.From <= m && m < q.To
	}
	return q.From <= m || m < q.To
}

// A Budget is how many messages may go out in any stretch of time. What is
// over it goes onto one card that follows, and then onto one more whenever
// there is room again. The zero value is no bound.
type Budget struct {
	N   int
	Per time.Duration
}

func parseBudget(s string) (Budget, error) {
	if s == "" {
		return Budget{}, nil
	}
	count, per, _ := strings.Cut(s, "/")
	n, err := strconv.Atoi(strings.TrimSpace(count))
	if per = strings.TrimSpace(per); per == "d" {
		per = "24h"
	} else if per == "h" || per == "m" {
		per = "1" + per
	}
	d, errPer := time.ParseDuration(per)
	if err != nil || errPer != nil || n < 1 || n > 10000 || d < time.Second {
		return Budget{}, fmt.Errorf("budget %q: write a number of messages and a time, as in 20/h", s)
	}
	return Budget{n, d}, nil
}

// String is the budget as written in the configuration.
func (b Budget) String() string {
	switch b.Per {
	case time.Minute:
		return fmt.Sprintf("%d/m", b.N)
	case time.Hour:
		return fmt.Sprintf("%d/h", b.N)
	case 24 * time.Hour:
		return fmt.Sprintf("%d/d", b.N)
	}
	return fmt.Sprintf("%d/%s", b.N, b.Per)
}

// within returns those of the times sent that still count at now.
func (b Budget) within(sent []time.Time, now time.Time) []time.Time {
	i := 0
	for i < len(sent) && !sent[i].After(now.Add(-b.Per)) {
		i++
	}
	return sent[i:]
}
