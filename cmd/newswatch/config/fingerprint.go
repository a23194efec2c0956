package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Fingerprint returns the same for two configurations that mean the same, secrets
// and what belongs to one machine left out. It reads all of them: its caller keeps
// the answer.
func (c *Config) Fingerprint() string {
	h := sha256.New()
	// The types are those of the configuration: all can be written.
	e := json.NewEncoder(h)
	_ = e.Encode([]any{c.Timezone, c.Freshness, c.Store.Keep, c.Store.Archive, c.Fetch, c.Entities, c.Watches, c.Digests, c.Operations, c.HTTP.PublicURL, len(c.Destinations)})
	for i := range c.Feeds { // one by one: the encoder holds what it writes as a whole
		_ = e.Encode(&c.Feeds[i])
	}
	for _, d := range c.Destinations {
		_ = e.Encode(d.Name)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
