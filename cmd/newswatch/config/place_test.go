package config

import (
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v4"
)

// TestPlace looks for every letter of a value in its source: place must find
// the line and column where that letter stands.
func TestPlace(t *testing.T) {
	tests := map[string]string{
		"plain":                   "k: abc def\n",
		"plain over lines":        "k: abc\n  def\n\n  ghi\nz: 1\n",
		"single quotes":           "k: 'ab c'\n",
		"quote within quotes":     "k: 'a''b''''c'\n",
		"single over lines":       "k: 'abc\n   def\n\n\n  ghi'\n",
		"double quotes":           "k: \"ab c\"\n",
		"escapes":                 "k: \"a\\tb\\u00e9c\\\"d\\x41e\\U0001F600f\\\\g\"\n",
		"double over lines":       "k: \"abc\n   def \\\n   ghi\"\n",
		"literal":                 "k: |\n  abc\n   def\n\n  ghi\n",
		"literal, stripped":       "k: |-\n    abc\n    def\n",
		"literal, indent written": "k: |2-\n  abc\n  def\n",
		"folded":                  "k: >\n  abc\n  def\n\n  ghi\n",
		"folded, stripped":        "k: >-\n   abc\n   def\n",
		"folded, deeper lines":    "k: >-\n  abc\n    def\n    ghi\n  jkl\n",
		"not ASCII":               "kü: {ö: ä, k: \"äbö c\"}\n",
		"in a list":               "k: [x, 'ab, c']\n",
		"comment behind":          "k: abc # def\n",
		"windows line ends":       "k: >-\r\n  abc\r\n  def\r\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			var root yaml.Node
			if err := yaml.Load([]byte(text), &root); err != nil {
				t.Fatal(err)
			}
			d := &document{text: text, lines: strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")}
			n := longest(&root)
			for i, r := range n.Value {
				if !('a' <= r && r <= 'z' || r == 'ä' || r == 'ö') {
					continue
				}
				line, col := d.place(n, i)
				if got := at(d.lines, line, col); got != r {
					t.Errorf("%q at %d: place is %d:%d, where %q stands", r, i, line, col, got)
				}
			}
		})
	}
}

// longest returns the longest scalar, which the tests look at.
func longest(n *yaml.Node) *yaml.Node {
	best := &yaml.Node{}
	if n.Kind == yaml.ScalarNode {
		best = n
	}
	for _, c := range n.Content {
		if s := longest(c); len(s.Value) > len(best.Value) {
			best = s
		}
	}
	return best
}

func at(lines []string, line, col int) rune {
	if line < 1 || line > len(lines) {
		return 0
	}
	if r := []rune(lines[line-1]); col >= 1 && col <= len(r) {
		return r[col-1]
	}
	return 0
}

func TestPlaceFallsBack(t *testing.T) {
	text := "k: !!str abc\n"
	var root yaml.Node
	if err := yaml.Load([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	d := &document{text: text, lines: strings.Split(text, "\n")}
	if line, col := d.place(longest(&root), 2); line != 1 || col != 4 {
		t.Errorf("place is %d:%d, want the scalar's start 1:4", line, col)
	}
}
