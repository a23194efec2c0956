package config

import (
	"fmt"
	"regexp"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// An expansion is a text after its ${NAME}s were replaced, and the way back.
type expansion struct {
	text  string
	parts []part
	wrong []mistake
}

// A part begins at out in the new text and at raw in the old one. Only literal
// parts run in step with the old text.
type part struct {
	out, raw int
	literal  bool
}

// A mistake is something wrong at an offset of the old text.
type mistake struct {
	offset        int
	message, hint string
}

// unbraced is the name of a variable as a shell takes it, and newswatch does not.
var unbraced = regexp.MustCompile(`^\$([A-Z_][A-Z0-9_]*)$`)

// warnUnbraced remarks on a value that is such a name, if it should be secret or
// there is such a variable. A secret is not shown.
func (d *decoder) warnUnbraced(n *yaml.Node, secret bool, key string) {
	name := unbraced.FindStringSubmatch(n.Value)
	if name == nil {
		return
	}
	if secret {
		d.noteAt(d.doc, n, Problem{Warning: true, Message: key + ` begins with "$" and is taken as it stands`, Hint: "write ${NAME} for what is in the environment"})
	} else if _, set := d.env(name[1]); set {
		d.noteAt(d.doc, n, Problem{Warning: true, Message: key + " is the text " + n.Value + " itself", Hint: "write ${" + name[1] + "} for what is in the environment"})
	}
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// expand replaces ${NAME} and ${NAME:-default} from the environment and $${ by
// a literal ${. As in a shell, a default also stands in for an empty value.
func expand(s string, env func(string) (string, bool)) expansion {
	if !strings.Contains(s, "${") {
		return expansion{text: s, parts: []part{{0, 0, true}}}
	}
	var e expansion
	var b strings.Builder
	for at := 0; at < len(s); {
		i := strings.Index(s[at:], "${")
		if i < 0 {
			i = len(s) - at
		}
		escaped := i > 0 && at+i < len(s) && s[at+i-1] == '$'
		if escaped {
			i--
		}
		e.parts = append(e.parts, part{b.Len(), at, true})
		b.WriteString(s[at : at+i])
		if at += i; at == len(s) {
			break
		}
		e.parts = append(e.parts, part{b.Len(), at, false})
		if escaped {
			b.WriteString("${")
			at += len("$${")
			continue
		}
		at += e.replace(&b, s, at, env)
	}
	e.text = b.String()
	return e
}

// replace writes what the ${ at offset at stands for, and returns its length
// in s.
func (e *expansion) replace(b *strings.Builder, s string, at int, env func(string) (string, bool)) int {
	end := strings.IndexByte(s[at:], '}')
	if end < 0 {
		e.wrong = append(e.wrong, mistake{at, "${ without }", "write ${NAME}, or $${ for a literal ${"})
		return len(s) - at
	}
	name, fallback, ok := strings.Cut(s[at+2:at+end], ":-")
	value, set := env(name)
	switch {
	case !envName.MatchString(name):
		e.wrong = append(e.wrong, mistake{at, "${...} holds no name of an environment variable", "write ${NAME}, or $${ for a literal ${"})
	case ok && value == "":
		b.WriteString(fallback)
	case set:
		b.WriteString(value)
	default:
		e.wrong = append(e.wrong, mistake{at, fmt.Sprintf("${%s} is not set in the environment", name),
			fmt.Sprintf("set it, or give a default: ${%s:-...}", name)})
	}
	return end + 1
}

// origin returns the offset in the old text of an offset in the new one.
func (e expansion) origin(out int) int {
	var p part
	for _, next := range e.parts {
		if next.out > out {
			break
		}
		p = next
	}
	if p.literal {
		return p.raw + out - p.out
	}
	return p.raw
}
