//go:build !linux

package bolt

import "go.etcd.io/bbolt"

// A pageAdvice does nothing where the kernel maps no more than was read.
type pageAdvice struct{}

const wholePage = 0

func (*pageAdvice) touched(*bbolt.Tx, int64) {}
