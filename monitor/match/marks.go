package match

// marks is a set of small numbers that is emptied at the cost of its members,
// not of all numbers.
type marks struct {
	bits []uint64
	list []uint32 // the members in the order they were added
}

// newMarks makes an empty set for numbers below n.
func newMarks(n uint32) marks { return marks{bits: make([]uint64, n/64+1)} }

func (s *marks) has(i uint32) bool { return s.bits[i>>6]>>(i&63)&1 != 0 }

// add adds a number that is not in the set.
func (s *marks) add(i uint32) {
	s.bits[i>>6] |= 1 << (i & 63)
	s.list = append(s.list, i)
}

func (s *marks) clear() {
	for _, i := range s.list {
		s.bits[i>>6] = 0
	}
	s.list = s.list[:0]
}
