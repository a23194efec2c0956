package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/klauspost/compress/s2"

	"newswatch/monitor"
)

func idKey[T ~uint64](id T) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }

// timeKey begins a key that is to be read in order of time. Times before 1970
// come first.
func timeKey(t time.Time) []byte {
	if t.Before(time.Unix(0, 0)) {
		return make([]byte, 8)
	}
	return binary.BigEndian.AppendUint64(nil, uint64(t.UnixNano()))
}

// The known entries of a feed lie behind its record in one value: read and
// written together, at a tenth of what a key for each would cost.
//
//	length of the JSON, the JSON, number listed, the listed entries, then the others
//	an entry: ID 8, GUID 6, URL 6, title 6, text 6, day 2; a listed one also span 8
const (
	knownSize = 8 + 4*6 + 2
	spanSize  = 8
)

func encodeFeed(rec monitor.FeedRecord) ([]byte, error) {
	head, err := json.Marshal(rec)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, 8+len(head)+len(rec.Known)*(knownSize+spanSize))
	b = binary.BigEndian.AppendUint32(b, uint32(len(head)))
	b = append(b, head...)
	listed := 0
	for _, k := range rec.Known {
		if k.Listed {
			listed++
		}
	}
	b = binary.BigEndian.AppendUint32(b, uint32(listed))
	for _, want := range [...]bool{true, false} {
		for _, k := range rec.Known {
			if k.Listed == want {
				b = appendKnown(b, k)
			}
		}
	}
	return b, nil
}

func appendKnown(b []byte, k monitor.Known) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(k.ID))
	for _, key := range [...]uint64{k.GUID, k.URL, k.Title, k.Text} {
		b = append(b, byte(key>>40), byte(key>>32), byte(key>>24), byte(key>>16), byte(key>>8), byte(key))
	}
	b = binary.BigEndian.AppendUint16(b, k.Day)
	if k.Listed {
		b = binary.BigEndian.AppendUint64(b, k.Span)
	}
	return b
}

// decodeFeed copies what it needs of v. withKnown leaves the entries out where
// nobody asks for them.
func decodeFeed(v []byte, withKnown bool) (rec monitor.FeedRecord, err error) {
	if len(v) < 4 || len(v) < 8+int(binary.BigEndian.Uint32(v)) {
		return rec, fmt.Errorf("%d bytes are no feed record", len(v))
	}
	n := int(binary.BigEndian.Uint32(v))
	if err := json.Unmarshal(v[4:4+n], &rec); err != nil || !withKnown {
		return rec, err
	}
	listed := int(binary.BigEndian.Uint32(v[4+n:]))
	v = v[8+n:]
	if len(v) < listed*(knownSize+spanSize) || (len(v)-listed*spanSize)%knownSize != 0 {
		return rec, fmt.Errorf("%d bytes do not hold %d listed entries", len(v), listed)
	}
	rec.Known = make([]monitor.Known, 0, (len(v)-listed*spanSize)/knownSize)
	for i := 0; len(v) > 0; i++ {
		k := readKnown(v)
		v = v[knownSize:]
		if i < listed {
			k.Listed, k.Span = true, binary.BigEndian.Uint64(v)
			v = v[spanSize:]
		}
		rec.Known = append(rec.Known, k)
	}
	return rec, nil
}

func readKnown(v []byte) monitor.Known {
	six := func(at int) uint64 { return binary.BigEndian.Uint64(v[at:]) >> 16 }
	return monitor.Known{ID: monitor.ItemID(binary.BigEndian.Uint64(v)), GUID: six(8), URL: six(14), Title: six(20),
		Text: uint64(binary.BigEndian.Uint32(v[26:]))<<16 | uint64(binary.BigEndian.Uint16(v[30:])),
		Day:  binary.BigEndian.Uint16(v[32:])}
}

func encodePoll(p monitor.Poll) []byte {
	b := make([]byte, 0, 32)
	for _, t := range [...]time.Time{p.Last, p.Success, p.Next} {
		b = append(b, timeKey(t)...)
	}
	return binary.BigEndian.AppendUint64(b, p.Polls)
}

func decodePoll(v []byte) (p monitor.Poll) {
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
	return monitor.Poll{Last: at(0), Success: at(1), Next: at(2), Polls: binary.BigEndian.Uint64(v[24:])}
}

// maxContent bounds the full text archived with an item, in bytes: what
// backtests match on.
const maxContent = 16 << 10

// An itemEncoder encodes items one after the other into the same memory.
type itemEncoder struct {
	text   bytes.Buffer
	packed []byte
}

// encode returns what decodeItem reads. It is valid until the next call.
func (e *itemEncoder) encode(rec monitor.Record) ([]byte, error) {
	if len(rec.Item.Content) > maxContent {
		cut := maxContent
		for cut > 0 && rec.Item.Content[cut]&0xC0 == 0x80 {
			cut--
		}
		rec.Item.Content = rec.Item.Content[:cut]
	}
	e.text.Reset()
	enc := json.NewEncoder(&e.text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(rec); err != nil {
		return nil, err
	}
	if need := s2.MaxEncodedLen(e.text.Len()); cap(e.packed) < need {
		e.packed = make([]byte, need)
	}
	return s2.Encode(e.packed[:cap(e.packed)], e.text.Bytes()), nil
}

func decodeItem(v []byte) (rec monitor.Record, err error) {
	b, err := s2.Decode(nil, v)
	if err != nil {
		return rec, err
	}
	return rec, json.Unmarshal(b, &rec)
}
