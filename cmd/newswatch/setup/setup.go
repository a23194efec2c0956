// Package setup turns the answers of somebody new into a first configuration:
// short, with remarks, and ready to grow. It asks nobody and writes no file.
package setup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"text/template"
	"time"
)

// Answers are what a first configuration is made of.
type Answers struct {
	Query  string
	Feeds  []Feed
	Tell   Destination
	Digest string   // a time of day such as 07:00; "" for none
	Allow  []string // networks that are not public and may be read
}

// A Feed is one that was found.
type Feed struct{ Name, URL string }

// A Destination is where to tell.
type Destination struct {
	Kind    string // console, slack, webhook or email
	Address string // of the webhook, or the mailbox
}

// ReadDestination understands an answer: "screen", the address of an incoming
// webhook of Slack, of any other webhook, or a mailbox.
func ReadDestination(answer string) (Destination, error) {
	answer = strings.TrimSpace(answer)
	u, err := url.Parse(answer)
	switch {
	case answer == "" || strings.EqualFold(answer, "screen"):
		return Destination{Kind: "console"}, nil
	case err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "":
		if u.Hostname() == "hooks.slack.com" {
			return Destination{"slack", answer}, nil
		}
		return Destination{"webhook", answer}, nil
	case strings.Count(answer, "@") == 1 && !strings.ContainsAny(answer, " /,;"):
		return Destination{"email", answer}, nil
	}
	return Destination{}, fmt.Errorf("%q is neither screen, nor an address that begins with https://, nor a mailbox", answer)
}

// ReadDigest understands an answer: a time of day, or "none".
func ReadDigest(answer string) (string, error) {
	answer = strings.TrimSpace(answer)
	switch strings.ToLower(answer) {
	case "":
		return "07:00", nil
	case "none", "no", "never":
		return "", nil
	}
	for _, form := range []string{"15:04", "15", "3pm", "3:04pm", "15.04"} {
		if t, err := time.Parse(form, strings.ToLower(strings.ReplaceAll(answer, " ", ""))); err == nil {
			return t.Format("15:04"), nil
		}
	}
	return "", fmt.Errorf("%q is no time of day: write it like 07:00, or none", answer)
}

// Name is what the destination is called.
func (d Destination) Name() string {
	return map[string]string{"console": "screen", "slack": "newsroom", "webhook": "hook", "email": "desk"}[d.Kind]
}

// Text writes the configuration.
func (a Answers) Text() []byte {
	var b bytes.Buffer
	if err := form.Execute(&b, a); err != nil {
		panic(err) // the template is below, and its data plain
	}
	return b.Bytes()
}

// quoted writes a text so that YAML reads it as that text: JSON is YAML.
func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // of a string it cannot fail
	return strings.ReplaceAll(strings.TrimSpace(b.String()), "${", "$${")
}

var form = template.Must(template.New("config").Funcs(template.FuncMap{"quoted": quoted}).Parse(`# newswatch: what it reads, what it looks for, and whom it tells.
#
# "newswatch check" finds every mistake in this file; "newswatch reload" puts a
# change into force. All settings there are: "newswatch schema", or the
# config.yaml that comes with newswatch. Watches and feeds can also be added on
# the page, or with "newswatch watch add" and "newswatch feeds add".

# What to look for. Words side by side must all occur; OR, -without, "a phrase",
# NEAR/20 and {entities} do what they say. "newswatch watch preview QUERY" shows
# what a query would have told.
watches:
  - name: first
    match: {{quoted .Query}}
    notify: [{{.Tell.Name}}]

# Whom to tell.
destinations:
  - name: {{.Tell.Name}}
{{if eq .Tell.Kind "console"}}    console: {}
{{else if eq .Tell.Kind "slack"}}    slack:
      webhook_url: {{quoted .Tell.Address}}
{{else if eq .Tell.Kind "webhook"}}    webhook:
      url: {{quoted .Tell.Address}}
{{else}}    # The server that relays mail for you, and from whom the mail is.
    email:
      host: ${SMTP_HOST:-localhost}
      port: 25
      tls: none
      from: {{quoted .Tell.Address}}
      to: [{{quoted .Tell.Address}}]
{{end}}{{if .Digest}}
# A summary: stories by watch, what is doubtful, and when which feed was dark.
digests:
  - name: daily
    at: {{quoted .Digest}}
    notify: [{{.Tell.Name}}]
{{end}}
# What to read. "newswatch feeds discover SITE" finds the feeds of a site.
feeds:{{if not .Feeds}} []{{end}}
{{range .Feeds}}  - {name: {{quoted .Name}}, url: {{quoted .URL}}}
{{end}}{{if .Allow}}
# Networks that are not public and may be read all the same.
fetch:
  allow: [{{range $i, $n := .Allow}}{{if $i}}, {{end}}{{quoted $n}}{{end}}]
{{end}}
# Entities: names with what speaks for and against them. Packs of them come with
# newswatch and are all in use: see "newswatch entities". Your own go here.
#entities:
#  mayor: {names: ["Jane Doe"], words: [Doe], support: {any: [mayor, "city hall"]}}
`))
