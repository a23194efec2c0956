package web

import (
	"cmp"
	"net/http"
	"time"

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
	Found func() (labelSubjects, error) // reads the archive
}

type labelSubjects struct {
	Subjects []api.Suggestions
	Since    time.Time // labels of older items are not counted; zero if all are
}

// labelsTime is for how long labels are looked for in the archive.
const labelsTime = 2 * time.Second

// showLabels shows what the labels suggest.
func (s *Server) showLabels(r *api.Request) error {
	found := func() (labelSubjects, error) {
		r.Flush()
		subjects, since, err := api.Feedback{Server: s.Server}.Suggest(r.Context(), "", labelsTime)
		return labelSubjects{subjects, since}, err
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
