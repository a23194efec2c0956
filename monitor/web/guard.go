package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"

	"newswatch/monitor/api"
)

// policy lets a page load what this server embeds and nothing else: no inline
// script or style, no frame, no other host.
const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// guard is what every request passes first: the Host it names must be ours,
// which defeats DNS rebinding; a write must come from our own pages, which
// defeats forged forms; and what is answered is locked down.
func (s *Server) guard(next http.Handler) http.Handler {
	writes := http.NewCrossOriginProtection()
	if s.PublicURL != "" {
		if u, err := url.Parse(s.PublicURL); err == nil {
			// A proxy may change Host, so the browser's Origin is trusted by name.
			_ = writes.AddTrustedOrigin(u.Scheme + "://" + u.Host)
		}
	}
	writes.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		deny(w, r, http.StatusForbidden, "a page of another site may not change anything here")
	}))
	checked := writes.Handler(next)
	known := s.hosts()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.survive(w, r)
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !known.allow(r.Host) {
			deny(w, r, http.StatusMisdirectedRequest, "this host name is not served here: use the address of http.listen, or add the name to http.hosts")
			return
		}
		checked.ServeHTTP(w, r)
	})
}

// deny answers before any route is known.
func deny(w http.ResponseWriter, r *http.Request, status int, message string) {
	req := &api.Request{Request: r, Writer: w}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		_ = req.JSON(status, map[string]string{"error": message})
		return
	}
	_ = req.Send(status, "text/plain; charset=utf-8", []byte(message+"\n"))
}

// survive keeps a panic in one request from being more than a failed request.
func (s *Server) survive(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	s.Logger().Error("request panicked", "path", r.URL.Path, "err", v, "stack", string(debug.Stack()))
	deny(w, r, http.StatusInternalServerError, "newswatch failed at this: its log says where")
}

// hosts is who we are to those who ask.
type hosts struct {
	names   map[string]bool
	anyIP   bool // we listen beyond loopback, where addresses cannot be known
	anyName bool // we listen on a socket file, which no browser can be lured to
}

func (s *Server) hosts() hosts {
	h := hosts{names: map[string]bool{"localhost": true}}
	if strings.HasPrefix(s.Listen, "unix:") {
		h.anyName = true
	}
	if host, _, err := net.SplitHostPort(s.Listen); err == nil {
		ip, err := netip.ParseAddr(host)
		h.anyIP = host == "" || err == nil && !ip.IsLoopback()
		if host != "" {
			h.names[strings.ToLower(host)] = true
		}
	}
	for _, name := range s.Hosts {
		h.names[strings.ToLower(name)] = true
	}
	if u, err := url.Parse(s.PublicURL); err == nil && u.Hostname() != "" {
		h.names[strings.ToLower(u.Hostname())] = true
	}
	return h
}

// allow reports whether a Host header names us. An address is harmless where a
// name is not: rebinding needs a name that an attacker owns.
func (h hosts) allow(header string) bool {
	host := header
	if name, _, err := net.SplitHostPort(header); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if h.anyName || h.names[host] {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (h.anyIP || ip.IsLoopback())
}
