package parse

import (
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
)

// A date that can be read in two ways is read as the others of its document are,
// also where those belong to entries that were seen before.
func TestDatesAreReadAlike(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	entry := func(title, date string) string {
		return "<item><title>" + title + "</title><pubDate>" + date + "</pubDate></item>"
	}
	doc := func(entries ...string) []byte {
		return []byte(`<rss version="2.0"><channel><title>t</title>` + strings.Join(entries, "") + `</channel></rss>`)
	}
	published := func(text []byte, known ...uint64) string {
		d, err := Document(text, Options{Now: now, Known: feeds.NewHashes(known)})
		if err != nil || len(d.Items) == 0 {
			t.Fatalf("%d items, %v", len(d.Items), err)
		}
		return d.Items[0].Published.Format(time.DateOnly)
	}
	british := doc(entry("fifth", "05/11/2026 10:00"), entry("thirteenth", "<![CDATA[13/11/2026]]>"))
	if got := published(british); got != "2026-11-05" {
		t.Errorf("beside 13/11/2026, 05/11/2026 is %s", got)
	}
	d, _ := Document(british, Options{Now: now})
	if got := published(british, d.Items[1].Hash); got != "2026-11-05" {
		t.Errorf("with the other entry known, 05/11/2026 is %s", got)
	}
	if got := published(doc(entry("fifth", "05/11/2026"), entry("x", "11/13/2026"))); got != "2026-05-11" {
		t.Errorf("beside 11/13/2026, 05/11/2026 is %s", got)
	}
	if got := published(doc(entry("x", "Thu, 01 Jan 1970 00:00:00 GMT"))); got != "0001-01-01" {
		t.Errorf("the beginning of Unix time is believed: %s", got)
	}
	json := `{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","title":"a","date_published":"05/11/2026"},{"id":"2","title":"b","date_published":"13/11/2026"}]}`
	if got := published([]byte(json)); got != "2026-11-05" {
		t.Errorf("in JSON, beside 13/11/2026, 05/11/2026 is %s", got)
	}
}
