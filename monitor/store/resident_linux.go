package store

import (
	"sync/atomic"
	"syscall"

	bolt "go.etcd.io/bbolt"
)

// unmapEvery is after how many looks at the file the pages they have mapped are
// given back; pages, which may hold many of what is looked for close together,
// count for more.
const (
	unmapEvery = 2048
	wholePage  = 8
)

// A residence counts what of the mapped file lies in the process's memory. The
// kernel maps sixteen pages where one is looked at, so a round over all feeds
// would end up holding most of the file.
type residence struct{ looks atomic.Int64 }

// look counts so many, and when there were enough takes the file's pages out of
// the process. They stay in the system's cache, as long as nobody else needs
// the room, and come back when looked at.
//
// It must be called with tx open, and before tx writes: then the map stays
// where it is meanwhile.
func (r *residence) look(tx *bolt.Tx, n int64) {
	if r.looks.Add(n) < unmapEvery {
		return
	}
	r.looks.Store(0)
	// Advice that is not taken does no harm.
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, tx.DB().Info().Data, uintptr(tx.Size()), syscall.MADV_DONTNEED)
}
