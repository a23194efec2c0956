package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor/entities"
	"newswatch/monitor/labels"
	"newswatch/monitor/match"
	"newswatch/monitor/query"
)

func entitiesCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use: "entities", Short: "List entities, print one, and test them on labelled lines",
		Long: `List what queries may name in braces: the entities of the packs that come with
newswatch, those of the configuration, and how many watches name each. STRONG
is the least precision and recall that a pack's entity reaches on its labelled
examples with what it is sure of.`,
		Example: "  newswatch entities\n  newswatch entities show ice\n  newswatch entities test labels.jsonl",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return listEntities(a) },
	}
	c.AddCommand(
		&cobra.Command{
			Use: "show NAME", Short: "Print an entity, ready to paste",
			Long: `Print all that an entity holds, what a pack and the configuration make of it
together, as it may stand under entities: in the configuration or in a file that
entities.include names; and how its mentions were decided so far, by feed.`,
			Example: "  newswatch entities show ice\n  newswatch entities show ice > my-entities.yaml",
			Args:    cobra.ExactArgs(1), ValidArgsFunction: a.completing(entityNames),
			RunE: func(c *cobra.Command, args []string) error { return showEntity(c.Context(), a, args[0]) },
		},
		&cobra.Command{
			Use: "test FILE", Short: "Score entities on a file of labelled lines",
			Long: `Score entities on lines of which a person said whether they mean them, as JSON
Lines: {"entity","text","relevant"} and, if the text is from an article, "title".
First for all that is found, then for what is strong.`,
			Example: `  echo '{"entity":"ice","text":"ICE storm warning","relevant":false}' > labels.jsonl
  newswatch entities test labels.jsonl`,
			Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				e, _, err := knownEntities(a)
				if err != nil {
					return err
				}
				return testEntities(a, e, args[0])
			},
		})
	return c
}

// configured reports whether there is a configuration, or one is asked for.
func configured(a *app) bool {
	_, err := os.Stat(config.Find(a.file))
	return a.file != "" || !os.IsNotExist(err)
}

// knownEntities returns those of the configuration, and where there is none those of
// the packs.
func knownEntities(a *app) (config.Entities, []match.Rule, error) {
	if !configured(a) {
		return config.PackedEntities(nil), nil, nil
	}
	cfg, err := a.load()
	if err != nil {
		return config.Entities{}, nil, err
	}
	var rules []match.Rule
	for _, w := range cfg.Watches {
		rules = append(rules, match.Rule{Name: w.Name, Match: w.Match})
	}
	return cfg.Entities, rules, nil
}

func entityNames(cfg *config.Config) []string {
	return slices.Sorted(maps.Keys(cfg.Entities.Named))
}

// An entityRow is what is listed of an entity.
type entityRow struct {
	Name      string   `json:"name"`
	Label     string   `json:"label"`
	Origin    string   `json:"origin"` // the pack, the file or both
	Watches   []string `json:"watches"`
	Precision float64  `json:"precision,omitempty"` // of a pack's entity
	Recall    float64  `json:"recall,omitempty"`
}

// listEntities prints all there are, those of one origin together.
func listEntities(a *app) error {
	e, rules, err := knownEntities(a)
	if err != nil {
		return err
	}
	var rows []entityRow
	for name, def := range e.Named {
		row := entityRow{Name: name, Label: def.Label, Origin: e.Origin[name], Watches: []string{}}
		for _, r := range rules {
			if _, named := match.Used(e.Named, []match.Rule{r})[name]; named {
				row.Watches = append(row.Watches, r.Name)
			}
		}
		row.Precision, row.Recall = stated(e.Origin[name], name)
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b entityRow) int { return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Name, b.Name)) })
	t := newTable(a.out, "ENTITY", "FROM", "WATCHES", "STRONG", "LABEL")
	for _, row := range rows {
		if a.json {
			if err := a.printJSON(row); err != nil {
				return err
			}
			continue
		}
		strong := "-"
		if row.Recall > 0 {
			strong = fmt.Sprintf("%.2f/%.2f", row.Precision, row.Recall)
		}
		t.row(row.Name, row.Origin, strconv.Itoa(len(row.Watches)), strong, row.Label)
	}
	if a.json {
		return nil
	}
	return t.end(a.err, "no entities: no pack is used, and none is defined")
}

// stated returns the precision and recall of an entity that is as its pack has
// it.
func stated(origin, name string) (precision, recall float64) {
	for _, p := range entities.Packs() {
		for _, e := range p.Entities {
			if p.Name == origin && e.Name == name {
				return e.Precision, e.Recall
			}
		}
	}
	return 0, 0
}

func showEntity(ctx context.Context, a *app, name string) error {
	e, _, err := knownEntities(a)
	if err != nil {
		return err
	}
	def, ok := e.Named[name]
	if !ok {
		err := fmt.Errorf("there is no entity %q: see newswatch entities", name)
		if near := query.Nearest(name, slices.Collect(maps.Keys(e.Named))); near != "" {
			err = fmt.Errorf("there is no entity %q: did you mean %s?", name, near)
		}
		return usageError{err}
	}
	if a.json {
		return a.printJSON(def)
	}
	fmt.Fprintf(a.out, "  # %s, from %s.\n", name, e.Origin[name])
	if err := entities.Write(a.out, name, def); err != nil {
		return err
	}
	if !configured(a) {
		return nil
	}
	return showBook(ctx, a, name)
}

// testEntities scores all entities on a file of labelled lines.
func testEntities(a *app, e config.Entities, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines, err := labels.Read(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	scores := labels.Of(e.Named, lines)
	if a.json {
		for _, s := range scores {
			if err := a.printJSON(s); err != nil {
				return err
			}
		}
		return nil
	}
	return labels.Write(a.out, scores)
}
