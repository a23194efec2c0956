package slack

import (
	"encoding/json"

	"github.com/slack-go/slack"

	"newswatch/monitor"
)

// Names of the buttons' actions. They are what Slack sends back.
const (
	muteAction       = "newswatch_mute"
	irrelevantAction = "newswatch_irrelevant"
)

// subject is what a button is about, as it travels in the button's value.
type subject struct {
	Watch string `json:"watch"`
	Story string `json:"story"`
}

func buttons(nt monitor.Notice) slack.Block {
	value, err := json.Marshal(subject{nt.Watch, nt.Story.String()})
	if err != nil || len(value) > 2000 {
		return nil
	}
	button := func(id, label string) slack.BlockElement {
		return slack.NewButtonBlockElement(id, string(value), slack.NewTextBlockObject(slack.PlainTextType, label, false, false))
	}
	return slack.NewActionBlock("", button(muteAction, "Mute this story 24 h"), button(irrelevantAction, "Not relevant"))
}
