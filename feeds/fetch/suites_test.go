package fetch

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"newswatch/feeds"
)

// A server that takes only key exchange by RSA is read where the feed says so, and
// else the error says how to find that out.
func TestLegacyTLS(t *testing.T) {
	for _, suite := range []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_CBC_SHA} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(rss("Ferry late"))) }))
		s.Config.ErrorLog = quiet
		s.TLS = &tls.Config{CipherSuites: []uint16{suite}, MaxVersion: tls.VersionTLS12}
		s.StartTLS()
		defer s.Close()
		c, _ := client(t, feeds.Settings{Allow: local})
		c.roots = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
		e, _ := trouble(t, c, feeds.Feed{URL: s.URL}, feeds.State{})
		if e.Fault != feeds.Network || !strings.Contains(e.Error(), "feeds probe") {
			t.Errorf("as usual: %q, %v; want an error with its remedy", e.Fault, e)
		}
		res, err := c.Fetch(t.Context(), feeds.Feed{URL: s.URL, TLS: feeds.LegacyTLS}, feeds.State{}, nil)
		if err != nil || len(res.Document.Items) != 1 {
			t.Errorf("as legacy: %d items, %v", len(res.Document.Items), err)
		}
	}
}

// What was broken long ago is never offered.
func TestLegacyTLSIsSound(t *testing.T) {
	for _, id := range legacySuites() {
		name := tls.CipherSuiteName(id)
		if strings.Contains(name, "RC4") || strings.Contains(name, "3DES") || strings.Contains(name, "EXPORT") {
			t.Errorf("%s is offered", name)
		}
	}
}
