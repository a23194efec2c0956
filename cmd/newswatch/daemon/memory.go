package daemon

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// The collector looks for garbage when there is mostLitter of what is in use,
// its usual rule; once that is more than garbageBudget sooner, down to leastLitter:
// a daemon with many feeds would take half as much memory again as it needs,
// for good.
const (
	garbageBudget = 10 << 20
	leastLitter   = 50 // percent
	mostLitter    = 100
)

// tuneGC sets that rule for as long as the program runs. An operator's own
// GOGC holds; a GOMEMLIMIT holds beside it.
var tuneGC = sync.OnceFunc(func() {
	if os.Getenv("GOGC") == "" {
		afterCollection(mostLitter)
	}
})

// afterCollection runs once something just made is garbage, and again. was is
// the percentage in force.
func afterCollection(was int) {
	type canary struct{ _ *int } // a pointer keeps it from sharing its place
	runtime.AddCleanup(new(canary), func(int) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if live[0].Value.Kind() == metrics.KindUint64 {
			if now := garbagePercent(live[0].Value.Uint64()); now != was {
				debug.SetGCPercent(now) // stops the world
				was = now
			}
		}
		afterCollection(was)
	}, 0)
}

// garbagePercent is how much garbage may lie, in percent of the live bytes.
func garbagePercent(live uint64) int {
	return int(min(max(garbageBudget*100/max(live, 1), leastLitter), mostLitter))
}
