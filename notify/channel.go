package notify

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"newswatch/monitor"
)

// A Config is the settings of one destination.
type Config interface {
	// Validate returns every mistake, each beginning with the key it is in.
	Validate() []error
	// Split returns the channels that the destination consists of, in order:
	// one for each recipient whose refusals concern no other.
	Split() []Part
	// Open returns the way to a destination of one channel.
	Open(Environment) (Notifier, error)
}

// A Part is one channel of a destination.
type Part struct {
	Recipient string // "" if the destination is one channel
	Config    Config
}

// An Environment is what channels take from their surroundings.
type Environment struct {
	Zone *time.Location // of the times in messages; nil is UTC; a digest brings its own
	Page string         // address of the local page, for links to it; "" for none
	Out  io.Writer      // where a console writes
}

// A Channel is a destination of the outbox and the way to it.
type Channel struct {
	Name     string // of the destination, and behind a slash the recipient if there are several
	Notifier Notifier
	Policy   Policy
	Settings any // all of the above was made of these; a channel whose settings change is replaced
}

// Names returns the names that a configured destination has in the outbox.
func Names(destination string, c Config) []string {
	var out []string
	for _, p := range c.Split() {
		out = append(out, p.name(destination))
	}
	return out
}

func (p Part) name(destination string) string {
	if p.Recipient == "" {
		return destination
	}
	return destination + "/" + p.Recipient
}

// Destination returns the configured name behind one of the outbox.
func Destination(name string) string {
	name, _, _ = strings.Cut(name, "/")
	return name
}

// Open returns the channels of a destination.
func Open(destination string, c Config, p Policy, e Environment) ([]Channel, error) {
	var out []Channel
	for _, part := range c.Split() {
		n, err := part.Config.Open(e)
		if err != nil {
			return nil, fmt.Errorf("destination %s: %w", destination, err)
		}
		out = append(out, Channel{part.name(destination), n, p, []any{part.Config, p, e}})
	}
	return out, nil
}

// A Listener is a Notifier whose messages people can answer with a button, or
// with an emoji below them.
type Listener interface {
	// Listen calls handle for each answer, one at a time, and shows what it returns to
	// who pressed a button, until ctx ends; then it returns nil. It returns at once where
	// no buttons are configured. An error says why none can be heard.
	Listen(ctx context.Context, handle func(Action) string) error
}

// An Action is one answer of a reader to an alert. A button says what it is
// about; an emoji only which message it stands under.
type Action struct {
	Verb    Verb
	Undo    bool // takes the verb back
	Watch   string
	Story   monitor.StoryID
	Item    monitor.ItemID
	Receipt string // ID of the message's Receipt, of an emoji
	User    string // who it was, as the service names people
}

// A Verb is what somebody asks for with a button.
type Verb string

// The verbs.
const (
	Mute       Verb = "mute"       // no more of the story for 24 hours
	Irrelevant Verb = "irrelevant" // the watch should not have matched
	Relevant   Verb = "relevant"   // the watch was right to match
	Mine       Verb = "mine"       // who presses works on the story
)
