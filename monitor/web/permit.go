package web

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"newswatch/monitor/api"
)

// errReader is the answer to those who may only read.
var errReader = errors.New("whoever is not signed in may only read")

// signedIn returns who asks, "" if nobody says, and whether they may act at all.
func (s *Server) signedIn(r *http.Request) (who string, may bool) {
	if s.AuthHeader == "" {
		return "", true
	}
	if fromProxy(s, r.RemoteAddr) {
		who = clip(r.Header.Get(s.AuthHeader), 100)
	}
	return who, who != ""
}

// fromProxy reports whether a request comes by the proxy that signs people in.
// Whoever reaches a socket file is on this machine.
func fromProxy(s *Server, remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return strings.HasPrefix(s.Listen, "unix:")
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, p := range s.AuthFrom {
		if p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// permit says who asks for a change of the configuration, or why it is refused.
func (s *Server) permit(r *http.Request) (who string, err error) {
	who, may := s.signedIn(r)
	switch {
	case !may:
		return "", errReader
	case !s.Edits:
		return "", errors.New("the page may not change the configuration: http.edit says so")
	}
	return who, nil
}

// acting serves those who may act.
func acting(s *Server, serve func(*api.Request) error) func(*api.Request) error {
	return func(r *api.Request) error {
		who, may := s.signedIn(r.Request)
		if !may {
			return api.Refuse(http.StatusForbidden, "%v", errReader)
		}
		r.By = who
		return serve(r)
	}
}

// editing serves those who may change the configuration.
func editing(s *Server, serve func(*api.Request) error) func(*api.Request) error {
	return func(r *api.Request) (err error) {
		if r.By, err = s.permit(r.Request); err != nil {
			return api.Refuse(http.StatusForbidden, "%v", err)
		}
		return serve(r)
	}
}
