package slacktest

import (
	"encoding/json"
	"regexp"
	"time"
	"unicode/utf16"
)

// A Message is one that was posted, as it now stands.
type Message struct {
	Channel  string // ID
	TS       string
	ThreadTS string // of the message it replies to, "" if it stands in the channel
	Text     string // as sent, escaped
	Blocks   json.RawMessage
	Metadata Metadata
	Edits    int  // how often it was changed
	Hook     bool // it came by the webhook
	Unfurl   bool // it asked, or left it to Slack, to show previews
	At       time.Time

	parse bool // names in the text were to become mentions
}

// Metadata is what the sender attached for programs.
type Metadata struct {
	EventType    string         `json:"event_type"`
	EventPayload map[string]any `json:"event_payload"`
}

// Key returns the key of the notice that the message carries, "" if it names
// none.
func (m Message) Key() string {
	key, _ := m.Metadata.EventPayload["key"].(string)
	return key
}

func (m *Message) read(metadata string) (code string) {
	if metadata == "" {
		return ""
	}
	if json.Unmarshal([]byte(metadata), &m.Metadata) != nil || m.Metadata.EventType == "" {
		return "invalid_metadata_format"
	}
	return ""
}

// node is any object of a block.
type node map[string]any

func (n node) text(key string) string {
	s, _ := n[key].(string)
	return s
}

func (n node) list(key string) []node {
	all, _ := n[key].([]any)
	var out []node
	for _, v := range all {
		if m, ok := v.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

func (n node) object(key string) node {
	m, _ := n[key].(map[string]any)
	return m
}

func (m Message) blocks() ([]node, error) {
	if len(m.Blocks) == 0 {
		return nil, nil
	}
	var out []node
	err := json.Unmarshal(m.Blocks, &out)
	return out, err
}

// check refuses what Slack refuses, by its documented limits and by the one on
// the whole payload that people have met.
func (m Message) check() (code string) {
	blocks, err := m.blocks()
	switch {
	case err != nil:
		return "invalid_blocks_format"
	case len(blocks) == 0 && m.Text == "":
		return "no_text"
	case len(utf16.Encode([]rune(m.Text))) > 40000:
		return "msg_too_long"
	case len(blocks) > 50:
		return "invalid_blocks"
	case len(utf16.Encode([]rune(string(m.Blocks)))) > 12000:
		return "msg_blocks_too_long"
	}
	for _, b := range blocks {
		if !allowed(b, 0) {
			return "invalid_blocks"
		}
	}
	return ""
}

// limits of the text in objects, by their type.
var limits = map[string]int{"mrkdwn": 3000, "plain_text": 3000, "text": 4000, "link": 4000}

var kinds = regexp.MustCompile(`^(rich_text(_section|_list|_quote|_preformatted)?|context|actions|divider|button|text|link|date|mrkdwn|plain_text|section|header)$`)

func allowed(n node, depth int) bool {
	kind := n.text("type")
	if !kinds.MatchString(kind) || depth > 6 {
		return false
	}
	if limit, ok := limits[kind]; ok {
		text := len(utf16.Encode([]rune(n.text("text"))))
		if text > limit || text == 0 && kind != "link" || kind == "link" && n.text("url") == "" {
			return false
		}
	}
	if kind == "button" {
		label := n.object("text")
		return len(n.text("value")) <= 2000 && label.text("text") != "" && len(label.text("text")) <= 75
	}
	elements := n.list("elements")
	switch {
	case kind == "context" && len(elements) > 10, kind == "actions" && len(elements) > 25:
		return false
	case n["elements"] != nil && len(elements) == 0:
		return false
	}
	for _, e := range elements {
		if !allowed(e, depth+1) {
			return false
		}
	}
	return true
}
