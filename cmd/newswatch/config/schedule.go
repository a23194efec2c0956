package config

import (
	"cmp"
	"fmt"
	"strconv"
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
	if spec == "@every" {
		return Schedule{}, &specError{"@every without an interval", "write it like @every 15m"}
	}
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
			s, err = nil, cronError(spec)
		}
	}()
	switch {
	case strings.Contains(spec, "TZ="):
		return nil, &specError{"a cron expression with its own time zone", "put the zone under timezone:"}
	case strings.HasPrefix(spec, "@every"):
		return nil, &specError{"@every has no times of day", `write a cron expression, as in "0 7 * * *"`}
	}
	fields := strings.Fields(spec)
	if len(fields) == 5 {
		fields[4] = weekdays(fields[4])
	}
	parsed, err := cron.ParseStandard(strings.Join(fields, " "))
	if err != nil {
		return nil, cronError(spec)
	}
	s, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, cronError(spec)
	}
	for field, text := range fields {
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

// dayNames are the days of the week by number; as in
// crontab(5), Sunday is 7 too.
var dayNames = map[string]int{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

// weekdays writes out what crontab(5) allows for the day of the week and the
// library does not: 7 for Sunday, and Sunday as the end of a range. Anything
// else stays as it is.
func weekdays(field string) string {
	parts := strings.Split(field, ",")
	for i, part := range parts {
		days, stepText, stepped := strings.Cut(part, "/")
		from, to, isRange := strings.Cut(days, "-")
		first, last := dayNumber(from), dayNumber(to)
		step := 1
		if stepped {
			step, _ = strconv.Atoi(stepText)
		}
		switch {
		case days == "7" && !stepped:
			parts[i] = "0"
		case isRange && first >= 0 && (last == 7 || last == 0 && first > 0) && step > 0:
			var list []string
			for d := first; d <= 7; d += step {
				list = append(list, strconv.Itoa(d%7))
			}
			parts[i] = strings.Join(list, ",")
		}
	}
	return strings.Join(parts, ",")
}

// dayNumber reads a day of the week, -1 if it is none.
func dayNumber(text string) int {
	if n, ok := dayNames[strings.ToLower(text)]; ok {
		return n
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n <= 7 {
		return n
	}
	return -1
}

// eitherDay reports whether an expression names days of the month and of the
// week: cron then means both sets of days, not the days that are in both.
func eitherDay(spec string) bool {
	fields := strings.Fields(spec)
	return len(fields) == 5 && !strings.HasPrefix(fields[2], "*") && !strings.HasPrefix(fields[4], "*")
}

// cronFields are the five fields of a cron expression; size is one more than
// the largest value.
var cronFields = []struct {
	name        string
	first, size int
}{{"minute", 0, 60}, {"hour", 0, 24}, {"day of the month", 1, 32}, {"month", 1, 13}, {"day of the week", 0, 7}}

// overlong reports whether a step is as long as its field: the library takes
// */70 minutes for "at minute 0", which nobody means.
func overlong(step string, size int) bool {
	var n int
	_, err := fmt.Sscanf(step, "%d", &n)
	return err == nil && n >= size
}

// cronError says what is wrong with an expression; the library speaks of bit
// ranges.
func cronError(spec string) error {
	fields := strings.Fields(spec)
	hint := `five fields: minute hour day month weekday, as in "0 7 * * mon-fri"`
	switch {
	case strings.HasPrefix(spec, "@"):
		hint = "one of @hourly, @daily, @weekly, @monthly"
	case len(fields) == 6:
		hint = "there are no seconds: leave the first field out"
	case len(fields) == 5:
		hint = cmp.Or(wrongField(fields), hint)
	}
	return &specError{fmt.Sprintf("%q is no cron expression", clip(spec)), hint}
}

// wrongField says which of five fields is wrong by itself, "" if none is.
func wrongField(fields []string) string {
	for i, f := range cronFields {
		alone := []string{"*", "*", "*", "*", "*"}
		alone[i] = fields[i]
		if _, err := cron.ParseStandard(strings.Join(alone, " ")); err != nil {
			return fmt.Sprintf("%q is no %s: from %d to %d", fields[i], f.name, f.first, f.size-1)
		}
	}
	return ""
}
