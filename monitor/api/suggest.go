package api

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/labels"
	"newswatch/monitor/match"
)

// Suggestions are what readers' labels suggest for one entity or watch.
type Suggestions struct {
	Of    string              `json:"of"` // {entity} or the name of a watch
	Good  int                 `json:"good"`
	Bad   int                 `json:"bad"`
	Words []labels.Suggestion `json:"words"`           // none where there are fewer than ten labels
	Paste []string            `json:"paste"`           // lines of a configuration that would do it
	Query string              `json:"query,omitempty"` // of a watch, as it would be then
	Since *time.Time          `json:"since,omitempty"` // others were looked for among items seen since then, nil for all
}

// Missing is how many more labels suggestions need.
func (s Suggestions) Missing() int { return max(0, labels.Least-s.Good-s.Bad) }

// What is read of matches without a label: so many of each subject, and of all
// together for so long, the newest.
const (
	mostOthers = 1000
	othersTime = 2 * time.Second
)

// labelled are the labelled texts of one subject, and others that it matched.
type labelled struct {
	subject labels.Subject
	samples []labels.Sample
	others  []*match.Doc
}

// serveSuggestions answers for every entity and watch that readers labelled.
func (s Feedback) serveSuggestions(r *Request) error {
	out, err := s.Suggest(r.Context())
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, out)
}

// Suggest is what readers' labels suggest, for every entity and watch that has
// some, by name. It changes nothing.
func (s Feedback) Suggest(ctx context.Context) ([]Suggestions, error) {
	found, rules := map[string]*labelled{}, s.Rules()
	said := map[monitor.ItemID]bool{}
	err := s.eachLabelled(ctx, func(rec monitor.Record) error {
		said[rec.ID] = true
		sample(rules, rec, found)
		return nil
	})
	if err != nil {
		return nil, err
	}
	since, err := s.others(ctx, rules, said, found)
	if err != nil {
		return nil, err
	}
	out := []Suggestions{}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[name].suggest(name, rules, since))
	}
	return out, nil
}

// sample enters a labelled item under what it was labelled for.
func sample(rules *monitor.Rules, rec monitor.Record, found map[string]*labelled) {
	doc := rec.Doc(rules.Feed(rec.Feed), rec.Seen)
	said := map[string]bool{}
	for _, l := range slices.Backward(rec.Labels) { // the last word counts
		subject := labels.Subject{Entity: l.Entity}
		if _, ok := rules.Entities[l.Entity]; !ok && l.Entity != "" {
			continue
		}
		if l.Entity == "" {
			i := slices.IndexFunc(rules.Watches, func(w monitor.Watch) bool { return w.Name == l.Watch })
			if i < 0 {
				continue
			}
			subject.Watch = match.Rule{Name: l.Watch, Match: rules.Watches[i].Match}
		}
		name := subject.Name()
		if said[name] {
			continue
		}
		said[name] = true
		if found[name] == nil {
			found[name] = &labelled{subject: subject}
		}
		found[name].samples = append(found[name].samples, labels.Sample{Doc: doc, Relevant: l.Relevant})
	}
}

// others collects the newest items without a label that subjects with labels
// enough match. It returns since when those were seen that it had time for, zero
// for all.
func (s Feedback) others(ctx context.Context, rules *monitor.Rules, said map[monitor.ItemID]bool, found map[string]*labelled) (since time.Time, err error) {
	var wanted []*labelled
	var queries []match.Rule
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if l := found[name]; len(l.samples) >= labels.Least {
			wanted, queries = append(wanted, l), append(queries, match.Rule{Name: name, Match: l.subject.Query()})
		}
	}
	if len(wanted) == 0 {
		return since, nil
	}
	set, _ := match.Compile(match.Used(rules.Entities, queries), queries)
	began := time.Now()
	err = s.Reader.ItemsWith(0, 0, match.NewSieve(set).May, func(rec monitor.Record) bool {
		if time.Since(began) > othersTime {
			since = rec.Seen
			return false
		}
		if said[rec.ID] {
			return ctx.Err() == nil
		}
		doc, full := rec.Doc(rules.Feed(rec.Feed), rec.Seen), true
		for _, m := range set.Match(doc) {
			l := wanted[m.Rule]
			// A watch may also ask for more than its query, such as feeds.
			told := l.subject.Entity != "" || slices.ContainsFunc(rec.Matches, func(q monitor.Matched) bool { return q.Watch == l.subject.Watch.Name })
			if told && len(l.others) < mostOthers {
				l.others = append(l.others, doc)
			}
		}
		for _, l := range wanted {
			full = full && len(l.others) == mostOthers
		}
		return !full && ctx.Err() == nil
	})
	return since, errors.Join(err, ctx.Err())
}

// suggest tries words where there are labels enough.
func (l *labelled) suggest(name string, rules *monitor.Rules, since time.Time) Suggestions {
	out := Suggestions{Of: name, Words: []labels.Suggestion{}, Paste: []string{}}
	if !since.IsZero() && len(l.others) < mostOthers {
		out.Since = &since
	}
	for _, s := range l.samples {
		if s.Relevant {
			out.Good++
		} else {
			out.Bad++
		}
	}
	if len(l.samples) < labels.Least {
		return out
	}
	out.Words = append(out.Words, labels.Suggest(rules.Entities, l.subject, l.samples, l.others)...)
	if len(out.Words) > 0 {
		out.Paste = labels.Paste(l.subject, out.Words)
		if l.subject.Entity == "" {
			out.Query = labels.WithoutWords(l.subject.Watch.Match, labels.Words(out.Words, labels.Without)...)
		}
	}
	return out
}
