package fetch

import (
	"fmt"

	"newswatch/feeds"
)

// waited says of a feed that others push to whether they did in time. It asks
// nobody.
func (c *Client) waited(f feeds.Feed, st feeds.State) (feeds.Result, error) {
	now := c.Now()
	if st.Pushed.IsZero() || st.Pushed.After(now) {
		st.Pushed = now.UTC()
	}
	res := feeds.Result{State: st, Unchanged: true}
	expect := f.How().Expect
	if silent := now.Sub(st.Pushed); expect > 0 && silent > expect {
		return res, &feeds.FetchError{Fault: feeds.Silent, Err: fmt.Errorf("nothing was pushed since %s, though something is expected every %v; look after the program that fills it",
			st.Pushed.Format("2 Jan 15:04 UTC"), expect)}
	}
	return res, nil
}
