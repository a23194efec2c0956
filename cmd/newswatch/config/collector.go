package config

import (
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// A collector gathers problems, each at its place in the files read.
type collector struct {
	env         func(string) (string, bool)
	rep         *Report
	main        *document
	entityFiles map[string]*document // of entities that an included file defines
}

// maxProblems is how many are noted: nobody mends more in one sitting, and a
// file that is wrong all over must not take for ever.
const maxProblems = 1000

// note adds a problem at a line and column of d.
func (c *collector) note(d *document, line, col int, p Problem) {
	if len(c.rep.Problems) >= maxProblems {
		return
	}
	p.File, p.Line, p.Col, p.doc = d.file, max(line, 1), max(col, 1), d
	c.rep.Problems = append(c.rep.Problems, p)
}

// show gives every problem its line, now that all secrets are known.
func (c *collector) show() {
	for i := range c.rep.Problems {
		p := &c.rep.Problems[i]
		p.source, p.doc = p.doc.mask(p.Line), nil
	}
}

// noteAt adds a problem where n begins.
func (c *collector) noteAt(d *document, n *yaml.Node, p Problem) { c.note(d, n.Line, n.Column, p) }

// notePath adds a problem at a path of the configuration such as
// "watches[2].match"; offset is a byte of the text there as the program sees
// it, -1 for all of it.
func (c *collector) notePath(path string, offset int, p Problem) {
	d, path := c.home(path)
	_, n := d.find(path)
	if n == nil {
		c.note(d, 1, 1, p)
		return
	}
	n = target(n)
	if offset < 0 || n.Kind != yaml.ScalarNode {
		c.noteAt(d, n, p)
		return
	}
	line, col := d.place(n, expand(n.Value, c.env).origin(offset))
	c.note(d, line, col, p)
}

// home returns the file that a path leads into, and the path within it.
func (c *collector) home(path string) (*document, string) {
	rest, ok := strings.CutPrefix(path, "entities.")
	if !ok {
		return c.main, path
	}
	name, _ := cutStep(rest)
	d := c.entityFiles[name]
	switch {
	case d == nil:
		return c.main, path
	case wrapped(d.root):
		return d, path
	}
	return d, rest
}

// missing notes that a section lacks something, unless it has other mistakes:
// then a misspelt key is what is missing.
func (c *collector) missing(path, message, hint string) {
	if !c.damaged(path) {
		c.fail(path, message, hint)
	}
}

// damaged reports whether a mistake was noted within the section at path.
func (c *collector) damaged(path string) bool {
	_, n := c.main.find(path)
	if n == nil {
		return false
	}
	n = target(n)
	last := lastLine(n)
	return slices.ContainsFunc(c.rep.Problems, func(p Problem) bool {
		return !p.Warning && p.File == c.main.file && n.Line <= p.Line && p.Line <= last
	})
}

// sound reports whether there is something at path of which nothing has been
// noted.
func (c *collector) sound(path string) bool {
	n := c.main.at(path)
	if n == nil {
		return false
	}
	n = target(n)
	end := n.Column // of what a problem within n is at; of groups and lists it is where they begin
	if n.Kind == yaml.ScalarNode {
		end += len(n.Value)
	}
	return !slices.ContainsFunc(c.rep.Problems, func(p Problem) bool {
		return !p.Warning && p.File == c.main.file && p.Line == n.Line && n.Column <= p.Col && p.Col <= end
	})
}

func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, child := range n.Content {
		last = max(last, lastLine(child))
	}
	return last
}

// fail notes a mistake at a path.
func (c *collector) fail(path, message, hint string) {
	c.notePath(path, -1, Problem{Message: message, Hint: hint})
}

// warn notes a remark at a path.
func (c *collector) warn(path, message, hint string) {
	c.notePath(path, -1, Problem{Message: message, Hint: hint, Warning: true})
}

// failKeyed notes an error of a room, "key: what; remedy", at that key of the
// section at path.
func (c *collector) failKeyed(path string, err error) {
	text := err.Error()
	if key, _, ok := strings.Cut(text, ": "); ok && !strings.ContainsAny(key, " \"") {
		path = join(path, key)
	}
	message, hint, _ := strings.Cut(text, "; ")
	c.fail(path, message, hint)
}
