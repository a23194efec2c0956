package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Fingerprint returns the same for two configurations that mean the same, secrets
// and what belongs to one machine left out.
func (c *Config) Fingerprint() string {
	h := sha256.New()
	// The types are those of the configuration: all can be written.
	_ = json.NewEncoder(h).Encode([]any{c.Timezone, c.Freshness, c.Store.Keep, c.Fetch, c.Feeds, c.Entities, c.Watches, c.Digests, c.Operations, c.HTTP.PublicURL, len(c.Destinations)})
	for _, d := range c.Destinations {
		_ = json.NewEncoder(h).Encode(d.Name)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
