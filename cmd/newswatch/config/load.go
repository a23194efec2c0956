package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	yaml "go.yaml.in/yaml/v4"
)

// Find returns the file to read: flag if it is not empty, else the first that
// there is of $NEWSWATCH_CONFIG, ./config.yaml and
// /etc/newswatch/config.yaml, else config.yaml, which is then missed by name.
func Find(flag string) string {
	if flag != "" {
		return flag
	}
	if named := os.Getenv("NEWSWATCH_CONFIG"); named != "" {
		return named
	}
	const here, system = "config.yaml", "/etc/newswatch/config.yaml"
	if _, err := os.Stat(here); errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat(system); err == nil {
			return system
		}
	}
	return here
}

// defaultStore is where the state is kept if the file does not say.
func defaultStore(env func(string) (string, bool)) string {
	dir, _ := env("STATE_DIRECTORY")
	dir, _, _ = strings.Cut(dir, ":") // systemd may list several
	return filepath.Join(dir, "newswatch.db")
}

// Load reads the configuration in path, with the environment as env knows it
// (os.LookupEnv). The report holds every mistake and remark; the Config is nil
// unless the report is OK. It reads the files that the configuration names,
// and nothing else.
func Load(path string, env func(string) (string, bool)) (*Config, *Report) {
	l := &loader{
		env: env, cfg: defaults(env), rep: &Report{}, shapes: map[reflect.Type]*shape{},
		keys: homes(reflect.TypeFor[Config]()), entityFiles: map[string]*document{},
	}
	l.cfg.File = path
	l.main = l.open(path)
	if l.main.root != nil {
		if l.decode(l.main, l.main.root, l.cfg) {
			l.check()
		}
		l.warnInline(l.main)
	}
	l.show()
	l.rep.arrange(path)
	if !l.rep.OK() {
		return nil, l.rep
	}
	return l.cfg, l.rep
}

// A loader is the work of one Load.
type loader struct {
	env         func(string) (string, bool)
	cfg         *Config
	rep         *Report
	main        *document
	shapes      map[reflect.Type]*shape
	keys        map[string][]string  // see homes
	entityFiles map[string]*document // of entities that an included file defines
}

// check looks at the meaning of what was decoded, section by section; later
// ones refer to earlier ones.
func (l *loader) check() {
	l.cfg.Zone = l.zone(l.cfg.Timezone, "timezone", time.Local)
	l.checkStore()
	l.checkHTTP()
	l.checkFetch()
	l.checkFeeds()
	l.includeEntities()
	l.checkDestinations()
	l.checkWatches()
	l.checkDigests()
	l.refer(l.cfg.Operations.Notify, "operations.notify", "destination", l.destinations())
	l.checkHeartbeat()
	l.compile()
}

// maxProblems is how many are noted: nobody mends more in one sitting, and a
// file that is wrong all over must not take for ever.
const maxProblems = 1000

// note adds a problem at a line and column of d.
func (l *loader) note(d *document, line, col int, p Problem) {
	if len(l.rep.Problems) >= maxProblems {
		return
	}
	p.File, p.Line, p.Col, p.doc = d.file, max(line, 1), max(col, 1), d
	l.rep.Problems = append(l.rep.Problems, p)
}

// show gives every problem its line, now that all secrets are known.
func (l *loader) show() {
	for i := range l.rep.Problems {
		p := &l.rep.Problems[i]
		p.source, p.doc = p.doc.mask(p.Line), nil
	}
}

// noteAt adds a problem where n begins.
func (l *loader) noteAt(d *document, n *yaml.Node, p Problem) { l.note(d, n.Line, n.Column, p) }

// notePath adds a problem at a path of the configuration such as
// "watches[2].match"; offset is a byte of the text there as the program sees
// it, -1 for all of it.
func (l *loader) notePath(path string, offset int, p Problem) {
	d, path := l.home(path)
	_, n := d.find(path)
	if n == nil {
		l.note(d, 1, 1, p)
		return
	}
	n = target(n)
	if offset < 0 || n.Kind != yaml.ScalarNode {
		l.noteAt(d, n, p)
		return
	}
	line, col := d.place(n, expand(n.Value, l.env).origin(offset))
	l.note(d, line, col, p)
}

// home returns the file that a path leads into, and the path within it.
func (l *loader) home(path string) (*document, string) {
	rest, ok := strings.CutPrefix(path, "entities.")
	if !ok {
		return l.main, path
	}
	name, _ := cutStep(rest)
	d := l.entityFiles[name]
	switch {
	case d == nil:
		return l.main, path
	case wrapped(d.root):
		return d, path
	}
	return d, rest
}

// missing notes that a section lacks something, unless it has other mistakes:
// then a misspelt key is what is missing.
func (l *loader) missing(path, message, hint string) {
	if !l.damaged(path) {
		l.fail(path, message, hint)
	}
}

// damaged reports whether a mistake was noted within the section at path.
func (l *loader) damaged(path string) bool {
	_, n := l.main.find(path)
	if n == nil {
		return false
	}
	n = target(n)
	last := lastLine(n)
	return slices.ContainsFunc(l.rep.Problems, func(p Problem) bool {
		return !p.Warning && p.File == l.main.file && n.Line <= p.Line && p.Line <= last
	})
}

// sound reports whether there is something at path of which nothing has been
// noted.
func (l *loader) sound(path string) bool {
	n := l.main.at(path)
	if n == nil {
		return false
	}
	n = target(n)
	end := n.Column // of what a problem within n is at; of groups and lists it is where they begin
	if n.Kind == yaml.ScalarNode {
		end += len(n.Value)
	}
	return !slices.ContainsFunc(l.rep.Problems, func(p Problem) bool {
		return !p.Warning && p.File == l.main.file && p.Line == n.Line && n.Column <= p.Col && p.Col <= end
	})
}

func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}

// fail notes a mistake at a path.
func (l *loader) fail(path, message, hint string) {
	l.notePath(path, -1, Problem{Message: message, Hint: hint})
}

// warn notes a remark at a path.
func (l *loader) warn(path, message, hint string) {
	l.notePath(path, -1, Problem{Message: message, Hint: hint, Warning: true})
}

// failKeyed notes an error of a room, "key: what; remedy", at that key of the
// section at path.
func (l *loader) failKeyed(path string, err error) {
	text := err.Error()
	if key, _, ok := strings.Cut(text, ": "); ok && !strings.ContainsAny(key, " \"") {
		path = join(path, key)
	}
	message, hint, _ := strings.Cut(text, "; ")
	l.fail(path, message, hint)
}

// zone loads a time zone by name, fallback for none.
func (l *loader) zone(name, path string, fallback *time.Location) *time.Location {
	if name == "" {
		return fallback
	}
	z, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		l.fail(path, fmt.Sprintf("there is no time zone %q", clip(name)), "write it like America/New_York, Europe/Berlin or UTC")
		return fallback
	}
	return z
}
