package monitor

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
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

// cardKey names the one card of a story at a destination.
func cardKey(id StoryID, dest string) string { return noticeKey("card", id.String(), dest, "") }

// PageOf is where a page at the given address lists all that a notice tells.
func PageOf(page, key string) string { return strings.TrimSuffix(page, "/") + "/told/" + key }

// OperationsKey names the notice of an event to an operations destination.
func OperationsKey(event, dest string) string { return noticeKey("operations", event, dest, "") }
