package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
)

func fixed(t time.Time) func() time.Time { return func() time.Time { return t } }

// TestMetrics names everything that dashboards and alert rules rely on.
func TestMetrics(t *testing.T) {
	s, p := newServer(t)
	s.FreeBytes = func() int64 { return 4096 }
	p.notices = []monitor.Notice{notice(monitor.Sent), notice(monitor.Dead)}
	p.notices[1].Destination = "desk/someone@example.org"
	m := s.Metrics
	m.Polled("changed", 200*time.Millisecond)
	m.Seen(30, 2)
	m.Matched("ice-any", match.Strong)
	m.Missed(90 * time.Second)
	m.ArticleRead("read")
	s.Articles = func() *api.Articles {
		return &api.Articles{Owed: 7, Refusing: []api.RefusingHost{{Host: "wire.example"}}}
	}
	m.Reloaded(false)
	sent := notice(monitor.Sent)
	sent.Seen, sent.Delivery.Receipt.At = testNow, testNow.Add(3*time.Second)
	m.Observe(sent)
	m.Observe(notice(monitor.Dead))
	body := ask(s.Handler(), "GET", "/metrics", "").Body.String()
	for _, want := range []string{
		`newswatch_polls_total{result="changed"} 1`, `newswatch_polls_total{result="failed"} 0`, `newswatch_poll_seconds_count 1`,
		`newswatch_items_total 2`, `newswatch_items_listed_total 30`, `newswatch_matches_total{verdict="strong",watch="ice-any"} 1`,
		`newswatch_notices{destination="newsroom",state="sent"} 1`, `newswatch_notices{destination="desk",state="dead"} 1`,
		`newswatch_notice_latency_seconds_count 1`, `newswatch_notice_latency_seconds_sum 3`, `newswatch_feed_state{state="ok"} 12`,
		`newswatch_feed_state{state="gone"} 0`, `newswatch_gap_seconds_total 90`, `newswatch_store_bytes 5.0331648e+07`,
		`newswatch_store_free_bytes 4096`, `newswatch_build_info{goversion=`, `newswatch_config_last_reload_successful 0`,
		`newswatch_poll_lag_seconds 0`, `newswatch_last_success_timestamp_seconds 1.`, `go_goroutines`, `process_open_fds`,
		`newswatch_article_reads_total{result="read"} 1`, `newswatch_article_reads_total{result="refused"} 0`, `newswatch_articles_owed 7`,
		`newswatch_article_hosts_refusing 1`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(body, "example.org") {
		t.Error("a mail address is a label")
	}
}

// TestMetricsBeginAtZero: what has not happened yet is shown as zero, so that
// the first time it does is an increase.
func TestMetricsBeginAtZero(t *testing.T) {
	s, p := newServer(t)
	p.feeds, p.notices = nil, nil
	s.Rules = func() *monitor.Rules { return &monitor.Rules{Watches: []monitor.Watch{{Name: "never-yet"}}} }
	s.Quiet = func(now time.Time) map[string]bool {
		if !now.Equal(s.Time()) {
			t.Errorf("asked for quiet hours at %s", now)
		}
		return map[string]bool{"newsroom": false, "night-desk": true}
	}
	body := ask(s.Handler(), "GET", "/metrics", "").Body.String()
	for _, want := range []string{
		`newswatch_matches_total{verdict="strong",watch="never-yet"} 0`, `newswatch_matches_total{verdict="weak",watch="never-yet"} 0`,
		`newswatch_notices{destination="newsroom",state="dead"} 0`, `newswatch_notices{destination="night-desk",state="pending"} 0`,
		`newswatch_destination_quiet{destination="newsroom"} 0`, `newswatch_destination_quiet{destination="night-desk"} 1`,
		`newswatch_last_success_timestamp_seconds 0`,
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
}

// TestLabelsAreBounded matches more watches than there may be labels.
func TestLabelsAreBounded(t *testing.T) {
	m := NewMetrics("test")
	for i := range 3 * maxWatchLabels {
		m.Matched(fmt.Sprintf("watch-%d", i), match.Weak)
	}
	m.Matched("broken\xff", match.Weak)
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "newswatch_matches_total" && len(f.GetMetric()) != maxWatchLabels+1 {
			t.Errorf("%d series, want %d", len(f.GetMetric()), maxWatchLabels+1)
		}
	}
}
