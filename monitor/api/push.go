package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"newswatch/feeds"
)

// maxPush bounds what is pushed at a time, in bytes.
const maxPush = 16 << 20

// Pushed is what became of items that a program pushed.
type Pushed struct {
	Feed    string `json:"feed"`
	Items   int    `json:"items"`
	New     int    `json:"new"`
	Matched int    `json:"matched"`
}

// postPush takes items from who shows the feed's token. That it is wrong and that
// there is no such feed look alike.
func (s Editor) postPush(r *Request) error {
	f := s.Rules().Feed(r.PathValue("name"))
	shown, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	token := f.How().Token
	want, got := sha256.Sum256([]byte(token.Reveal())), sha256.Sum256([]byte(shown))
	if f.Kind != feeds.KindPush || token == "" || subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
		return Refuse(http.StatusUnauthorized, "nobody may push there with this token: give the feed's own as Authorization: Bearer TOKEN")
	}
	return s.push(r, f)
}

// postTrusted takes items from who may open the socket.
func (s Editor) postTrusted(r *Request) error {
	name := r.PathValue("name")
	f, known := s.Rules().Feeds[name]
	switch {
	case !known:
		return NotFound("no feed is named " + strconv.Quote(name))
	case f.Kind != feeds.KindPush:
		return Refuse(http.StatusConflict, "%s is no feed that others push to: give it kind: push", name)
	}
	return s.push(r, *f)
}

func (s Editor) push(r *Request, f feeds.Feed) error {
	if s.Push == nil {
		return NotOffered()
	}
	body, err := io.ReadAll(http.MaxBytesReader(r.Writer, r.Body, maxPush))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return Refuse(http.StatusRequestEntityTooLarge, "more than %d MiB: push in parts", maxPush>>20)
		}
		return err
	}
	out, err := s.Push(f.Name, body)
	if refused, ok := errors.AsType[*feeds.FetchError](err); ok {
		return Refuse(http.StatusBadRequest, "nothing was taken: %v", refused)
	}
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, Pushed{f.Name, out.Items, out.New, out.Matched})
}
