package web

import (
	"embed"
	"encoding/hex"
	"hash/fnv"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"newswatch/monitor/api"
)

//go:embed pages/*.html static/*
var embedded embed.FS

// pages are the templates, parsed once.
type pages struct {
	byName map[string]*template.Template
}

// loadPages parses what is embedded, for a page below base; a mistake in it is
// found by any test.
func loadPages(base string) *pages {
	asset := func(name string) (string, error) { return asset(base, name) }
	funcs := template.FuncMap{"external": external, "host": hostOf, "pieces": pieces, "count": count, "bars": bars, "asset": asset,
		"known": inPast, "role": roleName, "together": api.Together, "total": total,
		"sayable": func(item, watch, back string) sayable { return sayable{item, watch, back} }}
	common := template.New("").Funcs(funcs)
	for _, name := range [...]string{"layout", "parts"} {
		template.Must(common.New(name + ".html").Parse(source(base, name)))
	}
	p := &pages{byName: map[string]*template.Template{}}
	for _, name := range [...]string{"front", "feeds", "feed", "addfeed", "watches", "watch", "search", "stories", "story", "outbox", "told", "silences", "labels", "explain", "error"} {
		p.byName[name] = template.Must(template.Must(common.Clone()).New(name + ".html").Parse(source(base, name)))
	}
	return p
}

// source returns the text of a template, with its links to the top of the page
// made links to base.
func source(base, name string) string {
	text, err := embedded.ReadFile("pages/" + name + ".html")
	if err != nil {
		panic(err) // the names above are of embedded files
	}
	return strings.NewReplacer(`href="/`, `href="`+base+`/`, `action="/`, `action="`+base+`/`, `data-try="/`, `data-try="`+base+`/`,
		`name="back" value="/`, `name="back" value="`+base+`/`).Replace(string(text))
}

// A view is what every template is given.
type view struct {
	timeWords
	Title    string
	Nav      string // path of the section the page is in
	Live     bool   // refreshed while it is open
	Path     string // where a form on the page returns to
	Version  string
	Writable bool // silences can be made
	Editable bool // the configuration can be changed
	Who      string
	Page     any
}

// sayable is what the buttons relevant and not relevant are about.
type sayable struct{ Item, Watch, Back string }

// show renders a page and sends it: whole, but for what a function of the page
// sent before it began to look for the rest.
func (s *Server) show(r *api.Request, status int, name string, v view) error {
	v.timeWords = timeWords{s.Time(), s.Zone()}
	who, may := s.signedIn(r.Request)
	v.Version, v.Path, v.Writable = s.Version, s.base()+r.URL.RequestURI(), s.Silence != nil && may
	v.Editable, v.Who = denied(s, r) == "", who
	return r.Stream(status, "text/html; charset=utf-8", func(w io.Writer) error {
		return s.pages.byName[name].ExecuteTemplate(w, "layout.html", v)
	})
}

// fragment sends a part of a page, for a page that is open.
func (s *Server) fragment(r *api.Request, page, part string, v view) error {
	v.timeWords = timeWords{s.Time(), s.Zone()}
	return r.Stream(http.StatusOK, "text/html; charset=utf-8", func(w io.Writer) error {
		return s.pages.byName[page].ExecuteTemplate(w, part, v)
	})
}

// showError tells people what went wrong. Programs that ask for health or the
// feed are told in plain text.
func (s *Server) showError(r *api.Request, no *api.Refusal) {
	if !strings.Contains(r.Header.Get("Accept"), "html") {
		_ = r.Send(no.Status, "text/plain; charset=utf-8", []byte(no.Message+"\n"))
		return
	}
	err := s.show(r, no.Status, "error", view{Title: http.StatusText(no.Status), Page: no.Message})
	if err != nil {
		s.Logger().Error("error page failed", "path", r.URL.Path, "err", err)
	}
}

// staticFiles serves style, script and icon. Their addresses carry their hash,
// so a browser asks once.
func staticFiles() http.Handler {
	sub, err := fs.Sub(embedded, "static")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	files := http.StripPrefix("/static/", http.FileServerFS(sub))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") {
			deny(w, r, http.StatusNotFound, "no such page")
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=86400")
		if r.URL.Query().Has("v") {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		files.ServeHTTP(w, r)
	})
}

// asset returns the address of an embedded file below base.
func asset(base, name string) (string, error) {
	b, err := embedded.ReadFile(path.Join("static", name))
	if err != nil {
		return "", err
	}
	sum := fnv.New64a()
	_, _ = sum.Write(b)
	return base + "/static/" + name + "?v=" + hex.EncodeToString(sum.Sum(nil)), nil
}

// inPast reports whether a time is known at all.
func inPast(t time.Time) bool { return !t.IsZero() }

// hostOf names where a link leads, in ASCII, so that no lookalike passes.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if ascii, err := lookalike.ToASCII(host); err == nil {
		return ascii
	}
	return host
}
