package config

import (
	"reflect"
	"slices"
	"strings"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/notify/email"
	"newswatch/notify/webhook"
)

// fileSuffix makes of a secret's key the key of the file that holds it.
const fileSuffix = "_file"

// A shape is the keys of a struct.
type shape struct {
	fields map[string]field
	names  []string // in order of declaration, inlined structs in place
	rest   []int    // index of an inlined map, which takes all other keys; nil if there is none
}

// A field is what a key fills.
type field struct {
	name  string // its key; for file the key of the secret itself
	index []int
	typ   reflect.Type
	file  bool // the value is the path of a file with the secret
}

// secret reports whether f is a secret, or a group of them.
func (f field) secret() bool {
	return f.typ == secretType || f.typ.Kind() == reflect.Map && f.typ.Elem() == secretType
}

var secretType = reflect.TypeFor[feeds.Secret]()

// shape returns the keys of struct type t.
func (l *loader) shape(t reflect.Type) *shape {
	if s := l.shapes[t]; s != nil {
		return s
	}
	s := newShape(t)
	l.shapes[t] = s
	return s
}

func newShape(t reflect.Type) *shape {
	s := &shape{fields: map[string]field{}}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case options == "inline" && f.Type.Kind() == reflect.Map:
			s.rest = f.Index
		case options == "inline":
			of := f.Type
			if of.Kind() == reflect.Pointer {
				of = of.Elem()
			}
			in := newShape(of)
			for _, n := range in.names {
				g := in.fields[n]
				g.index = append(slices.Clone(f.Index), g.index...)
				s.add(n, g)
			}
		case name != "":
			s.add(name, field{name: name, index: f.Index, typ: f.Type})
			if f.Type == secretType {
				s.add(name+fileSuffix, field{name: name, index: f.Index, typ: f.Type, file: true})
			}
		}
	}
	return s
}

func (s *shape) add(key string, f field) {
	s.fields[key] = f
	s.names = append(s.names, key)
}

// choices returns the values that a type of named strings may have, nil for
// any.
func choices(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[monitor.Priority]():
		return []string{string(monitor.Low), string(monitor.Normal), string(monitor.High)}
	case reflect.TypeFor[monitor.WeakRoute]():
		return []string{string(monitor.WeakDigest), string(monitor.WeakNotify), string(monitor.WeakDrop)}
	case reflect.TypeFor[feeds.ReadMode]():
		return []string{string(feeds.ReadNever), string(feeds.ReadNear), string(feeds.ReadAlways)}
	case reflect.TypeFor[feeds.Kind]():
		return []string{string(feeds.KindFeed), string(feeds.KindSitemap), string(feeds.KindList), string(feeds.KindPage), string(feeds.KindJSON), string(feeds.KindPush)}
	case reflect.TypeFor[feeds.Dated]():
		return []string{string(feeds.DatedPublished), string(feeds.DatedSeen)}
	case reflect.TypeFor[monitor.UnusualRoute]():
		return []string{string(monitor.UnusualDigest), string(monitor.UnusualNotify)}
	case reflect.TypeFor[monitor.WebArchive]():
		return []string{string(monitor.Wayback)}
	case reflect.TypeFor[Switch]():
		return []string{"true", "false"}
	case reflect.TypeFor[email.TLS]():
		return []string{string(email.StartTLS), string(email.Implicit), string(email.None)}
	case reflect.TypeFor[webhook.Format]():
		return []string{string(webhook.Standard), string(webhook.Discord), string(webhook.Ntfy), string(webhook.Teams), string(webhook.Telegram)}
	}
	return nil
}

// homes returns under which sections each key of the file belongs, as in
// "destinations[].slack" for token; the top level is "".
func homes(t reflect.Type) map[string][]string {
	out := map[string][]string{}
	walkKeys(t, "", func(path string, f field) {
		section, key := "", path
		if i := strings.LastIndexByte(path, '.'); i >= 0 {
			section, key = path[:i], path[i+1:]
		}
		out[key] = append(out[key], section)
	})
	return out
}

// walkKeys calls visit with the path and field of every key below t, sections
// before what is in them. Entries of lists are written "[]", those of maps
// "NAME".
func walkKeys(t reflect.Type, path string, visit func(path string, f field)) {
	switch t.Kind() {
	case reflect.Pointer:
		walkKeys(t.Elem(), path, visit)
	case reflect.Slice:
		walkKeys(t.Elem(), path+"[]", visit)
	case reflect.Map:
		walkKeys(t.Elem(), join(path, "NAME"), visit)
	case reflect.Struct:
		s := newShape(t)
		for _, name := range s.names {
			f := s.fields[name]
			visit(join(path, name), f)
			walkKeys(f.typ, join(path, name), visit)
		}
		if s.rest != nil {
			walkKeys(t.FieldByIndex(s.rest).Type, path, visit)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
