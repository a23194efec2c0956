package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	yaml "go.yaml.in/yaml/v4"

	"newswatch/monitor/entities"
	"newswatch/monitor/labels"
	"newswatch/monitor/match"
)

// PackedEntities returns the entities of the packs with these names, nil for
// all.
func PackedEntities(use []string) Entities {
	e := Entities{Use: use, Named: map[string]match.Entity{}, Origin: map[string]string{}}
	for _, p := range entities.Packs() {
		if use != nil && !slices.Contains(use, p.Name) {
			continue
		}
		for _, x := range p.Entities {
			e.Named[x.Name], e.Origin[x.Name] = x.Entity, p.Name
		}
	}
	return e
}

// checkEntities makes the entities there are of packs, of included files and
// of what config.yaml itself says.
func (l *loader) checkEntities() {
	l.includeEntities()
	e := &l.cfg.Entities
	packed := PackedEntities(e.Use)
	e.Named, e.Origin = packed.Named, packed.Origin
	for name, def := range e.Own {
		l.define(name, def)
	}
	var packs []string
	for _, p := range entities.Packs() {
		packs = append(packs, p.Name)
	}
	l.refer(e.Use, "entities.use", "pack", packs)
	for i, name := range e.Use {
		if slices.Index(e.Use, name) < i {
			l.warn(fmt.Sprintf("entities.use[%d]", i), fmt.Sprintf("pack %q is listed already", clip(name)), "keep one")
		}
	}
}

// define adds an entity of the configuration to those of the packs.
func (l *loader) define(name string, def Definition) {
	e := &l.cfg.Entities
	home, _ := l.home("entities." + name)
	file := filepath.Base(home.file)
	base, packed := e.Named[name]
	switch {
	case packed && !def.Replace && !entities.Repeats(base, def.Entity):
		e.Named[name] = entities.Extend(base, def.Entity)
		e.Origin[name] += " and " + file
	case packed:
		e.Named[name] = def.Entity
		e.Origin[name] = file + " in place of " + e.Origin[name]
	default:
		e.Named[name], e.Origin[name] = def.Entity, file
	}
}

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
		var more map[string]Definition
		l.decode(d, n, &more)
		for name, entity := range more {
			if other := l.entityFiles[name]; other != nil {
				l.noteAt(d, keyNode(n, name), Problem{Message: fmt.Sprintf("entity %q is in %s too", clip(name), other.file), Hint: "keep one"})
				continue
			}
			if _, own := e.Own[name]; own {
				continue
			}
			if e.Own == nil {
				e.Own = map[string]Definition{}
			}
			e.Own[name] = entity
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
// say about them and the entities that are not of a pack alone.
func (l *loader) compile() {
	named := l.cfg.Entities.Named
	rules := make([]match.Rule, len(l.cfg.Watches))
	for i, w := range l.cfg.Watches {
		rules[i] = match.Rule{Name: w.Name, Match: w.Match, Feeds: w.Feeds, Private: w.Sensitive, Examples: w.Examples}
	}
	began := time.Now()
	set, problems := match.Compile(match.Used(named, rules), rules)
	l.cfg.Set, l.cfg.Compiling = set, time.Since(began)
	problems = slices.DeleteFunc(problems, func(p match.Problem) bool { return strings.HasPrefix(p.Path, "entities.") })

	var own []match.Rule
	for _, name := range slices.Sorted(maps.Keys(l.cfg.Entities.Own)) {
		own = append(own, match.Rule{Match: "{" + name + "}"})
	}
	used := match.Used(named, own)
	_, more := match.Compile(used, nil)
	problems = append(problems, more...)
	if !slices.ContainsFunc(problems, func(p match.Problem) bool { return !p.Warning }) {
		problems = append(problems, labels.RunExamples(set, used, rules)...)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Path, "watches[") && l.blank(p.Path) || !p.Warning && l.misspelt(p.Path) {
			continue // said already
		}
		l.notePath(p.Path, p.Offset, Problem{Message: p.Message, Hint: packHint(p), Warning: p.Warning})
	}
	l.checkSupport()
	checkClashes(l, rules)
}

// packHint returns the hint of a problem, and where an entity is missed that is
// in a pack which is not used, that pack.
func packHint(p match.Problem) string {
	var missed string
	if n, _ := fmt.Sscanf(p.Message, "no entity %q", &missed); n == 1 {
		for _, pack := range entities.Packs() {
			if slices.ContainsFunc(pack.Entities, func(e entities.Entity) bool { return e.Name == missed }) {
				return fmt.Sprintf("add its pack, %s, to entities.use", pack.Name)
			}
		}
	}
	return p.Hint
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

// checkClashes remarks on terms of own entities that support one and speak
// against it or another that the same watch looks for: an item with such a term
// is sure of the one and doubts the other.
func checkClashes(l *loader, rules []match.Rule) {
	for _, name := range slices.Sorted(maps.Keys(l.cfg.Entities.Own)) {
		beside := map[string]string{name: ""} // entities, and a watch that looks for both
		for _, r := range rules {
			used := match.Used(l.cfg.Entities.Named, []match.Rule{r})
			if _, ok := used[name]; !ok {
				continue
			}
			for other := range used {
				if _, known := beside[other]; !known && strings.Contains(r.Match, "{"+other+"}") {
					beside[other] = r.Name
				}
			}
		}
		for i, term := range l.cfg.Entities.Own[name].Support.Any {
			for _, other := range slices.Sorted(maps.Keys(beside)) {
				if !slices.ContainsFunc(l.cfg.Entities.Named[other].Against.Any, func(t string) bool { return strings.EqualFold(t, term) }) {
					continue
				}
				p := Problem{Message: fmt.Sprintf("%q supports {%s} and speaks against it too: every mention near it is in doubt", clip(term), name), Warning: true,
					Hint: "take it out of one of them"}
				if other != name {
					p.Message = fmt.Sprintf("%q supports {%s} and speaks against {%s}, and watch %q looks for both", clip(term), name, other, beside[other])
					p.Hint = "put it under hints, if both may be meant"
				}
				l.notePath(fmt.Sprintf("entities.%s.support.any[%d]", name, i), -1, p)
			}
		}
	}
}

// checkSupport looks at the feed tags that own entities trust. An entity made for
// many configurations may name a tag that this one lacks; a misspelt one is a
// mistake.
func (l *loader) checkSupport() {
	for name, e := range l.cfg.Entities.Own {
		for i, tag := range e.Support.Feeds {
			if slices.Contains(l.selectors(), tag) {
				continue
			}
			path := fmt.Sprintf("entities.%s.support.feeds[%d]", name, i)
			p := Problem{Message: fmt.Sprintf("no feed is named or tagged %q", clip(tag)), Warning: true}
			if n := nearest(tag, l.selectors()); n != "" {
				p.Warning, p.Hint = false, fmt.Sprintf("did you mean %q?", n)
			}
			l.notePath(path, -1, p)
		}
	}
}
