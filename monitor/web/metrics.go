package web

import (
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"newswatch/monitor"
	"newswatch/monitor/match"
)

var _ monitor.Watcher = (*Metrics)(nil)

// Metrics counts what happens, for Prometheus. Its methods are safe for
// concurrent use. Make one with NewMetrics.
type Metrics struct {
	registry *prometheus.Registry

	polls   *prometheus.CounterVec
	took    prometheus.Histogram
	items   prometheus.Counter
	listed  prometheus.Counter
	matches *prometheus.CounterVec
	gaps    prometheus.Counter
	reads   *prometheus.CounterVec
	latency prometheus.Histogram
	reload  prometheus.Gauge
	commit  prometheus.Histogram

	mu      sync.Mutex
	watches map[string]bool // those that have a label of their own
}

// maxWatchLabels bounds the time series of matches_total; the watches beyond
// share the label "other".
const maxWatchLabels = 1000

// NewMetrics returns metrics at zero, on a registry of their own.
func NewMetrics(version string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), watches: map[string]bool{}}
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Name: "newswatch_" + name, Help: help}
	}
	m.polls = prometheus.NewCounterVec(counter("polls_total", "Polls of feeds by result: unchanged, changed or failed."), []string{"result"})
	m.took = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "newswatch_poll_seconds", Help: "Time a poll of a feed took.",
		Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}})
	m.items = prometheus.NewCounter(counter("items_total", "New items seen."))
	m.listed = prometheus.NewCounter(counter("items_listed_total", "Items that polled documents listed, known ones included."))
	m.matches = prometheus.NewCounterVec(counter("matches_total", "Matches of items by watch and verdict."), []string{"watch", "verdict"})
	m.gaps = prometheus.NewCounter(counter("gap_seconds_total", "Time in which feeds were not seen, summed over feeds."))
	m.reads = prometheus.NewCounterVec(counter("article_reads_total", "Tries to read articles by result: read, failed (tried again) or refused."), []string{"result"})
	m.latency = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "newswatch_notice_latency_seconds",
		Help:    "Time from first sight of an item to the acceptance of its notice.",
		Buckets: []float64{1, 2, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600}})
	m.reload = prometheus.NewGauge(prometheus.GaugeOpts{Name: "newswatch_config_last_reload_successful",
		Help: "Whether the last reload of the configuration was taken: 1, or refused: 0."})
	m.commit = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "newswatch_commit_seconds", Help: "Time a commit of judged polls took.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}})
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "newswatch_build_info", Help: "Always 1; the labels tell what is running.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()}})
	m.reload.Set(1)
	build.Set(1)
	for _, result := range [...]string{"unchanged", "changed", "failed"} {
		m.polls.WithLabelValues(result)
	}
	for _, result := range [...]string{"read", "failed", "refused"} {
		m.reads.WithLabelValues(result)
	}
	m.registry.MustRegister(m.polls, m.took, m.items, m.listed, m.matches, m.gaps, m.reads, m.latency, m.reload, m.commit, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Polled counts a poll.
func (m *Metrics) Polled(result string, took time.Duration) {
	m.polls.WithLabelValues(result).Inc()
	m.took.Observe(took.Seconds())
}

// Committed counts a commit.
func (m *Metrics) Committed(took time.Duration) { m.commit.Observe(took.Seconds()) }

// Seen counts the items of a document.
func (m *Metrics) Seen(items, fresh int) {
	m.listed.Add(float64(max(0, items)))
	m.items.Add(float64(max(0, fresh)))
}

// Matched counts a match.
func (m *Metrics) Matched(watch string, v match.Verdict) {
	m.matches.WithLabelValues(m.label(watch), v.String()).Inc()
}

// expect shows zeros for watches that have not matched yet, so that a counter
// does not begin with its first match.
func (m *Metrics) expect(watches []monitor.Watch) {
	for _, w := range watches[:min(len(watches), maxWatchLabels)] {
		label := m.label(w.Name)
		for _, v := range []match.Verdict{match.Weak, match.Strong} {
			m.matches.WithLabelValues(label, v.String())
		}
	}
}

func (m *Metrics) label(watch string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.watches[watch] {
		if len(m.watches) >= maxWatchLabels {
			return "other"
		}
		m.watches[watch] = true
	}
	return strings.ToValidUTF8(watch, "?")
}

// Missed counts a gap.
func (m *Metrics) Missed(gap time.Duration) { m.gaps.Add(max(0, gap.Seconds())) }

// ArticleRead counts a try to read an article.
func (m *Metrics) ArticleRead(result string) { m.reads.WithLabelValues(result).Inc() }

// Observe notes how long a notice took from first sight to acceptance. It
// leaves out what has not been accepted, and what no item is behind.
func (m *Metrics) Observe(n monitor.Notice) {
	if n.Delivery.State == monitor.Sent && !n.Seen.IsZero() && !n.Delivery.Receipt.At.IsZero() {
		m.latency.Observe(max(0, n.Delivery.Receipt.At.Sub(n.Seen).Seconds()))
	}
}

// Reloaded notes whether the last reload of the configuration was taken.
func (m *Metrics) Reloaded(ok bool) { m.reload.Set(oneIf(ok)) }
