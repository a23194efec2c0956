package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// A Schedule says when a feed is polled: either it starts with an interval
// that may then move, or it is exact.
type Schedule struct {
	Start time.Duration                   // where an adaptive interval begins; 0 if Exact is set
	Exact func(after time.Time) time.Time // of a cron expression or "@every D"
}

// minEvery keeps a slip of the pen from hammering a server.
const minEvery = time.Second

// ParseSchedule reads a duration such as "15m", which makes an adaptive
// schedule, or a cron expression or "@every 15m", which make an exact one, on
// the clock of zone. A local time that the clock skips is kept at the next
// that it shows; in an hour that comes twice a poll runs twice.
func ParseSchedule(spec string, zone *time.Location) (Schedule, error) {
	spec = strings.TrimSpace(spec)
	if every, ok := strings.CutPrefix(spec, "@every "); ok {
		d, err := interval(every)
		return Schedule{Exact: func(t time.Time) time.Time { return t.Add(d) }}, err
	}
	if !looksCron(spec) {
		d, err := interval(spec)
		return Schedule{Start: d}, err
	}
	slots, err := ParseSlots(spec, zone)
	if err != nil {
		return Schedule{}, err
	}
	return Schedule{Exact: func(after time.Time) time.Time {
		// cron alone loses what the clock skips, slots alone what it repeats.
		_, at := slots.Next(after)
		if t := slots.spec.Next(after.In(slots.zone)); t.Before(at) && !t.IsZero() {
			return t
		}
		return at
	}}, nil
}

// Next returns when a poll after t is due if nothing moves the schedule.
func (s Schedule) Next(t time.Time) time.Time {
	if s.Exact != nil {
		return s.Exact(t)
	}
	return t.Add(s.Start)
}

// Least returns the shortest time between two polls that s asks for, judged
// by a day or so of them.
func (s Schedule) Least() time.Duration {
	if s.Exact == nil {
		return s.Start
	}
	const looked = 200
	t := s.Next(someday)
	least := time.Duration(1<<63 - 1)
	for range looked {
		next := s.Next(t)
		least, t = min(least, next.Sub(t)), next
	}
	return least
}

// someday is a day to try schedules on; a leap year begins.
var someday = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// looksCron tells a cron expression from a duration.
func looksCron(spec string) bool {
	return strings.ContainsAny(spec, " \t*@=")
}

func interval(text string) (time.Duration, error) {
	d, message, hint := parseDuration(text, "schedule")
	switch {
	case message != "" && isNumber(strings.TrimSpace(text)):
		return 0, &specError{strings.TrimPrefix(message, "schedule: "), hint}
	case message != "":
		return 0, &specError{fmt.Sprintf("%q is neither a duration nor a cron expression", clip(text)),
			`write 15m, or "*/15 * * * *" for exact times`}
	case d < minEvery:
		return 0, &specError{fmt.Sprintf("every %s is too often", strings.TrimSpace(text)), "15m suits most feeds"}
	}
	return d, nil
}

// A specError is what is wrong with a schedule, and what to write.
type specError struct{ message, hint string }

func (e *specError) Error() string {
	if e.hint == "" {
		return e.message
	}
	return e.message + "; " + e.hint
}

// parseCron reads a standard cron expression. Its Location is time.Local,
// which stands for that of the times given to Next. It never panics.
func parseCron(spec string) (s *cron.SpecSchedule, err error) {
	defer func() {
		if recover() != nil {
			s, err = nil, cronError(spec, errors.New("cannot be read"))
		}
	}()
	switch {
	case strings.Contains(spec, "TZ="):
		return nil, &specError{"a cron expression with its own time zone", "put the zone under timezone:"}
	case strings.HasPrefix(spec, "@every"):
		return nil, &specError{"@every has no times of day", `write a cron expression, as in "0 7 * * *"`}
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return nil, cronError(spec, err)
	}
	s, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, cronError(spec, errors.New("no times of day"))
	}
	for field, text := range strings.Fields(spec) {
		if _, step, ok := strings.Cut(text, "/"); ok && field < len(cronFields) && overlong(step, cronFields[field].size) {
			return nil, &specError{fmt.Sprintf("%q steps over the end of the %s", text, cronFields[field].name),
				fmt.Sprintf("a step is less than %d", cronFields[field].size)}
		}
	}
	if s.Next(someday).IsZero() {
		return nil, &specError{fmt.Sprintf("%q never comes", spec), "is there such a day in that month?"}
	}
	return s, nil
}

// cronFields are the five fields of a cron expression.
var cronFields = []struct {
	name string
	size int
}{{"minute", 60}, {"hour", 24}, {"day of the month", 32}, {"month", 13}, {"day of the week", 7}}

// overlong reports whether a step is as long as its field: the library takes
// */70 minutes for "at minute 0", which nobody means.
func overlong(step string, size int) bool {
	var n int
	_, err := fmt.Sscanf(step, "%d", &n)
	return err == nil && n >= size
}

func cronError(spec string, err error) error {
	n := len(strings.Fields(spec))
	hint := `five fields: minute hour day month weekday, as in "0 7 * * mon-fri"`
	if n == 6 {
		hint = "there are no seconds: leave the first field out"
	}
	if strings.HasPrefix(spec, "@") {
		hint = "one of @hourly, @daily, @weekly, @monthly"
	}
	if f := strings.Fields(spec); n == 5 && strings.Contains(f[4], "7") {
		hint = "Sunday is 0 or sun"
	}
	_ = err // its text speaks of bit ranges
	return &specError{fmt.Sprintf("%q is no cron expression", clip(spec)), hint}
}
