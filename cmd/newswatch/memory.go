package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// The collector looks for garbage, which is most of what a poll makes, when
// there is mostLitter of what is in use; from a heap of roomy on sooner, down
// to leastLitter. Twice what is in use, its usual rule, would be far too much in
// a first poll of many feeds, when finished documents wait for the disk.
const (
	roomy       = 48 << 20
	leastLitter = 40 // percent
	mostLitter  = 150
)

// boundMemory sets that rule for as long as the program runs. An operator's own
// GOGC holds; a GOMEMLIMIT holds beside it.
var boundMemory = sync.OnceFunc(func() {
	if os.Getenv("GOGC") == "" {
		afterCollection()
	}
})

// afterCollection runs once something just made is garbage, and again.
func afterCollection() {
	type canary struct{ _ *int } // a pointer keeps it from sharing its place
	runtime.AddCleanup(new(canary), func(int) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if live[0].Value.Kind() == metrics.KindUint64 {
			debug.SetGCPercent(litter(live[0].Value.Uint64()))
		}
		afterCollection()
	}, 0)
}

// litter is how much garbage may lie, in percent of the live bytes.
func litter(live uint64) int {
	if live >= roomy {
		return leastLitter
	}
	return int(min(max((roomy-live)*100/max(live, 1), leastLitter), mostLitter))
}
