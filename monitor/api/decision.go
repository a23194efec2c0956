package api

import (
	"cmp"
	"slices"

	"newswatch/monitor"
	"newswatch/monitor/report"
)

// Decision is what one watch had one destination told of an item, or why not.
type Decision struct {
	Watch       string `json:"watch"`
	Destination string `json:"destination,omitempty"` // "" where the watch asked for none
	As          string `json:"as,omitempty"`          // alert, reply or catchup; "" for not told
	Key         string `json:"key,omitempty"`         // of the notice that told it
	State       string `json:"state,omitempty"`       // of that notice, "" once the outbox has forgotten it
	Under       string `json:"under,omitempty"`       // key of the card that the reader finds it under, if that is another
	Why         string `json:"why,omitempty"`         // it was not told, or not by itself
}

// DecisionsOf lists what was decided about an item. Records of versions that
// kept no decisions yield none.
func DecisionsOf(a *report.Explanation) []Decision {
	var out []Decision
	for _, d := range a.Record.Decisions {
		v := Decision{Watch: d.Watch, Destination: d.Destination, As: string(d.As), Key: d.Key, Why: d.Why}
		i := slices.IndexFunc(a.Notices, func(n monitor.Notice) bool { return d.Key != "" && n.Key == d.Key })
		if i >= 0 {
			n := a.Notices[i]
			v.State, v.Under = string(n.Delivery.State), n.Delivery.Into
			if n.Delivery.State == monitor.Folded {
				v.Why = cmp.Or(v.Why, n.Delivery.Reason)
			}
		}
		if v.Under == "" && d.As != monitor.CatchupKind && a.Story != nil {
			for _, t := range a.Story.Told {
				if t.Destination == d.Destination && t.Card != d.Key {
					v.Under = t.Card
				}
			}
		}
		out = append(out, v)
	}
	return out
}

// Together makes one of those decisions that differ in the watch alone; it then
// names them all.
func Together(ds []Decision) []Decision {
	var out []Decision
	same := map[Decision]int{} // but for the watch: its place in out
	for _, d := range ds {
		key := d
		key.Watch = ""
		if i, ok := same[key]; ok {
			out[i].Watch += ", " + d.Watch
			continue
		}
		same[key] = len(out)
		out = append(out, d)
	}
	return out
}

// InWords says what became of it: "alert, sent", "not told: the story has been
// told".
func (d Decision) InWords() string {
	if d.As == "" {
		return "not told: " + cmp.Or(d.Why, "no reason was kept")
	}
	said := d.As
	if d.As == string(monitor.CatchupKind) {
		said = "in a catch-up"
	}
	if d.State != "" {
		said += ", " + d.State
	}
	if d.Why != "" {
		said += " (" + d.Why + ")"
	}
	return said
}
