package webhook

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"newswatch/notify"
	"newswatch/notify/notifytest"
)

// TestContract holds every format to what every channel promises.
func TestContract(t *testing.T) {
	for format := range formats {
		t.Run(string(format), func(t *testing.T) {
			notifytest.RunNotifier(t, func(t *testing.T) notifytest.Peer { return receiver(t, format) })
		})
	}
}

// receiver is a far end that tells messages apart by webhook-id.
func receiver(t *testing.T, format Format) notifytest.Peer {
	var mu sync.Mutex
	var arrived []string
	var next http.HandlerFunc // for one request
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		fault := next
		if next = nil; fault == nil {
			arrived = append(arrived, r.Header.Get("webhook-id"))
		}
		mu.Unlock()
		if fault != nil {
			r.Body = io.NopCloser(bytes.NewReader(body))
			fault(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	arm := func(h http.HandlerFunc) func() { return func() { mu.Lock(); defer mu.Unlock(); next = h } }
	status := func(code int) func() {
		return arm(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "3"); w.WriteHeader(code) })
	}
	return notifytest.Peer{
		Notifier: open(t, Config{URL: notify.Secret(srv.URL + "/hidden-token?chat_id=hidden-chat"), Secret: "hidden-key", Format: format}),
		Secrets:  []string{"hidden"},
		Arrived:  func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(arrived) },
		Away:     srv.Close, Reject: status(422), Ban: status(401), Busy: status(429),
		Drop: arm(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }),
		Hang: arm(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }),
	}
}
