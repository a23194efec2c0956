package query

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLanguagePageIsWhole: the queries of its tables can be read, and together
// they show every operator, field, zone and comparison there is.
func TestLanguagePageIsWhole(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "deploy", "LANGUAGE.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown := map[any]bool{}
	for _, q := range shownQueries(string(page)) {
		n, _, bad := Parse(q)
		if bad != nil {
			t.Errorf("LANGUAGE.md: %s: %v", q, bad)
			continue
		}
		see(n, shown)
		for z := range Zones {
			shown[z+":"] = shown[z+":"] || strings.Contains(q, z+":")
		}
	}
	for op := range Op(NumOps) {
		if !shown[op] {
			t.Errorf("LANGUAGE.md shows no query with operator %d, %s", op, op)
		}
	}
	for f := range fields {
		if !shown[f+":"] {
			t.Errorf("LANGUAGE.md does not show the field %s:", f)
		}
	}
	for z := range Zones {
		if !shown[z+":"] {
			t.Errorf("LANGUAGE.md does not show the zone %s:", z)
		}
	}
	for rel, name := range Relations {
		if !shown[Relation(rel)] {
			t.Errorf("LANGUAGE.md does not show the comparison %s", name)
		}
	}
}

var (
	queryTable = regexp.MustCompile(`(?m)^\| query \|.*\n\|[-|]+\n((?:\|.*\n)+)`)
	codeSpan   = regexp.MustCompile("`([^`]+)`")
)

// shownQueries returns what stands in the first column of the tables of queries.
func shownQueries(page string) (queries []string) {
	for _, table := range queryTable.FindAllStringSubmatch(page, -1) {
		for row := range strings.Lines(table[1]) {
			first, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " | ")
			for _, code := range codeSpan.FindAllStringSubmatch(first, -1) {
				queries = append(queries, code[1])
			}
		}
	}
	return queries
}

// see marks what a query is made of.
func see(n *Node, shown map[any]bool) {
	shown[n.Op] = true
	shown[n.Field+":"] = true
	switch n.Op {
	case OpAmount, OpAge, OpPublished, OpCount:
		shown[n.Rel] = true
	}
	for _, k := range n.Kids {
		see(k, shown)
	}
}
