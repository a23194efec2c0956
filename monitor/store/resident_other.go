//go:build !linux

package store

import bolt "go.etcd.io/bbolt"

// A residence is of concern where the kernel maps more than was asked for.
type residence struct{}

const wholePage = 0

func (*residence) look(*bolt.Tx, int64) {}
