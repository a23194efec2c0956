package fetch

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"newswatch/feeds"
)

// A server that goes on sending once it has answered, which HTTP/2 allows, is
// hung up on, and asked again at the next poll as if nothing had been.
func TestFetchHangsUpOnChatter(t *testing.T) {
	loud := httptest.NewTLSServer(nil)
	roots := loud.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	cert := loud.TLS.Certificates[0]
	loud.Close()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	hungUp := make(chan bool, 2)
	go func() {
		for range 2 {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			hungUp <- chatter(conn)
		}
	}()
	c, _ := client(t, feeds.Settings{Allow: local})
	c.roots = &tls.Config{RootCAs: roots}
	for range 2 {
		if res := fetch(t, c, "https://"+l.Addr().String()+"/feed", feeds.State{}); len(res.Document.Items) != 1 {
			t.Fatalf("document %+v, want one item", res.Document)
		}
		select {
		case gone := <-hungUp:
			if !gone {
				t.Error("eight megabytes of pings were taken")
			}
		case <-time.After(time.Minute):
			t.Fatal("the server is still sending")
		}
	}
}

// chatter answers one request over HTTP/2 and then sends pings. It reports
// whether the other side hung up on them.
func chatter(conn net.Conn) (hungUp bool) {
	defer conn.Close()
	if _, err := io.ReadFull(conn, make([]byte, len(http2.ClientPreface))); err != nil {
		return false
	}
	f := http2.NewFramer(conn, conn)
	_ = f.WriteSettings()
	for {
		got, err := f.ReadFrame()
		if err != nil {
			return false
		}
		if _, ok := got.(*http2.HeadersFrame); ok {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, conn) }()
	var head bytes.Buffer
	_ = hpack.NewEncoder(&head).WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
	_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head.Bytes(), EndHeaders: true})
	_ = f.WriteData(1, true, []byte(rss("Ferry late")))
	for range 8 << 20 / 17 {
		if f.WritePing(false, [8]byte{}) != nil {
			return true
		}
	}
	return false
}

// A ration is per request: many large answers pass over one connection.
func TestRationIsPerRequest(t *testing.T) {
	doc := string(bytes.Repeat([]byte(" "), 700<<10)) + rss("Ferry late")
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, doc) })
	c, _ := client(t, feeds.Settings{Allow: local, MaxBody: 1 << 20})
	for range 10 {
		fetch(t, c, s.URL, feeds.State{})
	}
	first := s.seen[0].RemoteAddr
	if last := s.last(t).RemoteAddr; last != first {
		t.Errorf("the last request came from %s, the first from %s: want one connection", last, first)
	}
}
