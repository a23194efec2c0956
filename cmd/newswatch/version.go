package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// release is set by the linker for packages; a build from a checkout names its
// commit instead.
var release string

// version names this build: its release, or the commit it was built from.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return strings.TrimPrefix(v, "v")
	}
	return "devel"
}

func versionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version, the commit and what it was built with",
		Example: "  newswatch version\n  newswatch version --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := map[string]string{"version": version(), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					switch s.Key {
					case "vcs.revision":
						v["commit"] = s.Value
					case "vcs.time":
						v["date"] = s.Value
					}
				}
			}
			if a.json {
				return a.printJSON(v)
			}
			line := "newswatch " + v["version"]
			if v["commit"] != "" {
				line += " (" + v["commit"][:min(12, len(v["commit"]))] + ", " + v["date"] + ")"
			}
			_, err := fmt.Fprintln(a.out, line, v["go"], v["platform"])
			return err
		},
	}
}
