//go:build race

package article

// underRace reports whether the race detector makes everything slower.
const underRace = true
