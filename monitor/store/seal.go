package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Seal returns v behind a checksum of four bytes (CRC-32C): a backend may check
// the structure of its pages, but not what is in them.
func Seal(v []byte) []byte {
	out := make([]byte, 4, 4+len(v))
	binary.BigEndian.PutUint32(out, crc32.Checksum(v, castagnoli))
	return append(out, v...)
}

// Unseal returns what seal was given, in the memory of v, or an error that names
// the row by its table and key.
func Unseal(table, key, v []byte) ([]byte, error) {
	if len(v) < 4 || crc32.Checksum(v[4:], castagnoli) != binary.BigEndian.Uint32(v) {
		return nil, fmt.Errorf("%s %q: its checksum does not fit: the row is damaged, run newswatch store check", table, key)
	}
	return v[4:], nil
}
