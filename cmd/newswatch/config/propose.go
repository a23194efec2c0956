package config

import (
	"fmt"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// maxListed is how many names a proposal lists before it stops helping.
const maxListed = 12

// nearest returns the name most like s, "" if none is like it.
func nearest(s string, names []string) string {
	best, bestDistance := "", (len([]rune(s))+1)/3+1
	for _, n := range names {
		if d := distance(strings.ToLower(s), strings.ToLower(n), bestDistance); d < bestDistance {
			best, bestDistance = n, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to make b of a (optimal string alignment). Beyond limit it may
// return any number that is larger.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 || len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit + 1
	}
	var before, row []int
	for j := range len(y) + 1 {
		row = append(row, j)
	}
	for i := 1; i <= len(x); i++ {
		next := make([]int, len(y)+1)
		next[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(y)]
}

// proposal says which of names may have been meant, or lists them after
// prefix.
func proposal(s string, names []string, prefix string) string {
	if n := nearest(s, names); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	if len(names) == 0 {
		return ""
	}
	listed := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "" })
	slices.Sort(listed)
	listed = slices.Compact(listed)
	if len(listed) > maxListed {
		return prefix + strings.Join(listed[:maxListed], ", ") + " and others"
	}
	return prefix + strings.Join(listed, ", ")
}

// othersNames are keys as other programs call them, by ours.
var othersNames = map[string]string{"every": "schedule", "interval": "schedule", "frequency": "schedule", "refresh": "schedule", "cron": "schedule", "link": "url", "address": "url",
	"query": "match", "keywords": "match", "search": "match", "channels": "notify", "to": "notify", "sources": "feeds", "subscriptions": "feeds", "alerts": "watches", "rules": "watches",
	"outputs": "destinations", "channel": "destinations", "notify": "destinations", "type": "kind"}

// meant returns the key of s that was probably meant, "" if none is like it.
// sure is set if it can be nothing else.
func (s *shape) meant(key string) (name string, sure bool) {
	if ours := othersNames[strings.ToLower(key)]; ours != "" && slices.Contains(s.names, ours) {
		return ours, true
	}
	name = nearest(key, s.names)
	return name, name != "" && distance(key, name, 1) <= 1
}

// unknown notes a key that means nothing where it stands.
func (d *decoder) unknown(p pair, s *shape, section string) {
	key := p.key.Value
	near, sure := s.meant(key)
	if p.value.Kind == yaml.ScalarNode && s.secret() && (near == "" || s.fields[near].secret()) {
		d.inline(p.value) // perhaps what was misspelt is a token
	}
	message := "unknown key " + shownKey(key)
	if section != "" && !strings.HasPrefix(section, "an ") {
		message += " in " + section
	}
	var known []string
	for _, n := range s.names {
		if !s.fields[n].file {
			known = append(known, n)
		}
	}
	if !sure {
		if at := d.keys[key]; len(at) > 0 {
			d.fail(p.key, message, belongs(at))
			return
		}
	}
	if near != "" {
		d.fail(p.key, message, fmt.Sprintf("did you mean %q?", near))
		return
	}
	d.fail(p.key, message, "known here: "+strings.Join(known, ", "))
}

// secret reports whether a key of s holds a secret.
func (s *shape) secret() bool {
	return slices.ContainsFunc(s.names, func(n string) bool { return s.fields[n].secret() })
}

// shownKey quotes a key, in bounds.
func shownKey(k string) string { return fmt.Sprintf("%q", clip(k)) }

// belongs says where a key has its place.
func belongs(sections []string) string {
	names := make([]string, 0, len(sections))
	for _, s := range sections {
		switch {
		case s == "":
			s = "the top level"
		case strings.HasSuffix(s, "[]"):
			s = "an entry of " + strings.TrimSuffix(s, "[]")
		default:
			s = strings.ReplaceAll(s, "[]", "")
		}
		if !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	if len(names) > 3 {
		names = append(names[:3], "others")
	}
	if len(names) > 1 {
		names = append(names[:len(names)-2], names[len(names)-2]+" and "+names[len(names)-1])
	}
	return "it belongs to " + strings.Join(names, ", ")
}
