package web

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync"
)

// A door lets a bounded number of connections in. When all places are taken, a
// new connection takes that of the one that has been without a request for
// longest: whoever opens connections and sends nothing, or sends a header byte
// by byte, keeps nobody out.
type door struct {
	net.Listener
	most int

	mu   sync.Mutex
	open int
	idle list.List // *guest, those without a request, the longest so first
}

// A guest is a connection that a door has let in.
type guest struct {
	net.Conn
	door *door
	idle *list.Element // nil while a request is served, and once it is closed
	gone bool
}

// Accept waits for the next connection.
func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		g := &guest{Conn: c, door: d}
		if d.admit(g) {
			return g, nil
		}
		c.Close()
	}
}

// admit gives a guest a place, or returns false where every place is that of a
// request.
func (d *door) admit(g *guest) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open >= d.most {
		longest := d.idle.Front()
		if longest == nil {
			return false
		}
		out := longest.Value.(*guest)
		d.leave(out)
		out.Conn.Close()
	}
	d.open++
	g.idle = d.idle.PushBack(g)
	return true
}

// leave frees a guest's place. The caller holds mu.
func (d *door) leave(g *guest) {
	if g.gone {
		return
	}
	g.gone = true
	d.open--
	if g.idle != nil {
		d.idle.Remove(g.idle)
		g.idle = nil
	}
}

// Close frees the place.
func (g *guest) Close() error {
	g.door.mu.Lock()
	g.door.leave(g)
	g.door.mu.Unlock()
	return g.Conn.Close()
}

// serving notes whether a request of the guest is being served.
func (g *guest) serving(yes bool) {
	g.door.mu.Lock()
	defer g.door.mu.Unlock()
	switch {
	case g.gone:
	case yes && g.idle != nil:
		g.door.idle.Remove(g.idle)
		g.idle = nil
	case !yes && g.idle == nil:
		g.idle = g.door.idle.PushBack(g)
	}
}

type guestKey struct{}

// withGuest lets handlers know the connection of their request.
func withGuest(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, guestKey{}, c)
}

// keepPlaces keeps the places of those whose request h serves.
func keepPlaces(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g, ok := r.Context().Value(guestKey{}).(*guest); ok {
			g.serving(true)
			defer g.serving(false)
		}
		h.ServeHTTP(w, r)
	})
}
