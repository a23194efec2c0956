package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
)

// Diff says in words what changed from one configuration to the next, one
// line per change, sorted as in the file. Values are named only where they
// cannot be, or lead to, a secret.
func Diff(before, after *Config) []string {
	var out []string
	out = append(out, diffSettings(before, after)...)
	out = append(out, diffNamed("feed", byName(before.Feeds, feedKey), byName(after.Feeds, feedKey))...)
	out = append(out, diffNamed("entity", before.Entities.Named, after.Entities.Named)...)
	out = append(out, diffNamed("watch", byField(before.Watches), byField(after.Watches))...)
	out = append(out, diffNamed("destination", byField(before.Destinations), byField(after.Destinations))...)
	out = append(out, diffNamed("digest", byField(before.Digests), byField(after.Digests))...)
	return out
}

func feedKey(f feeds.Feed) string { return f.Name }

func byName[T any](list []T, name func(T) string) map[string]T {
	out := make(map[string]T, len(list))
	for _, e := range list {
		out[name(e)] = e
	}
	return out
}

// byField keys a list of structs by their field Name.
func byField[T any](list []T) map[string]T {
	return byName(list, func(e T) string { return reflect.ValueOf(e).FieldByName("Name").String() })
}

// diffSettings compares the sections that are no lists.
func diffSettings(before, after *Config) []string {
	lists := []string{"feeds", "entities", "watches", "destinations", "digests"}
	a, b := flat(reflect.ValueOf(*before)), flat(reflect.ValueOf(*after))
	for _, m := range []map[string]leaf{a, b} {
		maps.DeleteFunc(m, func(path string, _ leaf) bool {
			first, _ := cutStep(path)
			return slices.Contains(lists, first)
		})
	}
	out := diffLeaves("", a, b)
	for i, line := range out {
		if atStart(line) {
			out[i] += " (at the next start)"
		}
	}
	return out
}

// atStart reports whether a setting is read at a start only.
func atStart(path string) bool {
	for _, p := range []string{"store.path", "store.url", "store.lease", "http.", "heartbeat."} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// diffNamed compares two collections entry by entry.
func diffNamed[T any](what string, before, after map[string]T) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(merged(before, after))) {
		a, was := before[name]
		b, is := after[name]
		title := fmt.Sprintf("%s %q", what, clip(name))
		switch {
		case !was:
			out = append(out, title+" added")
		case !is:
			out = append(out, title+" removed")
		default:
			out = append(out, diffLeaves(title+": ", flat(reflect.ValueOf(a)), flat(reflect.ValueOf(b)))...)
		}
	}
	return out
}

func merged[T any](a, b map[string]T) map[string]T {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]T{}
	}
	maps.Copy(out, b)
	return out
}

func diffLeaves(title string, a, b map[string]leaf) []string {
	var out []string
	for _, path := range slices.Sorted(maps.Keys(merged(a, b))) {
		x, y := a[path], b[path]
		switch {
		case x.text == y.text:
		case x.shown && y.shown:
			out = append(out, fmt.Sprintf("%s%s %s -> %s", title, path, x.text, y.text))
		default:
			out = append(out, title+path+" changed")
		}
	}
	return out
}

// A leaf is one setting as text.
type leaf struct {
	text  string
	shown bool // it may be printed
}

// flat returns every key below v with what it is set to.
func flat(v reflect.Value) map[string]leaf {
	out := map[string]leaf{}
	flatten(v, "", out)
	return out
}

func flatten(v reflect.Value, path string, out map[string]leaf) {
	switch x := v.Interface().(type) {
	case time.Duration:
		out[path] = leaf{x.String(), true}
		return
	case feeds.Secret:
		out[path] = leaf{text: x.Reveal()}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out[path] = leaf{text: "given"}
			flatten(v.Elem(), path, out)
		}
	case reflect.Struct:
		s := newShape(v.Type())
		for name, f := range s.fields {
			if !f.file {
				in, err := v.FieldByIndexErr(f.index)
				if err != nil { // in an inlined struct that is not there
					in = reflect.Zero(f.typ)
				}
				flatten(in, join(path, name), out)
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			flatten(v.MapIndex(k), join(path, k.String()), out)
		}
	case reflect.Int, reflect.Int64, reflect.Bool:
		out[path] = leaf{fmt.Sprint(v.Interface()), true}
	default:
		out[path] = leaf{fmt.Sprintf("%q", v.Interface()), harmless(path)}
	}
}

// harmless reports whether the text of a setting may be shown: it is short by
// nature and holds no address.
func harmless(path string) bool {
	key := path[strings.LastIndexByte(path, '.')+1:]
	return slices.Contains([]string{"schedule", "timezone", "class", "priority", "weak", "quiet", "budget", "listen", "path",
		"tags", "feeds", "notify", "watches", "channel", "label", "read", "per_host", "text"}, key)
}
