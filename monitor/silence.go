package monitor

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"newswatch/monitor/match"
)

// Silence starts a silence, or ends one whose Until is zero. It refuses one
// that names nothing, names what is not there, or has no end ahead.
func (m *Monitor) Silence(q Silence) error {
	if err := m.Rules().CheckSilence(q, m.Now()); err != nil {
		return err
	}
	return m.change(func(j *judge) error {
		j.pending.silences = append(j.pending.silences, q)
		j.silences = slices.DeleteFunc(j.silences, func(o Silence) bool { return o.ID == q.ID })
		if !q.Until.IsZero() {
			j.silences = append(j.silences, q)
		}
		return nil
	})
}

// CheckSilence reports what is wrong with a silence; one that ends one may be about
// anything.
func (r *Rules) CheckSilence(q Silence, now time.Time) error {
	if q.Until.IsZero() {
		return nil
	}
	if q.Watch == "" && q.Story == 0 && q.Feed == "" && q.Query == "" {
		return errors.New("a silence needs a watch, a story, a feed or a query to be about")
	}
	if !q.Until.After(now) {
		return fmt.Errorf("a silence must end in the future, not at %s", q.Until.Format(time.RFC3339))
	}
	if _, ok := r.watch(q.Watch); q.Watch != "" && !ok {
		return fmt.Errorf("no watch is named %q", q.Watch)
	}
	if _, ok := r.Feeds[q.Feed]; q.Feed != "" && !ok {
		return fmt.Errorf("no feed is named %q", q.Feed)
	}
	if q.Query == "" {
		return nil
	}
	_, problems := match.Compile(r.Entities, []match.Rule{{Name: "silence", Match: q.Query}})
	for _, p := range problems {
		if !p.Warning {
			return fmt.Errorf("query: %s", p.Message)
		}
	}
	return nil
}

// Name derives a short ID from what the silence is about and when it was made.
func (q Silence) Name() string {
	return noticeKey("silence", q.Watch+"\x00"+q.Story.String(), q.Feed+"\x00"+q.Query, q.Created.Format(time.RFC3339Nano))[:8]
}

// silenced returns the silence that suppresses a match now, "" for none.
func (j *judge) silenced(it *matchedItem, s *Story, w Watch) string {
	for _, q := range j.silences {
		if q.Until.After(it.o.at) && q.covers(it, s, w) {
			return q.String()
		}
	}
	return ""
}

// covers reports whether everything the silence names applies.
func (q Silence) covers(it *matchedItem, s *Story, w Watch) bool {
	if q.Watch != "" && q.Watch != w.Name || q.Feed != "" && q.Feed != it.o.feed.Name {
		return false
	}
	if q.Story != 0 && q.Story != s.ID && !slices.Contains(s.Aliases, q.Story) {
		return false
	}
	return q.Query == "" || matchesQuery(q.Query, it)
}

// matchesQuery reports whether an item fits a silence's query. One that
// does not compile fits nothing: silence add refuses it.
func matchesQuery(q string, it *matchedItem) bool {
	set, problems := match.Compile(it.o.rules.Entities, []match.Rule{{Name: "silence", Match: q}})
	for _, pr := range problems {
		if !pr.Warning {
			return false
		}
	}
	found := set.Match(DocOf(it.item, it.o.feed, it.o.at))
	return len(found) > 0 && found[0].Verdict == match.Strong
}

// String says what is silenced, until when and why, in one line.
func (q Silence) String() string {
	what := ""
	for _, part := range [...][2]string{{"watch ", q.Watch}, {"story ", q.Story.String()}, {"feed ", q.Feed}, {"query ", q.Query}} {
		if part[1] != "" {
			what += part[0] + part[1] + ", "
		}
	}
	line := "silenced: " + what + "until " + q.Until.UTC().Format("2006-01-02 15:04 MST")
	if q.Reason != "" {
		line += ": " + q.Reason
	}
	return line
}
