package main

import (
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
)

// Beyond roomy the collector runs more often instead of taking more memory
// from the system: a first poll of many feeds, when finished documents wait
// for the disk, would otherwise take twice what it needs for good.
const (
	roomy     = 112 << 20
	breathing = 64 << 20
)

// boundMemory sets that bound by what is in use. It must be set again as that
// grows: with a bound near it, the collector would do nothing else. An
// operator's own GOMEMLIMIT holds.
func boundMemory() {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return
	}
	live := int64(min(sample[0].Value.Uint64(), math.MaxInt64/4))
	debug.SetMemoryLimit(max(roomy, 2*live+breathing))
}
