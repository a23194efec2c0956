package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"newswatch/deploy/measure/farm"
)

// How the farm's servers behave in the scenarios.
var (
	ignoring = farm.Manners{Stubborn: 1}
	lifelike = farm.Manners{Stubborn: 0.45, Latency: 120 * time.Millisecond}
	broken   = farm.Manners{Latency: 120 * time.Millisecond, Failing: 0.01, Hanging: 0.005}
)

// settled is how long after the last answer a poll is judged and on disk.
const settled = 700 * time.Millisecond

// life starts a newswatch on an empty store and takes it through all
// scenarios. It returns at which times the feeds were polled when all were due
// at once.
func (b *bench) life(ctx context.Context, column, bin string) (burst pace, err error) {
	dir, err := os.MkdirTemp(b.dir, "life-*")
	if err != nil {
		return nil, err
	}
	config, err := b.configure(dir)
	if err != nil {
		return nil, err
	}
	b.farm.Behave(farm.Manners{})
	b.farm.Reset()
	b.farm.Forget()
	d, err := start(ctx, filepath.Join(dir, "log"), bin, "run", "--config", config)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.stop()) }()
	s := &subject{bench: b, process: d, column: column}

	cold, err := s.firstRound(ctx)
	if err != nil {
		return nil, err
	}
	b.table.add(coldStart, column, cold)
	if err := s.windowOnly(ctx, sameSpread, farm.Manners{}); err != nil {
		return nil, err
	}
	spread := pace(b.farm.Asked())
	steady := d.status("RssAnon")
	if err := errors.Join(s.windowOnly(ctx, bodySpread, ignoring), s.windowOnly(ctx, realSpread, lifelike)); err != nil {
		return nil, err
	}
	b.farm.Behave(farm.Manners{})
	if err := s.gather(ctx); err != nil {
		return nil, err
	}
	each, err := s.window(ctx, sameBurst, farm.Manners{})
	if err != nil {
		return nil, err
	}
	burst = b.farm.Asked()
	if err := s.oneNew(ctx, each); err != nil {
		return nil, err
	}
	b.table.add(spreadOver, column, spread.width(b.every).Seconds())
	b.table.add(burstOver, column, burst.width(b.every).Seconds())
	if err := s.latency(ctx); err != nil {
		return nil, err
	}
	return burst, s.sizes(dir, steady)
}

// bareLife takes the bare client through the same scenarios: where polls are
// spread out each of its requests has a time of its own, where they are due at
// once they come as newswatch's came.
func (b *bench) bareLife(ctx context.Context, burst pace) (err error) {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, one := range []struct {
		pace pace
		then func(*subject) error
	}{
		{evenly(b.feeds, b.every), func(s *subject) error {
			return errors.Join(s.windowOnly(ctx, sameSpread, farm.Manners{}), s.windowOnly(ctx, bodySpread, ignoring), s.windowOnly(ctx, realSpread, lifelike))
		}},
		{burst, func(s *subject) error {
			b.farm.Prepare()
			if err := s.quiet(ctx); err != nil {
				return err
			}
			each, err := s.window(ctx, sameBurst, farm.Manners{})
			return errors.Join(err, s.oneNew(ctx, each))
		}},
	} {
		list, err := b.write(one.pace)
		if err != nil {
			return err
		}
		b.farm.Behave(farm.Manners{})
		b.farm.Forget()
		c, err := start(ctx, filepath.Join(b.dir, "bare.log"), self, "-replay", list, "-every", b.every.String())
		if err != nil {
			return err
		}
		s := &subject{bench: b, process: c, column: bareClient}
		_, err = s.firstRound(ctx)
		if err == nil {
			err = one.then(s)
		}
		if err = errors.Join(err, c.stop()); err != nil {
			return err
		}
	}
	return nil
}

// A subject is a running program under measurement and its column.
type subject struct {
	*bench
	*process
	column string
}

// spent is what a process has used, and for how many requests.
type spent struct {
	cpu      float64 // ms
	requests int64
}

func (s *subject) spent() (spent, error) {
	used, err := s.cpu()
	return spent{float64(used) / float64(time.Millisecond), s.farm.Counts().Requests}, err
}

// each is what a request cost between two times, in ms.
func (later spent) each(before spent) float64 {
	return (later.cpu - before.cpu) / float64(max(1, later.requests-before.requests))
}

// firstRound waits until every feed was asked for and then answered 304 for a
// whole round: what the first brought is worked off. It returns what a feed
// took in ms until then, less the polls that came after its first.
func (s *subject) firstRound(ctx context.Context) (cold float64, err error) {
	started := s.farm.Counts().Requests
	limit := time.Minute + time.Duration(s.feeds)*100*time.Millisecond // on a busy machine
	if err := s.until(ctx, limit, "the first round", func() bool { return s.farm.Counts().Feeds == s.feeds }); err != nil {
		return 0, err
	}
	for {
		full := s.farm.Counts().Full
		before, err := s.spent()
		if err != nil {
			return 0, err
		}
		if err := s.pause(ctx, s.every); err != nil {
			return 0, err
		}
		now, err := s.spent()
		if err != nil {
			return 0, err
		}
		if now.requests-before.requests >= int64(s.feeds)*8/10 && s.farm.Counts().Full == full {
			extra := float64(now.requests - started - int64(s.feeds))
			return (now.cpu - extra*now.each(before)) / float64(s.feeds), nil
		}
		if limit -= s.every; limit < 0 {
			return 0, s.failed("waiting for a round of 304", errors.New("there was none: the machine is too slow for this pace; set a longer -every"))
		}
	}
}

// window measures steady rounds under the manners, adds what a poll cost to
// the table and returns it, in ms.
func (s *subject) window(ctx context.Context, row string, m farm.Manners) (each float64, err error) {
	s.farm.Behave(m)
	before, err := s.spent()
	if err != nil {
		return 0, err
	}
	if err := s.pause(ctx, time.Duration(s.rounds)*s.every); err != nil {
		return 0, err
	}
	after, err := s.spent()
	if err != nil {
		return 0, err
	}
	if polls := after.requests - before.requests; polls < int64(s.feeds*s.rounds)*8/10 {
		return 0, s.failed(row, fmt.Errorf("%d polls in %d rounds of %d feeds: the machine is too slow for this pace; set a longer -every", polls, s.rounds, s.feeds))
	}
	each = after.each(before)
	s.table.add(row, s.column, each)
	return each, nil
}

func (s *subject) windowOnly(ctx context.Context, row string, m farm.Manners) error {
	_, err := s.window(ctx, row, m)
	return err
}

// gather makes all feeds due at the same time, from now on: the program is
// stopped for a round, and each feed is due a round after its last poll. The
// farm makes up new entries meanwhile.
func (s *subject) gather(ctx context.Context) error {
	frozen := make(chan error, 1)
	go func() { frozen <- s.freeze(s.every) }()
	s.farm.Prepare()
	if err := <-frozen; err != nil {
		return err
	}
	if err := s.pause(ctx, s.every); err != nil {
		return err
	}
	return s.quiet(ctx)
}

// quiet waits until no request has come for long enough that all is settled,
// and gives up waiting after two rounds: polls may be spread too evenly.
func (s *subject) quiet(ctx context.Context) error {
	end := time.Now().Add(2 * s.every)
	return s.until(ctx, 3*s.every, "a pause between polls", func() bool {
		return time.Since(s.farm.Counts().Last) > settled || time.Now().After(end)
	})
}

// oneNew publishes an entry in every feed and measures the round that finds
// them. unchanged is what a poll without news costs, for those that came in
// between.
func (s *subject) oneNew(ctx context.Context, unchanged float64) error {
	if err := s.quiet(ctx); err != nil {
		return err
	}
	full := s.farm.Counts().Full
	before, err := s.spent()
	if err != nil {
		return err
	}
	s.farm.Publish()
	all := func() bool { return s.farm.Counts().Full-full >= int64(s.feeds) }
	if err := s.until(ctx, 10*s.every, "all new entries to be fetched", all); err != nil {
		return err
	}
	if err := s.pause(ctx, settled); err != nil {
		return err
	}
	after, err := s.spent()
	if err != nil {
		return err
	}
	extra := float64(after.requests - before.requests - int64(s.feeds))
	s.table.add(newBurst, s.column, (after.cpu-before.cpu-extra*unchanged)/float64(s.feeds))
	return nil
}

// latency publishes entries that a watch waits for on sound feeds among broken
// ones, and takes how long it is until the webhook has them.
func (s *subject) latency(ctx context.Context) error {
	s.farm.Behave(broken)
	defer s.farm.Behave(farm.Manners{})
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	published := map[string]time.Time{}
	for len(published) < s.told {
		feed := 1 + r.IntN(s.feeds)
		if !s.farm.Sound(feed, broken) {
			continue
		}
		mark := madeUp(r)
		title := []string{capital(signalWord), mark}
		for range 6 {
			title = append(title, madeUp(r))
		}
		published[mark] = s.farm.Announce(feed, strings.Join(title, " "))
		if err := s.pause(ctx, s.every/time.Duration(s.told)+17*time.Millisecond); err != nil {
			return err
		}
	}
	var waits []float64
	told := func() bool {
		waits = waits[:0]
		for mark, at := range published {
			if came, ok := s.hook.When(mark); ok {
				waits = append(waits, came.Sub(at).Seconds())
			}
		}
		return len(waits) == len(published)
	}
	if err := s.until(ctx, 3*s.every+20*time.Second, "the webhook to be told of all entries", told); err != nil {
		return err
	}
	s.table.add(toldMedian, s.column, median(waits))
	s.table.add(toldLast, s.column, slices.Max(waits))
	return nil
}

// sizes adds what the daemon holds in memory and on disk.
func (s *subject) sizes(dir string, steady int64) error {
	const mb = 1 << 10 // in kB
	s.table.add(ownSteady, s.column, float64(steady)/mb)
	s.table.add(ownPeak, s.column, float64(s.peak.Load())/mb)
	s.table.add(allPeak, s.column, float64(s.status("VmHWM"))/mb)
	info, err := os.Stat(filepath.Join(dir, storeName))
	if err != nil {
		return err
	}
	s.table.add(fileSize, s.column, float64(info.Size())/1e3/float64(s.feeds))
	return nil
}
