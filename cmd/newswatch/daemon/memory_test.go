package daemon

import "testing"

func TestLitter(t *testing.T) {
	for live, want := range map[uint64]int{0: mostLitter, 1 << 20: mostLitter, 10 << 20: 100, 16 << 20: 62, 40 << 20: leastLitter, 1 << 40: leastLitter} {
		if got := garbagePercent(live); got != want {
			t.Errorf("litter(%d MB) = %d, want %d", live>>20, got, want)
		}
	}
}
