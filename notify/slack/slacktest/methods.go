package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// postMessage is chat.postMessage.
func (s *Server) postMessage(r *http.Request) answer {
	f := r.PostForm
	m := &Message{
		Text: f.Get("text"), Blocks: json.RawMessage(f.Get("blocks")), ThreadTS: f.Get("thread_ts"),
		parse:  f.Get("parse") == "full" || f.Get("link_names") == "1" || f.Get("link_names") == "true",
		Unfurl: f.Get("unfurl_links") != "false" || f.Get("unfurl_media") != "false",
	}
	if code := m.read(f.Get("metadata")); code != "" {
		return refusal(code)
	}
	if f.Get("channel") == "" {
		return refusal("channel_not_found")
	}
	return s.take(m, f.Get("channel"))
}

// take checks a new message and keeps it.
func (s *Server) take(m *Message, channel string) answer {
	if code := m.check(); code != "" {
		return refusal(code)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m.Channel = s.channelID(channel)
	now := time.Now().Add(s.ClockAhead)
	if s.Pace > 0 && now.Sub(s.last[m.Channel]) < s.Pace {
		return answer{"retry_after": 1}
	}
	s.last[m.Channel] = now
	m.At = now
	m.TS = s.nextStamp(now)
	s.messages = append(s.messages, m)
	s.announce()
	return answer{"ok": true, "channel": m.Channel, "ts": m.TS, "message": answer{"text": m.Text, "ts": m.TS}}
}

// nextStamp is unique and grows.
func (s *Server) nextStamp(now time.Time) string {
	s.stamp = max(s.stamp+1, now.UnixMicro())
	return fmt.Sprintf("%d.%06d", s.stamp/1e6, s.stamp%1e6)
}

func (s *Server) announce() {
	close(s.arrived)
	s.arrived = make(chan struct{})
}

// update is chat.update.
func (s *Server) update(r *http.Request) answer {
	f := r.PostForm
	changed := &Message{Text: f.Get("text"), Blocks: json.RawMessage(f.Get("blocks"))}
	if code := changed.read(f.Get("metadata")); code != "" {
		return refusal(code)
	}
	if code := changed.check(); code != "" {
		return refusal(code)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.TS == f.Get("ts") && m.Channel == f.Get("channel") {
			m.Text, m.Blocks, m.Metadata, m.Edits = changed.Text, changed.Blocks, changed.Metadata, m.Edits+1
			s.announce()
			return answer{"ok": true, "channel": m.Channel, "ts": m.TS, "text": m.Text}
		}
	}
	return refusal("message_not_found")
}

func (s *Server) postEphemeral(r *http.Request) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.whispers = append(s.whispers, r.PostForm.Get("text"))
	s.announce()
	return answer{"ok": true, "message_ts": s.nextStamp(time.Now())}
}

// history is conversations.history: the newest first, without what stands in
// threads, and by ID only.
func (s *Server) history(r *http.Request) answer {
	return s.pages(r, func(m *Message) bool { return m.ThreadTS == "" || m.ThreadTS == m.TS }, true)
}

// replies is conversations.replies: the parent, then its replies.
func (s *Server) replies(r *http.Request) answer {
	ts := r.PostForm.Get("ts")
	return s.pages(r, func(m *Message) bool { return m.ThreadTS == ts || m.TS == ts }, false)
}

func (s *Server) pages(r *http.Request, want func(*Message) bool, newest bool) answer {
	f := r.PostForm
	s.mu.Lock()
	defer s.mu.Unlock()
	if !isID(f.Get("channel")) {
		return refusal("channel_not_found")
	}
	var all []answer
	for _, m := range s.messages {
		if m.Channel != f.Get("channel") || !want(m) || stampOf(m.TS) < stampOf(f.Get("oldest")) {
			continue
		}
		a := answer{"type": "message", "ts": m.TS, "text": m.Text}
		if f.Get("include_all_metadata") == "1" && m.Metadata.EventType != "" {
			a["metadata"] = m.Metadata
		}
		all = append(all, a)
	}
	if newest {
		slices.Reverse(all)
	}
	from, _ := strconv.Atoi(f.Get("cursor")) // "" is the beginning
	limit, err := strconv.Atoi(f.Get("limit"))
	if err != nil || limit < 1 {
		limit = 100
	}
	from = min(from, len(all))
	to, next := min(from+limit, len(all)), ""
	if to < len(all) {
		next = strconv.Itoa(to)
	}
	return answer{"ok": true, "messages": all[from:to], "has_more": next != "", "response_metadata": answer{"next_cursor": next}}
}

func stampOf(ts string) float64 {
	f, _ := strconv.ParseFloat(ts, 64) // "" is the beginning of time
	return f
}

func (s *Server) list(*http.Request) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []answer{}
	for name, id := range s.names {
		all = append(all, answer{"id": id, "name": name})
	}
	return answer{"ok": true, "channels": all, "response_metadata": answer{"next_cursor": ""}}
}

// hook is the incoming webhook.
func (s *Server) hook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	st := s.step(Hook)
	failing := st != (Step{After: st.After})
	if failing && !st.Accept {
		s.fail(w, r, st)
		return
	}
	var in struct {
		Text        string          `json:"text"`
		Blocks      json.RawMessage `json:"blocks"`
		Metadata    json.RawMessage `json:"metadata"`
		UnfurlLinks *bool           `json:"unfurl_links"`
		UnfurlMedia *bool           `json:"unfurl_media"`
	}
	if json.Unmarshal(body, &in) != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	m := &Message{Text: in.Text, Blocks: in.Blocks, Hook: true,
		Unfurl: in.UnfurlLinks == nil || *in.UnfurlLinks || in.UnfurlMedia == nil || *in.UnfurlMedia}
	a := refusal(m.read(string(in.Metadata)))
	if a["error"] == "" {
		a = s.take(m, "#webhook")
	}
	switch code, _ := a["error"].(string); {
	case failing:
		s.fail(w, r, st)
	case code != "":
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, code)
	case a["retry_after"] != nil:
		s.write(w, a)
	default:
		fmt.Fprint(w, "ok")
	}
}

// unescape undoes Slack's escaping of text.
func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}
