package entities

import (
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"unicode/utf8"

	"newswatch/monitor/match"
)

// width is how long a line of a list may be.
const width = 118

// Write writes an entity as it stands in a configuration, under entities: or
// alone in a file that entities.include names.
func Write(w io.Writer, name string, e match.Entity) error {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s:\n", quoted(name))
	write(&b, "    ", reflect.ValueOf(e))
	_, err := io.WriteString(w, b.String())
	return err
}

// write writes the fields of a struct that are not zero, by their keys.
func write(b *strings.Builder, indent string, v reflect.Value) {
	for i := range v.NumField() {
		f, key := v.Field(i), v.Type().Field(i).Tag.Get("yaml")
		terms, list := f.Interface().([]string)
		switch {
		case key == "" || key == "-" || f.IsZero():
		case list:
			writeList(b, indent, key, terms)
		case f.Kind() == reflect.Struct:
			fmt.Fprintf(b, "%s%s:\n", indent, key)
			write(b, indent+"  ", f)
		case f.Kind() == reflect.String:
			fmt.Fprintf(b, "%s%s: %s\n", indent, key, quoted(f.String()))
		default:
			fmt.Fprintf(b, "%s%s: %v\n", indent, key, f.Interface())
		}
	}
}

func writeList(b *strings.Builder, indent, key string, terms []string) {
	line := indent + key + ": ["
	for i, t := range terms {
		entry, end := quoted(t), ","
		if i == len(terms)-1 {
			end = "]"
		}
		if utf8.RuneCountInString(line+" "+entry+end) > width && strings.TrimSpace(line) != "" {
			b.WriteString(line + "\n")
			line = indent + "  " + entry + end
			continue
		}
		if !strings.HasSuffix(line, "[") {
			entry = " " + entry
		}
		line += entry + end
	}
	if len(terms) == 0 {
		line += "]"
	}
	b.WriteString(line + "\n")
}

// plain matches what YAML reads as the text that it is, in a list too.
var plain = regexp.MustCompile(`^=?\pL[\pL\pM\d.&*/-]*$`)

// quoted writes a text as a scalar of YAML.
func quoted(s string) string {
	switch strings.ToLower(s) {
	case "yes", "no", "on", "off", "true", "false", "null", "y", "n":
	default:
		if plain.MatchString(s) {
			return s
		}
	}
	if strings.ContainsAny(s, `"\`) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return `"` + s + `"`
}
