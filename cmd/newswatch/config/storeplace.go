package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// storeName is the file of a store whose place the configuration leaves open.
const storeName = "newswatch.db"

// Where a package keeps its configuration and its state.
const (
	packagedConfig = "/etc/newswatch/config.yaml"
	packagedState  = "/var/lib/newswatch"
)

// defaultStore is where the state is kept if the configuration in file does
// not say: in $STATE_DIRECTORY, in the packaged place for the packaged
// configuration, else beside the configuration. The folder that a command is
// called from does not matter.
func defaultStore(file string, env func(string) (string, bool)) string {
	dir, _ := env("STATE_DIRECTORY")
	if dir, _, _ = strings.Cut(dir, ":"); dir != "" { // systemd may list several
		return filepath.Join(dir, storeName)
	}
	if file == packagedConfig {
		return filepath.Join(packagedState, storeName)
	}
	return filepath.Join(filepath.Dir(file), storeName)
}

// formerStore returns the store that an earlier version kept in the working
// directory, if there is one and none at place; else "".
func formerStore(place string) string {
	if _, err := os.Stat(place); !errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	former, err := filepath.Abs(storeName)
	if err != nil {
		return ""
	}
	if info, err := os.Stat(former); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return former
}
