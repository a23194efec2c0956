package daemon

import (
	"context"
	"encoding/json"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
	"newswatch/monitor/report"
)

type ExplainArgs struct {
	What  string `json:"what"`
	Text  string `json:"text"`
	Watch string `json:"watch"`
	Feed  string `json:"feed"`
}

// Explained is the answer to explain.
type Explained struct {
	Seen      bool                `json:"seen"`
	Item      *api.Item           `json:"item,omitempty"`
	LateS     int                 `json:"late_s,omitempty"`
	Sightings []monitor.Sighting  `json:"sightings,omitempty"`
	Revisions []monitor.Revision  `json:"revisions,omitempty"`
	Reasons   []string            `json:"reasons,omitempty"`
	Watches   []match.Explanation `json:"watches,omitempty"`
	Story     *api.Story          `json:"story,omitempty"`
	Notices   []api.Notice        `json:"notices,omitempty"`
	Decisions []api.Decision      `json:"decisions,omitempty"`
	Covering  []covered           `json:"covering,omitempty"`
}

type covered struct {
	Feed        string        `json:"feed"`
	State       string        `json:"state"`
	Cause       string        `json:"cause,omitempty"`
	LastSuccess time.Time     `json:"last_success,omitzero"`
	Gaps        []monitor.Gap `json:"gaps,omitempty"`
}

func ExplainDoc(rules *monitor.Rules, doc *match.Doc, watch string) []match.Explanation {
	var out []match.Explanation
	for i, w := range rules.Watches {
		if watch == "" || w.Name == watch {
			out = append(out, rules.Set.Explain(i, doc))
		}
	}
	return out
}

func runExplain(_ context.Context, d *server, raw json.RawMessage, emit func(any) error) error {
	x, err := decodeArgs[ExplainArgs](raw)
	if err != nil {
		return err
	}
	rules := d.monitor.Rules()
	acc, err := report.Explain(d.store, rules, x.What, time.Now())
	if err != nil {
		return err
	}
	out := Explained{Seen: acc.Seen}
	for _, c := range acc.Coverage {
		out.Covering = append(out.Covering, covered{c.Feed, string(c.Health.State()), c.Health.Cause, c.Poll.Success, c.Gaps})
	}
	if acc.Seen {
		item := api.ItemOf(acc.Record)
		out.Item, out.LateS = &item, int(acc.Late.Seconds())
		out.Sightings, out.Revisions = acc.Record.Sightings, acc.Record.Revisions
		for _, r := range acc.Record.Reasons {
			out.Reasons = append(out.Reasons, r.Why)
		}
		out.Watches = ExplainDoc(rules, monitor.DocOf(acc.Record.Item, rules.Feed(acc.Record.Feed), acc.Record.Seen), x.Watch)
	}
	if acc.Story != nil {
		s := api.StoryOf(acc.Story)
		out.Story = &s
	}
	for _, n := range acc.Notices {
		out.Notices = append(out.Notices, api.NoticeOf(n))
	}
	out.Decisions = api.DecisionsOf(acc)
	return emit(out)
}
