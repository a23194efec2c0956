package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// The collector lets the heap grow to roomy before it looks for garbage, which
// is most of what a poll makes; beyond, by leastLitter of what is in use. The
// usual rule, twice what is in use, would have it look all the time at first,
// and take twice what is needed for good in a first poll of many feeds, when
// finished documents wait for the disk.
const (
	roomy       = 48 << 20
	leastLitter = 40 // percent
	mostLitter  = 150
)

// boundMemory sets that rule for as long as the program runs. An operator's own
// GOGC or GOMEMLIMIT holds.
var boundMemory = sync.OnceFunc(func() {
	if os.Getenv("GOMEMLIMIT") == "" && os.Getenv("GOGC") == "" {
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
