package web

import (
	"errors"
	"net/http"
	"net/url"

	"newswatch/monitor/api"
)

type explainPage struct {
	Asked   api.Question
	Names   []string
	Problem string
	Answer  *api.Explained
}

// showExplain answers a question, if there is one, below the box to ask it.
func (s *Server) showExplain(r *api.Request) error {
	return s.explain(r, api.Question{What: r.FormValue("what"), Watch: r.FormValue("watch")})
}

// shortQuestion is up to what length a question goes into an address, which
// can then be passed on.
const shortQuestion = 1000

// postExplain takes texts too long for an address.
func (s *Server) postExplain(r *api.Request) error {
	if err := form(r); err != nil {
		return err
	}
	q := api.Question{What: r.PostFormValue("what"), Watch: r.PostFormValue("watch")}
	if len(q.What) > shortQuestion {
		return s.explain(r, q)
	}
	to := url.Values{"what": {q.What}}
	if q.Watch != "" {
		to.Set("watch", q.Watch)
	}
	r.Writer.Header().Set("Location", s.base()+"/explain?"+to.Encode())
	return r.Send(http.StatusSeeOther, "text/plain; charset=utf-8", nil)
}

func (s *Server) explain(r *api.Request, q api.Question) error {
	p := explainPage{Asked: q}
	for _, w := range s.Rules().Watches {
		p.Names = append(p.Names, w.Name)
	}
	status := http.StatusOK
	if q.What != "" {
		answer, err := api.Explain(s.Reader, s.Rules(), q, s.Time())
		if no, ok := errors.AsType[*api.Refusal](err); ok {
			status, p.Problem = no.Status, no.Message
		} else if err != nil {
			return err
		}
		p.Answer = answer
	}
	return s.show(r, status, "explain", view{Title: "Explain", Nav: "/explain", Page: p})
}
