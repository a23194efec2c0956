package identity

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"newswatch/feeds"
)

// Every combination of what the four keys say of two entries. A key is the same,
// another, or missing; of the text there is always one.
func TestEveryCombinationOfKeys(t *testing.T) {
	const same, issued, apart, again, guid, moved, unsure, address, link, title, alone, none = "the same text under the same guid or address", "the same title, day and text: issued again",
		"the same text, and no guid or address says otherwise", "a text that comes again on another day, as another entry", "the same guid: reworded",
		"the same guid, title and day: moved and reworded", "the same guid, with another address, title and text", "another guid and another text at one address",
		"the same address: reworded", "the same title and day, and neither guid nor address: reworded", "the same title and day alone", "no key in common"
	// Letters: guid, link, title with day, text; s same, o other, - missing.
	tests := map[string]string{
		"ssss": same, "ssos": same, "ss-s": same, "soss": same, "soos": same, "so-s": same, "s-ss": same, "s-os": same, "s--s": same,
		"osss": same, "osos": same, "os-s": same, "-sss": same, "-sos": same, "-s-s": same,
		"ooss": issued, "o-ss": issued, "-oss": issued, "--ss": issued,
		"--os": apart, "---s": apart, "-o-s": again, "-oos": again, "o--s": again, "o-os": again, "oo-s": again, "ooos": again,
		"ssso": guid, "ssoo": guid, "ss-o": guid, "s-so": guid, "s-oo": guid, "s--o": guid,
		"soso": moved, "sooo": unsure, "so-o": unsure,
		"osso": address, "osoo": address, "os-o": address, "-sso": link, "-soo": link, "-s-o": link,
		"--so": title, "ooso": alone, "o-so": alone, "-oso": alone,
		"oooo": none, "oo-o": none, "o-oo": none, "o--o": none, "-ooo": none, "-o-o": none, "--oo": none, "---o": none,
	}
	verdicts := map[string]Verdict{same: Same, issued: Same, apart: Same, again: Other, guid: Same, moved: Same, unsure: Unsure, address: Other, link: Same, title: Same, alone: Other, none: Other}
	letters := map[byte]uint64{'s': 0, 'o': 10, '-': 0}
	if len(tests) != 3*3*3*2 {
		t.Fatalf("%d combinations, want all 54", len(tests))
	}
	for name, why := range tests {
		a, b := Seen{GUID: 1, URL: 2, Title: 3, Text: 4}, Seen{GUID: 1, URL: 2, Title: 3, Text: 4}
		for i, key := range []*uint64{&b.GUID, &b.URL, &b.Title, &b.Text} {
			if *key += letters[name[i]]; name[i] == '-' {
				*key = 0
			}
		}
		if v, got := ask(a, b, nil).verdict(); v != verdicts[why] || got != why {
			t.Errorf("%s: verdict %d, %q; want %d, %q", name, v, got, verdicts[why], why)
		}
		if v, got := ask(b, a, nil).verdict(); v != verdicts[why] || got != why {
			t.Errorf("%s the other way: verdict %d, %q; want %d, %q", name, v, got, verdicts[why], why)
		}
	}
}

// In any document, after any other, entries that differ in guid, link and text
// are all items of their own.
func TestEntriesThatDifferAreAllRecorded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var seen []Seen
		now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
		shown := map[string]uint64{} // of which item an entry is
		for range rapid.IntRange(1, 3).Draw(t, "documents") {
			var doc feeds.Document
			var names []string
			used := map[int]bool{}
			for range rapid.IntRange(1, 12).Draw(t, "entries") {
				n := rapid.IntRange(0, 40).Draw(t, "entry")
				if used[n] {
					continue
				}
				used[n] = true
				names = append(names, fmt.Sprint(n))
				text := fmt.Sprintf("What number %d says.", n)
				it := feeds.Item{GUID: fmt.Sprint("g", n), URL: fmt.Sprint("https://site.example/", n), Title: fmt.Sprint("Notice ", n%3), Published: now}
				if rapid.Bool().Draw(t, "full") {
					it.Summary, it.Content = "Read more", text
					names[len(names)-1] += " full"
				} else {
					it.Summary = text
				}
				doc.Items = append(doc.Items, it)
			}
			l := Identify(seen, doc, now)
			taken := map[uint64]string{}
			for _, e := range l.Entries {
				id := uint64(len(seen) + 1)
				switch {
				case e.Duplicate >= 0:
					t.Fatalf("%q of %q is taken for %q", e.Item.Title, e.Item.GUID, l.Entries[e.Duplicate].Item.GUID)
				case e.Seen >= 0:
					id = seen[e.Seen].ID
				default:
					k := e.Keys
					k.ID, k.Listed = id, true
					seen = append(seen, k)
				}
				if other := taken[id]; other != "" {
					t.Fatalf("%q and %q are one item", other, e.Item.GUID)
				}
				taken[id] = e.Item.GUID
				if was, ok := shown[e.Item.GUID]; ok && was != id {
					t.Fatalf("%q was item %d and is %d", e.Item.GUID, was, id)
				}
				shown[e.Item.GUID] = id
			}
		}
	})
}

func TestReworded(t *testing.T) {
	item := func(title, summary string) feeds.Item { return feeds.Item{Title: title, Summary: summary} }
	tests := map[string]struct {
		a, b feeds.Item
		want bool
	}{
		"another article":      {item("Ministry signs a contract for boats", "Forty boats."), item("Museum wins a prize for paintings", "Nine canvases."), false},
		"a headline edited":    {item("Ministry signs a contract for boats", "Forty boats."), item("Ministry signs contract for forty boats", "Forty boats and a yard."), true},
		"a headline made anew": {item("Ministry signs a contract for boats", "Forty boats from a yard."), item("Who builds the new fleet", "Forty boats, from a yard!"), true},
	}
	for name, tt := range tests {
		if got := Reworded(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: reworded %t, want %t", name, got, tt.want)
		}
	}
}
