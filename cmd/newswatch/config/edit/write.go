package edit

import (
	"encoding/json"
	"regexp"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// block writes the entry with a line for every key, its dash after indent.
func (e Entry) block(indent string) []string {
	lines := make([]string, len(e))
	for i, f := range e {
		head := "  "
		if i == 0 {
			head = "- "
		}
		lines[i] = indent + head + f.block()
	}
	return lines
}

// flow writes the entry in braces on one line, its dash after indent.
func (e Entry) flow(indent string) string {
	fields := make([]string, len(e))
	for i, f := range e {
		fields[i] = f.flow()
	}
	return indent + "- {" + strings.Join(fields, ", ") + "}"
}

func (f Field) block() string { return f.Key + ": " + write(f.Value) }
func (f Field) flow() string  { return f.Key + ": " + write(f.Value) }

func write(value any) string {
	switch v := value.(type) {
	case []string:
		words := make([]string, len(v))
		for i, s := range v {
			words[i] = scalar(s)
		}
		return "[" + strings.Join(words, ", ") + "]"
	case string:
		return scalar(v)
	}
	panic("edit: a value is a string or a []string")
}

// plain is what needs no quotes in a block nor in braces.
var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$|^[0-9]+[smhdw]$`)

// scalar writes a string so that YAML reads it as that string.
func scalar(s string) string {
	if plain.MatchString(s) {
		var back any
		if yaml.Unmarshal([]byte(s), &back) == nil && back == s && !legacy[strings.ToLower(s)] {
			return s
		}
	}
	quoted, _ := json.Marshal(s) // a JSON string is a YAML one
	switch {
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 || r == '\ufeff' }):
		return string(quoted)
	case !strings.ContainsAny(s, `"\`):
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// legacy are words that YAML 1.1 took for booleans, as other programs do.
var legacy = map[string]bool{"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true}

// decoded is the entry as YAML decodes it.
func (e Entry) decoded() any {
	m := map[string]any{}
	for _, f := range e {
		m[f.Key] = decoded(f.Value)
	}
	return m
}

func decoded(value any) any {
	words, ok := value.([]string)
	if !ok {
		return value
	}
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}
