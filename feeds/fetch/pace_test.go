package fetch

import (
	"net/http"
	"testing"
	"time"

	"newswatch/feeds"
)

func TestFreshness(t *testing.T) {
	date := noon.Format(http.TimeFormat)
	tests := map[string]struct {
		header http.Header
		want   time.Duration
	}{
		"nothing":           {http.Header{}, 0},
		"max-age":           {http.Header{"Cache-Control": {"public, max-age=600"}}, 10 * time.Minute},
		"less age":          {http.Header{"Cache-Control": {"max-age=600"}, "Age": {"90"}}, 510 * time.Second},
		"older than fresh":  {http.Header{"Cache-Control": {"max-age=600"}, "Age": {"900"}}, 0},
		"quoted":            {http.Header{"Cache-Control": {`Max-Age="600"`}}, 10 * time.Minute},
		"on a second line":  {http.Header{"Cache-Control": {"public", "max-age=600"}}, 10 * time.Minute},
		"no-cache":          {http.Header{"Cache-Control": {"max-age=600, no-cache"}}, 0},
		"no-store":          {http.Header{"Cache-Control": {"no-store"}, "Expires": {noon.Add(time.Hour).Format(http.TimeFormat)}, "Date": {date}}, 0},
		"for shared caches": {http.Header{"Cache-Control": {"s-maxage=600"}}, 0},
		"a year":            {http.Header{"Cache-Control": {"max-age=31536000"}}, 24 * time.Hour},
		"overflow":          {http.Header{"Cache-Control": {"max-age=99999999999999999999"}}, 24 * time.Hour},
		"negative":          {http.Header{"Cache-Control": {"max-age=-1"}}, 0},
		"rubbish":           {http.Header{"Cache-Control": {"max-age=soon"}}, 0},
		"expires":           {http.Header{"Expires": {noon.Add(time.Hour).Format(http.TimeFormat)}, "Date": {date}}, time.Hour},
		"expires 0":         {http.Header{"Expires": {"0"}, "Date": {date}}, 0},
		"expired":           {http.Header{"Expires": {noon.Add(-time.Hour).Format(http.TimeFormat)}, "Date": {date}}, 0},
		"expires, no date":  {http.Header{"Expires": {noon.Add(time.Hour).Format(http.TimeFormat)}}, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := freshness(tt.header); got != tt.want {
				t.Errorf("freshness = %v, want %v", got, tt.want)
			}
		})
	}
}

// Whatever the headers say, waits stay within their bounds.
func FuzzPace(f *testing.F) {
	for _, seed := range []string{"", "120", "-5", "abc", "1.5", "99999999999999999999", "Wed, 04 Mar 2026 14:00:00 GMT", "max-age=600", `no-cache, max-age="3", ,=,`} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, retry, control string) {
		if d := retryAfter(retry, noon); d != 0 && (d < shortestSilence || d > feeds.MaxSilence) {
			t.Errorf("retryAfter(%q) = %v", retry, d)
		}
		h := http.Header{"Cache-Control": {control}, "Age": {retry}, "Expires": {control}, "Date": {retry}}
		if d := freshness(h); d < 0 || d > feeds.MaxSilence {
			t.Errorf("freshness(%q, %q) = %v", control, retry, d)
		}
	})
}
