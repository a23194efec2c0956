package web

import (
	"net/http"
)

type pages struct{}

func loadPages() *pages { return &pages{} }

func (s *Server) showError(r *request, no *refusal) {
	_ = r.send(no.status, "text/plain; charset=utf-8", []byte(no.message+"\n"))
}

func staticFiles() http.Handler { return http.NotFoundHandler() }
