package monitor_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/urls"
	"newswatch/monitor"
)

// subjects are of different stories.
var subjects = []string{"boats for harbour police", "tents in northern camps", "glass paintings at a museum", "school lunches with fish",
	"radios aboard night trains", "vaccines against sheep pox", "an opera about taxes", "asphalt on runway nine", "wolves near vineyards",
	"elevators inside city hall", "subsea cables to islands", "a library of seeds", "hockey sticks from bamboo", "chess lessons behind bars",
	"fog horns on lighthouses", "honey labels", "marble quarry trucks", "a dictionary of Frisian", "avalanche fences", "pension software",
	"violin strings", "mosquito nets", "bicycle tunnels", "ambulance drones", "election ink", "stadium turf", "cathedral bells",
	"prison telephones", "snow ploughs", "a planetarium dome", "ferry engines"}

// article is the n-th that a publisher has published, an hour after the one
// before.
func (b *bench) article(n int) feeds.Item {
	at := start.Add(time.Duration(n) * time.Hour)
	url := fmt.Sprint("https://site.example/", n)
	return feeds.Item{GUID: fmt.Sprint("g", n), Link: url, URL: url, Title: "Contract: " + subjects[n], Published: at}
}

// A publisher does something to its list, newest first, with every poll.
type publisher func(items []feeds.Item, poll, newest int) []feeds.Item

// every is a publisher that does it to each of its items: n says which one, and
// place where it is listed.
func every(f func(it *feeds.Item, poll, n, place int)) publisher {
	return func(items []feeds.Item, poll, newest int) []feeds.Item {
		for i := range items {
			f(&items[i], poll, newest-i, i)
		}
		return items
	}
}

// link gives an item an address.
func link(it *feeds.Item, format string, args ...any) {
	it.Link = fmt.Sprintf(format, args...)
	it.URL = it.Link
}

// window is how many articles a publisher lists.
const window = 4

// renumberers change what items say of themselves.
var renumberers = map[string]publisher{
	"honest":             func(items []feeds.Item, _, _ int) []feeds.Item { return items },
	"guids of the day":   every(func(it *feeds.Item, poll, n, _ int) { it.GUID = fmt.Sprint("p", poll, "-", n) }),
	"guids of the place": every(func(it *feeds.Item, _, _, place int) { it.GUID = fmt.Sprint("item-", place) }),
	"links of the day":   every(func(it *feeds.Item, poll, n, _ int) { link(it, "https://site.example/s%d/%d", poll, n) }),
	"links of the place": every(func(it *feeds.Item, _, _, place int) { link(it, "https://site.example/slot/%d", place) }),
	"both of the place": every(func(it *feeds.Item, _, _, place int) {
		it.GUID = fmt.Sprint("item-", place)
		link(it, "https://site.example/slot/%d", place)
	}),
	"both of the day": every(func(it *feeds.Item, poll, n, _ int) {
		it.GUID = fmt.Sprint("p", poll, "-", n)
		link(it, "https://site.example/s%d/%d", poll, n)
	}),
	"dates of the day":     every(func(it *feeds.Item, poll, _, _ int) { it.Published = start.Add(time.Duration(poll) * time.Hour) }),
	"no dates":             every(func(it *feeds.Item, _, _, _ int) { it.Published = time.Time{} }),
	"titles edited always": every(func(it *feeds.Item, poll, _, _ int) { it.Title += fmt.Sprint(", update ", poll) }),
	"now http, now https": every(func(it *feeds.Item, poll, n, _ int) {
		link(it, "%s://site.example/%d", [...]string{"http", "https"}[poll%2], n)
		it.URL, it.GUID = urls.Canonical(it.Link), it.Link
	}),
	"one link, no dates, no guids": every(func(it *feeds.Item, _, _, _ int) {
		link(it, "https://site.example/advisories")
		it.GUID, it.Published = "", time.Time{}
	}),
	"one link, one guid, no dates": every(func(it *feeds.Item, _, _, _ int) {
		link(it, "https://site.example/advisories")
		it.GUID, it.Published = "1", time.Time{}
	}),
	"guids in exchange": every(func(it *feeds.Item, poll, n, _ int) {
		it.GUID = fmt.Sprint("g", [...]int{n, n ^ 1}[poll%2])
	}),
}

// relisters change what is listed, and where.
var relisters = map[string]publisher{
	"shuffled": func(items []feeds.Item, poll, _ int) []feeds.Item {
		rand.New(rand.NewPCG(1, uint64(poll))).Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		return items
	},
	"two backends": func(items []feeds.Item, poll, _ int) []feeds.Item {
		return slices.DeleteFunc(items, func(it feeds.Item) bool { return it.Published.Hour()%2 == poll%2 })
	},
	"gone and back": func(items []feeds.Item, poll, _ int) []feeds.Item {
		return slices.Delete(items, poll%window, poll%window+1)
	},
	"empty now and then": func(items []feeds.Item, poll, _ int) []feeds.Item { return items[:len(items)*min(poll%4, 1)] },
	"each of them twice": func(items []feeds.Item, _, _ int) []feeds.Item { return append(items, items...) },
	"both of the day, and twice": func(items []feeds.Item, poll, _ int) []feeds.Item {
		items = append(items, items...)
		for i := range items {
			items[i].GUID = fmt.Sprint("p", poll, "-", i)
			link(&items[i], "https://site.example/s%d/%d", poll, i)
		}
		return items
	},
}

// What publishers do to their lists over days, poll after poll: the window of
// the last articles passes by, and each is archived once and told once.
func TestOddPublishers(t *testing.T) {
	const articles, first = 30, 6
	all := maps.Clone(renumberers)
	maps.Copy(all, relisters)
	for name, change := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.prime("wire")
			b.now = start.Add(first * time.Hour)
			for poll := first * 2; poll < articles*2; poll++ { // twice an hour
				newest := poll / 2
				var items []feeds.Item
				for n := newest; n > newest-window; n-- {
					items = append(items, b.article(n))
				}
				b.show("wire", change(items, poll, newest)...)
				b.poll("wire")
				b.pass(30 * time.Minute)
			}
			const published = articles - first + window - 1
			if got := b.archived() - 1; got != published {
				t.Errorf("%d items archived, want %d", got, published)
			}
			if got := b.headlines(); got != published {
				t.Errorf("%d headlines told, want %d", got, published)
			}
		})
	}
}

// Articles that come in the very poll in which their feed gives all others new
// identities are told, if only in a catch-up.
func TestNewAmongRekeyed(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	for poll := range 3 {
		var items []feeds.Item
		for n := 8 + poll; n > poll; n-- {
			it := b.article(n)
			it.GUID, it.Published = fmt.Sprint("p", poll, "-", n), time.Time{}
			it.Link = fmt.Sprintf("https://site.example/s%d/%d", poll, n)
			it.URL = it.Link
			items = append(items, it)
		}
		b.show("wire", items...)
		b.poll("wire")
		b.pass(24 * time.Hour)
	}
	if archived, told := b.archived()-1, b.headlines(); archived != 10 || told != 10 {
		t.Errorf("%d archived, %d told; want 10 of each", archived, told)
	}
}

// headlines counts what the desk was told of, each card once.
func (b *bench) headlines() int {
	told := map[monitor.ItemID]bool{}
	for _, kind := range []monitor.Kind{monitor.AlertKind, monitor.CatchupKind} {
		for _, notice := range b.told(kind) {
			for _, c := range notice.Content.Cards {
				told[c.Item] = true
			}
		}
	}
	return len(told)
}
