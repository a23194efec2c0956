package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/trial"
)

// An Editor is a Server as those use it who change what is watched and read:
// it tries queries, and carries out what they decide.
type Editor struct{ *Server }

// A PreviewOrder asks what a query would have told.
type PreviewOrder struct {
	Query string   `json:"query"`
	Since string   `json:"since,omitempty"` // "14d", the default, or a time; at most 400 days
	Feeds []string `json:"feeds,omitempty"` // names or tags; none means all
	Watch string   `json:"watch,omitempty"` // a watch that the query is to replace, for the difference
	Items []Doc    `json:"items,omitempty"` // instead of the archive
}

// A Preview is the answer: the mistakes of the query, or what it would have
// told. With the order's items it says what the query makes of each.
type Preview struct {
	trial.Reading
	trial.Answer
	Matches []match.Match `json:"matches,omitempty"` // of Items, in their order; verdict none where there is none
}

// The bounds of a preview.
const (
	previewDays  = 14
	previewMost  = 400 * 24 * time.Hour
	previewItems = 1000
)

// A turnstile lets one request at a time through. Its zero value is open.
type turnstile struct {
	once sync.Once
	free chan struct{}
}

// enter waits for its turn, or for the end of ctx. leave ends the turn.
func (t *turnstile) enter(ctx context.Context) (leave func(), err error) {
	t.once.Do(func() { t.free = make(chan struct{}, 1) })
	select {
	case t.free <- struct{}{}:
		return func() { <-t.free }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s Editor) postPreview(r *Request) error {
	var o PreviewOrder
	if err := r.decode(&o); err != nil {
		return err
	}
	p, err := s.Preview(r.Context(), o)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, p)
}

// Preview tries a query.
func (s Editor) Preview(ctx context.Context, o PreviewOrder) (p Preview, err error) {
	err = s.Try(ctx, o, func(_ trial.Reading, ask func() (Preview, error)) error {
		p, err = ask()
		return err
	})
	return p, err
}

// Try reads a query and has use told what it says. ask, which use may call once,
// tries it. One is tried at a time, and each for a few seconds at most: whoever
// asks while typing keeps nobody from being told.
func (s Editor) Try(ctx context.Context, o PreviewOrder, use func(how trial.Reading, ask func() (Preview, error)) error) error {
	since, err := Since(cmp.Or(o.Since, strconv.Itoa(previewDays)+"d"), s.Time())
	if err != nil {
		return err
	}
	if len(o.Items) > previewItems {
		return Refuse(http.StatusRequestEntityTooLarge, "a preview takes %d items at most", previewItems)
	}
	leave, err := s.previews.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	how := s.Read(o.Query)
	return use(how, func() (Preview, error) { return s.ask(ctx, how, o, since) })
}

// ask tries a query that was read.
func (s Editor) ask(ctx context.Context, how trial.Reading, o PreviewOrder, since time.Time) (p Preview, err error) {
	rules, now := s.Rules(), s.Time()
	p = Preview{Reading: how, Answer: trial.Answer{Stories: []trial.Story{}, PerDay: []trial.Day{}, From: since}}
	if !p.OK {
		return p, nil
	}
	if len(o.Items) > 0 {
		p.Matches, p.Items = matchEach(rules, o, now), len(o.Items)
		return p, nil
	}
	q := trial.Question{Query: o.Query, Feeds: o.Feeds, Since: since, Now: now, Zone: s.Zone()}
	if i := slices.IndexFunc(rules.Watches, func(w monitor.Watch) bool { return w.Name == o.Watch }); i >= 0 {
		q.Present = &rules.Watches[i]
	}
	p.Answer, err = trial.Ask(ctx, s.Reader, rules, q)
	return p, err
}

// matchEach judges the items of an order.
func matchEach(rules *monitor.Rules, o PreviewOrder, now time.Time) []match.Match {
	set, _ := match.Compile(rules.Entities, []match.Rule{{Name: "query", Match: o.Query}}) // the query was read before
	var out []match.Match
	for _, it := range o.Items {
		doc := it.Query(rules, now)
		found := append(listed(set.MatchAll(&doc)), match.Match{Watch: "query", Evidence: []match.Evidence{}})
		out = append(out, found[0])
	}
	return out
}

// Since reads how far back to look: a duration such as 36h, 14d or 2w, a day or
// a time. Further than 400 days is 400 days.
func Since(raw string, now time.Time) (time.Time, error) {
	earliest := now.Add(-previewMost)
	for _, form := range [...]string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(form, raw); err == nil {
			return later(t, earliest), nil
		}
	}
	d, err := time.ParseDuration(raw)
	for unit, days := range map[string]float64{"d": 1, "w": 7} {
		if n, whole := strings.CutSuffix(raw, unit); whole {
			var f float64
			f, err = strconv.ParseFloat(n, 64)
			d = time.Duration(min(f, 1e4) * days * 24 * float64(time.Hour))
		}
	}
	if err != nil || d <= 0 {
		return time.Time{}, Refuse(http.StatusBadRequest, "since %q: give a duration such as 24h or 14d, or a day such as 2026-11-24", raw)
	}
	return later(now.Add(-d), earliest), nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
