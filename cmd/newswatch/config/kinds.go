package config

import (
	"reflect"

	"newswatch/notify"
)

// kinds returns the sections of a destination that are given, by their keys.
func (d Destination) kinds() map[string]notify.Config {
	out := map[string]notify.Config{}
	v := reflect.ValueOf(d)
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Pointer && !f.IsNil() {
			out[v.Type().Field(i).Tag.Get("yaml")] = f.Interface().(notify.Config)
		}
	}
	return out
}

// kindNames are the keys of the kinds of destination.
func kindNames() []string {
	var out []string
	t := reflect.TypeFor[Destination]()
	for i := range t.NumField() {
		if t.Field(i).Type.Kind() == reflect.Pointer {
			out = append(out, t.Field(i).Tag.Get("yaml"))
		}
	}
	return out
}
