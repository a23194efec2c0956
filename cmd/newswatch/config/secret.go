package config

import (
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// maxSecret bounds a file that holds one secret. Keys and tokens are far
// shorter; a larger file is another one.
const maxSecret = 64 << 10

// inline remembers a secret that stands in the file itself, to mask it
// wherever its line is shown.
func (d *decoder) inline(n *yaml.Node) {
	if n.Value != "" {
		d.doc.secrets = append(d.doc.secrets, secret{n, n.Value})
	}
}

// secretFile fills v from the file that n names. Nothing of its content is
// ever noted.
func (d *decoder) secretFile(n *yaml.Node, v reflect.Value, key string) {
	n = target(n)
	if !d.is(n, yaml.ScalarNode, key) {
		return
	}
	path, ok := d.text(n)
	if !ok {
		return
	}
	if path == "" {
		d.fail(n, key+" names no file", "name the file that holds it")
		return
	}
	path = d.doc.resolve(path)
	text, mode, err := readFile(path, maxSecret)
	text = strings.TrimRight(strings.TrimPrefix(text, "\ufeff"), "\r\n") // as some editors begin and end a file
	switch {
	case err != nil:
		d.fail(n, fmt.Sprintf("%s: %s: %v", key, path, err), "make it a file that the user of newswatch can read")
		return
	case text == "":
		d.fail(n, fmt.Sprintf("%s: %s is empty", key, path), "put the secret into it")
		return
	case strings.ContainsAny(text, "\r\n\x00"):
		d.fail(n, fmt.Sprintf("%s: %s has more than one line", key, path), "put the secret alone into it")
		return
	}
	// systemd hands credentials out readable to a group, behind a closed door.
	credentials, _ := d.env("CREDENTIALS_DIRECTORY")
	if mode&0o077 != 0 && (credentials == "" || filepath.Dir(path) != filepath.Clean(credentials)) {
		d.noteAt(d.doc, n, Problem{Warning: true, Message: fmt.Sprintf("%s: %s can be read by others", key, path),
			Hint: "chmod 600 " + path})
	}
	v.SetString(text)
}

// warnInline remarks on secrets in a file that everybody can read.
func (l *loader) warnInline(d *document) {
	if d.mode&0o004 == 0 {
		return
	}
	for _, s := range d.secrets {
		if !strings.Contains(s.text, "${") {
			l.noteAt(d, s.node, Problem{Warning: true, Message: "a secret stands here, and everybody on this machine can read the file",
				Hint: "chmod 600 " + d.file + ", or use its _file key or ${NAME}"})
			return
		}
	}
}

var (
	// looksSecret finds values by the names of their keys, for lines of files
	// that could not be parsed and for keys that are misspelt.
	looksSecret = regexp.MustCompile(`(?i)((?:token|passw|secret|webhook|authorization|cookie|api[-_]?key)[\w-]*["']?\s*:\s*)([^\s{][^,}]*)`)
	// userinfo and query of an address may carry credentials.
	looksLogin = regexp.MustCompile(`(://)([^/\s@"']+)(@)`)
	looksQuery = regexp.MustCompile(`(://[^\s"'?]*\?)([^\s"'}]+)()`)
)

// findable is how long a secret must be to be masked in lines other than its
// own, where it may be the continuation of a longer one. Shorter ones are
// parts of ordinary words.
const findable = 8

// mask returns line n of the file as it may be shown, every secret replaced
// letter by letter.
func (d *document) mask(n int) string {
	line := d.line(n)
	for _, s := range d.secrets {
		for part := range strings.SplitSeq(s.text, "\n") {
			if part = strings.TrimSpace(part); part == "" || strings.HasPrefix(part, "${") {
				continue
			}
			from := 0
			if n == s.node.Line {
				from = byteColumn(line, s.node.Column)
			} else if len(part) < findable {
				continue
			}
			line = line[:from] + strings.ReplaceAll(line[from:], part, dots(part))
		}
	}
	for _, re := range []*regexp.Regexp{looksSecret, looksLogin, looksQuery} {
		line = re.ReplaceAllStringFunc(line, func(m string) string {
			sub := re.FindStringSubmatch(m)
			if strings.HasPrefix(strings.Trim(sub[2], `"'`), "${") || strings.Contains(sub[1], fileSuffix) {
				return m
			}
			return sub[1] + dots(sub[2]) + strings.Join(sub[3:], "")
		})
	}
	return line
}

// byteColumn returns where the character in a column begins.
func byteColumn(line string, col int) int {
	for i := range line {
		if col--; col == 0 {
			return i
		}
	}
	return len(line)
}

func dots(s string) string { return strings.Repeat("•", len([]rune(s))) }
