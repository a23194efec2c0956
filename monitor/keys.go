package monitor

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
)

// noticeKey is the deterministic name of a notice: equal causes make equal
// keys, so that a decision taken twice makes one notice.
func noticeKey(kind, a, b, c string) string {
	h := sha256.New()
	for _, s := range [...]string{kind, a, b, c} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// alertKey names the one card a watch has for a story at a destination.
func alertKey(watch string, id StoryID, dest string) string {
	return noticeKey("alert", watch, id.String(), dest)
}

// card names the alert that replies and edits of this story follow.
func (sw *StoryWatch) card(s *Story, dest string) string {
	return alertKey(sw.Watch, cmp.Or(sw.Under, s.ID), dest)
}

// OperationsKey names the notice of an event to an operations destination.
func OperationsKey(event, dest string) string { return noticeKey("operations", event, dest, "") }
