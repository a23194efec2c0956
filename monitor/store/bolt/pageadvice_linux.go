package bolt

import (
	"sync/atomic"
	"syscall"

	"go.etcd.io/bbolt"
)

// unmapEvery is the number of reads after which the pages they have mapped are
// given back. A read of a whole page counts as wholePage of them.
const (
	unmapEvery = 2048
	wholePage  = 8
)

// A pageAdvice bounds how much of the mapped file counts as the process's memory.
// The kernel maps sixteen pages for each page read, so one pass over all feeds
// would end up mapping most of the file.
type pageAdvice struct{ touches atomic.Int64 }

// touched counts n reads, and after unmapEvery of them advises the kernel to unmap
// the file's pages (madvise, MADV_DONTNEED). They stay in the page cache while
// there is room and are mapped again when read.
//
// It must be called with tx open and before tx writes: the map cannot move then.
func (r *pageAdvice) touched(tx *bbolt.Tx, n int64) {
	if r.touches.Add(n) < unmapEvery {
		return
	}
	r.touches.Store(0)
	// Advice that is not taken changes nothing but the memory shown.
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, tx.DB().Info().Data, uintptr(tx.Size()), syscall.MADV_DONTNEED)
}
