package farm

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Receiver stands in for the far end of a webhook: it accepts every message
// and remembers when it came. Its methods may be called concurrently.
type Receiver struct {
	server http.Server
	url    string
	lock   sync.Mutex
	got    []message
}

type message struct {
	at   time.Time
	body string
}

// longestMessage is how much of a message is kept, in bytes.
const longestMessage = 64 << 10

// Receive starts a receiver on the loopback network, which runs until Close.
func Receive() (*Receiver, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Receiver{url: "http://" + l.Addr().String()}
	r.server.Handler = r
	go func() { _ = r.server.Serve(l) }() // ends with Close
	return r, nil
}

// URL is where messages are posted to.
func (r *Receiver) URL() string { return r.url }

// Close ends the receiver.
func (r *Receiver) Close() error { return r.server.Close() }

// ServeHTTP accepts one message.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, longestMessage))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.got = append(r.got, message{time.Now(), string(body)})
}

// When returns the time at which the first message with a word in it came;
// false if none did.
func (r *Receiver) When(word string) (time.Time, bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	for _, m := range r.got {
		if strings.Contains(m.body, word) {
			return m.at, true
		}
	}
	return time.Time{}, false
}
