package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// storyPages are what is done to one story.
type storyPages struct{ *Server }

func (s storyPages) routes() []api.Route {
	return []api.Route{
		route("POST", "/stories/{id}/split", acting(s.Server, s.postSplit)),
		route("POST", "/stories/{id}/merge", acting(s.Server, s.postMerge)),
	}
}

func (s storyPages) postSplit(r *api.Request) error {
	if err := form(r); err != nil {
		return err
	}
	id, err := api.Editor{Server: s.Server.Server}.SplitStory(r.PathValue("id"), r.PostFormValue("item"))
	if err != nil {
		return err
	}
	return s.back(r, "/stories/"+id.String())
}

func (s storyPages) postMerge(r *api.Request) error {
	if err := form(r); err != nil {
		return err
	}
	id, err := api.Editor{Server: s.Server.Server}.MergeStories(r.PathValue("id"), r.PostFormValue("other"))
	if err != nil {
		return err
	}
	return s.back(r, "/stories/"+id.String())
}

// A revised report is one whose wording changed.
type revised struct {
	Outlet string
	At     time.Time
	Title  []wording
	Text   []wording
}

// shownRevisions is how many changes of one report are shown, the latest.
const shownRevisions = 5

// revisionsOf says what changed in a report, from wording to wording.
func revisionsOf(rec monitor.Record, outlet string) (out []revised) {
	for i, rev := range rec.Revisions {
		title, summary := rec.Item.Title, rec.Item.Summary
		if i+1 < len(rec.Revisions) {
			title, summary = rec.Revisions[i+1].Title, rec.Revisions[i+1].Summary
		}
		v := revised{Outlet: outlet, At: rev.At}
		if rev.Title != title {
			v.Title = wordDiff(rev.Title, title)
		}
		if rev.Summary != summary {
			v.Text = wordDiff(rev.Summary, summary)
		}
		if v.Title != nil || v.Text != nil {
			out = append(out, v)
		}
	}
	return out[max(0, len(out)-shownRevisions):]
}

// A namedStory is a story to choose from a list.
type namedStory struct{ ID, Headline string }

// alike lists recent stories to merge one with, those with like headlines first.
func alike(stories []*api.Summary, st *monitor.Story, most int) (out []namedStory) {
	words := map[string]bool{}
	for w := range strings.FieldsSeq(strings.ToLower(st.Headline)) {
		words[w] = len(w) > 3
	}
	shared := func(b *api.Summary) (n int) {
		for w := range strings.FieldsSeq(strings.ToLower(b.Headline)) {
			if words[w] {
				n++
			}
		}
		return n
	}
	some := slices.Clone(stories[:min(len(stories), 500)])
	slices.SortStableFunc(some, func(a, b *api.Summary) int { return cmp.Compare(shared(b), shared(a)) })
	for _, b := range some {
		if b.ID != st.ID && len(out) < most {
			out = append(out, namedStory{b.ID.String(), clip(cmp.Or(b.Headline, "(no headline)"), 90)})
		}
	}
	return out
}

// regroupable reports whether stories can be split and merged here.
func regroupable(s *Server, r *http.Request) bool {
	_, may := s.signedIn(r)
	return s.Split != nil && s.Merge != nil && may
}
