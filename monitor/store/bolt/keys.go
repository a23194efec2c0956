package bolt

import (
	"encoding/binary"
	"time"

	"newswatch/monitor/store"
)

func idKey[T ~uint64](id T) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }

// timeKey begins a key that is read in order of time.
func timeKey(t time.Time) []byte { return binary.BigEndian.AppendUint64(nil, store.Nanos(t)) }

func dayKey(d uint16) []byte { return binary.BigEndian.AppendUint16(nil, d) }
