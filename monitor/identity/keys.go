package identity

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"newswatch/feeds"
	"newswatch/monitor/text"
)

// keysOf computes the keys of an item. Kinds of key are hashed apart, so that
// a guid never equals an address.
func keysOf(it feeds.Item, now time.Time) Seen {
	k := Seen{Hash: feeds.ShortHash(it.Hash), URL: feeds.ShortHash(URLKey(it.URL)), Text: feeds.ShortHash(TextKey(it))}
	if k.GUID = feeds.ShortHash(URLKey(it.Alias())); k.GUID == 0 && it.GUID != "" {
		k.GUID = feeds.ShortHash(key("g", it.GUID))
	}
	day := it.Published
	if day.IsZero() {
		day = now
	}
	said := day.UTC().AppendFormat(append(make([]byte, 0, 256), 't'), time.DateOnly)
	said = append(said, 0)
	dated := len(said)
	if said = text.AppendNormalized(said, it.Title); len(said) > dated {
		k.Title = feeds.ShortHash(keyOf(said))
	}
	return k
}

// URLKey is the key of a canonical address, 0 for one that names no article:
// none, or a site's front page.
func URLKey(canonical string) uint64 {
	_, rest, _ := strings.Cut(canonical, "://")
	if _, path, _ := strings.Cut(rest, "/"); path == "" || path[0] == '#' {
		return 0
	}
	return key("u", canonical)
}

// maxContent bounds what is archived of an item's content, in bytes.
const maxContent = 16 << 10

// Archived returns what is archived of an item's content: all of it, or its first
// 16 KiB.
func Archived(content string) string { return text.Cut(content, maxContent) }

// TextKey is a fingerprint of all that an item says, its content and fields too, blind to
// markup, case and punctuation. It is the same once the item was archived.
func TextKey(it feeds.Item) uint64 {
	said := make([]byte, 0, 2<<10) // on the stack, where most fit
	said = text.AppendNormalized(append(said, "x\x00"...), it.Title)
	said = text.AppendNormalized(append(said, '\n'), it.Summary)
	if it.Content != "" {
		said = text.AppendNormalized(append(said, '\n'), Archived(it.Content))
	}
	if it.Fields != nil {
		said = appendFields(append(said, '\n'), *it.Fields)
	}
	return keyOf(said)
}

// appendFields appends all that typed fields say.
func appendFields(said []byte, f feeds.Fields) []byte {
	amount := math.NaN()
	if f.Amount != nil {
		amount = *f.Amount
	}
	return fmt.Appendf(said, "%g %q", amount, []string{f.Currency, f.Agency, f.Office, f.Vendor, f.AwardID, f.Action, f.NAICS, f.PSC, f.Place, f.Deadline.String()})
}

// keyBits is how much of a hash is kept of an address, which is compared with
// all that a store can hold: at ten million of them the chance that a new one
// meets a wrong one is 1 in 28 million. Other keys are compared within one
// feed: see feeds.ShortHash.
const keyBits = 48

// key hashes a text among its kind.
func key(kind, s string) uint64 {
	said := append(append(make([]byte, 0, 256), kind...), 0)
	return keyOf(append(said, s...))
}

// keyOf hashes a text that begins with its kind and a zero byte.
func keyOf(said []byte) uint64 { return max(xxhash.Sum64(said)>>(64-keyBits), 1) }
