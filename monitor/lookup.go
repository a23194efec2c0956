package monitor

// A lookup is what the store holds of the items and addresses of a group of
// outcomes.
type lookup struct {
	urls  map[uint64]ItemID // first seen under an address
	items map[ItemID]Record // of these, and of those asked for by ID
}

// lookUp asks the store, once, for addresses and items, in place of those asked
// for before.
func (p *pending) lookUp(keys []uint64, ids []ItemID) (err error) {
	p.found = lookup{}
	if len(keys)+len(ids) > 0 {
		p.found.urls, p.found.items, err = p.store.Lookup(keys, ids)
	}
	return err
}

// lookUpGroup asks for all that judging outcomes may need.
func (p *pending) lookUpGroup(group []outcome) error {
	var keys []uint64
	var ids []ItemID
	for i := range group {
		k, s := group[i].references()
		keys, ids = append(keys, k...), append(ids, s...)
	}
	return p.lookUp(keys, ids)
}
