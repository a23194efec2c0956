package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A RowError means that one row cannot be read: its bytes are damaged. All
// others are as good as ever.
type RowError struct {
	Table string
	Key   []byte
	Cause error
}

// Error names the row and the fault.
func (e *RowError) Error() string {
	return fmt.Sprintf("%s %q: the row is damaged: %v", e.Table, e.Key, e.Cause)
}

// Unwrap returns the fault.
func (e *RowError) Unwrap() error { return e.Cause }

// Seal returns v behind a checksum of four bytes (CRC-32C): a backend may check
// the structure of its pages, but not what is in them.
func Seal(v []byte) []byte {
	out := make([]byte, 4, 4+len(v))
	binary.BigEndian.PutUint32(out, crc32.Checksum(v, castagnoli))
	return append(out, v...)
}

// Unseal returns what seal was given, in the memory of v, or a RowError.
func Unseal(table, key, v []byte) ([]byte, error) {
	if len(v) < 4 || crc32.Checksum(v[4:], castagnoli) != binary.BigEndian.Uint32(v) {
		return nil, &RowError{Table: string(table), Key: bytes.Clone(key), Cause: errors.New("its checksum does not fit")}
	}
	return v[4:], nil
}
