package daemon

import (
	"fmt"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// A damageWatch tells operations, once, of each row of the store that was
// damaged and set aside: its keys are those told of.
type damageWatch map[string]bool

// check looks for rows that were not told of yet.
func (w damageWatch) check(d *Daemon) {
	rows, err := d.Store.Damaged()
	if err != nil {
		d.Log.Error("damaged rows not read", "err", err)
		return
	}
	for _, r := range rows {
		event := fmt.Sprintf("damaged-%s-%d", r.ID, r.At.Unix())
		if w[event] {
			continue
		}
		d.Log.Error("a row of the store was damaged and is set aside", "row", r.ID, "table", r.Table, "key", r.Key, "bytes", len(r.Bytes))
		if err := d.delivery.Announce(event, damageTold(r), ""); err != nil {
			d.Log.Error("operations not told of the damaged row", "err", err)
			return
		}
		w[event] = true
	}
}

// lostWith says what the rows of a table are, and so what is lost with one.
var lostWith = map[string]string{
	"outbox":    "a message: if it was still owed it will not come",
	"feeds":     "what is remembered of a feed: it is polled as a new one",
	"known":     "by what the entries of a feed are recognised: they are by their addresses",
	"items":     "an item: it cannot be searched for or explained",
	"addresses": "which items some addresses belong to",
	"stories":   "a story: what follows in it is told as a new one",
	"gates":     "what was learned about a destination: it is tried at once",
	"gaps":      "a time in which a feed was not seen",
	"days":      "the totals of a day",
	"silences":  "a silence: it is over",
	"notes":     "a note of newswatch to itself",
}

func damageTold(r store.Damaged) monitor.Content {
	return monitor.Content{Headline: "a row of the store was damaged: " + r.Table + " " + r.Key,
		Lines: []string{"it held " + lostWith[r.Table], "all other rows go on; look at the disk or memory of this machine",
			"its bytes are kept: newswatch store damaged --json; remove it with newswatch store damaged --remove " + r.ID}}
}
