package email_test

import (
	"bytes"
	"fmt"
	"image/png"
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"testing"

	"newswatch/monitor"
	"newswatch/notify/email"
	"newswatch/notify/email/emailtest"
)

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
		if want := "Re: " + reply().Content.Thread; r.Subject() != want {
			t.Errorf("the reply's subject = %q, want %q", r.Subject(), want)
		}
	}
}

// TestRepliesKeepTheSubject: mail programs thread by it, whatever the reply's
// own headline is.
func TestRepliesKeepTheSubject(t *testing.T) {
	s := server(t, emailtest.Plain, "")
	n := open(t, config(s, emailtest.Plain), s)
	first, err := n.Notify(t.Context(), alert(), monitor.Receipt{})
	if err != nil {
		t.Fatal(err)
	}
	nt := reply()
	nt.Content.Headline = "Another newsroom's headline"
	if _, err := n.Notify(t.Context(), nt, first); err != nil {
		t.Fatal(err)
	}
	var subjects []string
	for _, m := range s.Messages() {
		r, err := m.Read()
		if err != nil {
			t.Fatal(err)
		}
		subjects = append(subjects, r.Subject())
	}
	if subjects[0] != first.Subject || subjects[1] != "Re: "+subjects[0] {
		t.Errorf("subjects %q, receipt %q", subjects, first.Subject)
	}
}

// TestInternationalDomains: no server needs SMTPUTF8 for them.
func TestInternationalDomains(t *testing.T) {
	s := server(t, emailtest.Plain, "")
	c := config(s, emailtest.Plain)
	c.From, c.To = "Redaktion <nw@münchen.example>", []string{"desk@россия.example"}
	r, err := open(t, c, s).Notify(t.Context(), alert(), monitor.Receipt{})
	if err != nil {
		t.Fatal(err)
	}
	m := s.Messages()[0]
	if m.From != "nw@xn--mnchen-3ya.example" || m.To != "desk@xn--h1alffa9f.example" || !strings.HasSuffix(r.ID, "@xn--mnchen-3ya.example>") {
		t.Errorf("from %s to %s as %s", m.From, m.To, r.ID)
	}
	head, _, _ := strings.Cut(string(m.Data), "\r\n\r\n")
	if i := strings.IndexFunc(head, func(r rune) bool { return r > '~' }); i >= 0 {
		t.Errorf("the head is not ASCII: %q", head[i:])
	}
}

// TestDirectionOfTexts: what a feed wrote finds its own direction, in the language
// that it says, and ours is not drawn along.
func TestDirectionOfTexts(t *testing.T) {
	nt := alert()
	nt.Content.Cards[0].Headline = "وزارة الداخلية توقع عقدا بقيمة 30 مليون دولار (Palantir)."
	nt.Content.Cards[0].Lang = "ar-SA"
	r, _ := sent(t, nt, monitor.Receipt{})
	if !regexp.MustCompile(`<h1 dir="auto" lang="ar-SA"[^>]*><a[^>]*>وزارة`).MatchString(r.HTML) || !strings.Contains(r.HTML, "<bdi>Example Times</bdi>") {
		t.Errorf("a headline or an outlet has no direction or language of its own in\n%s", r.HTML)
	}
}

func TestSubjectsOfOtherKinds(t *testing.T) {
	for want, nt := range map[string]monitor.Notice{
		"[newswatch] Daily digest, Tuesday 24 November 2026: 5 stories":                      digest(),
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
