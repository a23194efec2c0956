package web

import (
	"cmp"
	"net/http"

	"newswatch/monitor/api"
)

// postLabel labels an item relevant or not, or takes that back, as the button
// says.
func (s *Server) postLabel(r *api.Request) error {
	if s.Label == nil {
		return api.NotOffered()
	}
	if err := form(r); err != nil {
		return err
	}
	o := api.LabelOrder{ID: r.PostFormValue("item"), Watch: r.PostFormValue("watch"), Entity: r.PostFormValue("entity"), By: cmp.Or(r.By, "page")}
	switch r.PostFormValue("say") {
	case "relevant":
		o.Relevant = true
	case "not relevant":
	case "undo":
		o.Undo = true
	default:
		return api.Refuse(http.StatusBadRequest, "say relevant, not relevant or undo")
	}
	if _, err := (api.Feedback{Server: s.Server}).LabelItem(o); err != nil {
		return err
	}
	return s.back(r, "/stories")
}

type labelsPage struct {
	Found func() ([]api.Suggestions, error) // reads the archive
}

// showLabels shows what the labels suggest.
func (s *Server) showLabels(r *api.Request) error {
	found := func() ([]api.Suggestions, error) {
		r.Flush()
		return api.Feedback{Server: s.Server}.Suggest(r.Context())
	}
	return s.show(r, http.StatusOK, "labels", view{Title: "Labels", Nav: "/watches", Page: labelsPage{found}})
}

// postClaim notes who works on a story.
func (s *Server) postClaim(r *api.Request) error {
	if err := form(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := (api.Feedback{Server: s.Server}).ClaimStory(id, clip(r.PostFormValue("by"), 60)); err != nil {
		return err
	}
	return s.back(r, "/stories/"+id)
}
