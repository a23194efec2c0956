package parse

import (
	"testing"

	"newswatch/feeds"
)

// BenchmarkParse reads a feed of 30 entries (49 KB) in full, with one new
// entry, and with none.
func BenchmarkParse(b *testing.B) {
	doc := generated(30)
	d, err := Document(doc, Options{})
	if err != nil || len(d.Items) != 30 {
		b.Fatal(len(d.Items), err)
	}
	all := func(but uint64) feeds.Hashes {
		var known []uint64
		for _, it := range d.Items {
			if it.Hash != but {
				known = append(known, it.Hash)
			}
		}
		return feeds.NewHashes(known)
	}
	run := func(name string, known feeds.Hashes) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			o := Options{Known: known}
			for b.Loop() {
				if _, err := Document(doc, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("full", feeds.Hashes{})
	run("one new", all(d.Items[3].Hash))
	run("all known", all(0))
}

func BenchmarkScan(b *testing.B) {
	doc := generated(30)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if o, err := scan(doc); err != nil || len(o.entries) != 30 || o.flawed {
			b.Fatal(o, err)
		}
	}
}
