package fetch

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"newswatch/feeds"
)

func TestGuard(t *testing.T) {
	tests := map[string]struct {
		allow string
		addr  string
		ok    bool
	}{
		"public":             {"", "93.184.215.14", true},
		"public 6":           {"", "2606:2800:21f:cb07::1", true},
		"public, mapped":     {"", "::ffff:93.184.215.14", true},
		"loopback":           {"", "127.0.0.1", false},
		"loopback 6":         {"", "::1", false},
		"loopback, mapped":   {"", "::ffff:127.0.0.1", false},
		"loopback, by NAT64": {"", "64:ff9b::7f00:1", false},
		"local NAT64":        {"", "64:ff9b:1::a00:1", false},
		"6to4 of private":    {"", "2002:a00:1::", false},
		"Teredo":             {"", "2001:0:102:304::1", false},
		"compatible":         {"", "::127.0.0.1", false},
		"unspecified":        {"", "0.0.0.0", false},
		"unspecified 6":      {"", "::", false},
		"this network":       {"", "0.1.2.3", false},
		"private 10":         {"", "10.1.2.3", false},
		"private 172":        {"", "172.16.0.1", false},
		"private 192":        {"", "192.168.0.1", false},
		"carrier":            {"", "100.64.0.1", false},
		"link-local":         {"", "169.254.169.254", false},
		"link-local 6":       {"", "fe80::1", false},
		"with a zone":        {"", "fe80::1%eth0", false},
		"unique local":       {"", "fd00:ec2::254", false},
		"multicast":          {"", "224.0.0.1", false},
		"broadcast":          {"", "255.255.255.255", false},
		"documentation":      {"", "192.0.2.1", false},
		"allowed":            {"10.1.0.0/16", "10.1.2.3", true},
		"beside allowed":     {"10.1.0.0/16", "10.2.2.3", false},
		"allowed, mapped":    {"127.0.0.0/8", "::ffff:127.0.0.1", true},
		"allowed single":     {"192.168.1.5", "192.168.1.5", true},
		"allowed 6":          {"fd00::/8", "fd00::1", true},
		"allowed, zone":      {"fe80::/10", "fe80::1%eth0", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			g, err := newGuard(strings.Fields(tt.allow))
			if err != nil {
				t.Fatal(err)
			}
			addr := netip.MustParseAddr(tt.addr)
			if err := g.control("tcp", netip.AddrPortFrom(addr, 80).String(), nil); (err == nil) != tt.ok {
				t.Errorf("control: %v, want allowed %v", err, tt.ok)
			}
			if in := g.inside("tcp", netip.AddrPortFrom(addr, 6379).String(), nil) == nil; in && tt.allow == "" {
				t.Error("an odd port is open on a network nobody allowed")
			}
		})
	}
}

func TestNewClientRefuses(t *testing.T) {
	tests := map[string]struct {
		s    feeds.Settings
		says string
	}{
		"no network":      {feeds.Settings{Allow: []string{"intranet"}}, "allow"},
		"bits":            {feeds.Settings{Allow: []string{"10.0.0.0/99"}}, "allow"},
		"negative":        {feeds.Settings{Timeout: -1}, "timeout"},
		"agent with line": {feeds.Settings{UserAgent: "a\r\nX: y"}, "user_agent"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := NewClient(tt.s, ""); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("NewClient: %v, want an error about %s", err, tt.says)
			}
		})
	}
}

// nameServer starts a DNS server whose answers about every name are in turn, the
// last one for ever after, and returns a resolver that asks it.
func nameServer(t *testing.T, answers ...string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if err := m.Unpack(packet[:n]); err != nil {
				t.Error(err)
				return
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				ip := netip.MustParseAddr(answers[0]).As4()
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: ip},
				}}
				if len(answers) > 1 {
					answers = answers[1:]
				}
			}
			reply, err := m.Pack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = conn.WriteTo(reply, from)
		}
	})
	t.Cleanup(func() { conn.Close(); wg.Wait() })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// A name that first resolves to an allowed address and then to another one is
// judged anew at each connection.
func TestFetchSurvivesRebinding(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		_, _ = w.Write([]byte(rss("Ferry late")))
	})
	c, _ := client(t, feeds.Settings{Allow: []string{"127.0.0.1"}})
	c.resolver = nameServer(t, "127.0.0.1", "127.0.0.2")
	url := strings.Replace(s.URL, "127.0.0.1", "harbour.test", 1)
	fetch(t, c, url, feeds.State{})
	e, _ := trouble(t, c, feeds.Feed{URL: url}, feeds.State{})
	if e.Fault != feeds.Refused || !strings.Contains(e.Error(), "127.0.0.2") {
		t.Errorf("%q: %v, want the second address refused", e.Fault, e)
	}
}

// A server on TLS is asked to resume its sessions; an expired certificate is
// named as such.
func TestFetchTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	start := func(end time.Time) (*httptest.Server, *x509.CertPool) {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: end,
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.TLS.DidResume {
				w.Header().Set("Etag", `"resumed"`)
			}
			_, _ = w.Write([]byte(rss("Ferry late")))
		}))
		s.Config.ErrorLog = quiet
		s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
		s.StartTLS()
		t.Cleanup(s.Close)
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		pool := x509.NewCertPool()
		pool.AddCert(cert)
		return s, pool
	}
	good, pool := start(time.Now().Add(time.Hour))
	c, _ := client(t, feeds.Settings{Allow: local})
	c.roots = &tls.Config{RootCAs: pool}
	st := fetch(t, c, good.URL, feeds.State{}).State
	c.Close() // drops the connection, not the session
	if st = fetch(t, c, good.URL, st).State; st.ETag != `"resumed"` {
		t.Error("the TLS session was not resumed")
	}

	expired, pool := start(time.Now().Add(-24 * time.Hour))
	c, _ = client(t, feeds.Settings{Allow: local})
	c.roots = &tls.Config{RootCAs: pool}
	e, _ := trouble(t, c, feeds.Feed{URL: expired.URL}, feeds.State{})
	if e.Fault != feeds.Network || !strings.Contains(e.Error(), "expired") || !strings.Contains(e.Error(), "renew") {
		t.Errorf("%q: %v, want the expired certificate and a remedy", e.Fault, e)
	}
}
