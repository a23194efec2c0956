package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// metrics serves the counters, and beside them what the store can tell at the
// time of the scrape.
func (s *Server) metrics() http.Handler {
	gauges := prometheus.NewRegistry()
	gauges.MustRegister(scrape{s})
	serve := promhttp.HandlerFor(prometheus.Gatherers{s.Metrics.registry, gauges}, promhttp.HandlerOpts{
		MaxRequestsInFlight: 4, ErrorHandling: promhttp.ContinueOnError})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Metrics.expect(s.Rules().Watches)
		serve.ServeHTTP(w, r)
	})
}

// scrape reads gauges from the store. Feeds are a few seconds old at most.
type scrape struct{ s *Server }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("newswatch_"+name, help, labels, nil)
}

// Describe promises nothing, so that what cannot be read may be left out.
func (scrape) Describe(chan<- *prometheus.Desc) {}

// Collect reads what there is. What cannot be read is left out and logged.
func (c scrape) Collect(out chan<- prometheus.Metric) {
	gauge := func(name, help string, v float64) {
		out <- prometheus.MustNewConstMetric(desc(name, help), prometheus.GaugeValue, v)
	}
	gauge("store_bytes", "Length of the store's file.", float64(c.s.Reader.Size()))
	if c.s.FreeBytes != nil {
		gauge("store_free_bytes", "Bytes of the store's file that will be used again.", float64(c.s.FreeBytes()))
	}
	if a := c.s.Articles.Status(); a != nil {
		gauge("articles_owed", "Articles that are to be read.", float64(a.Owed))
		gauge("article_hosts_refusing", "Hosts whose articles are not read for a day, because they refuse.", float64(len(a.Refusing)))
	}
	if c.s.Team != nil {
		c.collectTeam(out, gauge)
	}
	if err := c.collectNotices(out); err != nil {
		c.s.Logger().Error("outbox not counted", "err", err)
	}
	roster, err := c.s.Roster()
	if err != nil {
		c.s.Logger().Error("feeds not counted", "err", err)
		return
	}
	c.collectStates(out, roster.Feeds)
	now := c.s.Time()
	var last time.Time
	var lag time.Duration
	for _, f := range roster.Feeds {
		if f.Poll.Success.After(last) {
			last = f.Poll.Success
		}
		if !f.Poll.Next.IsZero() {
			lag = max(lag, now.Sub(f.Poll.Next))
		}
	}
	if c.s.Lag != nil {
		lag = c.s.Lag()
	}
	gauge("poll_lag_seconds", "By how long the most overdue poll is late.", lag.Seconds())
	reached := 0.0
	if !last.IsZero() {
		reached = float64(last.UnixMilli()) / 1000
	}
	gauge("last_success_timestamp_seconds", "When a poll last reached a feed; 0 if none ever did.", reached)
}

// collectNotices counts the outbox by state and destination, with zeros for
// destinations that were never owed anything: what is born with its first event
// hides it from increase() and delta(). The recipients of a mail destination
// are counted together: their addresses are nobody's label.
func (c scrape) collectNotices(out chan<- prometheus.Metric) error {
	counts, err := c.s.Reader.Counts()
	if err != nil {
		return err
	}
	sums := map[string]map[monitor.State]int{}
	if c.s.Quiet != nil {
		quiet := desc("destination_quiet", "Whether a destination is in its quiet hours: 1, or not: 0.", "destination")
		for dest, now := range c.s.Quiet(c.s.Time()) {
			sums[dest] = map[monitor.State]int{}
			out <- prometheus.MustNewConstMetric(quiet, prometheus.GaugeValue, oneIf(now), dest)
		}
	}
	for name, byState := range counts {
		dest, _, _ := strings.Cut(name, "/")
		if sums[dest] == nil {
			sums[dest] = map[monitor.State]int{}
		}
		for state, n := range byState {
			sums[dest][state] += n
		}
	}
	notices := desc("notices", "Notices in the outbox by state and destination.", "state", "destination")
	for dest, byState := range sums {
		for _, state := range api.AllStates {
			out <- prometheus.MustNewConstMetric(notices, prometheus.GaugeValue, float64(byState[state]), string(state), dest)
		}
	}
	return nil
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// conditions are all the states a feed is listed in.
var conditions = [...]string{"ok", "new", "degraded", "blocked", "gone", "moved", "unparseable", "stalled", "flooding"}

func (c scrape) collectStates(out chan<- prometheus.Metric, feeds []api.FeedState) {
	n := map[string]int{}
	for _, f := range feeds {
		n[f.State]++
	}
	states := desc("feed_state", "Configured feeds by state.", "state")
	for _, state := range conditions {
		out <- prometheus.MustNewConstMetric(states, prometheus.GaugeValue, float64(n[state]), state)
	}
}

// collectTeam tells of the daemons that share the store.
func (c scrape) collectTeam(out chan<- prometheus.Metric, gauge func(name, help string, v float64)) {
	team, err := c.s.Team()
	if err != nil {
		c.s.Logger().Error("daemons not counted", "err", err)
		return
	}
	leading, led := 0.0, 0.0
	if c.s.Fence != nil {
		leading = 1
		gauge("fence", "Number of this daemon's term as leader.", float64(c.s.Fence()))
	}
	if team.Leader != "" {
		led = 1
	}
	if c.s.Jobs != nil {
		open, lost, late := c.s.Jobs()
		for state, n := range map[string]int{"open": open, "lost": lost, "late": late} {
			out <- prometheus.MustNewConstMetric(desc("jobs", "Exchanges handed out to other daemons: open now, lost or answered late since the start of the term.", "state"),
				prometheus.GaugeValue, float64(n), state)
		}
	}
	gauge("leading", "Whether this daemon leads: 1, or another may: 0.", leading)
	gauge("led", "Whether any daemon leads: 1, or none: 0.", led)
	gauge("daemons", "Daemons that share the store.", float64(len(team.Daemons)))
	gauge("configurations", "Different configurations among them: 1 if all have the same.", float64(team.Configs()))
}
