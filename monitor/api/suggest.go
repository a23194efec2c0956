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
}

// Missing is how many more labels suggestions need.
func (s Suggestions) Missing() int { return max(0, labels.Least-s.Good-s.Bad) }

// mostOthers bounds how many unlabelled matches of a subject words are tried on,
// the newest.
const mostOthers = 1000

// labelled are the labelled texts of one subject, and others that it matched.
type labelled struct {
	subject labels.Subject
	samples []labels.Sample
	others  []*match.Doc
}

// serveSuggestions reads the archive and answers for every entity and watch that
// readers labelled.
func (s Feedback) serveSuggestions(r *Request) error {
	out, _, err := s.Suggest(r.Context(), r.FormValue("of"), 0)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, out)
}

// Suggest is what readers' labels suggest, for one entity or watch, or with ""
// for all that have labels. It changes nothing. It reads the archive backwards, with
// within for so long; since is then how far it came, and else zero.
func (s Feedback) Suggest(ctx context.Context, of string, within time.Duration) (out []Suggestions, since time.Time, err error) {
	found := map[string]*labelled{}
	rules, began := s.Rules(), time.Now()
	collect := func(rec monitor.Record) bool {
		if within > 0 && time.Since(began) > within {
			since = rec.Seen
			return false
		}
		gather(rules, rec, found)
		return ctx.Err() == nil
	}
	if err := errors.Join(s.Reader.ItemsBefore(0, collect), ctx.Err()); err != nil {
		return nil, since, err
	}
	out = []Suggestions{}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		l := found[name]
		if of != "" && of != name || len(l.samples) == 0 {
			continue
		}
		out = append(out, l.suggest(name, rules))
	}
	return out, since, nil
}

// gather enters an item under the subjects it was labelled for, and those that
// it matched.
func gather(rules *monitor.Rules, rec monitor.Record, found map[string]*labelled) {
	if len(rec.Labels)+len(rec.Matches) == 0 {
		return
	}
	doc := monitor.DocOf(rec.Item, rules.Feed(rec.Feed), rec.Seen)
	said := map[string]bool{}
	for _, l := range rec.Labels {
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
		if name := subject.Name(); !said[name] {
			said[name] = true
			add(found, subject).samples = append(found[name].samples, labels.Sample{Doc: doc, Relevant: l.Relevant})
		}
	}
	for i, w := range rules.Watches {
		if !slices.ContainsFunc(rec.Matches, func(q monitor.Matched) bool { return q.Watch == w.Name }) {
			continue
		}
		subjects := []labels.Subject{{Watch: match.Rule{Name: w.Name, Match: w.Match}}}
		for _, entity := range rules.Set.Entities(i) {
			subjects = append(subjects, labels.Subject{Entity: entity})
		}
		for _, s := range subjects {
			if name := s.Name(); !said[name] && len(add(found, s).others) < mostOthers {
				said[name] = true
				found[name].others = append(found[name].others, doc)
			}
		}
	}
}

// add returns what is known of a subject.
func add(found map[string]*labelled, s labels.Subject) *labelled {
	if found[s.Name()] == nil {
		found[s.Name()] = &labelled{subject: s}
	}
	return found[s.Name()]
}

// suggest tries words where there are labels enough.
func (l *labelled) suggest(name string, rules *monitor.Rules) Suggestions {
	out := Suggestions{Of: name, Words: []labels.Suggestion{}, Paste: []string{}}
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
