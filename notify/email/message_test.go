package email_test

import (
	"bytes"
	"flag"
	"fmt"
	"image/png"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/notify/email"
	"newswatch/notify/email/emailtest"
)

var update = flag.Bool("update", false, "write the golden files")

// sent delivers a notice and reads what arrived.
func sent(t *testing.T, nt monitor.Notice, parent monitor.Receipt) (emailtest.Read, emailtest.Message) {
	t.Helper()
	s := server(t, emailtest.Plain, "")
	if _, err := open(t, config(s, emailtest.Plain), s).Notify(t.Context(), nt, parent); err != nil {
		t.Fatal(err)
	}
	m := s.Messages()[0]
	r, err := m.Read()
	if err != nil {
		t.Fatalf("%v in\n%s", err, m.Data)
	}
	return r, m
}

func TestHeaders(t *testing.T) {
	a, _ := sent(t, alert(), monitor.Receipt{})
	want := map[string]string{
		"From": `"Newswatch" <nw@example.org>`, "To": `"Desk" <desk@example.org>`,
		"Date": "Tue, 24 Nov 2026 12:00:00 +0000", "X-Newswatch-Key": "alert-1", "X-Newswatch-Kind": "alert",
		"X-Newswatch-Watch": "cloud-contracts", "List-Id": "newswatch <newswatch.example.org>",
		"List-Unsubscribe": "<mailto:nw@example.org?subject=unsubscribe>", "Auto-Submitted": "auto-generated",
		"Importance": "high", "In-Reply-To": "", "Mime-Version": "1.0",
	}
	for key, value := range want {
		if got := a.Header.Get(key); got != value {
			t.Errorf("%s: %q, want %q", key, got, value)
		}
	}
	if got := a.Subject(); got != "[cloud-contracts] "+card().Headline {
		t.Errorf("subject = %q", got)
	}
	id := a.Header.Get("Message-Id")
	if _, err := mail.ParseAddress(id); err != nil || !strings.HasSuffix(id, "@example.org>") {
		t.Errorf("Message-ID %q, want one of our domain", id)
	}
	byReceipt, _ := sent(t, reply(), monitor.Receipt{ID: id})
	byKey, _ := sent(t, reply(), monitor.Receipt{})
	for _, r := range []emailtest.Read{byReceipt, byKey} {
		if r.Header.Get("In-Reply-To") != id || r.Header.Get("References") != id {
			t.Errorf("the reply refers to %q, want %q", r.Header.Get("References"), id)
		}
		if !strings.HasPrefix(r.Subject(), "Re: [cloud-contracts] ") {
			t.Errorf("the reply's subject = %q", r.Subject())
		}
	}
}

func TestSubjectsOfOtherKinds(t *testing.T) {
	for want, nt := range map[string]monitor.Notice{
		"[newswatch] Daily digest, Tuesday 24 November 2026: 9 stories":                      digest(),
		"[newswatch] Daily digest, Tuesday 24 November 2026: no matches from 41 of 43 feeds": emptyDigest(),
		"[newswatch] 5 stories from the time newswatch was not running":                      catchup(),
		"[newswatch] Feed example-times is blocked":                                          operations(),
	} {
		if r, _ := sent(t, nt, monitor.Receipt{}); r.Subject() != want {
			t.Errorf("subject = %q, want %q", r.Subject(), want)
		}
	}
}

// RFC 5322 section 2.1.1 limits lines, and section 2.2 headers; a title may
// break neither, nor begin a header of its own.
func TestStrangersWordsStayInTheirHeader(t *testing.T) {
	for name, text := range map[string]string{
		"new header": "Cheap\r\nBcc: victim@example.org\r\n\r\n<b>body</b>",
		"bare feeds": "a\nSubject: b\rX-Evil: c",
		"encoded":    "=?utf-8?q?Hello=0D=0ABcc:_x@y.example?=",
		"direction":  "safe\u202egpj.exe",
		"long":       strings.Repeat("x", 4000),
		"accents":    strings.Repeat("naïve façade ", 300),
		"emoji":      strings.Repeat("👩‍👩‍👧‍👦", 200),
	} {
		t.Run(name, func(t *testing.T) {
			nt := alert()
			nt.Content.Headline, nt.Content.Cards[0].Headline, nt.Watch, nt.Key = text, text, text, "key\r\nX-Evil: "+name
			r, m := sent(t, nt, monitor.Receipt{ID: "<a@b>\r\nX-Evil: 1"})
			for _, h := range []string{"Bcc", "X-Evil", "Cc"} {
				if r.Header.Get(h) != "" || len(r.Header["Subject"]) != 1 {
					t.Errorf("header %s came out of a title", h)
				}
			}
			for line := range bytes.Lines(m.Data) {
				if len(line) > 1000 {
					t.Errorf("a line of %d bytes", len(line))
				}
			}
			if strings.ContainsRune(r.Subject()+r.Text+r.HTML, '\u202e') {
				t.Error("a direction override came through")
			}
		})
	}
}

func TestHTMLHoldsNothingButText(t *testing.T) {
	for name, text := range map[string]string{
		"script":    `</style><script>alert(1)</script>`,
		"image":     `<img src="http://tracker.example/x.png">`,
		"attribute": `" onmouseover="alert(1)`,
		"template":  `{{.Title}}`,
	} {
		t.Run(name, func(t *testing.T) {
			nt := digest()
			c := card()
			c.Headline, c.Outlet, c.Sentence, c.Hits, c.Why = text, text, text, nil, []string{text}
			c.Also = []monitor.Mention{{Outlet: text, Title: text, URL: "javascript:alert(1)"}}
			nt.Content.Headline = text
			nt.Content.Digest.Watches[0].Name, nt.Content.Digest.Watches[0].Stories = text, []monitor.Card{c}
			nt.Content.Digest.Blind[0].Why = text
			for _, n := range []monitor.Notice{nt, {Key: "k", Kind: monitor.AlertKind, Created: morning, Content: monitor.Content{Headline: text, Cards: []monitor.Card{c}}}} {
				r, _ := sent(t, n, monitor.Receipt{})
				for _, bad := range []string{"<script", "<img src=\"http", `" onmouseover`, "javascript:", "ZgotmplZ"} {
					if strings.Contains(r.HTML, bad) {
						t.Errorf("%s: HTML has %s", n.Kind, bad)
					}
				}
			}
		})
	}
}

func TestLinksLeadOnlyToPages(t *testing.T) {
	for address, link := range map[string]bool{
		"https://news.example/a?b=1&c=<2>": true, "javascript:alert(1)": false, "data:text/html,x": false,
		"//evil.example/x": false, "/relative": false, "": false, "https://news.example/" + strings.Repeat("x", 3000): false,
	} {
		nt := alert()
		nt.Content.Cards[0].URL, nt.Content.Cards[0].Also = address, nil
		if r, _ := sent(t, nt, monitor.Receipt{}); strings.Contains(r.HTML, "href") != link {
			t.Errorf("%.40q: link %v, want %v", address, !link, link)
		}
	}
}

func TestADigestIsCompleteInEveryPart(t *testing.T) {
	r, m := sent(t, digest(), monitor.Receipt{})
	if got := fmt.Sprint(r.Types); got != "[multipart/related multipart/alternative text/plain text/html image/png]" {
		t.Errorf("parts = %s", got)
	}
	for _, want := range []string{"cloud-contracts", "A quiet renewal", "Harbour Post", "agency-press", "no such user", "until 25 Nov", "old-probe", "biometrics"} {
		for part, text := range map[string]string{"text": r.Text, "HTML": r.HTML} {
			if !strings.Contains(strings.ToLower(strings.Join(strings.Fields(text), " ")), strings.ToLower(want)) {
				t.Errorf("the %s part lacks %q", part, want)
			}
		}
	}
	id := "chart@newswatch"
	if !strings.Contains(r.HTML, `src="cid:`+id+`"`) || !strings.Contains(r.HTML, "alt=\"Stories a day") {
		t.Error("the HTML does not show the chart, or not without images")
	}
	if _, err := png.Decode(bytes.NewReader(r.Files[id])); err != nil {
		t.Errorf("the chart: %v", err)
	}
	if len(m.Data) > 102_000 {
		t.Errorf("%d bytes in all", len(m.Data))
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || params["type"] != "multipart/alternative" {
		t.Errorf("Content-Type = %q", r.Header.Get("Content-Type"))
	}
	if e, _ := sent(t, emptyDigest(), monitor.Receipt{}); strings.Contains(e.HTML, "<img") || !strings.Contains(e.HTML, "No matches from 41 of 43 feeds") {
		t.Error("an empty day has an image, or does not say what was looked at")
	}
}

func TestAnyDigestStaysWithinItsSize(t *testing.T) {
	for name, title := range map[string]string{"words": strings.Repeat("long words & <more> ", 20), "emoji": strings.Repeat("👩‍👩‍👧‍👦", 60), "chinese": strings.Repeat("新闻", 200)} {
		t.Run(name, func(t *testing.T) {
			nt := digest()
			d := nt.Content.Digest
			c := other(title, title)
			c.URL = "https://news.example/" + strings.Repeat("x", 1500)
			for len(d.Watches) < 40 {
				w := monitor.DigestWatch{Name: fmt.Sprint(title, len(d.Watches)), PerDay: []int{1}}
				for range 10 {
					w.Stories = append(w.Stories, c)
				}
				d.Watches = append(d.Watches, w)
			}
			for range 40 {
				d.Blind = append(d.Blind, monitor.Blind{Feed: title, Why: title, From: morning})
				d.Possible = append(d.Possible, c)
			}
			page, err := email.HTML(nt, email.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(page) > 90_000 || !bytes.Contains(page, []byte("did not fit")) {
				t.Errorf("%d bytes, want 90,000 at most and a word about it", len(page))
			}
		})
	}
}

func TestAHeadlineThatIsTheHitSentenceIsSaidOnce(t *testing.T) {
	nt := alert()
	c := &nt.Content.Cards[0]
	c.Sentence, c.Hits = c.Headline, hits(c.Headline, "detention")
	page, err := email.HTML(nt, email.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(page, []byte("to a private cloud")); n != 3 || !bytes.Contains(page, []byte(`>detention</b>`)) {
		t.Errorf("said %d times, want in the title, the glimpse and the headline, with its hit marked", n)
	}
}

// FuzzHeaders sends any text through every header that a stranger's can reach.
func FuzzHeaders(f *testing.F) {
	for _, s := range []string{"plain", "a\r\nBcc: x@y.example", "=?utf-8?q?=0d=0aX-Evil:_1?=", "\x00\x1b[1m", "日本語", "a\u2028b", strings.Repeat("é", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		nt := alert()
		nt.Key, nt.Watch, nt.Content.Headline, nt.Content.Cards[0].Headline, nt.Content.Cards[0].Sentence = s, s, s, s, s
		m, err := email.Compose(nt, monitor.Receipt{ID: s})
		if err != nil {
			t.Fatal(err)
		}
		msg, err := mail.ReadMessage(bytes.NewReader(m))
		if err != nil {
			t.Fatalf("%v in %q", err, m)
		}
		for key, values := range msg.Header {
			if len(values) != 1 || !known[key] {
				t.Errorf("header %s has %d values", key, len(values))
			}
		}
		head, _, _ := bytes.Cut(m, []byte("\r\n\r\n"))
		for line := range bytes.SplitSeq(head, []byte("\r\n")) {
			if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
				t.Errorf("line %q", line)
			}
		}
	})
}

var known = map[string]bool{
	"From": true, "To": true, "Subject": true, "Date": true, "Message-Id": true, "Mime-Version": true, "Content-Type": true,
	"Content-Transfer-Encoding": true, "X-Newswatch-Key": true, "X-Newswatch-Kind": true, "X-Newswatch-Watch": true,
	"List-Id": true, "List-Unsubscribe": true, "Auto-Submitted": true, "X-Auto-Response-Suppress": true, "Importance": true,
	"Priority": true, "X-Priority": true, "X-Msmail-Priority": true, "In-Reply-To": true, "References": true,
}

func TestPreviewShowsItsChartByItself(t *testing.T) {
	page, err := email.HTML(digest(), email.Options{Preview: true, Page: "http://127.0.0.1:8087/"})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(page, []byte(`src="data:image/png;base64,`)) || !bytes.Contains(page, []byte(`href="http://127.0.0.1:8087/"`)) {
		t.Error("the preview lacks its chart or the local page")
	}
}

func TestPages(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for name, nt := range map[string]monitor.Notice{
		"alert": alert(), "reply": reply(), "catchup": catchup(), "digest": digest(), "empty": emptyDigest(), "operations": operations(),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := email.HTML(nt, email.Options{Zone: zone})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".golden.html")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the page is not as in %s; run with -update, look at it, and read the difference", file)
			}
		})
	}
}
