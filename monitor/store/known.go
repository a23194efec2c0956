package store

import (
	"encoding/binary"
	"errors"

	"newswatch/monitor/identity"
)

// The known entries of a feed lie in one value, read and written together, at a
// tenth of what a key for each would cost. Most polls need none of them, so
// they lie apart from the feed's record.
//
//	number of those listed, which come first
//	an entry: what it has (1 byte), ID and day as steps from the entry before,
//	then 5 bytes each: GUID unless it is the URL, URL, title, text, span
const (
	hasGUID = 1 << iota
	guidIsURL
	hasURL
	hasTitle
	hasText
	hasSpan
)

// keySize is how many bytes of a key are kept, see identity.Seen.
const keySize = 5

// EncodeKnown returns what DecodeKnown reads.
func EncodeKnown(known []identity.Seen) []byte {
	b := make([]byte, 0, 4+len(known)*(4+4*keySize))
	listed := 0
	for _, k := range known {
		if k.Listed {
			listed++
		}
	}
	b = binary.AppendUvarint(b, uint64(listed))
	var last identity.Seen
	for _, want := range [...]bool{true, false} {
		for _, k := range known {
			if k.Listed == want {
				b = appendKnown(b, k, last)
				last = k
			}
		}
	}
	return b
}

func appendKnown(b []byte, k, last identity.Seen) []byte {
	has := byte(0)
	at := len(b)
	b = append(b, 0)
	b = binary.AppendVarint(b, int64(k.ID-last.ID))
	b = binary.AppendVarint(b, int64(k.Day)-int64(last.Day))
	if k.GUID != 0 && k.GUID == k.URL {
		has, k.GUID = guidIsURL, 0
	}
	if !k.Listed {
		k.Hash = 0 // nobody asks for it any more
	}
	for _, key := range [...]struct {
		bit byte
		key uint64
	}{{hasGUID, k.GUID}, {hasURL, k.URL}, {hasTitle, k.Title}, {hasText, k.Text}, {hasSpan, k.Hash}} {
		if key.key != 0 {
			has |= key.bit
			b = append(b, byte(key.key>>32), byte(key.key>>24), byte(key.key>>16), byte(key.key>>8), byte(key.key))
		}
	}
	b[at] = has
	return b
}

var errKnown = errors.New("these are no known entries")

// DecodeKnown reads the known entries of a feed. Its error does not name the
// feed.
func DecodeKnown(v []byte) ([]identity.Seen, error) {
	listed, n := binary.Uvarint(v)
	if n <= 0 {
		return nil, errKnown
	}
	v = v[n:]
	known := make([]identity.Seen, 0, len(v)/(2+4*keySize)+1)
	var k identity.Seen
	var err error
	for len(v) > 0 {
		if k, v, err = readKnown(v, k); err != nil {
			return nil, err
		}
		k.Listed = uint64(len(known)) < listed
		known = append(known, k)
	}
	return known, nil
}

// readKnown reads the entry that v begins with and returns what is behind it.
func readKnown(v []byte, last identity.Seen) (k identity.Seen, rest []byte, err error) {
	has, v := v[0], v[1:]
	id, n := binary.Varint(v)
	if n <= 0 {
		return k, nil, errKnown
	}
	day, m := binary.Varint(v[n:])
	if m <= 0 {
		return k, nil, errKnown
	}
	v = v[n+m:]
	k.ID, k.Day = last.ID+uint64(id), uint16(int64(last.Day)+day)
	for _, key := range [...]struct {
		bit byte
		to  *uint64
	}{{hasGUID, &k.GUID}, {hasURL, &k.URL}, {hasTitle, &k.Title}, {hasText, &k.Text}, {hasSpan, &k.Hash}} {
		if has&key.bit == 0 {
			continue
		}
		if len(v) < keySize {
			return k, nil, errKnown
		}
		*key.to = uint64(v[0])<<32 | uint64(binary.BigEndian.Uint32(v[1:]))
		v = v[keySize:]
	}
	if has&guidIsURL != 0 {
		k.GUID = k.URL
	}
	return k, v, nil
}
