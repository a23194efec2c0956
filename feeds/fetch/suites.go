package fetch

import "crypto/tls"

// legacySuites returns the suites that are offered to a server of a feed whose TLS
// is legacy: those of every other, and those of TLS 1.2 that encrypt with AES and
// exchange keys by RSA. They are sound, but who steals the server's key can read
// what was recorded before (RFC 9325, section 4.1).
func legacySuites() (ids []uint16) {
	for _, s := range tls.CipherSuites() {
		ids = append(ids, s.ID)
	}
	return append(ids, tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA)
}
