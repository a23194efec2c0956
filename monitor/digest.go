package monitor

import (
	"fmt"
	"strings"
	"time"
)

// A DigestPlan is a digest as configured.
type DigestPlan struct {
	Name    string
	Notify  []string // destinations
	Watches []string // none means all
	Zone    *time.Location

	SkipEmpty bool // none is sent without news
}

// TellDigest enqueues a digest for the destinations of its plan. Its notices
// are named by digest and slot, so it is sent once whatever the clock does.
func (m *Monitor) TellDigest(plan DigestPlan, d *Digest) error {
	return m.change(func(j *judge) error {
		slot := d.Slot + " " + d.Zone // the same hour of another zone is another slot
		m.postDigest(j, plan, d, slot)
		j.slots[plan.Name] = slot
		return nil
	})
}

// Stories counts the stories of all watches, each once.
func (d *Digest) Stories() int {
	listed := map[StoryID]bool{}
	n := 0
	for _, w := range d.Watches {
		for _, c := range w.Stories {
			listed[c.Story] = true
		}
		n += w.More
	}
	return n + len(listed)
}

// Empty reports whether the digest has no news: no story, no possible match and no
// message that was given up.
func (d *Digest) Empty() bool {
	return d.Stories() == 0 && len(d.Possible) == 0 && len(d.FailedDeliveries) == 0
}

// Found sums the digest up in one line; an empty day says how much was looked
// at.
func (d *Digest) Found() string {
	if n := d.Stories(); n > 0 {
		return formatCount(n, "story", "stories")
	}
	return fmt.Sprintf("no matches from %d of %d feeds", d.FeedsOK, d.Feeds)
}

// Headline names the digest by its day.
func (d *Digest) Headline() string {
	day, _, _ := strings.Cut(d.Slot, "T")
	if t, err := time.Parse(time.DateOnly, day); err == nil {
		day = t.Format("Monday 2 January 2006")
	}
	name := "Digest"
	if d.Name != "" && d.Name != "digest" {
		name = strings.ToUpper(d.Name[:1]) + d.Name[1:] + " digest"
	}
	return name + ", " + day
}

// MarkSlot records that a digest is done up to a slot, without enqueueing it.
// A slot is its name, a space and its zone.
func (m *Monitor) MarkSlot(digest, slot string) error {
	return m.change(func(j *judge) error {
		j.slots[digest] = slot
		return nil
	})
}

// SendDigest enqueues a digest made by hand, outside its slots.
func (m *Monitor) SendDigest(plan DigestPlan, d *Digest) error {
	if len(plan.Notify) == 0 {
		return fmt.Errorf("digest %s has no destinations: give it some in the configuration (digests: notify)", plan.Name)
	}
	return m.change(func(j *judge) error {
		m.postDigest(j, plan, d, "by hand "+m.Now().UTC().Format(time.RFC3339Nano))
		return nil
	})
}

// postDigest enqueues a digest under a name that makes it unique.
func (m *Monitor) postDigest(j *judge, plan DigestPlan, d *Digest, slot string) {
	n := Notice{Kind: DigestKind, Priority: Normal, Created: m.Now().UTC(), Content: Content{Headline: d.Headline(), Digest: d}}
	for _, dest := range m.Rules().Recipients(plan.Notify) {
		n.Key, n.Destination = noticeKey("digest", plan.Name, slot, dest), dest
		j.post(n)
	}
}
