package api

import (
	"fmt"
	"time"

	"newswatch/monitor"
)

// Article is what became of reading the article behind an item.
type Article struct {
	State   string    `json:"state"` // owed, read or unread
	For     string    `json:"for"`   // why it was to be read
	Tries   int       `json:"tries"`
	At      time.Time `json:"at,omitzero"`       // of the last try
	Cause   string    `json:"cause,omitempty"`   // why that did not bring it
	Words   int       `json:"words,omitempty"`   // of its text
	Dropped int       `json:"dropped,omitempty"` // words of the page left out as furniture
	Partial string    `json:"partial,omitempty"` // why the text is only a part
}

// The states of an Article.
const (
	ArticleOwed   = "owed"
	ArticleRead   = "read"
	ArticleUnread = "unread"
)

// ArticleOf shows what became of an article, nil for none.
func ArticleOf(a *monitor.Article) *Article {
	if a == nil {
		return nil
	}
	v := &Article{State: ArticleUnread, For: a.For, Tries: a.Tries, At: a.At, Cause: a.Cause, Words: a.Words, Dropped: a.Dropped, Partial: a.Partial}
	switch {
	case a.Owed:
		v.State = ArticleOwed
	case a.Words > 0:
		v.State = ArticleRead
	}
	return v
}

// InWords says what became of it, but for when: "read, 812 words, 14 % dropped as
// furniture", "not read: robots.txt of example.org, line 12, forbids it".
func (a *Article) InWords() string {
	switch {
	case a.State == ArticleOwed && a.Cause == "":
		return "is to be read: " + a.For
	case a.State == ArticleOwed:
		return fmt.Sprintf("is to be read again, after %d of 4 tries: %s", a.Tries, a.Cause)
	case a.State == ArticleUnread:
		return "not read: " + a.Cause
	}
	out := fmt.Sprintf("read, %d words", a.Words)
	if a.Dropped > 0 {
		out += fmt.Sprintf(", %d %% dropped as furniture", (100*a.Dropped+50)/(a.Words+a.Dropped))
	}
	if a.Partial != "" {
		out += ", only a part: " + a.Partial
	}
	return out + "; " + a.For
}
