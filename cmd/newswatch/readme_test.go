package main

import (
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// docs are the pages for people, from here.
var docs = []string{"../../README.md", "../../deploy/INSTALL.md", "../../deploy/LANGUAGE.md"}

func docText(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var fenced = regexp.MustCompile("(?ms)^```[a-z]*\n(.*?)^```")

// TestReadmeBeginsWithTheTwoCommands: who has only a minute reads no further
// than these.
func TestReadmeBeginsWithTheTwoCommands(t *testing.T) {
	blocks := fenced.FindAllStringSubmatch(docText(t, docs[0]), 2)
	want := []string{"go run ./cmd/newswatch run\n", "go test ./...\n"}
	for i, w := range want {
		if i >= len(blocks) || blocks[i][1] != w {
			t.Errorf("code block %d of README.md is not %q: %q", i+1, w, blocks)
		}
	}
}

// A command line in the text: code in backticks, or a line of a block. Prose
// that begins with the program's name is none.
var (
	inline  = regexp.MustCompile("`(?:sudo |podman exec newswatch )?newswatch ([^`]*)`")
	ownLine = regexp.MustCompile(`(?m)^(?: {4,})?(?:sudo )?(?:STATE_DIRECTORY=\S+ )?newswatch ([a-z].*)$`)
	goRun   = regexp.MustCompile(`go run \./cmd/newswatch ([a-z].*)`)
)

// TestDocsNameCommandsThatExist follows each command line of the pages through
// the tree of commands, flags included.
func TestDocsNameCommandsThatExist(t *testing.T) {
	for _, path := range docs {
		text := docText(t, path)
		var lines []string
		for _, re := range []*regexp.Regexp{inline, goRun} {
			for _, m := range re.FindAllStringSubmatch(text, -1) {
				lines = append(lines, m[1])
			}
		}
		for _, block := range codeOf(text) {
			for _, m := range ownLine.FindAllStringSubmatch(block, -1) {
				lines = append(lines, m[1])
			}
		}
		if least := map[string]int{docs[0]: 10, docs[1]: 10, docs[2]: 5}[path]; len(lines) < least {
			t.Errorf("%s: only %d command lines found", path, len(lines))
		}
		for _, line := range lines {
			if why := misuse(line); why != "" {
				t.Errorf("%s: newswatch %s: %s", path, line, why)
			}
		}
	}
}

// codeOf returns the fenced and the indented blocks of a page.
func codeOf(text string) []string {
	var out []string
	for _, m := range fenced.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "    ") {
			out = append(out, line)
		}
	}
	return out
}

// misuse says what is wrong with the words after the program's name, "" if
// nothing is.
func misuse(line string) string {
	line, _, _ = strings.Cut(line, "  ") // a remark
	words := strings.Fields(line)
	tree := root(new(app))
	tree.InitDefaultCompletionCmd()
	c, rest, err := tree.Find(words)
	if err != nil {
		return err.Error()
	}
	if !c.HasParent() {
		return "no such command"
	}
	if c.HasSubCommands() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		return c.Name() + " has no command " + rest[0]
	}
	for _, w := range rest {
		flag, _, _ := strings.Cut(strings.TrimPrefix(w, "--"), "=")
		known := c.Flags().Lookup(flag) != nil || c.InheritedFlags().Lookup(flag) != nil || flag == "help"
		if strings.HasPrefix(w, "--") && !known {
			return c.Name() + " has no flag " + w
		}
	}
	return ""
}

// TestReadmeListsEveryCommand: the table of commands is whole.
func TestReadmeListsEveryCommand(t *testing.T) {
	_, table, _ := strings.Cut(docText(t, docs[0]), "\n## Commands\n")
	table, _, _ = strings.Cut(table, "\n## ")
	tree := root(new(app))
	tree.InitDefaultCompletionCmd()
	for _, c := range visible(tree) {
		if !strings.Contains(table, "`"+c.Name()+"`") && !strings.Contains(table, "`newswatch "+c.Name()+"`") {
			t.Errorf("README.md: newswatch %s is missing in the table of commands", c.Name())
		}
	}
}

func visible(c *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(c.Commands()), func(c *cobra.Command) bool { return c.Hidden || c.Name() == "help" })
}

var roomLine = regexp.MustCompile(`(?m)^((?:feeds|monitor|notify|cmd|deploy)[a-z/]*)  +\S.*$`)

// TestReadmeShowsTheRooms: the picture has a line for every room that the
// layout test knows, below those that it may import. Packages for tests are no
// rooms to show.
func TestReadmeShowsTheRooms(t *testing.T) {
	line := map[string]int{}
	for i, m := range roomLine.FindAllStringSubmatch(docText(t, docs[0]), -1) {
		line[m[1]] = i + 1
	}
	for _, room := range slices.Sorted(maps.Keys(mayImport)) {
		if path.Base(room) == path.Base(path.Dir(room))+"test" {
			continue
		}
		if line[room] == 0 {
			t.Errorf("README.md: the room %s is missing", room)
		}
		for _, imported := range mayImport[room] {
			if line[imported] > line[room] {
				t.Errorf("README.md: %s stands above %s, which it imports", room, imported)
			}
		}
	}
	for room := range line {
		if _, known := mayImport[room]; !known && room != "cmd/newswatch" {
			t.Errorf("README.md shows %s, which is no room", room)
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(?:#([^)]+))?\)`)

// TestDocsLinkToWhatIsThere follows links to files and to headings in them.
func TestDocsLinkToWhatIsThere(t *testing.T) {
	for _, m := range link.FindAllStringSubmatch(docText(t, docs[0]), -1) {
		b, err := os.ReadFile("../../" + m[1])
		if err != nil {
			t.Errorf("README.md: %v", err)
		}
		if m[2] != "" && !strings.Contains(headings(string(b)), "#"+m[2]+"\n") {
			t.Errorf("README.md: %s has no heading %s", m[1], m[2])
		}
	}
}

// headings lists the anchors of a page's headings.
func headings(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if _, title, ok := strings.Cut(line, "# "); ok && strings.HasPrefix(line, "#") {
			b.WriteString("#" + strings.ReplaceAll(strings.ToLower(strings.TrimSpace(title)), " ", "-") + "\n")
		}
	}
	return b.String()
}
