package store

import (
	"slices"
	"testing"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
)

// An item is found by what its feed says of it, and by its article.
func TestWordsOfFeedAndArticle(t *testing.T) {
	rec := monitor.Record{Item: feeds.Item{Title: "Ferry late", Content: "It waited for the tide."}, Article: &monitor.Article{Text: "The captain apologised."}}
	keys := WordsOf(nil, &rec)
	filter := NewWordFilter(slices.Clone(keys))
	for _, key := range keys {
		if !filter.Has(key) {
			t.Fatalf("the filter lacks key %x", key)
		}
	}
	for query, want := range map[string]bool{"ferry": true, "tide": true, "captain": true, "apolog*": true, "mayor": false} {
		set, problems := match.Compile(nil, []match.Rule{{Match: query}})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := match.NewSieve(set).May(func(key uint64) bool { return slices.Contains(keys, key) }); got != want {
			t.Errorf("%s: may be found %t, want %t", query, got, want)
		}
	}
}
