package notifytest

import (
	"testing"

	"newswatch/notify"
)

func TestMemory(t *testing.T) {
	RunOutbox(t, func(*testing.T) notify.Outbox { return &Memory{} })
}
