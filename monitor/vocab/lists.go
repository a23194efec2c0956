package vocab

// Lists holds the lists of many keys in one slice.
type Lists[T any] struct {
	Start []uint32 // of key k: All[Start[k]:Start[k+1]]
	All   []T
}

// Of returns the list of a key.
func (l *Lists[T]) Of(k uint32) []T { return l.All[l.Start[k]:l.Start[k+1]] }

// NewLists sorts values by key, keeping their order within one.
func NewLists[T any](n int, keys []uint32, values []T) Lists[T] {
	l := Lists[T]{Start: make([]uint32, n+1), All: make([]T, len(values))}
	for _, k := range keys {
		l.Start[k+1]++
	}
	for i := range n {
		l.Start[i+1] += l.Start[i]
	}
	at := append([]uint32(nil), l.Start...)
	for i, k := range keys {
		l.All[at[k]] = values[i]
		at[k]++
	}
	return l
}
