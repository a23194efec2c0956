package config

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"newswatch/feeds"
)

// keysText says what every key is for: a path as walkKeys makes it, a tab, a
// sentence. A test holds that it names exactly the keys there are.
//
//go:embed keys.txt
var keysText string

// descriptions returns keysText by path.
func descriptions() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(keysText) {
		if path, text, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			out[path] = strings.TrimSpace(text)
		}
	}
	return out
}

// Schema returns the JSON Schema (draft 7, which editors know best) of
// config.yaml, indented. It is made from the types that Load fills.
func Schema() []byte {
	g := generator{descriptions()}
	root := g.node(reflect.TypeFor[Config](), "")
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["title"] = "newswatch configuration"
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		panic(fmt.Sprintf("config: the schema is not JSON: %v", err)) // maps of strings are
	}
	return b.Bytes()
}

// A generator makes schema nodes of types.
type generator struct{ says map[string]string }

type node = map[string]any

func (g generator) node(t reflect.Type, path string) node {
	n := g.kind(t, path)
	if text := g.says[path]; text != "" {
		n["description"] = text
	}
	return n
}

// variable matches values that come, at least in part, from the environment.
const variable = `\$\{`

func (g generator) kind(t reflect.Type, path string) node {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return node{"type": []string{"string"}, "pattern": `^\s*([0-9.]+(w|d|h|m|s|ms))+\s*$|` + variable, "examples": []string{"30s", "15m", "24h", "7d"}}
	case reflect.TypeFor[Switch]():
		return node{"type": []string{"boolean", "string"}, "pattern": variable}
	case reflect.TypeFor[feeds.Size]():
		return node{"type": []string{"string", "integer"}, "pattern": `^\s*[0-9.]+\s*([KMG]iB)?\s*$|` + variable, "examples": []string{"16MiB"}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		n := g.kind(t.Elem(), path)
		n["type"] = []string{"object", "null"}
		return n
	case reflect.Slice:
		return node{"type": "array", "items": g.node(t.Elem(), path+"[]")}
	case reflect.Map:
		return node{"type": "object", "additionalProperties": g.node(t.Elem(), join(path, "NAME"))}
	case reflect.Struct:
		return g.object(t, path)
	case reflect.Int:
		return node{"type": []string{"integer", "string"}, "minimum": 0, "pattern": variable}
	case reflect.Bool:
		return node{"type": []string{"boolean", "string"}, "pattern": variable}
	}
	if values := choices(t); values != nil {
		return node{"anyOf": []node{{"enum": values}, {"type": "string", "pattern": variable}}}
	}
	return node{"type": []string{"string", "number", "boolean"}}
}

func (g generator) object(t reflect.Type, path string) node {
	s := newShape(t)
	properties := node{}
	for _, name := range s.names {
		properties[name] = g.node(s.fields[name].typ, join(path, name))
	}
	n := node{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}
	if path == "" {
		n["type"] = "object"
	}
	if s.rest != nil {
		n["additionalProperties"] = g.node(t.FieldByIndex(s.rest).Type.Elem(), join(path, "NAME"))
	}
	return n
}
