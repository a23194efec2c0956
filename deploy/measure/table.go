package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// The columns of the table.
const (
	newswatch  = "newswatch"
	other      = "-vs"
	bareClient = "bare client"
)

// The rows of the table, in order.
const (
	coldStart  = "cold, from the start of the program, ms a feed"
	sameSpread = "304, polls spread out, ms a poll"
	sameBurst  = "304, polls due at once, ms a poll"
	bodySpread = "same body, polls spread out, ms a poll"
	realSpread = "real, polls spread out, ms a poll"
	newBurst   = "one new entry, polls due at once, ms a poll"
	toldMedian = "published to told, median, s"
	toldLast   = "published to told, longest, s"
	ownSteady  = "memory of its own, polling 304, MB"
	ownPeak    = "memory of its own, peak, MB"
	allPeak    = "memory with mapped files, peak, MB"
	fileSize   = "file with every item archived, KB a feed"
	spreadOver = "a round of polls spread out takes, s"
	burstOver  = "a round of polls due at once takes, s"
)

var rows = []string{coldStart, sameSpread, sameBurst, bodySpread, realSpread, newBurst, toldMedian, toldLast, ownSteady, ownPeak, allPeak, fileSize, spreadOver, burstOver}

// A cell is a row and a column.
type cell struct{ row, column string }

// A table holds the figures of all runs, one of each run in a cell.
type table map[cell][]float64

// add takes a figure of one run.
func (t table) add(row, column string, value float64) {
	t[cell{row, column}] = append(t[cell{row, column}], value)
}

// print writes the table. With two builds the last column is the first's
// median divided by the second's.
func (t table) print(w io.Writer, bin, vs string) {
	columns := []string{newswatch, bareClient}
	if vs != "" {
		columns = []string{newswatch, other, bareClient}
		fmt.Fprintf(w, "newswatch is %s, -vs is %s\n\n", bin, vs)
	}
	fmt.Fprintf(w, "%-48s", "")
	for _, c := range columns {
		fmt.Fprintf(w, " %-24s", c)
	}
	if vs != "" {
		fmt.Fprint(w, " newswatch / -vs")
	}
	fmt.Fprintln(w)
	for _, r := range rows {
		line := fmt.Sprintf("%-48s", r)
		for _, c := range columns {
			line += fmt.Sprintf(" %-24s", spread(t[cell{r, c}]))
		}
		if both := t[cell{r, other}]; len(both) > 0 {
			line += fmt.Sprintf(" %.2f", median(t[cell{r, newswatch}])/median(both))
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// spread writes the median, and between which values it lies.
func spread(v []float64) string {
	switch len(v) {
	case 0:
		return ""
	case 1:
		return number(v[0])
	}
	return fmt.Sprintf("%s (%s to %s)", number(median(v)), number(slices.Min(v)), number(slices.Max(v)))
}

// number writes three digits or more.
func number(x float64) string {
	switch {
	case x < 1:
		return fmt.Sprintf("%.3f", x)
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

// median returns the middle of v, 0 for none.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// count writes a number of things.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
