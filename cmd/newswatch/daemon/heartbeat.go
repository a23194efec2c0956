package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
)

// A heartbeat tells the outside that newswatch is alive.
type heartbeat struct {
	daemon *Daemon
	to     feeds.Secret
	failed time.Time // since when it has not been accepted; zero while it is
	count  int       // beats since then
}

// toldAfter is how many beats in a row fail before operations is told.
const toldAfter = 3

// beat asks the address once, unless the store does not answer: that must be
// noticed by silence. The log is told of the first beat that is not accepted,
// operations once that persists, and both of its end.
func (h *heartbeat) beat(ctx context.Context, now time.Time) {
	d := h.daemon
	if err := d.checkStore(); err != nil {
		d.Log.Error("heartbeat withheld", "err", err)
		return
	}
	err := Beat(ctx, h.to)
	switch {
	case ctx.Err() != nil, err == nil && h.count == 0:
		return
	case err == nil:
		d.Log.Info("heartbeat accepted again", "since", h.failed)
		if h.count >= toldAfter {
			h.tell("accepted", "the heartbeat is accepted again", nil)
		}
		h.count = 0
		return
	}
	if h.count++; h.count == 1 {
		h.failed = now
		d.Log.Error("heartbeat refused", "err", err)
	}
	if h.count == toldAfter {
		h.tell("refused", "the heartbeat is not accepted", []string{err.Error(), "whoever waits for it takes newswatch for dead; check heartbeat.url"})
	}
}

func (h *heartbeat) tell(event, headline string, lines []string) {
	key := fmt.Sprintf("heartbeat-%s-%d", event, h.failed.Unix())
	if err := h.daemon.delivery.Announce(key, monitor.Content{Headline: headline, Lines: lines}, ""); err != nil {
		h.daemon.Log.Error("operations not told of the heartbeat", "err", err)
	}
}

// Beat asks a heartbeat's address once. The error, of no answer or of one that
// is no 2xx, does not name the address: it may hold a token.
func Beat(ctx context.Context, to feeds.Secret) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, to.Reveal(), nil)
	if err != nil {
		return errors.New("heartbeat: url cannot be used")
	}
	resp, err := http.DefaultClient.Do(req)
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err
	}
	if err != nil {
		return fmt.Errorf("heartbeat: no answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		err = fmt.Errorf("heartbeat: answered %s", resp.Status)
	}
	return errors.Join(err, resp.Body.Close())
}
