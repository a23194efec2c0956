package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/config/change"
	"newswatch/cmd/newswatch/config/edit"
	"newswatch/monitor/api"
)

// config returns the configuration in force.
func (d *Daemon) config() *config.Config {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	return d.cfg
}

// configFile says which file a change goes into, and what it says at present.
func (d *Daemon) configFile() (api.ConfigFile, error) {
	path := d.config().File
	text, err := os.ReadFile(path)
	if err != nil {
		return api.ConfigFile{}, err
	}
	return api.ConfigFile{Path: path, Hash: change.Hash(text)}, nil
}

// edit changes the configuration file and puts it into force.
func (d *Daemon) edit(ctx context.Context, e api.Edit) (api.Edited, error) {
	cfg := d.config()
	err := change.Change{File: cfg.File, Section: e.Section, Base: e.Base, Env: os.LookupEnv,
		Make: func(f *edit.File) error { return makeEdit(cfg, f, e) }}.Apply()
	if err != nil {
		return api.Edited{}, editError(err)
	}
	d.Log.Info("configuration edited", "by", e.By, "do", e.Do, "section", e.Section, "entry", e.Name)
	changes, err := d.reload(ctx)
	if err != nil {
		return api.Edited{}, fmt.Errorf("%s was changed, but could not be put into force: %w", cfg.File, err)
	}
	text, err := os.ReadFile(cfg.File)
	return api.Edited{Changes: append([]string{}, changes...), Hash: change.Hash(text)}, err
}

// makeEdit makes a change in the text of the file.
func makeEdit(cfg *config.Config, f *edit.File, e api.Edit) error {
	name := change.Named(cfg, f, e.Section, e.Name)
	switch e.Do {
	case api.EditRemove:
		return f.Remove(e.Section, name)
	case api.EditAdd:
		return addEntry(cfg, f, e)
	}
	for _, field := range e.Fields {
		value := literal(field.Value)
		if list, ok := value.([]string); ok && len(list) == 0 || value == "" {
			value = nil // the usual, which is not written
		}
		if err := f.Set(e.Section, name, field.Key, value); err != nil {
			return err
		}
		if field.Key == "name" && value != nil {
			name = value.(string)
		}
	}
	return nil
}

// literal writes a value so that nothing of the environment, where secrets are,
// comes into it: whoever edits on the page need not be who runs newswatch.
func literal(value any) any {
	switch v := value.(type) {
	case string:
		return strings.ReplaceAll(v, "${", "$${")
	case []string:
		out := make([]string, len(v))
		for i, s := range v {
			out[i] = strings.ReplaceAll(s, "${", "$${")
		}
		return out
	}
	return value
}

func addEntry(cfg *config.Config, f *edit.File, e api.Edit) (err error) {
	var entry edit.Entry
	for _, field := range e.Fields {
		if field.Value != nil {
			entry = append(entry, edit.Field{Key: field.Key, Value: literal(field.Value)})
		}
	}
	if e.Section == change.Feeds {
		entry, err = change.NewFeed(cfg, entry)
	} else {
		entry, err = change.NewWatch(entry)
	}
	if err != nil {
		return err
	}
	return f.Add(e.Section, entry)
}

// editError says in the words of the page why nothing was changed.
func editError(err error) error {
	if hand, ok := errors.AsType[*edit.ByHand](err); ok {
		return &api.ByHand{Reason: hand.Reason, Where: hand.Where, Former: hand.Former, Lines: hand.Lines}
	}
	if refused, ok := errors.AsType[*change.Refusal](err); ok {
		bad := &api.BadEdit{}
		for _, p := range refused.Problems {
			if !p.Warning {
				bad.Problems = append(bad.Problems, strings.TrimRight(p.String()+"\n"+p.Excerpt(), "\n"))
			}
		}
		return bad
	}
	if errors.Is(err, change.ErrChanged) {
		return api.ErrEditConflict
	}
	return err
}
