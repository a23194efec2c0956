package webhook

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/notifytest"
)

// BenchmarkDeliver is the whole way of a notice from an outbox in memory to a
// receiver on this machine, both in this process: claim, POST, receipt.
func BenchmarkDeliver(b *testing.B) {
	var got atomic.Int64
	done := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if got.Add(1) == int64(b.N) {
			close(done)
		}
	}))
	defer srv.Close()
	to, err := New(Config{URL: notify.Secret(srv.URL), Secret: "s"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	outbox := &notifytest.Memory{}
	var ns []monitor.Notice
	for i := range b.N {
		n := alert("A headline of usual length about a contract and a cloud")
		n.Key, n.Story, n.Created = fmt.Sprint("n", i), monitor.StoryID(i+1), time.Now()
		n.Delivery = monitor.Delivery{State: monitor.Pending, Due: n.Created}
		ns = append(ns, n)
	}
	if err := outbox.Update(ns); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error)
	d := &notify.Deliverer{Destination: "hook", Notifier: to, Outbox: outbox}
	b.ResetTimer()
	go func() { ended <- d.Run(ctx) }()
	<-done
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "notices/s")
	b.StopTimer()
	cancel()
	if err := <-ended; err != nil {
		b.Error(err)
	}
}
