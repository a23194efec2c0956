package fetch

import (
	"bytes"
	"net/http"
	"strings"

	"newswatch/feeds/plain"
)

// A wall is one kind of bot protection and how to tell it.
type wall struct {
	name   string
	header string // "Name" or "Name: part of its value"; a response that has it is the wall's
	server string // beginning of the Server header, needed beside one of marks
	marks  []string
}

// walls lists who stands between readers and feeds. A mark must be of the
// challenge page alone: scripts of the same makers are on ordinary pages too.
var walls = []wall{
	{name: "Cloudflare", header: "Cf-Mitigated: challenge"},
	{name: "Cloudflare", marks: []string{"<title>just a moment", "_cf_chl_opt", "cf-browser-verification", "attention required! | cloudflare", "cf-error-details"}},
	{name: "Akamai", marks: []string{"errors.edgesuite.net", "sec-if-cpt-container", "bm-verify"}},
	{name: "Akamai", server: "AkamaiGHost", marks: []string{"access denied"}},
	{name: "PerimeterX", marks: []string{"px-captcha", "_pxappid", "perimeterx.net"}},
	{name: "DataDome", header: "X-Dd-B"},
	{name: "DataDome", marks: []string{"captcha-delivery.com"}},
	{name: "Imperva", marks: []string{"_incapsula_resource", "incapsula incident id"}},
	{name: "AWS WAF", header: "X-Amzn-Waf-Action"},
	{name: "AWS WAF", marks: []string{"awswafintegration", ".awswaf.com/"}},
	{name: "Vercel", header: "X-Vercel-Mitigated: challenge"},
	{name: "Sucuri", marks: []string{"sucuri website firewall", "sucuri_cloudproxy_js"}},
	{name: "DDoS-Guard", server: "ddos-guard", marks: []string{"ddos-guard", "checking your browser"}},
	{name: "Kasada", header: "X-Kpsdk-Ct"},
	{name: "Anubis", marks: []string{"making sure you&#39;re not a bot", "making sure you're not a bot", "/.within.website/x/cmd/anubis"}},
	{name: "a captcha page", marks: []string{"<title>captcha", "verify you are human", "verify you are a human", "are you a robot?", "checking your browser before", "enable javascript and cookies to continue"}},
}

// captchas are the widgets of a captcha page; an ordinary page may have one in
// a form, so they count only where access was refused.
var captchas = []string{"g-recaptcha", "hcaptcha.com/", "cf-turnstile", "captcha"}

// challenge names the bot protection that answered instead of the server; ""
// for none. page is the body, or its beginning, decompressed; it counts only
// if it is HTML, for a feed may well write about captchas.
func challenge(resp *http.Response, page []byte) string {
	page = bytes.ToLower(page[:min(len(page), challengeBytes)])
	html := plain.LooksHTML(page)
	server := strings.ToLower(resp.Header.Get("Server"))
	for _, w := range walls {
		if w.header != "" {
			if hasHeader(resp.Header, w.header) && (html || resp.StatusCode != http.StatusOK) {
				return w.name
			}
			continue
		}
		if html && strings.HasPrefix(server, strings.ToLower(w.server)) && containsAny(page, w.marks) {
			return w.name
		}
	}
	if html && resp.StatusCode >= 400 && containsAny(page, captchas) {
		return "a captcha page"
	}
	return ""
}

// challengeBytes of a page are searched; its maker's name comes early.
const challengeBytes = 64 << 10

func hasHeader(h http.Header, want string) bool {
	name, part, _ := strings.Cut(want, ": ")
	got := h.Get(name)
	return got != "" && strings.Contains(strings.ToLower(got), part)
}

func containsAny(page []byte, marks []string) bool {
	for _, m := range marks {
		if bytes.Contains(page, []byte(m)) {
			return true
		}
	}
	return false
}
