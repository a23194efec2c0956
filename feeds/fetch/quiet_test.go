package fetch

import (
	"testing"
	"time"

	"newswatch/feeds"
)

// The silence that one feed's server asked for is known of its neighbours, and
// of no others.
func TestSilenceIsOfTheHost(t *testing.T) {
	c, err := NewClient(feeds.Settings{}, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	until := c.Now().Add(2 * time.Hour)
	c.RestorePause(feeds.Feed{URL: "https://a.example/1"}, feeds.State{NotBefore: until})
	if got := c.Silence(feeds.Feed{URL: "https://a.example/2"}); !got.Equal(until) {
		t.Errorf("the neighbour: %v, want %v", got, until)
	}
	if got := c.Silence(feeds.Feed{URL: "https://b.example/"}); !got.IsZero() {
		t.Errorf("another host: %v, want none", got)
	}
}
