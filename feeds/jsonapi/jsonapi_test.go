package jsonapi

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
)

var now = time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC)

// orders is a source with everything in it.
func orders() Source {
	return Source{
		URL:    "https://api.example/v1/orders?sort=new",
		Params: map[string]feeds.Secret{"api_key": "s3cret/key", "since": "{{day -2}}", "page": "{{page}}"},
		Select: feeds.Select{
			Items: "$.results[*]", Key: []string{"id|Award ID", "Mod"}, Title: "{Vendor}: {text}, {Amount|money} ({agency.name})", URL: "/order/{id}?m={Mod}", Summary: "{note}", Published: "day",
			Fields: map[string]string{"amount": "Amount", "vendor": "Vendor", "agency": "agency.name", "award_id": "Award ID", "action": "Mod", "naics": "NAICS", "psc": "PSC", "deadline": "due", "place": "$.place[0]['city']", "office": "path|last"},
		},
		Pages: feeds.Pages{More: "$.more"},
	}
}

func reader(t testing.TB, s Source) *Reader {
	t.Helper()
	r, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name, row string
		want      string // the item as JSON without what is the same in all
	}{
		{"everything", `{"id":1,"Mod":"P00003","Award ID":"70X","Vendor":" ACME\u0007 INC ","text":"GUARDS","Amount":"$1,250,000.00","agency":{"name":"ICE"},"NAICS":{"code":"561612","description":"Guards"},"PSC":"S206",
			"due":"2026-12-01T17:00:00-05:00","place":[{"city":"Boston"}],"path":"A.B.C","day":"11/20/2026","note":"x\ny"}`,
			`key:1&P00003 | ACME INC: GUARDS, $1,250,000 (ICE) | https://api.example/order/1?m=P00003 | x y | 2026-11-20 | {"amount":1250000,"currency":"USD","agency":"ICE","office":"C","vendor":"ACME INC","award_id":"70X","action":"modification","naics":"561612","psc":"S206","deadline":"2026-12-01T22:00:00Z","place":"Boston"}`},
		{"second name of the key, base award", `{"Award ID":"7 X","Mod":0,"Vendor":"ACME","id":null}`, `key:7+X&0 | ACME |  |  | 0001-01-01 | {"vendor":"ACME","award_id":"7 X","action":"new"}`},
		{"nothing but null and empty", `{"id":1,"Mod":"1","Vendor":null,"text":"","Amount":{},"agency":[],"NAICS":{},"due":"soon","place":[]}`, `key:1&1 |  | https://api.example/order/1?m=1 |  | 0001-01-01 | {"action":"modification"}`},
		{"first parts missing", `{"id":1,"Mod":"1","text":"GUARDS","agency":{"name":"ICE"}}`, `key:1&1 | GUARDS (ICE) | https://api.example/order/1?m=1 |  | 0001-01-01 | {"agency":"ICE","action":"modification"}`},
		{"negative, as a number", `{"id":1,"Mod":"1","Vendor":"ACME","Amount":-12.5}`, `key:1&1 | ACME, -$12.50 | https://api.example/order/1?m=1 |  | 0001-01-01 | {"amount":-12.5,"currency":"USD","vendor":"ACME","action":"modification"}`},
		{"a key cannot be forged by its parts", `{"id":"a&b/../c","Mod":"?","Vendor":"ACME"}`, `key:a%26b%2F..%2Fc&%3F | ACME | https://api.example/order/a&b%2F..%2Fc?m=%3F |  | 0001-01-01 | {"vendor":"ACME","action":"?"}`},
		{"the secret comes back", `{"id":"1","Mod":"1","Vendor":"key s3cret/key","note":"https://x/?api_key=s3cret%2Fkey","agency":{"name":"s3cret/key"}}`, `key:1&1 | key [redacted] ([redacted]) | https://api.example/order/1?m=1 | https://x/?api_key=[redacted] | 0001-01-01 | {"agency":"[redacted]","vendor":"key [redacted]","action":"modification"}`},
	}
	r := reader(t, orders())
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// Beside a row of which nothing is missing, so that half of them are well.
			well := `{"id":"w","Mod":"w","Vendor":"w"}`
			p, err := r.Decode(r.First(now), []byte(`{"results":[`+test.row+`,`+well+`]}`))
			if err != nil {
				t.Fatal(err)
			}
			it := p.Items[0]
			fields, err := json.Marshal(it.Fields)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join([]string{it.GUID, it.Title, it.Link, it.Summary, it.Published.Format(time.DateOnly), string(fields)}, " | ")
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestDecodeCountsWhatItLeavesOut(t *testing.T) {
	row := func(id string) string { return `{"id":` + id + `,"Mod":"0","Vendor":"ACME"}` }
	r := reader(t, orders())
	p, err := r.Decode(r.First(now), []byte(`{"results":[`+strings.Join([]string{row("1"), row("2"), row("1"), row("null"), row("3")}, ",")+`]}`))
	if err != nil || p.Rows != 5 || len(p.Items) != 3 || p.Repeats != 1 || p.Keyless != 1 || p.Flaw != "1 of 5 rows have no key and were left out" {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"empty", " ", "the body is empty"},
		{"a page", "<!doctype html>", "answers with a page"},
		{"broken at the end", `{"results":[{"id":1},`, "breaks off"},
		{"not JSON", `results: none`, "no JSON"},
		{"too deep", strings.Repeat("[", 10_000), "64 deep"},
		{"status in the body", `{"status":400,"message":"Pagination limit exceeded."}`, "error: Pagination limit exceeded."},
		{"errors", `{"errors":{"agencies":"invalid value"}}`, `error: {"agencies":"invalid value"}`},
		{"over quota with 200", `{"message":"You have exceeded your limit for s3cret/key"}`, "exceeded your limit for [redacted]"},
		{"error code", `{"errorcode":5,"msg":"no such agency","data":{}}`, "no such agency"},
		{"another shape", `{"items":[],"total":0,"version":2}`, "$.results[*] finds nothing; the answer has the names items, total, version"},
		{"list of another kind", `[1]`, "$.results[*] finds nothing"},
		{"no keys", `{"results":[{"x":1},{"x":2}]}`, "2 of 2 rows have no id|Award ID and Mod"},
		{"no titles", `{"results":[{"id":1,"Mod":1}]}`, "1 of 1 rows have nothing for the title"},
		{"no addresses", `{"results":[{"Award ID":1,"Mod":1,"Vendor":"x"}]}`, "1 of 1 rows have no address"},
		{"too large", strings.Repeat(" ", MaxSize+1), "16 MiB"},
	}
	r := reader(t, orders())
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := r.Decode(r.First(now), []byte(test.body)); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestDecodeTakesLawfulEmptiness(t *testing.T) {
	s := orders()
	if _, err := reader(t, s).Decode(Request{}, []byte(`{"results":[],"status":200}`)); err != nil {
		t.Errorf("an empty list: %v", err)
	}
	s.Empty = true
	if _, err := reader(t, s).Decode(Request{}, []byte(`{"count":0,"pages":0,"x":1}`)); err != nil {
		t.Errorf("empty: ok: %v", err)
	}
}

func TestRequests(t *testing.T) {
	s := orders()
	s.Body = `{"from":"{{day -30 \"01/02/2006\"}}","page":{{page}},"first":{{page 0}},"row":{{offset 25}}}`
	r := reader(t, s)
	q := r.First(now)
	if got, want := q.Address(), "https://api.example/v1/orders?api_key=s3cret%2Fkey&page=1&since=2026-11-22&sort=new"; got != want {
		t.Errorf("address\n%s, want\n%s", got, want)
	}
	next := decodedNext(t, r, q, `"more":true`)
	if next == nil || next.Page != 2 || next.Method() != "POST" || string(next.Body) != `{"from":"10/25/2026","page":2,"first":1,"row":25}` || !strings.Contains(next.Address(), "page=2") {
		t.Errorf("second page %v %s", next, next.Body)
	}
}

func TestRequestPrintsNoSecret(t *testing.T) {
	q := reader(t, orders()).First(now)
	for _, got := range []string{fmt.Sprint(q), fmt.Sprintf("%+v %#v %q %d", q, q, &q, q), q.String()} {
		if strings.Contains(got, "s3cret") || !strings.Contains(got, "GET https://api.example/v1/orders") {
			t.Errorf("got %s", got)
		}
	}
}

const oneRow = `"results":[{"id":1,"Mod":1,"Vendor":"x"}]`

func decodedNext(t *testing.T, r *Reader, q Request, rest string) *Request {
	t.Helper()
	p, err := r.Decode(q, []byte(`{`+oneRow+`,`+rest+`}`))
	if err != nil {
		t.Fatal(err)
	}
	return p.Next
}

func TestNextPage(t *testing.T) {
	tests := []struct {
		name  string
		pages feeds.Pages
		rest  string
		want  string // of the address behind the host; "" for no page
		flaw  string
	}{
		{"no pages", feeds.Pages{}, `"more":true`, "", ""},
		{"more", feeds.Pages{More: "$.more"}, `"more":true`, "/v1/orders?api_key=k1234&page=2", ""},
		{"no more", feeds.Pages{More: "$.more"}, `"more":false`, "", ""},
		{"no word of it", feeds.Pages{More: "$.more"}, `"total":9999`, "", ""},
		{"next", feeds.Pages{Next: "$.next"}, `"next":"https://api.example/v1/orders?cursor=x"`, "/v1/orders?api_key=k1234&cursor=x", ""},
		{"next is relative", feeds.Pages{Next: "$.next"}, `"next":"?cursor=x"`, "/v1/orders?api_key=k1234&cursor=x", ""},
		{"next is null", feeds.Pages{Next: "$.next"}, `"next":null`, "", ""},
		{"next is itself", feeds.Pages{Next: "$.next"}, `"next":"https://api.example/v1/orders?api_key=k1234&page=1"`, "", "already read"},
		{"next on another host", feeds.Pages{Next: "$.next"}, `"next":"https://evil.example/v1/orders"`, "", "another host"},
		{"next without TLS", feeds.Pages{Next: "$.next"}, `"next":"http://api.example/v1/orders"`, "", "another host"},
		{"full", feeds.Pages{Full: 1}, `"total":1`, "/v1/orders?api_key=k1234&page=2", ""},
		{"not full", feeds.Pages{Full: 2}, `"total":9999`, "", ""},
		{"one page at most", feeds.Pages{More: "$.more", Most: 1}, `"more":true`, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := orders()
			s.URL, s.Params, s.Pages = "https://api.example/v1/orders", map[string]feeds.Secret{"api_key": "k1234", "page": "{{page}}"}, test.pages
			r := reader(t, s)
			p, err := r.Decode(r.First(now), []byte(`{`+oneRow+`,`+test.rest+`}`))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if p.Next != nil {
				got = strings.TrimPrefix(p.Next.Address(), "https://api.example")
			}
			if got != test.want || !strings.Contains(p.Flaw, test.flaw) || (p.Flaw == "") != (test.flaw == "") {
				t.Errorf("got %q, flaw %q; want %q, %q", got, p.Flaw, test.want, test.flaw)
			}
		})
	}
}

func TestPagesEnd(t *testing.T) {
	s := orders()
	s.Params = nil
	s.Body = `{"page":{{page}}}`
	r := reader(t, s)
	pages := 0
	for q := r.First(now); ; pages++ {
		next := decodedNext(t, r, q, `"more":true`)
		if next == nil {
			break
		}
		q = *next
	}
	if pages+1 != 5 {
		t.Errorf("%d pages of a source that always has more", pages+1)
	}
	s.Body = `{}` // the page is nowhere in the request
	r = reader(t, s)
	if next := decodedNext(t, r, r.First(now), `"more":true`); next != nil {
		t.Errorf("the same request twice: %v", next)
	}
}

func TestNewNamesEveryMistake(t *testing.T) {
	_, err := New(Source{
		URL: "ftp://x/{{week 1}}", Body: `{"a":{{page}}`, Params: map[string]feeds.Secret{"to": "{{day"},
		Select: feeds.Select{Items: "results", Key: []string{"a|"}, Title: "{x", URL: "{a|b|money|shout}", Published: "$[", Fields: map[string]string{"price": "x", "amount": strings.Repeat("x", 201)}},
		Pages:  feeds.Pages{More: "$.a", Next: "$.b"},
	})
	got := fmt.Sprint(err)
	for _, want := range []string{"url: no http(s) address", "url: {{week}} is not known", "body: no JSON", "params.to: {{", "select.items: ", "select.key[0]: the name of a field is missing",
		"select.title: {x: the brace is not closed", `select.url: {a|b|money|shout}: "shout" is no filter`, "select.published: ", "select.fields.price: no such field; there are amount, currency", "select.fields.amount: longer", "pages: more, next and full exclude"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if _, err := New(Source{URL: "https://x.example/"}); !strings.Contains(fmt.Sprint(err), "select.key: is missing") || !strings.Contains(fmt.Sprint(err), "select.title: is missing") {
		t.Errorf("got %v", err)
	}
}

func TestMoneyAndAmounts(t *testing.T) {
	for text, want := range map[string]string{"0": "$0", "0.5": "$0.50", "999.99": "$999.99", "1000": "$1,000", "41167972.72": "$41,167,973", "-1234567": "-$1,234,567", "(1,250.00)": "-$1,250", "$1e12": "$1,000,000,000,000",
		"1e400": "1e400", "NaN": "NaN", "0x10": "0x10", "many": "many", "": ""} {
		if got := money(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	r, err := New(orders())
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"results":[{"id":1,"Mod":1,"Vendor":"s3cret/key","Amount":"(1"}],"more":true}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := r.Decode(r.First(now), body)
		if err != nil {
			if strings.Contains(err.Error(), "s3cret/key") {
				t.Errorf("the secret is in %v", err)
			}
			return
		}
		for _, it := range p.Items {
			if it.GUID == "" || strings.Contains(it.Title+it.Summary+it.Link, "s3cret/key") || strings.ContainsAny(it.Title, "\n\x00") {
				t.Errorf("item %+v", it)
			}
		}
	})
}

// BenchmarkDecode reads 12,000 rows of six fields, 4.5 MB.
func BenchmarkDecode(b *testing.B) {
	var doc strings.Builder
	doc.WriteString(`{"results":[`)
	for i := range 12_000 {
		if i > 0 {
			doc.WriteByte(',')
		}
		fmt.Fprintf(&doc, `{"id":"%d","Mod":"P%05d","Award ID":"70CDCR26FR%07d","Vendor":"THE GEO GROUP, INC.","text":"DETENTION SERVICES %s","Amount":"41167972.72","agency":{"name":"U.S. Immigration and Customs Enforcement"},"day":"2026-06-26"}`, i, i%100000, i, strings.Repeat("WORD ", 26))
	}
	doc.WriteString(`]}`)
	r := reader(b, orders())
	b.SetBytes(int64(doc.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if p, err := r.Decode(r.First(now), []byte(doc.String())); err != nil || len(p.Items) != 12_000 {
			b.Fatal(len(p.Items), err)
		}
	}
}
