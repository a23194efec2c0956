package slack

import (
	"encoding/json"
	"strings"

	"github.com/slack-go/slack"

	"newswatch/monitor"
	"newswatch/notify"
)

// A button asks for a verb. Its ID is what Slack sends back.
type button struct {
	id, label string
	verb      notify.Verb
}

var buttons = [...]button{
	{"newswatch_relevant", "Relevant", notify.Relevant},
	{"newswatch_irrelevant", "Not relevant", notify.Irrelevant},
	{"newswatch_mine", "Mine", notify.Mine},
	{"newswatch_mute", "Mute this story 24 h", notify.Mute},
}

// emoji below an alert ask for what a button would.
var emoji = map[string]notify.Verb{
	"+1": notify.Relevant, "thumbsup": notify.Relevant, "white_check_mark": notify.Relevant, "heavy_check_mark": notify.Relevant,
	"-1": notify.Irrelevant, "thumbsdown": notify.Irrelevant, "x": notify.Irrelevant, "no_entry_sign": notify.Irrelevant,
	"eyes": notify.Mine, "raising_hand": notify.Mine, "hand": notify.Mine, "mute": notify.Mute, "no_bell": notify.Mute,
}

// subject is what a button is about, as it travels in the button's value.
type subject struct {
	Watch string `json:"watch"`
	Story string `json:"story"`
	Item  string `json:"item,omitempty"`
}

func actions(nt monitor.Notice) slack.Block {
	value, err := json.Marshal(subject{nt.Watch, nt.Story.String(), nt.Content.Cards[0].Item.String()})
	if err != nil || len(value) > 2000 {
		return nil
	}
	var es []slack.BlockElement
	for _, b := range buttons {
		es = append(es, slack.NewButtonBlockElement(b.id, string(value), slack.NewTextBlockObject(slack.PlainTextType, b.label, false, false)))
	}
	return slack.NewActionBlock("", es...)
}

// actionOf reads what a button sent back. Anybody who can reach the channel
// can press, but nobody can forge a value: it comes from Slack.
func actionOf(id, value string) (a notify.Action, ok bool) {
	var s subject
	for _, b := range buttons {
		if b.id == id {
			a.Verb = b.verb
		}
	}
	if a.Verb == "" || json.Unmarshal([]byte(value), &s) != nil {
		return a, false
	}
	story, err := monitor.ParseStoryID(s.Story)
	if err != nil {
		return a, false
	}
	item, err := monitor.ParseStoryID(s.Item)
	if err != nil {
		item = story // buttons of earlier versions: the report that opened it
	}
	a.Watch, a.Story, a.Item = s.Watch, story, monitor.ItemID(item)
	return a, true
}

// reacted reads an emoji, whatever its tone of skin.
func reacted(name, ts, user string, undo bool) (notify.Action, bool) {
	name, _, _ = strings.Cut(name, "::")
	verb, ok := emoji[name]
	return notify.Action{Verb: verb, Undo: undo, Receipt: ts, User: user}, ok && ts != ""
}
