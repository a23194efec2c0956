package monitor

// A lookup is what the store holds of the items and addresses of a group of
// outcomes.
type lookup struct {
	urls  map[uint64]ItemID // first seen under an address
	items map[ItemID]Record // of these, and of those asked for by ID
}

// lookUp asks the store, once, for addresses and items.
func (p *pending) lookUp(keys []uint64, ids []ItemID) (found lookup, err error) {
	if len(keys)+len(ids) > 0 {
		found.urls, found.items, err = p.store.Lookup(keys, ids)
	}
	return found, err
}

// fetch has item return an archived item next, for who holds Monitor.mu.
func (p *pending) fetch(id ItemID) (err error) {
	p.found, err = p.lookUp(nil, []ItemID{id})
	return err
}

// lookUpGroup asks for all that judging outcomes may need. It needs no lock; what
// it found goes together with what is pending only as long as p.emptied does not
// change.
func (p *pending) lookUpGroup(group []*outcome) (lookup, error) {
	var keys []uint64
	var ids []ItemID
	for i := range group {
		k, s := group[i].references()
		keys, ids = append(keys, k...), append(ids, s...)
	}
	return p.lookUp(keys, ids)
}
