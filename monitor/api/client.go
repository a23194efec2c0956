package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"newswatch/monitor/match"
)

// An Error is a refusal as the client sees it.
type Error struct {
	Status  int            `json:"-"`
	Message string         `json:"error"`
	Problem *match.Problem `json:"problem,omitempty"` // with a query, nil for none

	Problems []string `json:"problems,omitempty"` // with the configuration after a change
	ByHand   *ByHand  `json:"by_hand,omitempty"`  // a change to make by hand, nil for none
}

// Error says what is wrong.
func (e *Error) Error() string { return e.Message }

// ErrNoDaemon means that nobody listens on the control socket.
var ErrNoDaemon = errors.New("no daemon is running on this store")

// A Client asks a Server. It is safe for concurrent use.
type Client struct{ http http.Client }

// Dial returns a client of the daemon that listens on a socket file. Nothing is
// opened before the first request, which fails with ErrNoDaemon if nobody
// listens.
func Dial(socket string) *Client {
	return &Client{http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
			return nil, ErrNoDaemon
		case errors.Is(err, fs.ErrPermission):
			return nil, fmt.Errorf("control socket %s: permission denied: run this as the user newswatch runs as, or as root", socket)
		case err != nil:
			return nil, fmt.Errorf("control socket %s: %w", socket, err)
		}
		return conn, nil
	}}}}
}

// Local returns a client of a server in this process.
func Local(s *Server) *Client { return &Client{http.Client{Transport: local{s.SocketHandler()}}} }

// Each sends a request below /api/v1/ with body as JSON, nil for none, and hands
// take each element of the list that is the answer, or the one object. Further
// parts of a list are asked for in turn. A refusal is an *Error.
func (c *Client) Each(ctx context.Context, method, path string, body any, take func(json.RawMessage) error) error {
	for next := "/api/v1/" + path; next != ""; {
		resp, err := c.do(ctx, method, next, body)
		if err != nil {
			return err
		}
		next = nextPart(resp.Header.Get("Link"))
		err = errors.Join(eachOf(resp.Body, take), resp.Body.Close())
		if err != nil {
			return err
		}
	}
	return nil
}

// Copy writes an answer that is no JSON to w, whole or with an error.
func (c *Client) Copy(ctx context.Context, path string, w io.Writer) error {
	resp, err := c.do(ctx, http.MethodGet, "/api/v1/"+path, nil)
	if err != nil {
		return err
	}
	if _, err = io.Copy(w, resp.Body); errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the answer was cut off: the log of newswatch says why (%w)", err)
	}
	return errors.Join(err, resp.Body.Close())
}

func (c *Client) do(ctx context.Context, method, path string, body any) (*http.Response, error) {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://newswatch"+path, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if why, ok := errors.AsType[*url.Error](err); ok {
		return nil, why.Err // the address is ours and says nothing
	}
	if err != nil || resp.StatusCode == http.StatusOK {
		return resp, err
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	failed := &Error{Status: resp.StatusCode}
	if json.Unmarshal(text, failed) != nil || failed.Message == "" {
		failed.Message = resp.Status + ": " + strings.TrimSpace(string(text))
	}
	return nil, failed
}

// nextPart reads the address of the next part of a list from a Link header as
// Server writes it.
func nextPart(link string) string {
	address, _, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	if !ok {
		return ""
	}
	return address
}

// eachOf reads a list element by element, or one value.
func eachOf(r io.Reader, take func(json.RawMessage) error) error {
	in := bufio.NewReader(r)
	head, err := in.Peek(1)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(in)
	if head[0] != '[' {
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return err
		}
		return take(v)
	}
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return err
		}
		if err := take(v); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

// local carries requests to a handler in this process.
type local struct{ http.Handler }

// RoundTrip returns once the handler has written a status or ended; the rest of
// the answer is read while it is made.
func (l local) RoundTrip(r *http.Request) (*http.Response, error) {
	body, out := io.Pipe()
	w := &pipeWriter{header: http.Header{}, out: out, wrote: make(chan int, 1)}
	go func() {
		defer func() {
			if v := recover(); v != nil {
				w.WriteHeader(http.StatusInternalServerError)
				out.CloseWithError(io.ErrUnexpectedEOF)
			}
		}()
		l.ServeHTTP(w, r)
		w.WriteHeader(http.StatusOK)
		out.Close()
	}()
	status := <-w.wrote
	return &http.Response{StatusCode: status, Status: fmt.Sprint(status, " ", http.StatusText(status)), Header: w.header.Clone(), Body: body, Request: r}, nil
}

// A pipeWriter is an answer that is read while it is written.
type pipeWriter struct {
	header http.Header
	out    *io.PipeWriter
	wrote  chan int // the status, once
	began  bool
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) WriteHeader(status int) {
	if !w.began {
		w.began = true
		w.wrote <- status
	}
}

func (w *pipeWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.out.Write(b)
}
