package slacktest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// sockets are the open Socket Mode connections.
type sockets struct {
	mu     sync.Mutex
	open   *websocket.Conn
	acks   map[string]chan struct{}
	number int
	ready  chan struct{} // closed while a connection is open
}

func (s *Server) openSocket(*http.Request) answer {
	return answer{"ok": true, "url": "ws" + strings.TrimPrefix(s.http.URL, "http") + "/socket"}
}

// socket serves one Socket Mode connection until either end closes it.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	defer conn.Close()
	if conn.WriteJSON(map[string]any{"type": "hello", "num_connections": 1}) != nil {
		return
	}
	s.sockets.mu.Lock()
	s.sockets.open = conn
	if s.sockets.ready != nil {
		close(s.sockets.ready)
		s.sockets.ready = nil
	}
	s.sockets.mu.Unlock()
	done := make(chan struct{})
	defer close(done)
	go func() { // lives no longer than the handler, which reads from conn
		select {
		case <-s.quit:
			conn.Close()
		case <-done:
		}
	}()
	for {
		var ack struct {
			ID string `json:"envelope_id"`
		}
		if conn.ReadJSON(&ack) != nil {
			break
		}
		s.sockets.mu.Lock()
		if c := s.sockets.acks[ack.ID]; c != nil {
			close(c)
			delete(s.sockets.acks, ack.ID)
		}
		s.sockets.mu.Unlock()
	}
	s.sockets.mu.Lock()
	if s.sockets.open == conn {
		s.sockets.open = nil
	}
	s.sockets.mu.Unlock()
}

// Press presses the button with that action ID under a message, and returns
// once the program has acknowledged it.
func (s *Server) Press(ctx context.Context, m Message, action string) error {
	value, ok := m.button(action)
	if !ok {
		return fmt.Errorf("the message has no button %s", action)
	}
	return s.envelope(ctx, "interactive", map[string]any{
		"type": "block_actions", "user": map[string]any{"id": "U0READER", "username": "reader", "name": "reader"},
		"channel": map[string]any{"id": m.Channel}, "message": map[string]any{"ts": m.TS},
		"actions": []any{map[string]any{"type": "button", "block_id": "b1", "action_id": action, "value": value}},
	})
}

// React puts an emoji under a message, or takes it away, and returns once the
// program has acknowledged it.
func (s *Server) React(ctx context.Context, m Message, emoji string, away bool) error {
	kind := "reaction_added"
	if away {
		kind = "reaction_removed"
	}
	return s.envelope(ctx, "events_api", map[string]any{
		"type": "event_callback", "event": map[string]any{
			"type": kind, "user": "U0READER", "reaction": emoji, "item_user": "U0BOT", "event_ts": m.TS,
			"item": map[string]any{"type": "message", "channel": m.Channel, "ts": m.TS},
		},
	})
}

// envelope sends one envelope and waits until it is acknowledged.
func (s *Server) envelope(ctx context.Context, kind string, payload map[string]any) error {
	conn, err := s.connected(ctx)
	if err != nil {
		return err
	}
	s.sockets.mu.Lock()
	s.sockets.number++
	id, acked := fmt.Sprintf("envelope-%d", s.sockets.number), make(chan struct{})
	if s.sockets.acks == nil {
		s.sockets.acks = map[string]chan struct{}{}
	}
	s.sockets.acks[id] = acked
	err = conn.WriteJSON(map[string]any{"type": kind, "envelope_id": id, "accepts_response_payload": false, "payload": payload})
	s.sockets.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case <-acked:
		return nil
	case <-time.After(3 * time.Second):
		return errors.New("not acknowledged within three seconds")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// connected waits until a program listens.
func (s *Server) connected(ctx context.Context) (*websocket.Conn, error) {
	for {
		s.sockets.mu.Lock()
		conn, ready := s.sockets.open, s.sockets.ready
		if conn == nil && ready == nil {
			ready = make(chan struct{})
			s.sockets.ready = ready
		}
		s.sockets.mu.Unlock()
		if conn != nil {
			return conn, nil
		}
		select {
		case <-ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (m Message) button(action string) (value string, ok bool) {
	blocks, err := m.blocks()
	if err != nil {
		return "", false
	}
	for _, b := range blocks {
		for _, e := range b.list("elements") {
			if e.text("type") == "button" && e.text("action_id") == action {
				return e.text("value"), true
			}
		}
	}
	return "", false
}
