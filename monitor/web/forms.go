package web

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"newswatch/monitor/api"
)

// form reads a posted form of a page, which is small.
func form(r *api.Request) error {
	r.Body = http.MaxBytesReader(r.Writer, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return api.Refuse(http.StatusRequestEntityTooLarge, "that is more than %d KiB: paste less", maxForm>>10)
		}
		return api.Refuse(http.StatusBadRequest, "the form cannot be read")
	}
	return nil
}

// maxForm is room for a long article pasted into the explain box.
const maxForm = 1 << 20

// back returns to the page that held a form. Only paths of this server are
// followed.
func (s *Server) back(r *api.Request, usual string) error {
	usual = s.base() + usual
	to := cmp.Or(r.PostFormValue("back"), usual)
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		to = usual
	}
	r.Writer.Header().Set("Location", to)
	return r.Send(http.StatusSeeOther, "text/plain; charset=utf-8", nil)
}
