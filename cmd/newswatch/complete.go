package main

import (
	"slices"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
)

// completeFlag lets shells complete a flag with names from the configuration,
// if that can be read.
func (a *app) completeFlag(c *cobra.Command, flag string, names func(*config.Config) []string) {
	err := c.RegisterFlagCompletionFunc(flag, a.completing(names))
	if err != nil {
		panic(err) // a flag that the command does not have
	}
}

// completing returns what completes a word with names from the configuration.
func (a *app) completing(names func(*config.Config) []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		cfg, ok := a.quietly()
		if !ok {
			cfg = &config.Config{}
		}
		return names(cfg), cobra.ShellCompDirectiveNoFileComp
	}
}

func watchNames(cfg *config.Config) []string {
	return namesOf(cfg.Watches, func(i int) string { return cfg.Watches[i].Name })
}

func feedNames(cfg *config.Config) []string {
	return namesOf(cfg.Feeds, func(i int) string { return cfg.Feeds[i].Name })
}

// feedTags are the tags of all feeds.
func feedTags(cfg *config.Config) (out []string) {
	for _, f := range cfg.Feeds {
		out = append(out, f.Tags...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func digestNames(cfg *config.Config) []string {
	return namesOf(cfg.Digests, func(i int) string { return cfg.Digests[i].Name })
}

func destinationNames(cfg *config.Config) []string {
	return namesOf(cfg.Destinations, func(i int) string { return cfg.Destinations[i].Name })
}

// channelNames are the destinations as the outbox names them.
func channelNames(cfg *config.Config) []string {
	var out []string
	for _, d := range cfg.Destinations {
		out = append(out, d.Channels()...)
	}
	return out
}

func namesOf[T any](list []T, name func(i int) string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = name(i)
	}
	slices.Sort(out)
	return out
}
