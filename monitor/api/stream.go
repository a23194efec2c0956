package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"iter"
	"net/http"
)

// A stream is an answer that is sent while it is made.
type stream struct {
	status      int
	contentType string
	made        bytes.Buffer // and not sent yet
	zip         *gzip.Writer // nil where nothing is compressed
	started     bool
}

// Stream answers with what write makes. Flush sends what has been made, so that
// nobody waits for the beginning of what takes long; without it the answer is
// sent whole, like that of Send. A failure after the first Flush ends the
// connection: half an answer is never taken for a whole one.
func (r *Request) Stream(status int, contentType string, write func(io.Writer) error) error {
	s := &stream{status: status, contentType: contentType}
	r.stream = s
	err := write(&s.made)
	r.stream = nil
	switch {
	case !s.started && err != nil:
		return err
	case !s.started:
		return r.Send(status, contentType, s.made.Bytes())
	case err != nil && r.Context().Err() == nil:
		return &brokenOff{err}
	case err == nil:
		s.send(r)
		if s.zip != nil {
			_ = s.zip.Close() // the asker may be gone
			zippers.Put(s.zip)
		}
	}
	return nil
}

// Flush sends what the function that Stream calls has written so far; outside of
// it, it does nothing.
func (r *Request) Flush() {
	if r.stream != nil {
		r.stream.send(r)
		_ = http.NewResponseController(r.Writer).Flush() // who cannot be told early is told at the end
	}
}

func (s *stream) send(r *Request) {
	if !s.started {
		s.started = true
		if r.answerHead(s.contentType) && r.Method != http.MethodHead {
			s.zip = zippers.Get().(*gzip.Writer)
			s.zip.Reset(r.Writer)
			r.Writer.Header().Set("Content-Encoding", "gzip")
		}
		r.Writer.WriteHeader(s.status)
	}
	// The asker may be gone: that is nobody's failure.
	switch {
	case r.Method == http.MethodHead:
	case s.zip == nil:
		_, _ = r.Writer.Write(s.made.Bytes())
	default:
		_, _ = s.zip.Write(s.made.Bytes())
		_ = s.zip.Flush()
	}
	s.made.Reset()
}

// brokenOff is a failure after the answer began, when nobody can be told why.
type brokenOff struct{ cause error }

func (e *brokenOff) Error() string { return "the answer broke off: " + e.cause.Error() }

func (e *brokenOff) Unwrap() error { return e.cause }

// flushEvery is after how many elements of a list they are sent.
const flushEvery = 100

// list answers with a JSON array of what is made one after the other. An error
// of the first hundred elements is answered as such.
func list[T any](r *Request, elements iter.Seq2[T, error]) error {
	return r.Stream(http.StatusOK, "application/json", func(w io.Writer) error {
		n, before := 0, "["
		for v, err := range elements {
			if err != nil {
				return err
			}
			b, err := json.Marshal(v)
			if err != nil {
				return err
			}
			if n++; n%flushEvery == 0 {
				r.Flush()
			}
			_, _ = io.WriteString(w, before) // into memory: it cannot fail
			_, _ = w.Write(b)
			before = ","
		}
		if n == 0 {
			_, _ = io.WriteString(w, before)
		}
		_, _ = io.WriteString(w, "]\n")
		return nil
	})
}
