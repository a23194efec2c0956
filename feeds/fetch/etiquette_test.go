package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
)

// trouble makes one exchange that must end in a FetchError.
func trouble(t testing.TB, c *Client, f feeds.Feed, st feeds.State) (*feeds.FetchError, feeds.Result) {
	t.Helper()
	res, err := c.Fetch(context.Background(), f, st, nil)
	e, ok := errors.AsType[*feeds.FetchError](err)
	if !ok {
		t.Fatalf("Fetch: %v (%+v), want a FetchError", err, res)
	}
	return e, res
}

const justAMoment = `<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>x</body></html>`

// What a refusal means, and how long its host is left alone.
func TestFetchRefusals(t *testing.T) {
	in2h := noon.Add(2 * time.Hour).Format(http.TimeFormat)
	tests := map[string]struct {
		status int
		header map[string]string
		body   string
		fault  feeds.Fault
		quiet  time.Duration
		says   string
	}{
		"429 with seconds":     {429, map[string]string{"Retry-After": "120"}, "", feeds.Throttled, 2 * time.Minute, "too many"},
		"429 with a date":      {429, map[string]string{"Retry-After": in2h}, "", feeds.Throttled, 2 * time.Hour, ""},
		"429 in the past":      {429, map[string]string{"Retry-After": "Tue, 03 Mar 2026 12:00:00 GMT"}, "", feeds.Throttled, time.Minute, ""},
		"429 negative":         {429, map[string]string{"Retry-After": "-5"}, "", feeds.Throttled, time.Minute, ""},
		"429 with rubbish":     {429, map[string]string{"Retry-After": "abc"}, "", feeds.Throttled, 4 * time.Hour, ""},
		"429 for years":        {429, map[string]string{"Retry-After": "99999999"}, "", feeds.Throttled, 24 * time.Hour, ""},
		"429 overflowing":      {429, map[string]string{"Retry-After": "99999999999999999999"}, "", feeds.Throttled, 24 * time.Hour, ""},
		"429 without":          {429, nil, "", feeds.Throttled, 4 * time.Hour, ""},
		"503 with seconds":     {503, map[string]string{"Retry-After": "600"}, "", feeds.Throttled, 10 * time.Minute, ""},
		"503 without":          {503, nil, "", feeds.Status, 0, "503 Service Unavailable"},
		"500":                  {500, nil, "", feeds.Status, 0, "500"},
		"404":                  {404, nil, "", feeds.Status, 0, "discover"},
		"410":                  {410, nil, "", feeds.Gone, 0, "gone for good"},
		"401":                  {401, nil, "", feeds.Blocked, 0, "credentials"},
		"403":                  {403, nil, "", feeds.Blocked, 0, "feeds probe"},
		"451":                  {451, nil, "", feeds.Blocked, 0, "legal"},
		"418":                  {418, nil, "", feeds.Status, 0, "teapot"},
		"799":                  {799, nil, "", feeds.Status, 0, "799"},
		"204":                  {204, nil, "", feeds.Status, 0, "204"},
		"304 unasked":          {304, nil, "", feeds.Status, 0, "did not ask"},
		"Cloudflare by header": {403, map[string]string{"Cf-Mitigated": "challenge"}, "x", feeds.Blocked, 0, "Cloudflare"},
		"Cloudflare by page":   {503, nil, justAMoment, feeds.Blocked, 0, "Cloudflare"},
		"Cloudflare at 200":    {200, nil, justAMoment, feeds.Blocked, 0, "Cloudflare"},
		"Akamai":               {403, map[string]string{"Server": "AkamaiGHost"}, "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD></HTML>", feeds.Blocked, 0, "Akamai"},
		"PerimeterX":           {403, nil, `<html><div id="px-captcha"></div></html>`, feeds.Blocked, 0, "PerimeterX"},
		"DataDome":             {403, nil, `<html><script src="https://geo.captcha-delivery.com/c.js"></script></html>`, feeds.Blocked, 0, "DataDome"},
		"Imperva":              {200, nil, `<html><script src="/_Incapsula_Resource?x"></script></html>`, feeds.Blocked, 0, "Imperva"},
		"AWS":                  {202, map[string]string{"X-Amzn-Waf-Action": "challenge"}, "", feeds.Blocked, 0, "AWS WAF"},
		"Anubis":               {200, nil, `<!doctype html><title>Making sure you&#39;re not a bot!</title>`, feeds.Blocked, 0, "Anubis"},
		"captcha":              {403, nil, `<html><form class="g-recaptcha"></form></html>`, feeds.Blocked, 0, "captcha"},
		"HTML":                 {200, nil, "<!doctype html><html><title>Harbour News</title><form class=g-recaptcha></html>", feeds.NotAFeed, 0, ""},
		"no redirect target":   {302, nil, "", feeds.Refused, 0, "without an address"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Etag", `"of the error page"`)
				for k, v := range tt.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			})
			c, at := client(t, feeds.Settings{Allow: local})
			f := feeds.Feed{URL: s.URL + "/feed?key=secret"}
			before := feeds.State{Of: feeds.Hash([]byte(f.URL)), ETag: `"old"`, Raw: 7, Body: 8}
			e, res := trouble(t, c, f, before)
			if e.Fault != tt.fault || e.StatusCode != tt.status {
				t.Errorf("fault %q, status %d, want %q, %d", e.Fault, e.StatusCode, tt.fault, tt.status)
			}
			if !strings.Contains(e.Error(), tt.says) || !strings.Contains(e.Error(), "/feed") || strings.Contains(e.Error(), "secret") {
				t.Errorf("error %q, want the path, no query, and %q", e, tt.says)
			}
			if got := later(res.State.NotBefore, noon).Sub(noon); got != tt.quiet {
				t.Errorf("silence of %v, want %v", got, tt.quiet)
			}
			if res.State.ETag != `"old"` || res.State.Raw != 7 || res.State.Body != 8 {
				t.Errorf("state became %+v through a failure", res.State)
			}
			neighbour := feeds.Feed{URL: s.URL + "/other"}
			at.add(time.Second)
			if release, wait := c.Begin(neighbour, feeds.State{}, at.Now()); (release == nil) != (tt.quiet > 0) {
				t.Errorf("neighbour on the host waits %v, want silence %v", wait, tt.quiet)
			}
		})
	}
}

// A server's wish for silence outlives a restart, for the whole host.
func TestSilenceOutlivesRestart(t *testing.T) {
	f, other := feeds.Feed{URL: "https://harbour.example/a"}, feeds.Feed{URL: "http://harbour.example/b"}
	st := feeds.State{NotBefore: noon.Add(2 * time.Minute)}
	c, _ := client(t, feeds.Settings{})
	c.RestorePause(f, st)
	for _, f := range []feeds.Feed{f, other} {
		if release, wait := c.Begin(f, feeds.State{}, noon); release != nil || wait < 2*time.Minute {
			t.Errorf("%s: wait %v, want at least two minutes", f.URL, wait)
		}
	}
	fresh, _ := client(t, feeds.Settings{})
	if release, _ := fresh.Begin(f, st, noon); release != nil {
		t.Error("Begin overlooked the state's own silence")
	}
	if release, wait := fresh.Begin(other, feeds.State{}, noon); release != nil {
		t.Errorf("neighbour may start, wait %v; want the host's silence learnt from the first", wait)
	}
}

// One request in 24 hours goes without validators; if its document shows that
// the server's 304s hid entries, validators are never used again.
func TestFetchFindsFalse304(t *testing.T) {
	body := rss("Ferry late")
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"stuck"`)
		if r.Header.Get("If-None-Match") == `"stuck"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(body))
	})
	c, at := client(t, feeds.Settings{Allow: local})
	st := fetch(t, c, s.URL, feeds.State{}).State
	body = rss("Ferry later", "Ferry late")
	for hour := range 23 {
		at.add(time.Hour)
		res := fetch(t, c, s.URL, st)
		if st = res.State; !res.Unchanged || st.Distrust {
			t.Fatalf("hour %d: %+v, want a 304", hour+1, res)
		}
	}
	at.add(time.Hour)
	res := fetch(t, c, s.URL, st)
	if res.Unchanged || !res.State.Distrust || !res.State.Full.Equal(at.Now()) {
		t.Fatalf("after a day: unchanged %v, state %+v; want the hidden item and distrust", res.Unchanged, res.State)
	}
	at.add(time.Minute)
	again := fetch(t, c, s.URL, res.State)
	if r := s.last(t); r.Header.Get("If-None-Match") != "" {
		t.Error("a distrusted server was asked conditionally")
	}
	if !again.Unchanged {
		t.Error("an equal body is news")
	}
}

// A document that changed together with its validators raises no suspicion.
func TestFetchTrustsHonestServers(t *testing.T) {
	body, tag := rss("Ferry late"), `"1"`
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", tag)
		_, _ = w.Write([]byte(body))
	})
	c, at := client(t, feeds.Settings{Allow: local})
	st := fetch(t, c, s.URL, feeds.State{}).State
	body, tag = rss("Ferry later"), `"2"`
	at.add(25 * time.Hour)
	if st = fetch(t, c, s.URL, st).State; st.Distrust || st.ETag != `"2"` {
		t.Errorf("state %+v, want trust and the new validator", st)
	}
}

// A 304 refreshes the validators that it carries and keeps the others.
func TestFetch304RefreshesValidators(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == "" {
			w.Header().Set("Etag", `"1"`)
			w.Header().Set("Last-Modified", "Wed, 04 Mar 2026 11:00:00 GMT")
			_, _ = w.Write([]byte(rss("Ferry late")))
			return
		}
		w.Header().Set("Etag", `"1b"`)
		w.Header().Set("Cache-Control", "max-age=1800")
		w.WriteHeader(http.StatusNotModified)
	})
	c, _ := client(t, feeds.Settings{Allow: local})
	st := fetch(t, c, s.URL, fetch(t, c, s.URL, feeds.State{}).State).State
	if st.ETag != `"1b"` || st.LastModified != "Wed, 04 Mar 2026 11:00:00 GMT" || st.Wait != 1800 {
		t.Errorf("state %+v, want the new ETag, the old date and half an hour's wait", st)
	}
}

// The same document, packed anew, is recognised by its own hash.
func TestFetchSameBodyIsUnchanged(t *testing.T) {
	n := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body := zip(rss("Ferry late"))
		if n++; n == 3 {
			body = []byte(rss("Ferry late")) // and plain
		}
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("Accept-Encoding = %q, want gzip alone", r.Header.Get("Accept-Encoding"))
		}
		if n != 3 {
			w.Header().Set("Content-Encoding", "gzip")
			body[4] = byte(n) // the time in the gzip header
		}
		_, _ = w.Write(body)
	})
	c, _ := client(t, feeds.Settings{Allow: local})
	first := fetch(t, c, s.URL, feeds.State{})
	if first.Unchanged || first.Bytes != int64(len(zip(rss("Ferry late")))) {
		t.Fatalf("first: %+v, want a document of so many bytes as came", first)
	}
	st := first.State
	for range 2 {
		res := fetch(t, c, s.URL, st)
		if !res.Unchanged || res.State.Raw == st.Raw || res.State.Body != st.Body {
			t.Errorf("unchanged %v, state %+v after %+v", res.Unchanged, res.State, st)
		}
		st = res.State
	}
}

// A state belongs to an address: edited in the configuration, it is asked as
// if for the first time.
func TestFetchForgetsStateOfAnotherAddress(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"1"`)
		_, _ = w.Write([]byte(rss("Ferry late")))
	})
	c, _ := client(t, feeds.Settings{Allow: local})
	st := fetch(t, c, s.URL+"/a", feeds.State{}).State
	if res := fetch(t, c, s.URL+"/b", st); res.Unchanged || s.last(t).Header.Get("If-None-Match") != "" {
		t.Errorf("another address: unchanged %v, validator %q", res.Unchanged, s.last(t).Header.Get("If-None-Match"))
	}
}

// What every request says and what it never says.
func TestFetchHeaders(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/feed", http.StatusFound)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1", Path: "/"})
		_, _ = w.Write([]byte(rss("Ferry late")))
	})
	c, _ := client(t, feeds.Settings{Allow: local})
	for range 2 {
		fetch(t, c, s.URL+"/", feeds.State{})
	}
	h := s.last(t).Header
	if got := h.Get("User-Agent"); !strings.HasPrefix(got, "newswatch/1.2") {
		t.Errorf("User-Agent = %q, want newswatch and its version", got)
	}
	if !strings.Contains(h.Get("Accept"), "application/rss+xml") {
		t.Errorf("Accept = %q", h.Get("Accept"))
	}
	for _, name := range []string{"Cookie", "Referer", "Authorization", "Cache-Control", "Pragma"} {
		if h.Get(name) != "" {
			t.Errorf("%s = %q was sent", name, h.Get(name))
		}
	}
}

// A feed's secrets go to its own scheme, host and port only; none is printed.
func TestFetchKeepsSecrets(t *testing.T) {
	var away *script
	home := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, away.URL+"/feed?token=t0ken", http.StatusMovedPermanently)
			return
		}
		_, _ = w.Write([]byte(rss("Ferry late")))
	})
	away = serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	c, _ := client(t, feeds.Settings{Allow: local})
	f := feeds.Feed{Headers: map[string]feeds.Secret{"X-Api-Key": "k3y", "User-Agent": "own agent"}}

	f.URL = strings.Replace(home.URL, "http://", "http://ann:pa55@", 1) + "/feed?token=t0ken"
	res, err := c.Fetch(context.Background(), f, feeds.State{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := home.last(t).Header
	if user, password, _ := (&http.Request{Header: h}).BasicAuth(); user != "ann" || password != "pa55" || h.Get("X-Api-Key") != "k3y" || h.Get("User-Agent") != "own agent" {
		t.Errorf("home got %v, want all secrets", h)
	}
	if strings.Contains(res.Final, "pa55") {
		t.Errorf("Final %q has the password", res.Final)
	}

	f.URL = strings.Replace(home.URL, "http://", "http://ann:pa55@", 1) + "/"
	e, _ := trouble(t, c, f, feeds.State{})
	h = away.last(t).Header
	if h.Get("Authorization") != "" || h.Get("X-Api-Key") != "" || h.Get("User-Agent") == "own agent" {
		t.Errorf("another host got %v", h)
	}
	for _, secret := range []string{"pa55", "k3y", "t0ken", "ann:"} {
		if strings.Contains(e.Error(), secret) {
			t.Errorf("error %q prints %q", e, secret)
		}
	}
}

// Trouble before a response names the cause and a remedy, and no secret.
func TestFetchNetworkTrouble(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	tlsServer := httptest.NewUnstartedServer(http.NotFoundHandler())
	tlsServer.Config.ErrorLog = quiet
	tlsServer.StartTLS()
	defer tlsServer.Close()
	tests := map[string]struct {
		url   string
		proxy string
		fault feeds.Fault
		says  string
	}{
		"refused":        {gone.URL, "", feeds.Network, "connection refused"},
		"certificate":    {tlsServer.URL, "", feeds.Network, "certificate"},
		"plain for TLS":  {strings.Replace(tlsServer.URL, "https", "http", 1), "", feeds.Status, "400"},
		"proxy is down":  {"http://harbour.example", gone.URL, feeds.Network, "proxy: connection refused"},
		"proxy to home":  {"http://10.0.0.1", gone.URL, feeds.Refused, "fetch.allow"},
		"not an address": {"http://%zz", "", feeds.Refused, "not an address"},
		"gopher":         {"gopher://x.example/1", "", feeds.Refused, "gopher"},
		"no host":        {"http:///feed", "", feeds.Refused, "no host"},
		"strange proxy":  {"http://harbour.example", "ftp://ann:pa55@proxy.example", feeds.Refused, "ftp"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, _ := client(t, feeds.Settings{Allow: local})
			e, res := trouble(t, c, feeds.Feed{URL: tt.url + "/feed?key=secret", Proxy: tt.proxy}, feeds.State{})
			if e.Fault != tt.fault || !strings.Contains(e.Error(), tt.says) {
				t.Errorf("%q: %v, want %q: ...%s...", e.Fault, e, tt.fault, tt.says)
			}
			if strings.Contains(e.Error(), "secret") || strings.Contains(e.Error(), "pa55") || res.Unchanged {
				t.Errorf("error %q, result %+v", e, res)
			}
		})
	}
}

// The end of the caller's context is the caller's doing, no trouble with the
// feed.
func TestFetchCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	c, _ := client(t, feeds.Settings{Allow: local})
	_, err := c.Fetch(ctx, feeds.Feed{URL: s.URL}, feeds.State{}, nil)
	if _, ok := errors.AsType[*feeds.FetchError](err); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("Fetch: %v, want context.Canceled alone", err)
	}
}
