package monitor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"newswatch/monitor/match"
)

// A DigestPlan is a digest as configured.
type DigestPlan struct {
	Name    string
	Notify  []string // destinations
	Watches []string // none means all
	Zone    *time.Location
}

// A Period is what one digest accounts for: one slot, or several if newswatch
// was down when they came.
type Period struct {
	Slot     string // names the digest: the local date and time it stands for
	From, To time.Time
	Late     bool
	Missed   int // earlier slots merged into it
}

// A Ledger is the past as digests and reports read it.
type Ledger interface {
	StoriesSince(t time.Time) ([]Story, error)
	GapsSince(t time.Time) ([]Gap, error)
	DaysSince(t time.Time) ([]DayTotal, error)
	Feeds() ([]FeedRecord, error)
	// Trouble returns notices that died or were not confirmed since t.
	Trouble(t time.Time) ([]Notice, error)
	Silences(now time.Time) ([]Silence, error)
}

// What a digest shows at most, and how far its chart and audit look back.
const (
	digestStories  = 50 // of one watch
	digestPossible = 50
	digestBlind    = 50
	chartDays      = 14
	auditDays      = 30
)

// TellDigest enqueues the digest of a period for its destinations. Its notices
// are named by digest and slot, so it is told once whatever the clock does.
func (m *Monitor) TellDigest(l Ledger, plan DigestPlan, p Period) error {
	d, err := BuildDigest(l, m.Rules(), plan, p)
	if err != nil {
		return fmt.Errorf("digest %s: %w", plan.Name, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.postDigest(plan, d, p.Slot)
	m.draft.slots[plan.Name] = p.Slot
	return m.commit()
}

// BuildDigest gives the account of a period. It only reads.
func BuildDigest(l Ledger, r *Rules, plan DigestPlan, p Period) (*Digest, error) {
	zone := cmp.Or(plan.Zone, r.Zone, time.UTC)
	d := &Digest{Name: plan.Name, Slot: p.Slot, Zone: zone.String(), From: p.From.UTC(), To: p.To.UTC(), Late: p.Late, Missed: p.Missed}
	stories, err := l.StoriesSince(p.To.AddDate(0, 0, -auditDays))
	if err != nil {
		return nil, err
	}
	d.chart(p.To.In(zone))
	for _, w := range r.Watches {
		if len(plan.Watches) == 0 || slices.Contains(plan.Watches, w.Name) {
			d.Watches = append(d.Watches, d.watch(w, stories, zone))
		}
	}
	d.Possible = onePerStory(d.Possible)
	d.Possible, d.More.Possible = atMost(d.Possible, digestPossible)
	for _, step := range [...]func(Ledger, *Rules, Period) error{d.readFeeds, d.readGaps, d.readTrouble, d.readDays} {
		if err := step(l, r, p); err != nil {
			return nil, err
		}
	}
	if p.To.In(zone).Weekday() == time.Monday {
		d.Audit, err = audit(l, r, stories, p.To)
	}
	return d, err
}

// atMost cuts a list and says how much of it is not there any more.
func atMost[T any](list []T, n int) ([]T, int) {
	if len(list) <= n {
		return list, 0
	}
	return list[:n], len(list) - n
}

// onePerStory joins the cards of a story that several watches doubt, and puts
// the most told first.
func onePerStory(cards []Card) []Card {
	var out []Card
	for _, c := range cards {
		if i := slices.IndexFunc(out, func(o Card) bool { return o.Story == c.Story }); i >= 0 {
			out[i].Watch += ", " + c.Watch
		} else {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, strongestFirst)
	return out
}

// Stories counts the stories of all watches, each once.
func (d *Digest) Stories() int {
	told := map[StoryID]bool{}
	n := 0
	for _, w := range d.Watches {
		for _, c := range w.Stories {
			told[c.Story] = true
		}
		n += w.More
	}
	return n + len(told)
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

// chart lays out the days of the chart, the digest's own last.
func (d *Digest) chart(to time.Time) {
	for i := chartDays - 1; i >= 0; i-- {
		d.Days = append(d.Days, to.AddDate(0, 0, -i).Format(time.DateOnly))
	}
}

// watch gathers one watch's part.
func (d *Digest) watch(w Watch, stories []Story, zone *time.Location) DigestWatch {
	out := DigestWatch{Name: w.Name, PerDay: make([]int, len(d.Days))}
	for i := range stories {
		s := &stories[i]
		sw := s.Watch(w.Name)
		if sw == nil || sw.Old || s.Into != 0 {
			continue
		}
		strong := sw.Verdict == match.Strong
		if day := slices.Index(d.Days, sw.At.In(zone).Format(time.DateOnly)); day >= 0 && strong {
			out.PerDay[day]++
		}
		if sw.At.Before(d.From) || !sw.At.Before(d.To) {
			continue
		}
		if strong || sw.Told {
			out.Stories = append(out.Stories, CardOf(s, sw))
		} else if cmp.Or(w.Weak, WeakDigest) == WeakDigest {
			d.Possible = append(d.Possible, CardOf(s, sw))
		}
	}
	slices.SortStableFunc(out.Stories, func(a, b Card) int {
		return cmp.Or(cmp.Compare(b.Outlets, a.Outlets), cmp.Compare(b.Verdict, a.Verdict), b.Seen.Compare(a.Seen))
	})
	out.Stories, out.More = atMost(out.Stories, digestStories)
	return out
}

// MarkSlot notes that a digest has been told up to a slot, without telling.
func (m *Monitor) MarkSlot(digest, slot string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.draft.slots[digest] = slot
	return m.commit()
}

// SendDigest enqueues a digest made by hand, outside its slots.
func (m *Monitor) SendDigest(plan DigestPlan, d *Digest) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(plan.Notify) == 0 {
		return fmt.Errorf("digest %s has no destinations: give it some in the configuration (digests: notify)", plan.Name)
	}
	m.postDigest(plan, d, "by hand "+m.Now().UTC().Format(time.RFC3339Nano))
	return m.commit()
}

// postDigest puts a digest into the draft under a name that makes it unique.
func (m *Monitor) postDigest(plan DigestPlan, d *Digest, slot string) {
	now := m.Now().UTC()
	for _, dest := range m.Rules().Recipients(plan.Notify) {
		m.post(Notice{Key: noticeKey("digest", plan.Name, slot, dest), Destination: dest, Kind: DigestKind, Priority: Normal,
			Created: now, Content: Content{Headline: d.Headline(), Digest: d}})
	}
}
