package webhook

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/text"
	"newswatch/notify"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// hostile is what a title may hold at worst.
const hostile = "A \"quoted\" \\ title\r\nwith </b><script>, @everyone <!channel> [a](b) *x* _y_ `z` {{.}} \u202eevil\x1b[31m"

func alert(headline string) monitor.Notice {
	return monitor.Notice{
		Key: "alert-1", Destination: "hook", Kind: monitor.AlertKind, Watch: "azure-at-ice", Story: 12345678901234567890,
		Priority: monitor.High, Created: noon, Seen: noon,
		Content: monitor.Content{Headline: headline, Cards: []monitor.Card{{
			Story: 12345678901234567890, Headline: headline, URL: "https://news.example/a?b=1&c=2", Outlet: headline, Feed: "example",
			Published: noon.Add(-time.Hour), Seen: noon, Watch: "azure-at-ice", Verdict: match.Strong,
			Sentence: "They moved it to Azure " + headline, Hits: []text.Range{{Start: 17, End: 22}}, Why: []string{headline},
			Outlets: 14, Independent: 3, Also: []monitor.Mention{{Outlet: headline, Title: headline, URL: "javascript:alert(1)"}},
		}}},
	}
}

func digest(headline string) monitor.Notice {
	card := alert(headline).Content.Cards[0]
	n := alert(headline)
	n.Kind = monitor.DigestKind
	n.Content = monitor.Content{Headline: headline, Digest: &monitor.Digest{
		Name: "daily", Slot: "2026-11-24T07:00", Zone: "UTC", From: noon.Add(-24 * time.Hour), To: noon, Feeds: 3, FeedsOK: 2, Items: 9,
		Watches:  []monitor.DigestWatch{{Name: headline, Stories: []monitor.Card{card}, More: 2, PerDay: []int{1, 2}}, {Name: "quiet"}},
		Possible: []monitor.Card{card}, Days: []string{"2026-11-23", "2026-11-24"},
		CoverageGaps:     []monitor.CoverageGap{{Feed: "f", From: noon, Why: headline}},
		FailedDeliveries: []monitor.FailedDelivery{{Destination: "d", Headline: headline, State: monitor.Dead, Reason: "r"}},
	}}
	return n
}

// every is one notice of every kind, and a card too large for any service.
func every(headline string) map[string]monitor.Notice {
	reply, operations, catchup := alert(headline), alert(headline), alert(headline)
	reply.Kind, reply.Parent, reply.Content.Change = monitor.ReplyKind, "alert-0", headline
	operations.Kind = monitor.OperationsKind
	operations.Content = monitor.Content{Headline: headline, Lines: []string{headline, "second"}}
	catchup.Kind, catchup.Content.More = monitor.CatchupKind, 7
	huge := catchup
	huge.Content.Cards = nil
	for range 300 {
		c := alert(strings.Repeat(headline+" ", 40)).Content.Cards[0]
		huge.Content.Cards = append(huge.Content.Cards, c)
	}
	return map[string]monitor.Notice{
		"alert": alert(headline), "reply": reply, "operations": operations, "catchup": catchup, "huge": huge, "digest": digest(headline),
	}
}

func TestSignatureByIndependentLibrary(t *testing.T) {
	raw := []byte("0123456789abcdef01234567")
	coded := base64.StdEncoding.EncodeToString(raw)
	byText := func(s string) *standardwebhooks.Webhook {
		w, err := standardwebhooks.NewWebhookRaw([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	byCode := func(s string) *standardwebhooks.Webhook {
		w, err := standardwebhooks.NewWebhook(s)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	tests := map[string]struct {
		secret notify.Secret
		check  *standardwebhooks.Webhook
	}{
		"with prefix":                   {notify.Secret("whsec_" + coded), byCode("whsec_" + coded)},
		"base64 without prefix":         {notify.Secret(coded), byCode(coded)},
		"base64 that is meant as text":  {notify.Secret(coded), byText(coded)},
		"any text":                      {"correct horse battery staple", byText("correct horse battery staple")},
		"text with white space at ends": {" s3cret\n", byText("s3cret")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var header http.Header
			var body []byte
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				header = r.Header.Clone()
				body, _ = io.ReadAll(r.Body)
			}))
			defer srv.Close()
			n := open(t, Config{URL: notify.Secret(srv.URL), Secret: tt.secret})
			receipt, err := n.Notify(t.Context(), alert(hostile), monitor.Receipt{})
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.check.Verify(body, header); err != nil {
				t.Errorf("the library refuses: %v", err)
			}
			if header.Get("webhook-id") != "alert-1" || receipt.ID != "alert-1" {
				t.Errorf("webhook-id %q, receipt %q, want the key", header.Get("webhook-id"), receipt.ID)
			}
		})
	}
}

func open(t *testing.T, c Config) *Notifier {
	t.Helper()
	n, err := New(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.client.CloseIdleConnections)
	return n
}

// TestSameBodyAgain: a notice sent twice is the same to the byte.
func TestSameBodyAgain(t *testing.T) {
	var bodies []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.Header.Get("webhook-id")+string(b))
	}))
	defer srv.Close()
	n := open(t, Config{URL: notify.Secret(srv.URL), Headers: map[string]notify.Secret{"Authorization": "Bearer x"}})
	for i := range 2 {
		m := digest(hostile)
		m.Delivery = monitor.Delivery{Attempts: i, Started: noon.Add(time.Duration(i) * time.Hour)}
		if _, err := n.Notify(t.Context(), m, monitor.Receipt{}); err != nil {
			t.Fatal(err)
		}
	}
	if bodies[0] != bodies[1] {
		t.Error("the second body differs from the first")
	}
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		c    Config
		want string // a part of the mistake, "" for none
	}{
		"good":                       {Config{URL: "https://hook.example/x", Secret: "s"}, ""},
		"no address":                 {Config{}, "url: missing"},
		"no scheme":                  {Config{URL: "hook.example/x"}, "url: not an http"},
		"ftp":                        {Config{URL: "ftp://hook.example/x"}, "url: not an http"},
		"secret is not base64":       {Config{URL: "http://h/", Secret: "whsec_%%%"}, "secret: what follows"},
		"unknown format":             {Config{URL: "http://h/", Format: "slak"}, "discord, ntfy, standard, teams, telegram"},
		"template with format":       {Config{URL: "http://h/", Format: Discord, Template: "{}"}, "template: given beside"},
		"template that quotes badly": {Config{URL: "http://h/", Template: `{"text": "{{.Title}}"}`}, "write texts as {{json .Title}}"},
		"template with a wrong name": {Config{URL: "http://h/", Template: `{{.Titel}}`}, "Titel"},
		"template that is broken":    {Config{URL: "http://h/", Template: `{{`}, "template:"},
		"template of plain text":     {Config{URL: "http://h/", Template: `{{.Title}} {{.URL}}`, ContentType: "text/plain"}, ""},
		"template of JSON":           {Config{URL: "http://h/", Template: `{"t": {{json (fit .Title 9)}}, "c": [{{range $i, $c := .Cards}}{{if $i}},{{end}}{{json $c.Headline}}{{end}}]}`}, ""},
		"content type alone":         {Config{URL: "http://h/", ContentType: "text/plain"}, "content_type"},
		"header that is ours":        {Config{URL: "http://h/", Headers: map[string]notify.Secret{"webhook-ID": "x"}}, "headers"},
		"header that is none":        {Config{URL: "http://h/", Headers: map[string]notify.Secret{"a b": "x"}}, "headers"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := errors.Join(tt.c.Validate()...)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("Validate = %v, want %q", err, tt.want)
			}
			if _, newErr := New(tt.c, nil); (newErr == nil) != (err == nil) {
				t.Errorf("New = %v, Validate = %v", newErr, err)
			}
		})
	}
}
