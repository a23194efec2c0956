package bolt

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// A DamageError means that the file cannot be trusted.
type DamageError struct {
	Path  string
	Cause string
}

// Error names the file, the fault and what to do about it.
func (e *DamageError) Error() string {
	return fmt.Sprintf("the store %s is damaged (%s): stop newswatch, move the file away and put the newest backup in its place; without a backup newswatch starts afresh and treats every feed as new", e.Path, e.Cause)
}

// The head of a bbolt meta page (bbolt v1.5, internal/common/page.go and
// meta.go): a page header, then the fields up to the checksum, an FNV-1a hash of
// those before it.
const (
	pageHeader  = 16
	metaMagic   = 0xED0CDAED
	metaSummed  = 56
	metaSize    = metaSummed + 8
	minPageSize = 1 << 9
	maxPageSize = 1 << 16
)

// inspect reads both meta pages with plain reads and refuses a file shorter
// than its pages: bbolt maps such a file and dies on it.
func inspect(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening the store: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if st.IsDir() {
		return fmt.Errorf("the store %s is a directory: name a file", path)
	}
	if st.Size() == 0 {
		return &DamageError{path, "it is empty"}
	}
	if !sound(f, st.Size()) {
		return &DamageError{path, fmt.Sprintf("it is cut off, or no bbolt file; %d bytes long", st.Size())}
	}
	return nil
}

// sound reports whether a valid meta page names no page beyond the file's end.
func sound(f io.ReaderAt, size int64) bool {
	first, ok := readMeta(f, 0)
	starts := []int64{int64(first.pageSize)}
	if !ok {
		// The first page is torn: the second lies at one of the page sizes.
		starts = starts[:0]
		for n := int64(minPageSize); n <= maxPageSize; n *= 2 {
			starts = append(starts, n)
		}
	}
	best := first
	for _, at := range starts {
		if m, good := readMeta(f, at); good && (!ok || m.txid > best.txid) {
			best, ok = m, true
		}
	}
	return ok && best.pages <= uint64(size)/uint64(best.pageSize)
}

type meta struct {
	pageSize    uint32
	pages, txid uint64
}

func readMeta(f io.ReaderAt, at int64) (m meta, ok bool) {
	var b [metaSize]byte
	if _, err := f.ReadAt(b[:], at+pageHeader); err != nil {
		return m, false
	}
	m.pageSize = binary.NativeEndian.Uint32(b[8:])
	m.pages = binary.NativeEndian.Uint64(b[40:])
	m.txid = binary.NativeEndian.Uint64(b[48:])
	sum := fnv.New64a()
	sum.Write(b[:metaSummed])
	ok = binary.NativeEndian.Uint32(b[:]) == metaMagic && sum.Sum64() == binary.NativeEndian.Uint64(b[metaSummed:]) &&
		m.pageSize >= minPageSize && m.pageSize <= maxPageSize
	return m, ok
}
