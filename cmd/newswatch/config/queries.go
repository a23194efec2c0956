package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	yaml "go.yaml.in/yaml/v4"

	"newswatch/monitor/match"
	"newswatch/notify"
)

// includeEntities reads the files under entities.include. What config.yaml
// itself says about an entity wins over them.
func (l *loader) includeEntities() {
	e := &l.cfg.Entities
	for i, name := range e.Include {
		path := fmt.Sprintf("entities.include[%d]", i)
		file := l.main.resolve(name)
		if _, _, err := readFile(file, maxFile); err != nil {
			l.fail(path, fmt.Sprintf("%s: %v", file, err), "a path is relative to "+l.main.dir())
			continue
		}
		d := l.open(file)
		if d.root == nil {
			continue
		}
		n := d.root
		if wrapped(n) {
			n = n.Content[1]
		}
		var more map[string]match.Entity
		l.decode(d, n, &more)
		for name, entity := range more {
			if other := l.entityFiles[name]; other != nil {
				l.noteAt(d, keyNode(n, name), Problem{Message: fmt.Sprintf("entity %q is in %s too", clip(name), other.file), Hint: "keep one"})
				continue
			}
			if _, own := e.Named[name]; own {
				continue
			}
			if e.Named == nil {
				e.Named = map[string]match.Entity{}
			}
			e.Named[name] = entity
			l.entityFiles[name] = d
		}
	}
}

// wrapped reports whether a file of entities has them under the key entities,
// as config.yaml does, rather than at its top.
func wrapped(root *yaml.Node) bool {
	return len(root.Content) == 2 && root.Content[0].Value == "entities" && target(root.Content[1]).Kind == yaml.MappingNode
}

func keyNode(n *yaml.Node, name string) *yaml.Node {
	if _, k := child(n, name); k != nil {
		return k
	}
	return n
}

// compile makes the Set of all watches, and notes what the language has to
// say about them.
func (l *loader) compile() {
	rules := make([]match.Rule, len(l.cfg.Watches))
	for i, w := range l.cfg.Watches {
		rules[i] = match.Rule{Name: w.Name, Match: w.Match, Feeds: w.Feeds, Examples: w.Examples}
	}
	began := time.Now()
	set, problems := match.Compile(l.cfg.Entities.Named, rules)
	l.cfg.Set, l.cfg.Compiling = set, time.Since(began)
	if !slices.ContainsFunc(problems, func(p match.Problem) bool { return !p.Warning }) {
		problems = append(problems, set.RunExamples(l.cfg.Entities.Named, rules)...)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Path, "watches[") && l.blank(p.Path) || !p.Warning && l.misspelt(p.Path) {
			continue // said already
		}
		l.notePath(p.Path, p.Offset, Problem{Message: p.Message, Hint: p.Hint, Warning: p.Warning})
	}
	l.checkSupport()
}

// misspelt reports whether a problem is about an entity as a whole that has
// other mistakes: then a misspelt key is what it lacks.
func (l *loader) misspelt(path string) bool {
	name, ok := strings.CutPrefix(path, "entities.")
	return ok && !strings.Contains(name, ".") && l.entityFiles[name] == nil && l.damaged(path)
}

// blank reports whether a problem is about a watch without a query.
func (l *loader) blank(path string) bool {
	var i int
	_, err := fmt.Sscanf(path, "watches[%d]", &i)
	return err == nil && i < len(l.cfg.Watches) && strings.TrimSpace(l.cfg.Watches[i].Match) == ""
}

// checkSupport looks at the feed tags that entities trust. An entity made for
// many configurations may name a tag that this one lacks; a misspelt one is a
// mistake.
func (l *loader) checkSupport() {
	known := l.selectors()
	for name, e := range l.cfg.Entities.Named {
		for i, tag := range e.Support.Feeds {
			if slices.Contains(known, tag) {
				continue
			}
			path := fmt.Sprintf("entities.%s.support.feeds[%d]", name, i)
			p := Problem{Message: fmt.Sprintf("no feed is named or tagged %q", clip(tag)), Warning: true}
			if n := nearest(tag, known); n != "" {
				p.Warning, p.Hint = false, fmt.Sprintf("did you mean %q?", n)
			}
			l.notePath(path, -1, p)
		}
	}
}

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
