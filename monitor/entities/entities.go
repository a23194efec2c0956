// Package entities holds the packs: files of entities that come with the
// program, so that whoever watches U.S. immigration enforcement, say, need not
// collect for himself what an agency is called and what tells it from its
// namesakes.
//
// Beside every pack, NAME.yaml, lie labelled examples, NAME.jsonl, which only
// tests read: an entity that falls below the precision and recall that it
// states fails, and so does one with an entry that helps on none of them.
package entities

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"

	yaml "go.yaml.in/yaml/v4"

	"newswatch/monitor/match"
)

// A Pack is one file of entities. Its Name is that of the file.
type Pack struct {
	Name     string
	Entities []Entity // by name
}

// An Entity is one entity of a pack. Precision and Recall are the least that
// its strong verdicts reach on the labelled examples of the pack.
type Entity struct {
	Name              string
	Precision, Recall float64
	match.Entity
}

//go:embed *.yaml
var files embed.FS

// Packs returns the packs of the program, by name. They are read once and
// must not be changed. It is safe for concurrent use.
var Packs = sync.OnceValue(func() []Pack {
	packs, err := Load(files)
	if err != nil {
		panic(fmt.Sprintf("entities: %v", err)) // a test reads them
	}
	return packs
})

// A file is a pack as it is written. In the terms of its entities {NAME} stands
// for each entry of the list of that name.
type file struct {
	Lists    map[string][]string `yaml:"lists"`
	Entities map[string]struct {
		match.Entity `yaml:",inline"`
		Precision    float64 `yaml:"precision"`
		Recall       float64 `yaml:"recall"`
	} `yaml:"entities"`
}

// Load reads all packs, the files *.yaml at the top of a file system. An error
// names the file and, where it can, the entity; all are joined.
func Load(from fs.FS) ([]Pack, error) {
	names, err := fs.Glob(from, "*.yaml")
	if err != nil {
		return nil, err
	}
	var packs []Pack
	var errs []error
	home := map[string]string{} // of entities
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		p, err := parse(strings.TrimSuffix(name, ".yaml"), text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		for _, e := range p.Entities {
			if other := home[e.Name]; other != "" {
				errs = append(errs, fmt.Errorf("%s: entity %q is in %s too: keep one", name, e.Name, other))
			}
			home[e.Name] = name
		}
		packs = append(packs, p)
	}
	return packs, errors.Join(errs...)
}

// parse reads one pack.
func parse(name string, text []byte) (Pack, error) {
	var f file
	if err := yaml.Load(text, &f, yaml.WithKnownFields()); err != nil {
		return Pack{}, err
	}
	p := Pack{Name: name}
	var errs []error
	for name, e := range f.Entities {
		if e.Label == "" || e.Precision == 0 || e.Recall == 0 {
			errs = append(errs, fmt.Errorf("entity %q: give it a label, and the precision and recall that it reaches", name))
		}
		for _, list := range termLists(&e.Entity) {
			if err := expand(list, f.Lists); err != nil {
				errs = append(errs, fmt.Errorf("entity %q: %w", name, err))
			}
		}
		p.Entities = append(p.Entities, Entity{name, e.Precision, e.Recall, e.Entity})
	}
	slices.SortFunc(p.Entities, func(a, b Entity) int { return strings.Compare(a.Name, b.Name) })
	return p, errors.Join(errs...)
}

// termLists returns the lists of terms of an entity that speak of names.
func termLists(e *match.Entity) []*[]string {
	return []*[]string{&e.Names, &e.Words, &e.Not, &e.Support.Any, &e.Against.Any}
}

// listName is the name of a list within a term.
var listName = regexp.MustCompile(`\{([^}]*)\}`)

// expand replaces each term that names a list by one term for each of its
// entries.
func expand(terms *[]string, lists map[string][]string) error {
	var out []string
	for _, t := range *terms {
		m := listName.FindStringSubmatch(t)
		if m == nil {
			out = append(out, t)
			continue
		}
		if len(lists[m[1]]) == 0 {
			return fmt.Errorf("%q: there is no list %s", t, m[0])
		}
		for _, entry := range lists[m[1]] {
			out = append(out, strings.ReplaceAll(t, m[0], entry))
		}
	}
	*terms = out
	return nil
}
