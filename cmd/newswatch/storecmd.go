package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor/api"
	"newswatch/monitor/store"
	"newswatch/monitor/store/bolt"
	"newswatch/notify/render"
)

func storeCommand(a *app) *cobra.Command {
	c := &cobra.Command{Use: "store", Short: "Back up, compact and check the store", Args: cobra.NoArgs, RunE: helpOnly}
	c.AddCommand(
		&cobra.Command{Use: "backup FILE", Short: "Copy the store while it is in use",
			Long: `Write a copy of the store, whole and of one moment, while the daemon goes on. A
copy that fails half way leaves no FILE.`, Example: "  newswatch store backup /var/backups/newswatch.db",
			Args: cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error { return a.backup(c.Context(), args[0]) }},
		&cobra.Command{Use: "compact", Short: "Give the space of forgotten rows back; the daemon must be stopped", Example: "  newswatch store compact",
			Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				cfg, err := a.load()
				if err != nil {
					return err
				}
				if cfg.Store.URL != "" {
					return errors.New("the database of store.url sees to its space itself (autovacuum)")
				}
				before, after, err := bolt.Compact(cfg.Store.Path)
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(map[string]int64{"before": before, "after": after})
				}
				_, err = fmt.Fprintf(a.out, "%.1f MiB -> %.1f MiB\n", float64(before)/(1<<20), float64(after)/(1<<20))
				return err
			}},
		&cobra.Command{Use: "check [FILE]", Short: "Read every page and row of the store, or of a backup; the daemon must be stopped",
			Example: "  newswatch store check\n  newswatch store check /var/backups/newswatch.db", Args: cobra.MaximumNArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return a.checkStore(args) }},
		&cobra.Command{Use: "stats", Short: "Measure the store", Example: "  newswatch store stats --json", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				return a.call(c.Context(), "GET", "store/stats", nil, decoded(func(st store.Stats) error {
					_, err := fmt.Fprintf(a.out, "file %.1f MiB, free in it %.1f MiB; %d items, %d stories; by %.1f MiB items are recognised, %d bytes each\n",
						float64(st.Bytes)/(1<<20), float64(st.Free)/(1<<20), st.Items, st.Stories, float64(st.KnownSize)/(1<<20), st.KnownUsed/max(st.Items, 1))
					return err
				}))
			}},
		storeCopy(a), storeDamaged(a))
	return c
}

func storeDamaged(a *app) *cobra.Command {
	var remove []string
	c := &cobra.Command{Use: "damaged", Short: "List the rows that were damaged and set aside, or remove some",
		Long: `List the rows that could not be read. Each was set aside with its bytes, which
--json shows, when newswatch met it; all others went on.`,
		Example: "  newswatch store damaged\n  newswatch store damaged --remove 3f9a12c4", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			t := newTable(a.out, "ROW", "TABLE", "KEY", "SET ASIDE", "BYTES")
			for _, id := range remove {
				if err := a.call(c.Context(), "DELETE", "store/damaged/"+id, nil, func(json.RawMessage) error { return nil }); err != nil {
					return err
				}
			}
			err := a.call(c.Context(), "GET", "store/damaged", nil, decoded(func(r store.Damaged) error {
				t.row(r.ID, r.Table, render.Sanitize(r.Key), r.At.Local().Format(time.DateTime), strconv.Itoa(len(r.Bytes)))
				return nil
			}))
			if err != nil || a.json {
				return err
			}
			return t.end(a.err, "no row is set aside")
		}}
	c.Flags().StringSliceVar(&remove, "remove", nil, "forget these `rows`, their bytes too")
	return c
}

// storeChecked is the outcome of store check.
type storeChecked struct {
	Path   string   `json:"path"`
	Sound  bool     `json:"sound"`
	Faults []string `json:"faults"`

	Aside []store.Damaged `json:"set_aside"` // rows that were damaged once
}

func (a *app) checkStore(args []string) error {
	path := ""
	if len(args) == 1 {
		path = args[0]
	} else {
		cfg, err := a.load()
		if err != nil {
			return err
		}
		if path = cfg.Store.Path; cfg.Store.URL != "" {
			return errors.New("the database of store.url checks itself: pg_amcheck; newswatch store check FILE reads a copy")
		}
	}
	s, err := bolt.OpenReadOnly(path)
	if _, locked := errors.AsType[*bolt.LockedError](err); locked {
		return fmt.Errorf("the store %s is in use: stop the daemon first, or check a copy made with newswatch store backup", path)
	}
	if err != nil {
		return err
	}
	defer s.Close()
	faults := s.Check()
	aside, err := s.Damaged()
	if err != nil {
		faults = append(faults, err)
	}
	if err := a.tellFaults(path, faults, aside); err != nil || len(faults) == 0 {
		return err
	}
	remedy := "newswatch sets damaged rows aside when it meets them and goes on; what is in them only a backup has"
	for _, f := range faults {
		if _, row := errors.AsType[*store.RowError](f); !row {
			remedy = "restore the newest backup"
		}
	}
	return fmt.Errorf("%s: %s: %s", path, render.Count(len(faults), "fault", "faults"), remedy)
}

// tellFaults prints what check has found.
func (a *app) tellFaults(path string, faults []error, aside []store.Damaged) error {
	if a.json {
		out := storeChecked{Path: path, Sound: len(faults) == 0, Faults: []string{}, Aside: append([]store.Damaged{}, aside...)}
		for _, f := range faults {
			out.Faults = append(out.Faults, f.Error())
		}
		return a.printJSON(out)
	}
	for _, f := range faults {
		fmt.Fprintln(a.out, f)
	}
	for _, r := range aside {
		fmt.Fprintf(a.out, "set aside on %s: %s %s, %d bytes; remove it with newswatch store damaged --remove %s\n",
			r.At.Local().Format(time.DateTime), r.Table, render.Sanitize(r.Key), len(r.Bytes), r.ID)
	}
	if len(faults) > 0 {
		return nil
	}
	_, err := fmt.Fprintln(a.out, path+": sound")
	return err
}

// backup writes what the store sends, whole or not at all.
func (a *app) backup(ctx context.Context, path string) (err error) {
	f, err := os.OpenFile(path+".partial", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	err = a.ask(func(c *api.Client) error { return c.Copy(ctx, "store/backup", f) })
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"path": path, "bytes": fileSize(path)})
	}
	_, err = fmt.Fprintf(a.out, "%s  %.1f MiB\n", path, float64(fileSize(path))/(1<<20))
	return err
}

// fileSize returns the length of a file, 0 if it cannot be told.
func fileSize(path string) int64 {
	st, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return st.Size()
}
