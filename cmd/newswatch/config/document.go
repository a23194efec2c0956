package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// maxFile bounds a configuration file: a hundred thousand watches fit.
const maxFile = 64 << 20

// A document is one YAML file: its text and its tree.
type document struct {
	file    string
	mode    fs.FileMode
	text    string
	lines   []string
	root    *yaml.Node // nil if it could not be read
	secrets []secret
}

// A secret is a credential that stands in the file itself.
type secret struct {
	node *yaml.Node
	text string
}

// dir is what paths in the document are relative to.
func (d *document) dir() string { return filepath.Dir(d.file) }

// resolve returns a path of the document as the process must write it.
func (d *document) resolve(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(d.dir(), path)
}

// open reads and parses a file. What is wrong is noted in the report.
func (l *loader) open(file string) *document {
	d := &document{file: file}
	text, mode, err := readFile(file, maxFile)
	if err != nil {
		l.note(d, 1, 1, Problem{Message: err.Error(), Hint: remedy(err)})
		return d
	}
	d.mode = mode
	l.read(d, text)
	return d
}

// read parses the text of a file.
func (l *loader) read(d *document, text string) {
	d.text = strings.TrimPrefix(text, "\ufeff")
	d.lines = strings.Split(strings.ReplaceAll(d.text, "\r\n", "\n"), "\n")
	l.parse(d)
}

// parse fills d.root.
func (l *loader) parse(d *document) {
	ld, err := yaml.NewLoader(strings.NewReader(d.text))
	if err != nil {
		l.note(d, 1, 1, Problem{Message: err.Error()})
		return
	}
	var first, second yaml.Node
	switch err = ld.Load(&first); {
	case errors.Is(err, io.EOF) || err == nil && len(first.Content) == 0:
		l.note(d, 1, 1, Problem{Message: "the file is empty", Hint: "begin with the config.yaml that comes with newswatch"})
		return
	case err != nil:
		l.noteSyntax(d, err)
		return
	}
	if n := first.Content[0]; n.Kind != yaml.MappingNode {
		l.note(d, n.Line, n.Column, Problem{Message: "this is " + kindName(n) + ", not a configuration",
			Hint: `it should begin with a key, as in "feeds:"`})
		return
	}
	d.root = first.Content[0]
	switch err = ld.Load(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		l.noteSyntax(d, err)
	default:
		l.note(d, max(second.Line, 1), max(second.Column, 1), Problem{Message: "a second document begins before here",
			Hint: `one file is one configuration: remove the line "---"`})
	}
}

// readFile reads a regular file of at most limit bytes. The error does not
// name the file.
func readFile(file string, limit int64) (string, fs.FileMode, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return "", 0, bare(err)
	case info.IsDir():
		return "", 0, errors.New("is a directory, not a file")
	case !info.Mode().IsRegular():
		return "", 0, errors.New("is not a regular file")
	case info.Size() > limit:
		return "", 0, fmt.Errorf("is larger than %d KiB", limit>>10)
	}
	text, err := os.ReadFile(file)
	return string(text), info.Mode(), bare(err)
}

// bare takes the path out of an error: the caller names it.
func bare(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func remedy(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "name the file with --config"
	case errors.Is(err, fs.ErrPermission):
		return "let the user that runs newswatch read it"
	}
	return ""
}

// find returns the node at a path such as "watches[2].match", or the innermost
// node around it that exists: where a key is missing, its section. key is the
// node of the last key on the way, nil if there is none.
func (d *document) find(path string) (key, value *yaml.Node) {
	value = d.root
	for path != "" && value != nil {
		var step string
		step, path = cutStep(path)
		next, k := child(value, step)
		if next == nil {
			return key, value
		}
		if k != nil {
			key = k
		}
		value = next
	}
	return key, value
}

// at returns the node at a path, nil if there is none.
func (d *document) at(path string) *yaml.Node {
	n := d.root
	for path != "" && n != nil {
		var step string
		step, path = cutStep(path)
		n, _ = child(n, step)
	}
	return n
}

// cutStep splits "a.b[3]" into "a" and "b[3]", and "[3].c" into "[3]" and "c".
func cutStep(path string) (step, rest string) {
	end := strings.IndexAny(path[1:], ".[") + 1
	if end == 0 {
		return path, ""
	}
	return path[:end], strings.TrimPrefix(path[end:], ".")
}

func child(n *yaml.Node, step string) (value, key *yaml.Node) {
	n = target(n)
	if index, ok := strings.CutPrefix(step, "["); ok {
		i, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
		if err != nil || n.Kind != yaml.SequenceNode || i >= len(n.Content) {
			return nil, nil
		}
		return n.Content[i], nil
	}
	if n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == step {
			return n.Content[i+1], n.Content[i]
		}
	}
	return nil, nil
}

// target returns what an alias stands for, and any other node itself.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}
