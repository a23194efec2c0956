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
	set, err := m.Rules().checkSilence(q, m.Now())
	if err != nil {
		return err
	}
	return m.change(func(j *judge) error {
		j.pending.silences = append(j.pending.silences, q)
		j.silences = slices.DeleteFunc(j.silences, func(o activeSilence) bool { return o.ID == q.ID })
		if !q.Until.IsZero() {
			j.silences = append(j.silences, activeSilence{q, set})
		}
		return nil
	})
}

// An activeSilence is a silence in force with its query compiled, nil if it has
// none. It is compiled when the silence is set, when the past is read and when
// the rules change; a judge only matches with it.
type activeSilence struct {
	Silence
	query *match.Set
}

// activate compiles the queries of silences. One that compiles no more, as an
// entity it names is gone, covers nothing.
func (r *Rules) activate(all []Silence) []activeSilence {
	out := make([]activeSilence, len(all))
	for i, q := range all {
		set, _ := r.compileSilence(q.Query)
		out[i] = activeSilence{q, set}
	}
	return out
}

// activateSilences compiles the silences in force for new rules. Judging goes
// on meanwhile with the queries as they were.
func (m *Monitor) activateSilences(r *Rules) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.judge == nil {
		return // Open does it
	}
	var all []Silence
	for _, q := range m.judge.silences {
		all = append(all, q.Silence)
	}
	m.mu.Unlock()
	active := r.activate(all)
	m.mu.Lock()
	for i, q := range m.judge.silences {
		if k := slices.Index(all, q.Silence); k >= 0 {
			m.judge.silences[i] = active[k]
		}
	}
}

// compileSilence compiles the query of a silence, to nil if it is empty.
func (r *Rules) compileSilence(query string) (*match.Set, error) {
	if query == "" {
		return nil, nil
	}
	rules := []match.Rule{{Name: "silence", Match: query}}
	set, problems := match.Compile(match.Used(r.Entities, rules), rules)
	for _, p := range problems {
		if !p.Warning {
			return nil, fmt.Errorf("query: %s", p.Message)
		}
	}
	return set, nil
}

// CheckSilence reports what is wrong with a silence; one that ends one may be about
// anything.
func (r *Rules) CheckSilence(q Silence, now time.Time) error {
	_, err := r.checkSilence(q, now)
	return err
}

// checkSilence is CheckSilence, and returns the query compiled.
func (r *Rules) checkSilence(q Silence, now time.Time) (*match.Set, error) {
	if q.Until.IsZero() {
		return nil, nil
	}
	if q.Watch == "" && q.Story == 0 && q.Feed == "" && q.Query == "" {
		return nil, errors.New("a silence needs a watch, a story, a feed or a query to be about")
	}
	if !q.Until.After(now) {
		return nil, fmt.Errorf("a silence must end in the future, not at %s", q.Until.Format(time.RFC3339))
	}
	if _, ok := r.watch(q.Watch); q.Watch != "" && !ok {
		return nil, fmt.Errorf("no watch is named %q", q.Watch)
	}
	if _, ok := r.Feeds[q.Feed]; q.Feed != "" && !ok {
		return nil, fmt.Errorf("no feed is named %q", q.Feed)
	}
	return r.compileSilence(q.Query)
}

// Name derives a short ID from what the silence is about and when it was made.
func (q Silence) Name() string {
	return noticeKey("silence", q.Watch+"\x00"+q.Story.String(), q.Feed+"\x00"+q.Query, q.Created.Format(time.RFC3339Nano))[:8]
}

// silenced returns the silence that suppresses a match now, "" for none.
func (j *judge) silenced(it *matchedItem, s *Story, w Watch) string {
	for i := range j.silences {
		if q := &j.silences[i]; q.Until.After(it.o.at) && q.covers(it, s, w) {
			return q.String()
		}
	}
	return ""
}

// covers reports whether everything the silence names applies.
func (q *activeSilence) covers(it *matchedItem, s *Story, w Watch) bool {
	if q.Watch != "" && q.Watch != w.Name || q.Feed != "" && q.Feed != it.o.feed.Name {
		return false
	}
	if q.Story != 0 && q.Story != s.ID && !slices.Contains(s.Aliases, q.Story) {
		return false
	}
	return q.Query == "" || q.matches(it)
}

// matches reports whether an item fits the silence's query.
func (q *activeSilence) matches(it *matchedItem) bool {
	if q.query == nil {
		return false
	}
	found := q.query.Match(DocOf(it.item, it.o.feed, it.o.at))
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
