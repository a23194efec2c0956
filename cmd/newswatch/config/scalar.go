package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"newswatch/feeds"
)

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// clip shortens text that is repeated in a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}

// ParseDuration reads Go's durations with days (24h) and weeks (7d) added, as
// in "1w2d12h" or "1.5h".
func ParseDuration(text string) (time.Duration, error) {
	rest, sum := strings.TrimSpace(text), time.Duration(0)
	for _, unit := range []struct {
		name string
		is   time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		count, after, ok := strings.Cut(rest, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(count, 64)
		if err != nil || math.IsNaN(n) || n < 0 || n*float64(unit.is) > math.MaxInt64/4 {
			return 0, fmt.Errorf("%q is not a duration", clip(text))
		}
		sum += time.Duration(n * float64(unit.is))
		if rest = after; rest == "" {
			return sum, nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d > math.MaxInt64/4 {
		return 0, fmt.Errorf("%q is not a duration", clip(text))
	}
	return sum + d, nil
}

func parseDuration(text, key string) (d time.Duration, message, hint string) {
	text = strings.TrimSpace(text)
	d, err := ParseDuration(text)
	switch {
	case isNumber(text) && text != "0":
		return 0, fmt.Sprintf("%s: %s of what?", key, text), fmt.Sprintf("write %ss, %sm, %sh or %sd", text, text, text, text)
	case err != nil:
		return 0, key + ": " + err.Error(), "write it like 30s, 15m, 24h, 7d or 2w"
	case d < 0:
		return 0, key + " is negative", "write it like 30s, 15m, 24h, 7d or 2w"
	}
	return d, "", ""
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

var sizeUnits = []struct {
	name string
	is   int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}

// parseSize reads a number of bytes with an optional KiB, MiB or GiB.
func parseSize(text, key string) (size feeds.Size, message, hint string) {
	text = strings.TrimSpace(text)
	number, factor := text, int64(1)
	for _, u := range sizeUnits {
		if n, ok := strings.CutSuffix(text, u.name); ok {
			number, factor = strings.TrimSpace(n), u.is
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err == nil && n >= 0 && n*float64(factor) < math.MaxInt64/2 {
		return feeds.Size(n * float64(factor)), "", ""
	}
	hint = "write it like 512KiB, 16MiB or 1GiB"
	digits := strings.TrimRight(text, "kKmMgGiIbB ")
	if unit := strings.TrimSpace(text[len(digits):]); isNumber(digits) && unit != "" {
		if i := strings.IndexAny("kmg", strings.ToLower(unit[:1])); i >= 0 && unit != sizeUnits[i].name {
			hint = "write " + digits + sizeUnits[i].name
		}
	}
	return 0, fmt.Sprintf("%s: %q is not a size", key, clip(text)), hint
}
