package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A request is one question and the way to answer it.
type request struct {
	*http.Request
	w     http.ResponseWriter
	pages *pages
}

// A refusal is an error that is the asker's to know.
type refusal struct {
	status  int
	message string
	allow   string // of methods, with status 405
}

func (e *refusal) Error() string { return e.message }

func refuse(status int, format string, args ...any) error {
	return &refusal{status: status, message: fmt.Sprintf(format, args...)}
}

func notFound(what string) error { return refuse(http.StatusNotFound, "%s", what) }

// refuseMethod answers whatever method a path does not take.
func refuseMethod(methods map[string]func(*request) error) func(*request) error {
	allow := slices.Sorted(maps.Keys(methods))
	if _, ok := methods["GET"]; ok {
		allow = append(allow, "HEAD")
	}
	list := strings.Join(allow, ", ")
	return func(r *request) error {
		return &refusal{http.StatusMethodNotAllowed, "method " + r.Method + " is not allowed here: use " + list, list}
	}
}

// answer turns a function that answers or fails into a handler. What fails is
// told in the manner of the place: as JSON to programs, as a page to people.
func (s *Server) answer(p *pages, serve func(*request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := &request{hr, w, p}
		err := serve(r)
		if err == nil || hr.Context().Err() != nil {
			return
		}
		no, ok := errors.AsType[*refusal](err)
		if !ok {
			s.log().Error("request failed", "path", hr.URL.Path, "err", err)
			no = &refusal{status: http.StatusInternalServerError, message: "newswatch could not read what it knows: its log says why"}
		}
		if no.allow != "" {
			w.Header().Set("Allow", no.allow)
		}
		if strings.HasPrefix(hr.URL.Path, "/api/") {
			_ = r.json(no.status, map[string]string{"error": no.message})
			return
		}
		s.showError(r, no)
	})
}

// json answers with a value. Go's encoder escapes <, > and &, so that no
// browser finds markup in it.
func (r *request) json(status int, v any) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return err
	}
	return r.send(status, "application/json", b.Bytes())
}

// send answers with a body that is whole: a failure half way through making
// one is never seen as a page.
func (r *request) send(status int, contentType string, body []byte) error {
	h := r.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	r.w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	// The asker may be gone: that is nobody's failure.
	_, _ = r.w.Write(body)
	return nil
}

// number reads a whole number from the query, within bounds.
func (r *request) number(name string, usual, least, most int) (int, error) {
	raw := r.FormValue(name)
	if raw == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < least || n > most {
		return 0, refuse(http.StatusBadRequest, "%s must be a number from %d to %d", name, least, most)
	}
	return n, nil
}

// page cuts a list to the part that limit and offset in the query ask for, and
// names the next part in a Link header (RFC 8288).
func page[T any](r *request, list []T, usual int) ([]T, error) {
	limit, err := r.number("limit", usual, 1, maxList)
	if err != nil {
		return nil, err
	}
	offset, err := r.number("offset", 0, 0, 1<<30)
	if err != nil {
		return nil, err
	}
	rest := list[min(offset, len(list)):]
	if len(rest) > limit {
		q := r.URL.Query()
		q.Set("offset", strconv.Itoa(offset+limit))
		r.w.Header().Set("Link", "<"+r.URL.EscapedPath()+"?"+q.Encode()+`>; rel="next"`)
	}
	return rest[:min(limit, len(rest))], nil
}

// maxList is the most that one answer of the API lists.
const maxList = 10_000

// form reads a posted form of a page, which is small.
func (r *request) form() error {
	r.Body = http.MaxBytesReader(r.w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return refuse(http.StatusRequestEntityTooLarge, "that is more than %d KiB: paste less", maxForm>>10)
		}
		return refuse(http.StatusBadRequest, "the form cannot be read")
	}
	return nil
}

// maxForm is room for a long article pasted into the explain box.
const maxForm = 1 << 20

// back returns to the page that held a form. Only paths of this server are
// followed.
func (r *request) back(usual string) error {
	to := cmp.Or(r.PostFormValue("back"), usual)
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		to = usual
	}
	r.w.Header().Set("Location", to)
	return r.send(http.StatusSeeOther, "text/plain; charset=utf-8", nil)
}
