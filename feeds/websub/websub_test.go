package websub

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/fetch"
)

// A pushing is a subscriber with a hub, and what was delivered.
type pushing struct {
	*Subscriber
	now  time.Time
	hub  *httptest.Server
	asks []url.Values
	got  []string
	fail error
}

func subscriber(t *testing.T, status int) *pushing {
	t.Helper()
	p := &pushing{now: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)}
	p.hub = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
			t.Errorf("%s with %v", r.Method, err)
		}
		p.asks = append(p.asks, r.PostForm)
		w.WriteHeader(status)
	}))
	t.Cleanup(p.hub.Close)
	c, err := fetch.NewClient(feeds.Settings{Allow: []string{"127.0.0.0/8"}, Spacing: time.Nanosecond, Timeout: 5 * time.Minute}, "1.2")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.Now = func() time.Time {
		p.now = p.now.Add(time.Microsecond) // so that waiting for a turn ends
		return p.now
	}
	s, err := NewSubscriber(func() *fetch.Client { return c }, "https://news.example/hooks/", nil, func(_ context.Context, feed string, body []byte, kind string) error {
		p.got = append(p.got, feed+" "+string(body)+" "+kind)
		return p.fail
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Subscriber = s
	return p
}

var harbour = feeds.Feed{URL: "https://harbour.example/feed"}

// offer tells of the hub, and has it asked.
func (p *pushing) offer(t *testing.T) Lease {
	t.Helper()
	if !p.Offer(harbour, feeds.State{Hub: p.hub.URL + "/?h=1", Self: "https://harbour.example/topic"}) {
		t.Fatal("the offer changed nothing")
	}
	if err := p.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p.Leases()[0]
}

// call is a request of the hub's; query is "" or begins with ?.
func (p *pushing) call(method, id, query, body, signature string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "https://news.example/hooks/"+id+query, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/rss+xml")
	if signature != "" {
		r.Header.Set("X-Hub-Signature", signature)
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

func sign(name string, h func() hash.Hash, key, body string) string {
	mac := hmac.New(h, []byte(key))
	mac.Write([]byte(body))
	return name + "=" + hex.EncodeToString(mac.Sum(nil))
}

const verification = "?hub.mode=subscribe&hub.topic=https://harbour.example/topic&hub.challenge=c%3Cb%3E&hub.lease_seconds=3600"

// A subscription from the offer to its renewal.
func TestSubscribe(t *testing.T) {
	p := subscriber(t, http.StatusAccepted)
	l := p.offer(t)
	ask := p.asks[0]
	want := map[string]string{"hub.mode": "subscribe", "hub.topic": l.Topic, "hub.secret": l.Key,
		"hub.callback": "https://news.example/hooks/" + l.ID, "hub.lease_seconds": "864000"}
	for name, value := range want {
		if ask.Get(name) != value {
			t.Errorf("%s = %q, want %q", name, ask.Get(name), value)
		}
	}
	if len(l.ID) < 20 || len(l.Key) < 40 || len(l.Key) > 199 || p.Active(harbour.URL) {
		t.Errorf("lease %#v with ID %q, active %v", l, l.ID, p.Active(harbour.URL))
	}
	if w := p.call("GET", l.ID, verification, "", ""); w.Code != 200 || w.Body.String() != "c<b>" || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("verification answered %d %q as %s", w.Code, w.Body, w.Header().Get("Content-Type"))
	}
	if !p.Active(harbour.URL) || p.Offer(harbour, feeds.State{Hub: l.Hub, Self: l.Topic}) {
		t.Error("not active, or the same offer is news")
	}
	for _, step := range []struct {
		after time.Duration
		asks  int
	}{{0, 1}, {39 * time.Minute, 1}, {time.Minute, 2}, {30 * time.Minute, 2}, {31 * time.Minute, 3}, {time.Hour, 3}, {time.Hour, 4}} {
		p.now = p.now.Add(step.after)
		if err := p.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(p.asks) != step.asks {
			t.Errorf("after %v more: asked %d times, want %d", step.after, len(p.asks), step.asks)
		}
	}
	if p.Active(harbour.URL) {
		t.Error("active although the lease ran out")
	}
}

// The hub gets a yes to what was asked for only.
func TestVerifyRefuses(t *testing.T) {
	p := subscriber(t, http.StatusAccepted)
	l := p.offer(t)
	tests := map[string]struct {
		method, id, query string
		code              int
	}{
		"another topic":         {"GET", l.ID, strings.Replace(verification, "topic&", "other&", 1), 404},
		"another subscription":  {"GET", "x", verification, 404},
		"no challenge":          {"GET", l.ID, "?hub.mode=subscribe&hub.topic=" + l.Topic, 404},
		"no mode":               {"GET", l.ID, "", 404},
		"unsubscribing ours":    {"GET", l.ID, strings.Replace(verification, "subscribe", "unsubscribe", 1), 404},
		"unsubscribing unknown": {"GET", "x", strings.Replace(verification, "subscribe", "unsubscribe", 1), 200},
		"long challenge":        {"GET", l.ID, verification + strings.Repeat("x", 2000), 200},
		"other method":          {"PUT", l.ID, "", 405},
		"push to unknown":       {"POST", "x", "", 410},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if w := p.call(tt.method, tt.id, tt.query, "", ""); w.Code != tt.code {
				t.Errorf("answered %d, want %d", w.Code, tt.code)
			}
		})
	}
}

// Only what the hub signed is delivered; it cannot tell by the answer.
func TestPush(t *testing.T) {
	p := subscriber(t, http.StatusNoContent)
	l := p.offer(t)
	const body = "<rss/>"
	tests := map[string]struct {
		signature string
		fail      error
		code      int
		delivered bool
	}{
		"sha1":          {sign("sha1", sha1.New, l.Key, body), nil, 204, true},
		"sha256":        {sign("sha256", sha256.New, l.Key, body), nil, 204, true},
		"sha384":        {sign("SHA384", sha512.New384, l.Key, body), nil, 204, true},
		"sha512":        {sign("sha512", sha512.New, l.Key, body), nil, 204, true},
		"store is full": {sign("sha256", sha256.New, l.Key, body), errors.New("disk full"), 503, true},
		"other key":     {sign("sha256", sha256.New, "x", body), nil, 202, false},
		"other body":    {sign("sha256", sha256.New, l.Key, "<rss>"), nil, 202, false},
		"md5":           {"md5=00", nil, 202, false},
		"not hex":       {"sha256=zz", nil, 202, false},
		"empty digest":  {"sha256=", nil, 202, false},
		"unsigned":      {"", nil, 202, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p.got, p.fail = nil, tt.fail
			w := p.call("POST", l.ID, "", body, tt.signature)
			if w.Code != tt.code || (len(p.got) == 1) != tt.delivered {
				t.Errorf("answered %d, delivered %q", w.Code, p.got)
			}
			if tt.delivered && p.got[0] != "https://harbour.example/feed <rss/> application/rss+xml" {
				t.Errorf("delivered %q", p.got)
			}
			if strings.Contains(w.Body.String(), "disk") {
				t.Errorf("the hub is told %q", w.Body)
			}
		})
	}
}

// A hub that refuses, or is gone, is asked less and less; polling goes on.
func TestSubscribeFails(t *testing.T) {
	p := subscriber(t, http.StatusInternalServerError)
	p.Offer(harbour, feeds.State{Hub: p.hub.URL + "/?key=secret", Self: "https://harbour.example/topic"})
	for hour := range 100 {
		err := p.Renew(t.Context())
		if hour == 0 && (err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), p.Leases()[0].ID)) {
			t.Errorf("Renew: %v, want the hub's refusal, and nothing secret", err)
		}
		p.now = p.now.Add(time.Hour)
	}
	if n := len(p.asks); n < 6 || n > 9 {
		t.Errorf("asked %d times in 100 hours, want 1, 2, 4, 8, 16, then 24 hours apart", n)
	}

	p = subscriber(t, http.StatusAccepted)
	l := p.offer(t)
	p.call("GET", l.ID, verification, "", "")
	p.call("GET", l.ID, "?hub.mode=denied&hub.reason=no+more&hub.topic="+l.Topic, "", "")
	if l := p.Leases()[0]; l.Denied != "no more" || p.Active(harbour.URL) {
		t.Errorf("denied: %+v", l)
	}
	p.now = p.now.Add(23 * time.Hour)
	if err := p.Renew(t.Context()); err != nil || len(p.asks) != 1 {
		t.Errorf("denied, it asked again within the day (%v)", err)
	}
	p.now = p.now.Add(time.Hour)
	if err := p.Renew(t.Context()); err != nil || len(p.asks) != 2 {
		t.Errorf("denied, it never asked again (%v)", err)
	}
}

// Leases survive a restart, and what is forgotten is answered so.
func TestLeasesAreStored(t *testing.T) {
	p := subscriber(t, http.StatusAccepted)
	l := p.offer(t)
	p.call("GET", l.ID, verification, "", "")
	text, err := json.Marshal(p.Leases())
	if err != nil {
		t.Fatal(err)
	}
	var leases []Lease
	if err := json.Unmarshal(text, &leases); err != nil {
		t.Fatal(err)
	}
	p.Subscriber, err = NewSubscriber(p.client, "https://news.example/hooks", leases, p.deliver)
	if err != nil || !p.Active(harbour.URL) {
		t.Fatalf("restarted: active %v, %v", p.Active(harbour.URL), err)
	}
	if w := p.call("POST", l.ID, "", "x", sign("sha256", sha256.New, l.Key, "x")); w.Code != 204 {
		t.Errorf("push after a restart answered %d", w.Code)
	}
	ahead := leases[0]
	ahead.Since, ahead.Until, ahead.Asked = ahead.Since.AddDate(0, 0, 10), ahead.Until.AddDate(0, 0, 10), ahead.Asked.AddDate(0, 0, 10)
	if q, err := NewSubscriber(p.client, "https://news.example/hooks", []Lease{ahead}, p.deliver); err != nil || q.Leases()[0].Due().After(p.client().Now()) || q.Leases()[0].Key != ahead.Key {
		t.Errorf("a lease that a clock ten days ahead wrote is due at %v, %v", q.Leases()[0].Due(), err)
	}
	if !p.Offer(harbour, feeds.State{}) || len(p.Leases()) != 0 {
		t.Error("a feed that lost its hub keeps its lease")
	}
	p.offer(t)
	if !p.Keep(nil) || len(p.Leases()) != 0 {
		t.Error("a feed that is no longer listed keeps its lease")
	}
	for _, s := range []string{fmt.Sprint(l), fmt.Sprintf("%#v %+v %q", l, l, l)} {
		if strings.Contains(s, l.Key) || strings.Contains(s, l.ID) {
			t.Errorf("a lease prints %s", s)
		}
	}
	if _, err := NewSubscriber(p.client, "news.example", nil, nil); err == nil {
		t.Error("a callback without scheme was taken")
	}
	if w := p.call("POST", l.ID, "", "", ""); w.Code != http.StatusGone {
		t.Errorf("push to a forgotten lease answered %d", w.Code)
	}
}

// A subscriber goes by the client that is in force when it asks or is pushed to:
// its bounds, and its clock.
func TestClientInForce(t *testing.T) {
	p := subscriber(t, http.StatusAccepted)
	l := p.offer(t)
	if w := p.call("GET", l.ID, verification, "", ""); w.Code != http.StatusOK {
		t.Fatalf("confirmed: %d", w.Code)
	}
	small, err := fetch.NewClient(feeds.Settings{MaxBody: 10}, "1.2")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(small.Close)
	small.Now = p.client().Now
	p.Subscriber.client = func() *fetch.Client { return small }
	body := strings.Repeat("x", 100)
	if w := p.call("POST", l.ID, "", body, sign("sha256", sha256.New, l.Key, body)); w.Code != http.StatusRequestEntityTooLarge || len(p.got) != 0 {
		t.Errorf("100 bytes where 10 are allowed: %d, %d delivered", w.Code, len(p.got))
	}
}
