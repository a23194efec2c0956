package monitor_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

// ops lists what operations is told, oldest first.
func (b *bench) ops() []monitor.Notice {
	b.Helper()
	rows, err := b.store.List(monitor.NoticeFilter{Destination: "ops"})
	if err != nil {
		b.Fatal(err)
	}
	slices.SortFunc(rows, func(x, y monitor.Notice) int { return x.Created.Compare(y.Created) })
	return rows
}

func TestTheFirstMessageIsAWelcome(t *testing.T) {
	b := newBench(t)
	b.rules.Digests = []string{"The digest daily goes at 07:00"}
	b.web.errs["blog"] = &feeds.FetchError{Fault: feeds.Status, Err: errors.New("404 Not Found")}
	b.show("wire", b.item("w", "Nothing in particular"))
	b.show("paper", b.item("p", "Nothing much"))
	b.poll("wire", "blog", "paper")
	rows := b.ops()
	if len(rows) != 1 {
		t.Fatalf("%d messages to operations, want one", len(rows))
	}
	c := rows[0].Content
	said := strings.Join(append([]string{c.Headline}, c.Lines...), "\n")
	for _, want := range []string{"2 of 3 feeds reached", "1 watch: contracts", "The digest daily goes at 07:00", "feed never reached: blog (404 Not Found)"} {
		if !strings.Contains(said, want) {
			t.Errorf("the welcome lacks %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "feed added") {
		t.Errorf("the welcome lists every feed:\n%s", said)
	}
	b.pass(time.Hour)
	b.restart()
	delete(b.web.errs, "blog")
	b.show("blog", b.item("b", "At last"))
	b.poll("blog")
	if rows = b.ops(); len(rows) != 2 || rows[1].Content.Headline != "feed added: blog" {
		t.Errorf("then operations hear %+v, want that blog was added", rows[len(rows)-1].Content)
	}
}

func TestAFeedThatNeverAnsweredIsInTroubleAtOnce(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	b.web.errs["blog"] = &feeds.FetchError{Fault: feeds.Status, Err: errors.New("404 Not Found")}
	b.web.errs["wire"] = b.web.errs["blog"]
	b.poll("blog", "wire")
	for _, r := range b.feeds() {
		want := map[string]schedule.Condition{"blog": schedule.Degraded, "wire": schedule.OK}[r.Name]
		if r.Health.State() != want {
			t.Errorf("after one failure %s is %s, want %s", r.Name, r.Health.State(), want)
		}
	}
}
