package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

const (
	signalWord = "zebrafinch" // in published entries, and in no other
	storeName  = "newswatch.db"
)

// configure writes a configuration for the farm's feeds into a folder: a
// hundred watches of ten words each, and one that reports to the webhook.
func (b *bench) configure(dir string) (string, error) {
	var s strings.Builder
	fmt.Fprintf(&s, "store: {path: %q}\nhttp: {listen: \"\"}\n", filepath.Join(dir, storeName))
	fmt.Fprintf(&s, "fetch: {allow: [127.0.0.0/8], spacing: 0s, per_host: 2, concurrency: 256, schedule: \"@every %s\", timeout: 10s}\n", b.every)
	s.WriteString("feeds:\n")
	for i, u := range b.farm.URLs() {
		fmt.Fprintf(&s, "  - {url: %q, name: f%d}\n", u, i+1)
	}
	s.WriteString("watches:\n  - {name: signal, match: " + signalWord + ", notify: [desk]}\n")
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 100 {
		var terms []string
		for range 10 {
			terms = append(terms, madeUp(r))
		}
		fmt.Fprintf(&s, "  - {name: w%d, match: %q, notify: [desk]}\n", i, strings.Join(terms, " OR "))
	}
	fmt.Fprintf(&s, "destinations:\n  - {name: desk, webhook: {url: %q}}\noperations: {notify: []}\n", b.hook.URL())
	path := filepath.Join(dir, "config.yaml")
	return path, os.WriteFile(path, []byte(s.String()), 0o600)
}

// madeUp makes a word that is in no feed.
func madeUp(r *rand.Rand) string {
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	var s []byte
	for range 4 {
		s = append(s, consonants[r.IntN(len(consonants))], vowels[r.IntN(len(vowels))])
	}
	return string(s)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
