package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"newswatch/monitor/match"
)

// A Request is one question and the way to answer it.
type Request struct {
	*http.Request
	Writer http.ResponseWriter
	By     string // who asks, if that is known

	owner  bool    // of the socket
	stream *stream // that is being made, nil for none
}

// A Refusal is an error that is the asker's to know.
type Refusal struct {
	Status  int
	Message string
	allow   string         // of methods, with status 405
	problem *match.Problem // with a query, nil for none
	cause   error          // that says more, nil for none
}

func (e *Refusal) Error() string { return e.Message }

// Unwrap returns the error that says more than the message, nil for none.
func (e *Refusal) Unwrap() error { return e.cause }

// Refuse returns a Refusal.
func Refuse(status int, format string, args ...any) error {
	return &Refusal{Status: status, Message: fmt.Sprintf(format, args...)}
}

// NotFound refuses what is not there.
func NotFound(what string) error { return Refuse(http.StatusNotFound, "%s", what) }

// refuseMethod answers whatever method a path does not take.
func refuseMethod(methods map[string]func(*Request) error) func(*Request) error {
	allow := slices.Sorted(maps.Keys(methods))
	if _, ok := methods["GET"]; ok {
		allow = append(allow, "HEAD")
	}
	list := strings.Join(allow, ", ")
	return func(r *Request) error {
		return &Refusal{Status: http.StatusMethodNotAllowed, Message: "method " + r.Method + " is not allowed here: use " + list, allow: list}
	}
}

// JSON answers with a value. Go's encoder escapes <, > and &, so that no
// browser finds markup in it.
func (r *Request) JSON(status int, v any) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return err
	}
	return r.Send(status, "application/json", b.Bytes())
}

// Send answers with a body that is whole: a failure half way through making
// one is never seen as a page.
func (r *Request) Send(status int, contentType string, body []byte) error {
	h := r.Writer.Header()
	if zips := r.answerHead(contentType); zips && len(body) >= worthZipping {
		h.Set("Content-Encoding", "gzip")
		body = zipped(body)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	r.Writer.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	// The asker may be gone: that is nobody's failure.
	_, _ = r.Writer.Write(body)
	return nil
}

// answerHead sets the headers that all answers have, and reports whether the
// asker takes them compressed.
func (r *Request) answerHead(contentType string) (zips bool) {
	h := r.Writer.Header()
	h.Set("Content-Type", contentType)
	h.Add("Vary", "Accept-Encoding")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	return takesGzip(r.Header.Get("Accept-Encoding"))
}

// worthZipping is the length from which an answer is sent compressed: less
// fits into one packet anyway.
const worthZipping = 1400

// takesGzip reads an Accept-Encoding header (RFC 9110, section 12.5.3).
func takesGzip(accepts string) bool {
	for part := range strings.SplitSeq(accepts, ",") {
		coding, weight, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
		if strings.TrimSpace(coding) == "gzip" {
			q := strings.TrimPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			return strings.Trim(q, "0.") != "" || q == ""
		}
	}
	return false
}

// zippers are ready to compress: each holds a large table.
var zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// zipped compresses an answer. No answer holds a secret, so its length tells
// none.
func zipped(body []byte) []byte {
	var b bytes.Buffer
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(&b)
	_, _ = z.Write(body) // into memory: it cannot fail
	_ = z.Close()
	return b.Bytes()
}

// Number reads a whole number from the query, within bounds.
func (r *Request) Number(name string, usual, least, most int) (int, error) {
	raw := r.FormValue(name)
	if raw == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < least || n > most {
		return 0, Refuse(http.StatusBadRequest, "%s must be a number from %d to %d", name, least, most)
	}
	return n, nil
}

// page cuts a list to the part that limit and offset in the query ask for, and
// names the next part in a Link header (RFC 8288).
func page[T any](r *Request, list []T, usual int) ([]T, error) {
	limit, err := r.Number("limit", usual, 1, maxList)
	if err != nil {
		return nil, err
	}
	offset, err := r.Number("offset", 0, 0, 1<<30)
	if err != nil {
		return nil, err
	}
	rest := list[min(offset, len(list)):]
	if len(rest) > limit {
		q := r.URL.Query()
		q.Set("offset", strconv.Itoa(offset+limit))
		r.Writer.Header().Set("Link", "<"+r.URL.EscapedPath()+"?"+q.Encode()+`>; rel="next"`)
	}
	return rest[:min(limit, len(rest))], nil
}

// maxList is the most that one answer of the Server lists.
const maxList = 10_000
