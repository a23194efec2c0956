package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/source"
	"newswatch/feeds/urls"
)

// rest asks for the documents that follow the first, most at most, each in a turn of
// its own, and adds them to res. One that fails leaves what came before it, and
// the document partial; then, and where these change without the first, all are
// read again by the next poll. It returns how many it asked for.
func (x *exchange) rest(ctx context.Context, res *feeds.Result, most int) (asked int) {
	waiting, whole := x.answer.Next, x.feed.Kind == feeds.KindJSON
	defer func() {
		if !whole {
			forgetDocument(&res.State)
		}
	}()
	for last := res.Document; len(waiting) > 0 && !exhausted(x.feed.Kind, last); asked++ {
		if asked == most {
			whole = false
			source.AddNote(&res.Document, "further pages were not read: its budget of requests is used up")
			break
		}
		q := waiting[0]
		waiting = waiting[1:]
		answer, n, err := x.page(ctx, q)
		res.Bytes += n
		if err != nil {
			res.Document.Partial, whole = true, false
			source.AddNote(&res.Document, "a further page was not read: "+err.Error())
			if ctx.Err() != nil {
				return asked + 1
			}
			continue
		}
		last = answer.Document
		source.Add(&res.Document, last)
		waiting = append(waiting, answer.Next...)
	}
	return asked
}

// exhausted reports whether a page of an interface, whose rows come newest first,
// has nothing new, so that those after it have not either.
func exhausted(k feeds.Kind, page feeds.Document) bool {
	return k == feeds.KindJSON && len(page.Items) == 0
}

// page asks for one further document.
func (x *exchange) page(ctx context.Context, q source.Request) (answer source.Answer, n int64, err error) {
	ask, err := x.request(q.Address, q.Body)
	if err != nil {
		return answer, 0, err
	}
	if err := x.hostTurn(ctx, ask); err != nil {
		return answer, 0, err
	}
	limited, cancel := context.WithTimeout(ctx, x.settings.Timeout)
	defer cancel()
	a, err := x.follow(limited, ask)
	if err != nil {
		return answer, 0, x.failed(a, err)
	}
	defer a.resp.Body.Close()
	if a.resp.StatusCode != http.StatusOK {
		res, err := x.refused(a, feeds.Result{})
		return answer, res.Bytes, err
	}
	wire, spare := x.pools.wires.get(), x.pools.bodies.get()
	defer x.pools.wires.put(wire)
	defer x.pools.bodies.put(spare)
	done, err := x.receive(limited, a.resp, wire, int64(x.settings.MaxBody))
	defer done()
	n = int64(wire.Len())
	if err != nil {
		return answer, n, x.unread(a, err)
	}
	turn := x.inTurn(ctx, x.feed, wire.Len() > keepBuffer, func() bool {
		var body []byte
		if body, err = x.decode(wire.Bytes(), a.resp.Header.Get("Content-Encoding"), spare, x.settings.MaxBody); err != nil {
			err = x.unread(a, err)
		} else if answer, err = x.parse(q, body, a); err != nil {
			err = x.unreadable(a, body, err)
		}
		return true
	})
	return answer, n, errors.Join(turn, err)
}

// hostTurn waits until the exchange may make its next request.
func (x *exchange) hostTurn(ctx context.Context, q request) error {
	wait, quiet := x.hosts.again(urls.HostKey(q.url), x.Now())
	if quiet > 0 {
		return troublef(feeds.Throttled, q.url, "the server asked for silence for another %v", quiet.Round(time.Second))
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// budget returns how many requests the feed has left of Source.Requests; none
// left is an error.
func (x *exchange) budget() (left int, err error) {
	const plenty = 1 << 20
	rate, err := feeds.ParseRate(x.feed.How().Requests)
	if err != nil || rate.N == 0 {
		return plenty, err
	}
	until := x.was.Spent.Since.Add(rate.Per)
	if now := x.Now(); !now.Before(until) || x.was.Spent.Since.After(now) {
		return rate.N, nil
	}
	if left = rate.N - x.was.Spent.N; left <= 0 {
		return 0, &feeds.FetchError{Fault: feeds.Throttled, Err: fmt.Errorf("its own budget of %s requests is used up until %s", x.feed.How().Requests, until.UTC().Format("15:04 UTC"))}
	}
	return left, nil
}

// spent counts requests against the budget, and spreads what is left over its
// time: polls are no closer than the budget allows for ever.
func (x *exchange) spent(st feeds.State, n int) feeds.State {
	rate, err := feeds.ParseRate(x.feed.How().Requests)
	if err != nil || rate.N == 0 {
		return st
	}
	now := x.Now()
	if !now.Before(st.Spent.Since.Add(rate.Per)) || st.Spent.Since.After(now) {
		st.Spent = feeds.Spent{Since: now.UTC()}
	}
	st.Spent.N += n
	each := rate.Per / time.Duration(rate.N)
	st.Wait = max(st.Wait, int64(min(each*time.Duration(max(n, 1)), feeds.MaxSilence)/time.Second))
	return st
}
