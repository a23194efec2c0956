// Package wire turns an exchange that another machine is to make, and what came
// of it, into bytes and back.
package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/s2"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

// Version is that of the bytes. Who does not know it takes no jobs.
const Version = 1

// maxMessage bounds a message once unpacked, in bytes.
const maxMessage = 64 << 20

// Travels reports whether another machine may make the exchange with f: it needs
// no credential, and asks nothing but the address.
func Travels(f feeds.Feed) bool {
	return f.Syndicated() && len(f.Headers) == 0 && f.Proxy == "" && urls.Identity(f.URL) == f.URL
}

// A job is an exchange to be made.
type job struct {
	Name  string      `json:"name"`
	URL   string      `json:"url"`
	TLS   string      `json:"tls,omitempty"`
	State feeds.State `json:"state"`
}

// EncodeJob returns what DecodeJob reads.
func EncodeJob(f feeds.Feed, st feeds.State) ([]byte, error) {
	return seal(job{f.Name, f.URL, f.TLS, st})
}

// DecodeJob reads a job.
func DecodeJob(b []byte) (f feeds.Feed, st feeds.State, err error) {
	var j job
	if err := open(b, &j); err != nil {
		return f, st, err
	}
	return feeds.Feed{Name: j.Name, URL: j.URL, TLS: j.TLS}, j.State, nil
}

// An outcome is what came of an exchange.
type outcome struct {
	Result feeds.Result `json:"result"`
	Failed *failure     `json:"failed,omitempty"`
}

// A failure is a feeds.FetchError.
type failure struct {
	Fault      feeds.Fault   `json:"fault"`
	StatusCode int           `json:"status"`
	RetryAfter time.Duration `json:"after"`
	Text       string        `json:"text"`
}

// EncodeOutcome returns what DecodeOutcome reads. err is what Fetch returned with
// the result; only a *feeds.FetchError travels, any other is returned.
func EncodeOutcome(res feeds.Result, err error) ([]byte, error) {
	o := outcome{Result: res}
	if err != nil {
		fe, ok := errors.AsType[*feeds.FetchError](err)
		if !ok {
			return nil, err
		}
		o.Failed = &failure{fe.Fault, fe.StatusCode, fe.RetryAfter, err.Error()}
	}
	return seal(o)
}

// DecodeOutcome reads an outcome: a result, with a *feeds.FetchError if the
// exchange failed. garbled says that the bytes are none.
func DecodeOutcome(b []byte) (res feeds.Result, failed, garbled error) {
	var o outcome
	if err := open(b, &o); err != nil {
		return res, nil, err
	}
	if f := o.Failed; f != nil {
		failed = &feeds.FetchError{Fault: f.Fault, StatusCode: f.StatusCode, RetryAfter: f.RetryAfter, Err: errors.New(f.Text)}
	}
	return o.Result, failed, nil
}

// seal packs a value behind a checksum.
func seal(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint64(nil, xxhash.Sum64(text)), s2.Encode(nil, text)...), nil
}

func open(b []byte, v any) error {
	if len(b) < 8 {
		return fmt.Errorf("%d bytes are no message", len(b))
	}
	if n, err := s2.DecodedLen(b[8:]); err != nil || n > maxMessage {
		return fmt.Errorf("a message of %d bytes: %w", n, errors.Join(err, errors.New("it is damaged or too large")))
	}
	text, err := s2.Decode(nil, b[8:])
	if err != nil {
		return err
	}
	if xxhash.Sum64(text) != binary.BigEndian.Uint64(b) {
		return errors.New("the checksum of a message does not fit")
	}
	return json.Unmarshal(text, v)
}
