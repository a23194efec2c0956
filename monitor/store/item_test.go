package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/story"
)

// TestItemsAreWrittenAsJSON compares the writer without reflection with the one
// that knows every field.
func TestItemsAreWrittenAsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z"\\\x00-\x1f<é冰\x{2028}\x{1F9CA}]{0,40}`),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		rec := monitor.Record{
			ID: monitor.ItemID(rapid.Uint64().Draw(t, "id")),
			Item: feeds.Item{GUID: text.Draw(t, "guid"), Title: text.Draw(t, "title"), Summary: text.Draw(t, "summary"),
				Content: strings.Repeat(text.Draw(t, "content"), 3), Authors: rapid.SliceOfN(text, 0, 2).Draw(t, "authors"),
				Hash: rapid.Uint64().Draw(t, "hash"), Proxy: text.Draw(t, "proxy")},
			Feed: text.Draw(t, "feed"), Role: story.Role(text.Draw(t, "role")), Dropped: rapid.Uint64().Draw(t, "dropped"),
			Seen: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"), rapid.Int64Range(0, 1e9-1).Draw(t, "nanos")).In(time.FixedZone("", 3600)),
		}
		if rapid.Bool().Draw(t, "tags") {
			rec.Item.Tags = []string{}
		}
		written(t, rec)
	})
}

// TestEveryFieldOfAnItemIsWritten has all fields set: one that is new must be
// written too.
func TestEveryFieldOfAnItemIsWritten(t *testing.T) {
	written(t, filled[monitor.Record](t))
	written(t, monitor.Record{})
}

func written(t rapid.TB, rec monitor.Record) {
	t.Helper()
	want, err := EncodeJSON(rec)
	if err != nil {
		t.Fatal(err)
	}
	got, err := appendItem(nil, &rec)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("an item is written otherwise than as JSON (-want +got)\n%s", diff)
	}
}

func TestItemOfNoYearIsRefused(t *testing.T) {
	if _, err := new(ItemEncoder).Encode(monitor.Record{Seen: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}); err == nil {
		t.Error("a year that RFC 3339 cannot write was written")
	}
}

func BenchmarkEncode(b *testing.B) {
	rec := monitor.Record{ID: 1, Feed: "The Example Times", Seen: time.Now(), Item: feeds.Item{GUID: "https://example.org/2026/11/29/a", URL: "https://example.org/2026/11/29/a",
		Title: "ICE signs a contract for Azure", Summary: strings.Repeat("A sentence of \"some\" words. ", 44), Published: time.Now().UTC()}}
	b.Run("reflection", func(b *testing.B) {
		for b.Loop() {
			_, _ = EncodeJSON(&rec)
		}
	})
	b.Run("item", func(b *testing.B) {
		var text []byte
		for b.Loop() {
			text, _ = appendItem(text[:0], &rec)
		}
	})
}
