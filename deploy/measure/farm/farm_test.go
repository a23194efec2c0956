package farm

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serve starts a farm of n feeds until the test ends.
func serve(t *testing.T, n int) *Farm {
	t.Helper()
	f, err := Start(Options{Feeds: n, Hosts: 3, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// ask sends one request as a client that unpacks by itself.
func ask(t *testing.T, url string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	c := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}, Timeout: 10 * time.Second}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

func TestDocumentsAreFeeds(t *testing.T) {
	newest := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	kinds := map[string]int{}
	for n := 1; n <= 60; n++ {
		text := document(1, n, "http://127.0.0.1/1", newest, nil)
		if !bytes.Equal(text, document(1, n, "http://127.0.0.1/1", newest, nil)) {
			t.Fatalf("feed %d: two different documents of one seed", n)
		}
		if len(text) < smallest*3/4 || len(text) > largest*3/2 {
			t.Errorf("feed %d has %d bytes", n, len(text))
		}
		var doc struct {
			XMLName xml.Name
			Items   []struct {
				Title string `xml:"title"`
			} `xml:"channel>item"`
			Entries []struct {
				Title string `xml:"title"`
			} `xml:"entry"`
		}
		d := xml.NewDecoder(bytes.NewReader(text))
		d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { kinds["latin1"]++; return r, nil }
		if err := d.Decode(&doc); err != nil {
			t.Errorf("feed %d: %v", n, err)
		}
		kinds[doc.XMLName.Local]++
		if got := len(doc.Items) + len(doc.Entries); got < fewestEntries || got > mostEntries {
			t.Errorf("feed %d has %d entries", n, got)
		}
	}
	if kinds["rss"] < 30 || kinds["feed"] < 8 {
		t.Errorf("kinds of documents: %v", kinds)
	}
	if bytes.Equal(document(1, 1, "", newest, nil), document(2, 1, "", newest, nil)) {
		t.Error("another seed gives the same document")
	}
}

func TestConditionalGetAndGzip(t *testing.T) {
	f := serve(t, 3)
	url := f.URLs()[1]
	resp, plain := ask(t, url)
	packed, zipped := ask(t, url, "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || !bytes.Equal(text, plain) || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("the packed document is another than the plain one: %v", err)
	}
	etag, modified := resp.Header.Get("Etag"), resp.Header.Get("Last-Modified")
	for _, c := range []struct {
		name   string
		header []string
		want   int
	}{
		{"its tag", []string{"If-None-Match", etag}, 304},
		{"its tag, weak, among others", []string{"If-None-Match", `"x", W/` + etag}, 304},
		{"another tag", []string{"If-None-Match", `"x"`}, 200},
		{"another tag and its time", []string{"If-None-Match", `"x"`, "If-Modified-Since", modified}, 200},
		{"its time", []string{"If-Modified-Since", modified}, 304},
		{"an earlier time", []string{"If-Modified-Since", "Mon, 02 Jan 2006 15:04:05 GMT"}, 200},
		{"no time", []string{"If-Modified-Since", "yesterday"}, 200},
	} {
		if resp, _ := ask(t, url, c.header...); resp.StatusCode != c.want {
			t.Errorf("%s: status %d, want %d", c.name, resp.StatusCode, c.want)
		}
	}
	if got, want := f.Counts(), (Counts{Requests: 9, Full: 6, Unchanged: 3, Feeds: 1}); got.Last.IsZero() || !same(got, want) {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if f.Forget(); f.Counts().Feeds != 0 {
		t.Error("a feed was asked for after Forget")
	}
	if resp, _ := ask(t, strings.Replace(url, "/feed", "/favicon.ico", 1)); resp.StatusCode != 404 {
		t.Errorf("what is no feed: %s", resp.Status)
	}
}

func same(a, b Counts) bool {
	a.Last, b.Last = time.Time{}, time.Time{}
	return a == b
}

func TestPublish(t *testing.T) {
	f := serve(t, 6)
	for i, url := range f.URLs() {
		before, first := ask(t, url)
		f.Prepare()
		if resp, _ := ask(t, url, "If-None-Match", before.Header.Get("Etag")); resp.StatusCode != 304 {
			t.Errorf("feed %d: a prepared entry shows before it is published", i+1)
		}
		f.Publish()
		after, longer := ask(t, url, "If-None-Match", before.Header.Get("Etag"), "If-Modified-Since", before.Header.Get("Last-Modified"))
		if after.StatusCode != 200 || len(longer) <= len(first) {
			t.Errorf("feed %d: nothing new after Publish", i+1)
		}
		f.Announce(i+1, "Zebrafinch seen & heard")
		last, text := ask(t, url, "If-Modified-Since", after.Header.Get("Last-Modified"))
		if last.StatusCode != 200 || bytes.Count(text, []byte("Zebrafinch seen")) != 1 {
			t.Errorf("feed %d: an announced entry does not show", i+1)
		}
		f.Reset()
		if _, again := ask(t, url); !bytes.Equal(again, first) {
			t.Errorf("feed %d is another after Reset", i+1)
		}
	}
}

func TestManners(t *testing.T) {
	f := serve(t, 200)
	f.Behave(Manners{Stubborn: 1})
	silent := 0
	for _, url := range f.URLs()[:40] {
		first, _ := ask(t, url)
		if first.Header.Get("Etag") == "" {
			silent++
		}
		if again, _ := ask(t, url, "If-None-Match", "*"); again.StatusCode != 200 {
			t.Errorf("%s: a stubborn server answers %s", url, again.Status)
		}
	}
	if silent < 8 || silent > 32 {
		t.Errorf("%d of 40 stubborn servers send no validators, want about half", silent)
	}
	m := Manners{Failing: 0.2, Hanging: 0.1, Latency: 20 * time.Millisecond}
	f.Behave(m)
	sound := 0
	for i, url := range f.URLs() {
		if f.fateOf(i+1) < m.Hanging {
			continue
		}
		began := time.Now()
		resp, _ := ask(t, url)
		if f.Sound(i+1, m) != (resp.StatusCode == 200) {
			t.Errorf("feed %d is sound: %t, and answers %s", i+1, f.Sound(i+1, m), resp.Status)
		}
		if wait := time.Since(began); wait < 2*time.Millisecond {
			t.Errorf("feed %d answers after %s", i+1, wait)
		}
		if resp.StatusCode == 200 {
			sound++
		}
	}
	if sound < 120 || sound > 160 {
		t.Errorf("%d of 200 feeds are sound, want about 140", sound)
	}
}

func (f *Farm) fateOf(number int) float64 { return f.feeds[number-1].fate.broken }

func TestHangingServersHoldTheClient(t *testing.T) {
	f := serve(t, 1)
	f.Behave(Manners{Hanging: 1})
	c := &http.Client{Timeout: 50 * time.Millisecond}
	if resp, err := c.Get(f.URLs()[0]); err == nil {
		resp.Body.Close()
		t.Errorf("a hanging server answers %s", resp.Status)
	}
}

func TestReceiver(t *testing.T) {
	r, err := Receive()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	before := time.Now()
	for range 2 {
		resp, err := http.Post(r.URL(), "application/json", strings.NewReader(`{"title":"Zebrafinch"}`))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if at, ok := r.When("Zebrafinch"); !ok || at.Before(before) {
		t.Errorf("received at %s: %t", at, ok)
	}
	if _, ok := r.When("ostrich"); ok {
		t.Error("received what nobody sent")
	}
}
