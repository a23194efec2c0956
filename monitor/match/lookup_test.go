package match

import (
	"slices"
	"testing"
)

// TestFindSlotsFast compares the two ways to find the words of a document.
func TestFindSlotsFast(t *testing.T) {
	c := newCorpus()
	s := compiled(t, c, 3000)
	plain, fast := newMatcher(s), newMatcher(s)
	found := 0
	for _, doc := range append(c.articles(20), c.headlines(50)...) {
		plain.read(doc)
		fast.read(doc)
		for _, d := range []*document{&plain.document, &fast.document} {
			d.tokens, d.keys, d.known = d.tokens[:0], d.keys[:0], d.known[:0]
			d.words(doc.Title+doc.Body, 0)
		}
		plain.findSlots()
		fast.findSlotsFast()
		differs := func(k uint32) bool { return plain.keys[k] != fast.keys[k] }
		if !slices.Equal(plain.known, fast.known) || slices.ContainsFunc(fast.known, differs) {
			t.Fatalf("%q: %v, fast %v", doc.Title, plain.known, fast.known)
		}
		found += len(fast.known)
	}
	if found < 1000 {
		t.Errorf("only %d words found: nothing was tested", found)
	}
}
