package edit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// A list is a section of the file whose value is a list.
type list struct {
	f       *File
	name    string
	key     *yaml.Node // nil if the file has no such section
	entries []*yaml.Node
	last    int // index of the line after the section
}

var errBrackets = errors.New("a list in brackets")

// list finds a section. The error says why its text cannot be changed.
func (f *File) list(section string) (*list, error) {
	s := &list{f: f, name: section, last: len(f.lines)}
	if f.root.Style&yaml.FlowStyle != 0 {
		return nil, errors.New("the whole file is written in braces")
	}
	if strings.ContainsFunc(strings.Join(f.lines, ""), rareBreak) {
		return nil, errors.New("the file has line ends that editors do not show")
	}
	for i := 0; i+1 < len(f.root.Content); i += 2 {
		key, value := f.root.Content[i], f.root.Content[i+1]
		if key.Value != section {
			continue
		}
		s.key = key
		if i+2 < len(f.root.Content) {
			s.last = f.root.Content[i+2].Line - 1
		}
		switch {
		case value.Kind == yaml.ScalarNode && value.Tag == "!!null":
		case value.Kind != yaml.SequenceNode || value.Anchor != "":
			return nil, errors.New(section + " is not a plain list")
		case value.Style&yaml.FlowStyle != 0 && len(value.Content) > 0:
			return nil, fmt.Errorf("%s is %w", section, errBrackets)
		}
		s.entries = value.Content
	}
	return s, nil
}

// rareBreak reports the line breaks of YAML 1.1 that are none for this package.
func rareBreak(r rune) bool { return r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029 }

// start returns the line of entry i's dash and the dash's indentation.
func (s *list) start(i int) (line, indent int, err error) {
	for line = s.entries[i].Line - 1; line >= s.key.Line; line-- {
		text := s.f.lines[line]
		trimmed := strings.TrimLeft(text, " ")
		if trimmed == "-" || strings.HasPrefix(trimmed, "- ") {
			return line, len(text) - len(trimmed), nil
		}
		if line < s.entries[i].Line-1 && !comment(trimmed) {
			break
		}
	}
	return 0, 0, errors.New("an entry of " + s.name + " does not begin with a dash on a line of its own")
}

// extent returns the first line of entry i, the line after it, and the indentation of
// its dash.
func (s *list) extent(i int) (from, to, indent int, err error) {
	if from, indent, err = s.start(i); err == nil {
		to, err = s.stop(i, indent)
	}
	return from, to, indent, err
}

// stop returns the line after entry i: comments further in than its dash
// belong to it, others to what follows.
func (s *list) stop(i, indent int) (int, error) {
	line := s.last
	if i+1 < len(s.entries) {
		next, _, err := s.start(i + 1)
		if err != nil {
			return 0, err
		}
		line = next
	}
	for line > 0 && s.loose(s.f.lines[line-1], indent) {
		line--
	}
	return line, nil
}

// loose reports whether a line is blank, ends a document, or is a comment not
// further in than indent.
func (s *list) loose(text string, indent int) bool {
	trimmed := strings.TrimLeft(text, " \t")
	return trimmed == "" || text == "..." || text == "---" || trimmed[0] == '#' && len(text)-len(trimmed) <= indent
}

func comment(trimmed string) bool { return trimmed == "" || trimmed[0] == '#' }

// add appends entries to the section.
func (s *list) add(es []Entry) error {
	switch {
	case s.key == nil:
		s.create(es)
		return nil
	case len(s.entries) == 0:
		return s.fill(es)
	}
	i := len(s.entries) - 1
	_, at, indent, err := s.extent(i)
	if err != nil {
		return err
	}
	pad := strings.Repeat(" ", indent)
	last := s.entries[i]
	braces := last.Kind == yaml.MappingNode && last.Style&yaml.FlowStyle != 0
	var lines []string
	for _, e := range es {
		if flow := e.flow(pad); braces && utf8.RuneCountInString(flow) <= flowWidth {
			lines = append(lines, flow)
		} else {
			lines = append(lines, e.block(pad)...)
		}
	}
	s.insert(at, lines)
	return nil
}

// flowWidth is the longest line that an entry in braces may become.
const flowWidth = 160

// create appends the section to the file.
func (s *list) create(es []Entry) {
	at := len(s.f.lines)
	for at > 0 && (s.f.lines[at-1] == "" || s.f.lines[at-1] == "...") {
		at--
	}
	lines := append([]string{s.name + ":"}, blocks(es)...)
	if at > 0 {
		lines = append([]string{""}, lines...)
	}
	s.insert(at, lines)
	s.f.tail = true
}

// blocks writes entries with a line for every key.
func blocks(es []Entry) (lines []string) {
	for _, e := range es {
		lines = append(lines, e.block("  ")...)
	}
	return lines
}

// braces writes entries as those of a list in brackets.
func braces(es []Entry) (lines []string) {
	for _, e := range es {
		lines = append(lines, strings.TrimPrefix(e.flow("  "), "  - ")+",")
	}
	return lines
}

// fill puts the first entries into a section that stands empty.
func (s *list) fill(es []Entry) error {
	line := s.key.Line - 1
	head, rest, _ := strings.Cut(s.f.lines[line], ":")
	rest = strings.TrimSpace(rest)
	rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(rest, "[]"), "~"))
	if rest != "" && rest[0] != '#' {
		return errors.New(s.name + " is not a plain list")
	}
	s.f.lines[line] = strings.TrimRight(head+": "+rest, " ")
	s.insert(line+1, blocks(es))
	return nil
}

func (s *list) insert(at int, lines []string) {
	if at == len(s.f.lines) {
		s.f.tail = true
	}
	s.f.lines = slices.Insert(s.f.lines, at, lines...)
}

func (s *list) remove(i int) error {
	from, to, indent, err := s.extent(i)
	if err != nil {
		return err
	}
	alone := to >= len(s.f.lines) || s.loose(s.f.lines[to], indent) || to == s.last
	for alone && from > s.key.Line && s.own(s.f.lines[from-1], indent) {
		from--
	}
	s.f.lines = slices.Delete(s.f.lines, from, to)
	switch {
	case len(s.entries) == 1:
		s.f.lines[s.key.Line-1] = strings.Replace(s.f.lines[s.key.Line-1], ":", ": []", 1)
	case from > 0 && s.f.lines[from-1] == "" && (from == len(s.f.lines) || s.f.lines[from] == ""):
		s.f.lines = slices.Delete(s.f.lines, from-1, from) // no two blank lines where one was
	}
	return nil
}

// own reports whether a line is a comment at an entry's own indentation.
func (s *list) own(text string, indent int) bool {
	trimmed := strings.TrimLeft(text, " ")
	return trimmed != "" && trimmed[0] == '#' && len(text)-len(trimmed) == indent
}
