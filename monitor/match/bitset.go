package match

// A bitset is a set of small numbers.
type bitset []uint64

// newBitset makes an empty set for numbers below n.
func newBitset(n uint32) bitset { return make(bitset, n/64+1) }

func (b bitset) has(i uint32) bool { return b[i>>6]>>(i&63)&1 != 0 }

func (b bitset) add(i uint32) { b[i>>6] |= 1 << (i & 63) }

// clear empties the set, given its elements or more.
func (b bitset) clear(elements []uint32) {
	for _, i := range elements {
		b[i>>6] = 0
	}
}
