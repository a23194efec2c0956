package bolt

import (
	"fmt"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

// TestListOfFewAmongMany holds that the rows of a state are all found, in a file
// whose index says the state of each and in one of an earlier version, whose
// index does not.
func TestListOfFewAmongMany(t *testing.T) {
	s := temp(t)
	var b monitor.Batch
	for i := range 200 {
		n := monitor.Notice{Key: fmt.Sprintf("k%03d", i), Destination: "screen", Created: day, Delivery: monitor.Delivery{State: monitor.Sent}}
		if i%50 == 7 {
			n.Delivery.State = monitor.Dead
		}
		if i%50 == 8 {
			n.Destination, n.Delivery.State = "hook", monitor.Dead
		}
		b.Notices = append(b.Notices, n)
	}
	b.Notices = append(b.Notices, monitor.Notice{Key: "due", Destination: "hook", Created: day, Delivery: monitor.Delivery{State: monitor.Pending, Due: day}})
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
	look := func(version string) {
		t.Helper()
		for name, c := range map[string]struct {
			q    monitor.NoticeFilter
			want int
		}{
			"all":                    {monitor.NoticeFilter{}, 201},
			"all of one":             {monitor.NoticeFilter{Destination: "hook"}, 5},
			"dead":                   {monitor.NoticeFilter{States: []monitor.State{monitor.Dead}}, 8},
			"dead of one":            {monitor.NoticeFilter{States: []monitor.State{monitor.Dead}, Destination: "hook"}, 4},
			"some of the dead":       {monitor.NoticeFilter{States: []monitor.State{monitor.Dead}, Limit: 3}, 3},
			"dead or waiting":        {monitor.NoticeFilter{States: []monitor.State{monitor.Dead, monitor.Pending}}, 9},
			"waiting":                {monitor.NoticeFilter{States: []monitor.State{monitor.Pending}}, 1},
			"in a state of none":     {monitor.NoticeFilter{States: []monitor.State{monitor.Parked}}, 0},
			"dead since tomorrow":    {monitor.NoticeFilter{States: []monitor.State{monitor.Dead}, Since: time.Now().Add(time.Hour)}, 0},
			"of no such destination": {monitor.NoticeFilter{Destination: "none"}, 0},
		} {
			if rows, err := s.List(c.q); err != nil || len(rows) != c.want {
				t.Errorf("%s, %s: %d rows, %v; want %d", version, name, len(rows), err, c.want)
			}
		}
		if faults := s.Check(); len(faults) > 0 {
			t.Errorf("%s: %v", version, faults)
		}
	}
	look("as written")
	empty(t, s, bucketDone)
	look("as an earlier version wrote it")
}

// empty takes the values from a bucket, as if an earlier version had written it.
func empty(t *testing.T, s *Store, bucket []byte) {
	t.Helper()
	if err := s.update(func(tx *bbolt.Tx) error {
		c, k := first(tx, bucket)
		for ; k != nil; k, _ = c.Next() {
			if err := tx.Bucket(bucket).Put(k, nil); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestSetsOfAnEarlierVersion holds that a file whose index of feeds knows no
// conditions says so, until the feed is written again.
func TestSetsOfAnEarlierVersion(t *testing.T) {
	s := temp(t)
	ill := monitor.FeedRecord{ID: "https://ill.example/", Health: schedule.Health{Condition: schedule.Gone}}
	if err := s.update(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketSets).Put([]byte(ill.ID), []byte{byte(monitor.TroubledFeeds)})
	}); err != nil {
		t.Fatal(err)
	}
	sets, err := s.Sets()
	if c, known := sets[ill.ID].Condition(); err != nil || known || sets[ill.ID] != monitor.TroubledFeeds {
		t.Errorf("%v, %v: condition %q, known: %v", sets, err, c, known)
	}
	if err := s.Commit(monitor.Batch{Feeds: []monitor.FeedRecord{ill}}); err != nil {
		t.Fatal(err)
	}
	sets, err = s.Sets()
	if c, known := sets[ill.ID].Condition(); err != nil || !known || c != schedule.Gone {
		t.Errorf("%v, %v: condition %q, known: %v", sets, err, c, known)
	}
}
