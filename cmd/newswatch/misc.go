package main

import (
	"cmp"
	"maps"
	"slices"

	"newswatch/monitor/story"
)

// sortedByCount returns the names with the largest numbers first.
func sortedByCount(m map[string]int) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) })
}

// scoreStories scores the grouping of stories on labelled corpora.
func (a *app) scoreStories(dir string) error { return story.Score(dir, a.out) }
