package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"newswatch/cmd/newswatch/config"
	"newswatch/deploy"
	"newswatch/notify/webhook"
)

func schemaCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "schema [config|webhook]", Short: "Print the JSON Schema of the configuration, or of what webhooks receive",
		Long: `Print a JSON Schema: of config.yaml, for editors that complete and check it, or of
the payload that webhook destinations receive.`,
		Example:   "  newswatch schema > config.schema.json\n  newswatch schema webhook",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"config", "webhook"},
		RunE: func(_ *cobra.Command, args []string) error {
			b := config.Schema()
			if len(args) == 1 && args[0] == "webhook" {
				b = webhook.Schema()
			}
			if a.json { // one line
				return a.printJSON(json.RawMessage(b))
			}
			_, err := a.out.Write(b)
			return err
		},
	}
}

func manCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "man FOLDER", Short: "Write the manual pages",
		Long: `Write the manual pages: one of section 1 for every command, and newswatch-language(7),
the reference of the watch language.`,
		Example: "  newswatch man ./man && man -l ./man/newswatch.1\n  man -l ./man/newswatch-language.7",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := c.Root()
			root.DisableAutoGenTag = true
			err := doc.GenManTree(root, &doc.GenManHeader{Title: "NEWSWATCH", Section: "1", Source: "newswatch", Manual: "newswatch manual"}, args[0])
			if err == nil {
				err = os.WriteFile(filepath.Join(args[0], "newswatch-language.7"), languageManual(), 0o644)
			}
			if err == nil && a.json {
				return a.printJSON(map[string]string{"folder": args[0]})
			}
			if err == nil {
				fmt.Fprintln(a.out, "manual pages are in", args[0])
			}
			return err
		},
	}
}

// languageManual is the reference of the watch language as a manual page, whose
// first heading is its line NAME.
func languageManual() []byte {
	_, text, _ := strings.Cut(deploy.Language, "\n")
	return md2man.Render([]byte("% newswatch-language 7 \"\" newswatch \"newswatch manual\"\n\n" +
		"# NAME\n\nnewswatch-language - the queries of watches\n\n# DESCRIPTION\n" + text))
}
