package monitortest

import "testing"

func TestMemoryKeepsTheContract(t *testing.T) {
	RunStore(t, func(testing.TB) (Store, func() Store) {
		m := &Memory{}
		return m, func() Store { return m }
	})
}
