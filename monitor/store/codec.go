// Package store says what a store of newswatch is: how its rows are encoded,
// whatever backend keeps them. Package bolt below it is the embedded backend.
package store

import (
	"encoding/binary"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
	"github.com/klauspost/compress/s2"

	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/schedule"
	"newswatch/monitor/senses"
)

// Nanos returns a time as stored, in nanoseconds since 1970; 0 for any before.
func Nanos(t time.Time) uint64 {
	if t.Before(time.Unix(0, 0)) {
		return 0
	}
	return uint64(t.UnixNano())
}

// EncodePoll returns the 32 bytes that DecodePoll reads.
func EncodePoll(p schedule.PollTimes) []byte {
	b := make([]byte, 0, 32)
	for _, t := range [...]time.Time{p.Last, p.Success, p.Next} {
		b = binary.BigEndian.AppendUint64(b, Nanos(t))
	}
	return binary.BigEndian.AppendUint64(b, p.Polls)
}

// DecodePoll reads the times of polls; anything but 32 bytes is a feed never
// polled.
func DecodePoll(v []byte) (p schedule.PollTimes) {
	if len(v) != 32 {
		return p
	}
	at := func(i int) time.Time {
		ns := binary.BigEndian.Uint64(v[8*i:])
		if ns == 0 {
			return time.Time{}
		}
		return time.Unix(0, int64(ns)).UTC()
	}
	return schedule.PollTimes{Last: at(0), Success: at(1), Next: at(2), Polls: binary.BigEndian.Uint64(v[24:])}
}

// spelling is how encoding/json spells what it is given and what it accepts, but
// for names, which must be spelled as ours, and for characters that only a page
// of HTML or JavaScript must not have.
var spelling = json.JoinOptions(jsonv1.DefaultOptionsV1(), json.MatchCaseInsensitiveNames(false),
	jsontext.EscapeForHTML(false), jsontext.EscapeForJS(false))

// EncodeJSON returns v, a row that is kept as JSON, as DecodeJSON reads it.
func EncodeJSON(v any) ([]byte, error) { return json.Marshal(v, spelling) }

// DecodeJSON reads a row into v, which is a pointer. Members that v does not
// know, of a later version, are passed over.
func DecodeJSON(b []byte, v any) error { return json.Unmarshal(b, v, spelling) }

// A NoticeRow is a row of the outbox: a notice, and when it was last written.
type NoticeRow struct {
	monitor.Notice
	At time.Time `json:"at"`
}

// SenseKey is what a count of the book of senses lies under.
func SenseKey(r senses.Row) []byte {
	return []byte(r.EntityName + "\x00" + string('0'+rune(r.Scope)) + r.Of)
}

// An ItemEncoder encodes items one after the other into the same memory.
type ItemEncoder struct {
	text, packed []byte
}

// Encode returns what DecodeItem reads. It is valid until the next call.
func (e *ItemEncoder) Encode(rec monitor.Record) ([]byte, error) {
	rec.Item.Content = identity.Archived(rec.Item.Content)
	text, err := appendItem(e.text[:0], &rec)
	e.text = text
	if err != nil {
		return nil, err
	}
	if need := s2.MaxEncodedLen(len(text)); cap(e.packed) < need {
		e.packed = make([]byte, need)
	}
	return s2.Encode(e.packed[:cap(e.packed)], text), nil
}

// DecodeItem reads an archived item.
func DecodeItem(v []byte) (rec monitor.Record, err error) {
	b, err := s2.Decode(nil, v)
	if err != nil {
		return rec, err
	}
	return rec, DecodeJSON(b, &rec)
}
