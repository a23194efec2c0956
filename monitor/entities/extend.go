package entities

import (
	"reflect"
	"slices"
	"strings"

	"newswatch/monitor/match"
)

// Extend returns an entity with what another adds to it: its settings where it
// has any, and its entries before those of base. Neither is changed.
func Extend(base, add match.Entity) match.Entity {
	extend(reflect.ValueOf(&add).Elem(), reflect.ValueOf(base))
	return add
}

// extend fills v with what base has and v lacks.
func extend(v, base reflect.Value) {
	switch terms, list := v.Interface().([]string); {
	case list:
		all := slices.Clone(terms)
		for _, term := range base.Interface().([]string) {
			if !slices.Contains(terms, term) {
				all = append(all, term)
			}
		}
		v.Set(reflect.ValueOf(all))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			extend(v.Field(i), base.Field(i))
		}
	case v.IsZero():
		v.Set(base)
	}
}

// Repeats reports whether a definition looks for anything that base looks for
// already. Then it is no addition to base: it was written to stand alone.
func Repeats(base, def match.Entity) bool {
	own := slices.Concat(def.Names, def.Acronyms, def.Words, def.Any)
	return slices.ContainsFunc(slices.Concat(base.Names, base.Acronyms, base.Words, base.Any), func(term string) bool {
		return slices.ContainsFunc(own, func(t string) bool { return strings.EqualFold(t, term) })
	})
}
