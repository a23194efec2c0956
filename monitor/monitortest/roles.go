package monitortest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store"
)

// archived is more items than a backend reads at once.
const archived = 1003

// RunArchive checks that a store keeps the promises of store.Archive. open
// returns an empty store and closes it when its test ends.
func RunArchive(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("reads both ways", func(t *testing.T) {
		s := open(t)
		b := monitor.Batch{Items: make([]monitor.Record, archived)}
		for i := range b.Items {
			b.Items[i].ID = itemID(i)
		}
		commit(t, s, b)
		for from, want := range map[int]int{0: archived, archived - 2: 2, archived: 0} {
			next := from
			err := s.ItemsFrom(itemID(from), func(r monitor.Record) bool {
				if r.ID != itemID(next) {
					t.Fatalf("from %d: item %v, want %v", from, r.ID, itemID(next))
				}
				next++
				return true
			})
			if err != nil || next-from != want {
				t.Errorf("from %d: %d items, %v, want %d", from, next-from, err, want)
			}
		}
		for before, want := range map[monitor.ItemID]int{0: archived, itemID(2): 2, itemID(0): 0} {
			n, last := 0, before
			err := s.ItemsBefore(before, func(r monitor.Record) bool {
				if last != 0 && r.ID >= last {
					t.Fatalf("before %v: item %v after %v", before, r.ID, last)
				}
				last = r.ID
				n++
				return true
			})
			if err != nil || n != want {
				t.Errorf("before %v: %d items, %v, want %d", before, n, err, want)
			}
		}
	})
	t.Run("drops old texts", func(t *testing.T) { dropsTexts(t, open(t)) })
	t.Run("leaves out what has not the words", func(t *testing.T) { readsWithWords(t, open(t)) })
	t.Run("stops, and may be asked meanwhile", func(t *testing.T) {
		s := open(t)
		commit(t, s, monitor.Batch{Items: []monitor.Record{{ID: itemID(0)}, {ID: itemID(1)}}})
		n := 0
		err := s.ItemsFrom(0, func(r monitor.Record) bool {
			n++
			_, ok, err := s.Item(r.ID)
			return ok && err == nil && n < 1
		})
		if err != nil || n != 1 {
			t.Errorf("%d items, %v, want one", n, err)
		}
	})
	t.Run("follows merges", func(t *testing.T) { followsMerges(t, open(t)) })
}

// dropsTexts drops the texts of all but the newest items, of some that were reworded
// since, and finds nothing more to drop.
func dropsTexts(t *testing.T, s store.Store) {
	m, ok := s.(store.Maintainer)
	if !ok {
		t.Skip("not run: this store has no maintenance")
	}
	at := func(i int) monitor.ItemID { return monitor.FirstID(morning.Add(time.Duration(i) * time.Millisecond)) }
	const n = 2*store.DropStep + 3
	b := monitor.Batch{Items: make([]monitor.Record, n)}
	for i := range b.Items {
		b.Items[i] = monitor.Record{ID: at(i), Item: feeds.Item{Title: "kept", Summary: "gone"}}
		if i == 1 {
			b.Items[i].Item.Summary = ""
		}
	}
	commit(t, s, b)
	end := at(n - 2)
	for _, want := range []int{n - 3, 0} {
		if dropped, err := m.DropTexts(end.Time()); err != nil || dropped != want {
			t.Fatalf("DropTexts = %d, %v, want %d", dropped, err, want)
		}
	}
	err := s.ItemsFrom(0, func(r monitor.Record) bool {
		young, empty := r.ID >= end, r.ID == at(1)
		if r.Item.Title != "kept" || (r.Item.Summary == "gone") != young || (r.Dropped != 0) == (young || empty) {
			t.Errorf("item %v: %+v, dropped %x", r.ID, r.Item, r.Dropped)
		}
		return true
	})
	if err != nil {
		t.Error(err)
	}
	b.Items = b.Items[:1]
	commit(t, s, b)
	if dropped, err := m.DropTexts(at(n).Time()); err != nil || dropped != 2 {
		t.Errorf("DropTexts later = %d, %v, want the two that were young; what was reworded stays", dropped, err)
	}
}

// RunLedger checks that a store keeps the promises of store.Ledger.
func RunLedger(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("adds days", func(t *testing.T) {
		s := open(t)
		for range 3 {
			commit(t, s, monitor.Batch{Days: []monitor.DayTotal{{Day: 20000, Polls: 2, New: 1}}})
		}
		got, err := s.DaysSince(time.Unix(20000*86400, 0))
		if err != nil || len(got) != 1 || got[0].Polls != 6 || got[0].New != 3 {
			t.Errorf("DaysSince = %+v, %v; want 6 polls, 3 new", got, err)
		}
		if got, err = s.DaysSince(time.Unix(20001*86400, 0)); err != nil || len(got) != 0 {
			t.Errorf("DaysSince the next = %+v, %v; want none", got, err)
		}
	})
	t.Run("lists gaps by their end", func(t *testing.T) {
		s := open(t)
		commit(t, s, monitor.Batch{Gaps: []monitor.Gap{
			{Feed: "late", From: morning, To: morning.Add(2 * time.Hour)}, {Feed: "early", From: morning, To: morning.Add(time.Hour)}}})
		got, err := s.GapsSince(morning.Add(time.Hour))
		if err != nil || len(got) != 2 || got[0].Feed != "early" || got[1].Feed != "late" {
			t.Errorf("GapsSince = %+v, %v", got, err)
		}
		if got, err = s.GapsSince(morning.Add(90 * time.Minute)); err != nil || len(got) != 1 {
			t.Errorf("GapsSince later = %+v, %v; want one", got, err)
		}
	})
	t.Run("names the last slot", func(t *testing.T) {
		s := open(t)
		for _, slot := range []string{"2026-11-24T07:00", "2026-11-25T07:00"} {
			commit(t, s, monitor.Batch{Slots: map[string]string{"daily": slot}})
		}
		for digest, want := range map[string]string{"daily": "2026-11-25T07:00", "weekly": ""} {
			if got, err := s.Slot(digest); got != want || err != nil {
				t.Errorf("Slot(%s) = %q, %v, want %q", digest, got, err, want)
			}
		}
	})
	t.Run("lists failed deliveries", func(t *testing.T) { runFailed(t, open(t)) })
	t.Run("knows sets of feeds", func(t *testing.T) { runFeedSets(t, open(t)) })
	t.Run("lists feeds and their polls", func(t *testing.T) {
		s := open(t)
		f := monitor.FeedRecord{ID: feedID(1), Name: "wire"}
		f.Poll.Last = morning
		commit(t, s, monitor.Batch{Feeds: []monitor.FeedRecord{f}})
		recs := listFeeds(t, s, monitor.AllFeeds)
		if len(recs) != 1 || recs[0].Name != "wire" || !recs[0].Poll.Last.Equal(morning) {
			t.Errorf("Feeds = %+v", recs)
		}
		if polls, err := s.Polls(); err != nil || len(polls) != 1 || !polls[f.ID].Last.Equal(morning) {
			t.Errorf("Polls = %v, %v", polls, err)
		}
	})
}

// runFailed is the part of RunLedger about what did not arrive.
func runFailed(t *testing.T, s store.Store) {
	var b monitor.Batch
	for i, state := range []monitor.State{monitor.Sent, monitor.Dead, monitor.Pending, monitor.Unconfirmed, monitor.Folded, monitor.Sent} {
		b.Notices = append(b.Notices, monitor.Notice{Key: fmt.Sprintf("k%d", i), Destination: fmt.Sprintf("d%d", i%2), Created: morning, Delivery: monitor.Delivery{State: state, Due: morning}})
	}
	commit(t, s, b)
	got, err := s.FailedDeliveries(time.Now().Add(-time.Hour))
	if err != nil || len(got) != 2 || got[0].Delivery.State == got[1].Delivery.State || got[0].Destination != "d1" || got[1].Destination != "d1" {
		t.Errorf("FailedDeliveries = %+v, %v; want what died and what was not confirmed", got, err)
	}
	if got, err = s.FailedDeliveries(time.Now().Add(time.Hour)); err != nil || len(got) != 0 {
		t.Errorf("FailedDeliveries of later = %+v, %v; want none", got, err)
	}
}

// runFeedSets is the part of RunLedger about sets of feeds.
func runFeedSets(t *testing.T, s store.Store) {
	var plain monitor.Batch
	for i := range archived {
		plain.Feeds = append(plain.Feeds, monitor.FeedRecord{ID: fmt.Sprintf("https://%04d.example/", i), State: feeds.State{ETag: "e"}})
	}
	commit(t, s, plain)
	quiet := monitor.FeedRecord{ID: feedID(1), State: feeds.State{NotBefore: morning, Hub: "https://hub.example/"}}
	ill := monitor.FeedRecord{ID: feedID(2), Health: schedule.Health{Condition: schedule.Blocked}}
	commit(t, s, monitor.Batch{Feeds: []monitor.FeedRecord{quiet, ill}})
	look := func(when string, want map[monitor.FeedSet]string) {
		t.Helper()
		for set, names := range want {
			got := ""
			for _, rec := range listFeeds(t, s, set) {
				got += rec.ID + " "
			}
			if got != names {
				t.Errorf("%s: set %d holds %q, want %q", when, set, got, names)
			}
		}
	}
	look("at first", map[monitor.FeedSet]string{monitor.PausedFeeds: quiet.ID + " ", monitor.HubFeeds: quiet.ID + " ",
		monitor.TroubledFeeds: ill.ID + " ", monitor.HubFeeds | monitor.TroubledFeeds: quiet.ID + " " + ill.ID + " "})
	if sets, err := s.Sets(); err != nil || len(sets) != 2 || sets[quiet.ID] != quiet.Sets() || sets[ill.ID] != ill.Sets() {
		t.Errorf("Sets = %v, %v; want those of two feeds", sets, err)
	}
	quiet.State, ill.Health = feeds.State{}, schedule.Health{}
	commit(t, s, monitor.Batch{Feeds: []monitor.FeedRecord{quiet, ill}})
	look("later", map[monitor.FeedSet]string{monitor.PausedFeeds: "", monitor.HubFeeds: "", monitor.TroubledFeeds: ""})
	if all := listFeeds(t, s, monitor.AllFeeds); len(all) != archived+2 {
		t.Errorf("%d feeds in all, want %d", len(all), archived+2)
	}
	n := 0
	if err := s.Feeds(monitor.AllFeeds, func(monitor.FeedRecord) bool { n++; return n < 2 }); err != nil || n != 2 {
		t.Errorf("stopped after %d feeds, %v; want 2", n, err)
	}
}

func listFeeds(t *testing.T, s store.Store, which monitor.FeedSet) (out []monitor.FeedRecord) {
	t.Helper()
	if err := s.Feeds(which, func(rec monitor.FeedRecord) bool { out = append(out, rec); return true }); err != nil {
		t.Fatal(err)
	}
	return out
}

// RunNotes checks that a store keeps the promises of store.Notes.
func RunNotes(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	for _, step := range []struct{ name, value string }{{"lease", "one"}, {"lease", "two"}, {"other", "x"}, {"lease", ""}} {
		value := []byte(step.value)
		if step.value == "" {
			value = nil
		}
		if err := s.PutNote(step.name, value); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Note(step.name); string(got) != step.value || err != nil || (got == nil) != (value == nil) {
			t.Errorf("Note(%s) = %q, %v, want %q", step.name, got, err, step.value)
		}
	}
	if got, err := s.Note("other"); string(got) != "x" || err != nil {
		t.Errorf("the other note = %q, %v", got, err)
	}
}

func commit(t *testing.T, s store.Store, b monitor.Batch) {
	t.Helper()
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
}

// readsWithWords checks ItemsWith where every item may have the words.
func readsWithWords(t *testing.T, s store.Store) {
	t.Helper()
	var b monitor.Batch
	for n := range archived {
		b.Items = append(b.Items, monitor.Record{ID: itemID(n), Item: feeds.Item{Title: "Ferry sails"}})
	}
	commit(t, s, b)
	all := func(has func(uint64) bool) bool { return true }
	for _, c := range []struct {
		from, before monitor.ItemID
		want         int
	}{{0, 0, archived}, {itemID(3), 0, archived - 3}, {itemID(1), itemID(4), 3}, {itemID(4), itemID(1), 0}} {
		var got []monitor.ItemID
		err := s.ItemsWith(c.from, c.before, all, func(r monitor.Record) bool { got = append(got, r.ID); return true })
		if err != nil || len(got) != c.want || !slices.IsSortedFunc(got, func(a, b monitor.ItemID) int { return cmp.Compare(b, a) }) {
			t.Errorf("from %v before %v: %d items, %v, want %d, newest first", c.from, c.before, len(got), err, c.want)
		}
	}
	n := 0
	if err := s.ItemsWith(0, 0, all, func(monitor.Record) bool { n++; return n < 2 }); err != nil || n != 2 {
		t.Errorf("%d items, %v, want two", n, err)
	}
	if m, ok := s.(store.Maintainer); ok {
		readsOnlyRuns(t, s, m)
	}
}

// readsOnlyRuns searches for a rare word among the items of readsWithWords: those that
// have it are read whatever was written when, and of all others a few.
func readsOnlyRuns(t *testing.T, s store.Store, m store.Maintainer) {
	t.Helper()
	keys := match.AppendWordKeys(nil, &match.Doc{Body: "Zebrafinches escaped"})
	may := func(has func(uint64) bool) bool {
		return !slices.ContainsFunc(keys, func(k uint64) bool { return !has(k) })
	}
	index := func() {
		t.Helper()
		for more := true; more; {
			var err error
			if more, err = m.IndexWords(); err != nil {
				t.Fatal(err)
			}
		}
	}
	rare := map[monitor.ItemID]bool{}
	write := func(n int) {
		rare[itemID(n)] = true
		commit(t, s, monitor.Batch{Items: []monitor.Record{{ID: itemID(n), Item: feeds.Item{Title: "Zebrafinches escaped"}}}})
	}
	look := func(when string, from, before int, most int) {
		t.Helper()
		read := map[monitor.ItemID]bool{}
		err := s.ItemsWith(itemID(from), itemID(before), may, func(r monitor.Record) bool {
			if read[r.ID] || r.ID < itemID(from) || r.ID >= itemID(before) {
				t.Errorf("%s: item %v twice, or beyond the bounds", when, r.ID)
			}
			read[r.ID] = true
			return true
		})
		if err != nil || len(read) > most {
			t.Errorf("%s: %d items read, %v, want %d at most", when, len(read), err, most)
		}
		for id := range rare {
			if id >= itemID(from) && id < itemID(before) && !read[id] {
				t.Errorf("%s: item %v has the word and was not read", when, id)
			}
		}
	}
	const all = archived + 100
	look("nothing is known", 0, all, all)
	index()
	look("nobody has it", 0, all, 100)
	write(300)
	write(archived) // behind all runs
	look("written since", 0, all, 300)
	index()
	look("indexed again", 0, all, 300)
	write(1)
	index()
	look("of a part", 2, 400, 200)
	look("of the oldest", 0, 3, 3)
	for n := archived + 1; n < all; n++ {
		commit(t, s, monitor.Batch{Items: []monitor.Record{{ID: itemID(n), Item: feeds.Item{Title: "Ferry sails"}}}})
	}
	index()
	look("grown", 0, all, 400)
}

// followsMerges checks that Story returns what a story was merged into.
func followsMerges(t *testing.T, s store.Store) {
	t.Helper()
	commit(t, s, monitor.Batch{Stories: []monitor.Story{{ID: 1, Last: morning}, {ID: 2, Last: morning, Into: 1}, {ID: 3, Last: morning, Into: 2}}})
	if st, ok, err := s.Story(3); st.ID != 1 || !ok || err != nil {
		t.Errorf("Story = %v, %v, %v, want the one it was merged into", st.ID, ok, err)
	}
	if _, ok, err := s.Story(9); ok || err != nil {
		t.Errorf("an unknown story: %v, %v", ok, err)
	}
}
