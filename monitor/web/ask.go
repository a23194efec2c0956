package web

import (
	"errors"
	"net/http"
	"net/url"
)

type explainPage struct {
	Asked   Question
	Names   []string
	Problem string
	Answer  *Explained
}

// showExplain answers a question, if there is one, below the box to ask it.
func (s *Server) showExplain(r *request) error {
	return s.explain(r, Question{What: r.FormValue("what"), Watch: r.FormValue("watch")})
}

// shortQuestion is up to what length a question goes into an address, which
// can then be passed on.
const shortQuestion = 1000

// postExplain takes texts too long for an address.
func (s *Server) postExplain(r *request) error {
	if err := r.form(); err != nil {
		return err
	}
	q := Question{What: r.PostFormValue("what"), Watch: r.PostFormValue("watch")}
	if len(q.What) > shortQuestion {
		return s.explain(r, q)
	}
	to := url.Values{"what": {q.What}}
	if q.Watch != "" {
		to.Set("watch", q.Watch)
	}
	r.w.Header().Set("Location", "/explain?"+to.Encode())
	return r.send(http.StatusSeeOther, "text/plain; charset=utf-8", nil)
}

func (s *Server) explain(r *request, q Question) error {
	p := explainPage{Asked: q}
	for _, w := range s.Rules().Watches {
		p.Names = append(p.Names, w.Name)
	}
	status := http.StatusOK
	if q.What != "" {
		answer, err := Explain(s.Reader, s.Rules(), q, s.now())
		if no, ok := errors.AsType[*refusal](err); ok {
			status, p.Problem = no.status, no.message
		} else if err != nil {
			return err
		}
		p.Answer = answer
	}
	return s.show(r, status, "explain", view{Title: "Explain", Nav: "/explain", Page: p})
}
