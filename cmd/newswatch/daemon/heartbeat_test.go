package daemon

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/store/bolt"
)

// TestHeartbeatRefused has an address that refuses once, and then for a while:
// the log has the beginning and the end of both, operations of the second.
func TestHeartbeatRefused(t *testing.T) {
	status := http.StatusOK
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	defer srv.Close()
	db, err := bolt.OpenScratch(filepath.Join(t.TempDir(), "newswatch.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var log bytes.Buffer
	d := &Daemon{components: &components{Store: db, Monitor: &monitor.Monitor{Store: db}}, Options: Options{Log: slog.New(slog.NewTextHandler(&log, nil))}}
	d.Monitor.SetRules(&monitor.Rules{Operations: []string{"ops"}, Expand: map[string][]string{"ops": {"ops"}}})
	d.delivery = d.dispatcher(d.Log)
	h := &heartbeat{daemon: d, to: feeds.Secret(srv.URL + "/hidden-token")}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for i, code := range []int{200, 404, 200, 404, 404, 503, 404, 204, 200} {
		status = code
		h.beat(t.Context(), now.Add(time.Duration(i)*time.Minute))
	}
	if said := log.String(); strings.Count(said, "heartbeat refused") != 2 || strings.Count(said, "heartbeat accepted again") != 2 || strings.Contains(said, "hidden") {
		t.Errorf("the log says\n%s", said)
	}
	rows, err := db.List(monitor.NoticeFilter{Destination: "ops"})
	if err != nil || len(rows) != 2 {
		t.Errorf("operations is owed %+v, %v; want two notices", rows, err)
	}
}
