package slack

import (
	"encoding/json"

	"github.com/slack-go/slack"
)

// Slack's limits, with room to spare. The one on the whole payload is not
// documented: messages fail with msg_blocks_too_long somewhere between 11,000
// and 13,000 characters.
const (
	maxPayload = 9000 // bytes of JSON, which are never fewer than characters
	maxBlocks  = 50
)

// A size says how much of everything a card may hold.
type size struct {
	title    int // runes of a headline
	sentence int // runes of the hit sentence, and of other long lines
	name     int // runes of an outlet, a watch, a feed
	url      int // bytes of an address; longer ones are left out
	watches  int // parts of a digest
	stories  int // in each part, or in a catch-up
	lines    int // blind spots, troubles and the like
	reports  int // other reports of a story
}

// sizes go from what reads best to what fits whatever it is made of.
func sizes() []size {
	return []size{
		{title: 300, sentence: 600, name: 80, url: 2000, watches: 30, stories: 20, lines: 12, reports: 4},
		{title: 200, sentence: 400, name: 60, url: 1000, watches: 20, stories: 10, lines: 8, reports: 3},
		{title: 160, sentence: 300, name: 50, url: 800, watches: 15, stories: 6, lines: 6, reports: 2},
		{title: 140, sentence: 200, name: 40, url: 500, watches: 12, stories: 3, lines: 4, reports: 1},
		{title: 100, sentence: 150, name: 30, url: 300, watches: 8, stories: 2, lines: 3},
		{title: 60, sentence: 80, name: 20, url: 200, watches: 4, stories: 1, lines: 1},
	}
}

// cardStories is how many stories a catch-up shows, whatever addresses they
// have, within reason.
const cardStories = 20

// cardSizes are for a catch-up, where no story should be left out: first the
// facts grow short, then the headlines, then the addresses go, and only then
// stories do.
func cardSizes() []size {
	return append([]size{
		{title: 300, sentence: 600, name: 80, url: 2000, stories: cardStories + 10},
		{title: 160, sentence: 300, name: 40, url: 800, stories: cardStories},
		{title: 120, sentence: 200, name: 20, url: 400, stories: cardStories},
		{title: 100, sentence: 200, name: 12, url: 250, stories: cardStories},
		{title: 90, sentence: 200, name: 12, url: 120, stories: cardStories},
	}, sizes()[1:]...)
}

// fit draws in growing haste until the result is within the limits. The last
// size always is; were it not, plain text would go out instead.
func fit(sizes []size, draw func(size) []slack.Block) []slack.Block {
	for _, s := range sizes {
		var blocks []slack.Block
		for _, b := range draw(s) {
			if b != nil {
				blocks = append(blocks, b)
			}
		}
		body, err := json.Marshal(blocks)
		if err == nil && len(body) <= maxPayload && len(blocks) <= maxBlocks {
			return blocks
		}
	}
	return nil
}
