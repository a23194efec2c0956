package parse

import "testing"

// BenchmarkParse reads a feed of 30 entries (49 KB) in full, with one new
// entry, and with none.
func BenchmarkParse(b *testing.B) {
	doc := generated(30)
	d, err := Document(doc, Options{})
	if err != nil || len(d.Items) != 30 {
		b.Fatal(len(d.Items), err)
	}
	known := map[uint64]bool{}
	for _, it := range d.Items {
		known[it.Hash] = true
	}
	run := func(name string, unknown uint64, none bool) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			o := Options{Seen: func(s uint64) bool { return known[s] && s != unknown }}
			if none {
				o.Seen = nil
			}
			for b.Loop() {
				if _, err := Document(doc, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("full", 0, true)
	run("one new", d.Items[3].Hash, false)
	run("all known", 0, false)
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
