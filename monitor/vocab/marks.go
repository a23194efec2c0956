package vocab

// Marks is a set of small numbers that is emptied at the cost of its members,
// not of all numbers.
type Marks struct {
	bits []uint64
	List []uint32 // the members in the order they were added
}

// NewMarks makes an empty set for numbers below n.
func NewMarks(n uint32) Marks { return Marks{bits: make([]uint64, n/64+1)} }

// Has reports whether a number is in the set.
func (s *Marks) Has(i uint32) bool { return s.bits[i>>6]>>(i&63)&1 != 0 }

// Add adds a number that is not in the set.
func (s *Marks) Add(i uint32) {
	s.bits[i>>6] |= 1 << (i & 63)
	s.List = append(s.List, i)
}

// Clear empties the set.
func (s *Marks) Clear() {
	for _, i := range s.List {
		s.bits[i>>6] = 0
	}
	s.List = s.List[:0]
}
