// Package edit changes entries of a configuration file and leaves all else in
// it as it stands: comments, order, quoting and line ends.
//
// A change is made in the text, by the positions of the YAML nodes around it,
// never by writing the tree anew. What the text says afterwards is compared
// with what it should say; if they differ in anything but the change, the
// change is refused and the caller gets the lines to write by hand.
package edit

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// A Field is one key of an entry with its value, a string or a []string.
// Values are configuration text: "${NAME}" in them is expanded when loaded.
type Field struct {
	Key   string
	Value any
}

// An Entry is one element of a section that is a list, such as a feed.
type Entry []Field

// A ByHand error says that a change is possible, but not by this program: Lines
// is what to write, Where says in which part of the file. In place of Former,
// if that is not empty.
type ByHand struct {
	Reason, Where, Former, Lines string
}

func (e *ByHand) Error() string { return e.Reason + "; change it by hand, " + e.Where }

// Difference returns the lines that make next of former, as a change to make
// by hand.
func Difference(reason, where string, former, next []byte) *ByHand {
	a, b := strings.Split(string(former), "\n"), strings.Split(string(next), "\n")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	text := func(lines []string) string { return strings.ReplaceAll(strings.Join(lines, "\n"), "\r", "") }
	return &ByHand{reason, where, text(a), text(b)}
}

// ErrNoEntry is returned for an entry that the file does not have.
var ErrNoEntry = errors.New("the configuration file has no such entry")

// A File is the text of one configuration file under change. It is not safe
// for concurrent use.
type File struct {
	lines []string // without line ends
	end   string   // of a line, "\n" or "\r\n"
	bom   bool
	tail  bool // the last line has a line end
	root  *yaml.Node
}

const bom = "\ufeff"

// Parse reads the text of a configuration file. An empty text is a file
// without sections. An error is one of YAML, or says that the text is no
// mapping.
func Parse(text []byte) (*File, error) {
	f := &File{end: "\n"}
	text, f.bom = bytes.CutPrefix(text, []byte(bom))
	if crlf := bytes.Count(text, []byte("\r\n")); crlf > 0 && crlf == bytes.Count(text, []byte("\n")) {
		f.end = "\r\n"
	}
	s, tail := strings.CutSuffix(string(text), f.end)
	if f.tail = tail || len(text) == 0; len(text) > 0 {
		f.lines = strings.Split(s, f.end)
	}
	return f, f.reparse()
}

// Text returns the file with the changes made so far.
func (f *File) Text() []byte {
	var b bytes.Buffer
	if f.bom {
		b.WriteString(bom)
	}
	b.WriteString(strings.Join(f.lines, f.end))
	if f.tail && len(f.lines) > 0 {
		b.WriteString(f.end)
	}
	return b.Bytes()
}

func (f *File) reparse() error {
	var doc yaml.Node
	if err := yaml.Unmarshal(f.Text(), &doc); err != nil {
		return err
	}
	f.root = &yaml.Node{Kind: yaml.MappingNode}
	if len(doc.Content) > 0 {
		f.root = doc.Content[0]
	}
	if f.root.Kind != yaml.MappingNode {
		return errors.New("the file is no configuration: it should begin with a key, as in \"feeds:\"")
	}
	return nil
}

// Add appends entries to a section, which is made if the file has none.
func (f *File) Add(section string, es ...Entry) error {
	return f.change(section, es, func(s *list) error { return s.add(es) }, func(old []any) []any {
		out := slices.Clone(old)
		for _, e := range es {
			out = append(out, e.decoded())
		}
		return out
	})
}

// Remove takes the entry of that name out of a section, with the comments that
// concern it alone. An entry without a name goes by its url. The error is
// ErrNoEntry if there is none.
func (f *File) Remove(section, name string) error {
	i, err := f.index(section, name)
	if err == nil {
		err = f.change(section, nil, func(s *list) error { return s.remove(i) },
			func(old []any) []any { return slices.Delete(slices.Clone(old), i, i+1) })
	}
	if hand, ok := errors.AsType[*ByHand](err); ok {
		hand.Where = fmt.Sprintf("by taking %s out of %s", name, section) // there is nothing to write
	}
	return err
}

// Set gives a key of the named entry another value, or adds the key; nil takes
// the key out. The error is ErrNoEntry if there is no such entry.
func (f *File) Set(section, name, key string, value any) error {
	i, err := f.index(section, name)
	if err != nil {
		return err
	}
	field := Field{key, value}
	return f.change(section, []Entry{{field}}, func(s *list) error { return s.set(i, field) },
		func(old []any) []any {
			changed := map[string]any{}
			if m, ok := old[i].(map[string]any); ok {
				for k, v := range m {
					changed[k] = v
				}
			}
			delete(changed, key)
			if value != nil {
				changed[key] = decoded(value)
			}
			out := slices.Clone(old)
			out[i] = changed
			return out
		})
}

// Entry returns an entry as it is written, with its dash; "" if there is none.
func (f *File) Entry(section, name string) string {
	i, err := f.index(section, name)
	if err != nil {
		return ""
	}
	s, _ := f.list(section) // index has found it
	from, to, _, err := s.extent(i)
	if err != nil {
		return ""
	}
	return strings.Join(f.lines[from:to], "\n")
}

// Names returns the names of a section's entries, "" for one that has none.
func (f *File) Names(section string) []string {
	s, err := f.list(section)
	if err != nil {
		return nil
	}
	names := make([]string, len(s.entries))
	for i, n := range s.entries {
		names[i] = valueOf(n, "name")
	}
	return names
}

// Under names a section as a place in the file.
func Under(section string) string { return "under " + section + ":" }

// index finds an entry by its name, or one without a name by its url.
func (f *File) index(section, name string) (int, error) {
	s, err := f.list(section)
	if err != nil {
		return 0, &ByHand{Reason: err.Error(), Where: Under(section)}
	}
	i := slices.Index(f.Names(section), name)
	if i < 0 {
		i = slices.IndexFunc(s.entries, func(n *yaml.Node) bool { return valueOf(n, "name") == "" && valueOf(n, "url") == name })
	}
	if i < 0 || name == "" {
		return 0, fmt.Errorf("%w: %q in %s (an included file or list may define it)", ErrNoEntry, name, section)
	}
	return i, nil
}

// change makes a change in the text and keeps it only if the text then says
// what want makes of the section's former entries.
func (f *File) change(section string, es []Entry, make func(*list) error, want func([]any) []any) error {
	s, err := f.list(section)
	if err == nil {
		before := *f
		before.lines = slices.Clone(f.lines)
		expected := decode(f.root)
		old, _ := expected[section].([]any)
		expected[section] = want(old)
		if err = make(s); err == nil {
			if err = f.reparse(); err == nil && reflect.DeepEqual(decode(f.root), expected) {
				return nil
			}
			err = fmt.Errorf("%s is written in a way that cannot be changed without touching the rest", section)
		}
		*f = before
	}
	hand := &ByHand{Reason: err.Error(), Where: Under(section)}
	hand.Lines = strings.Join(blocks(es), "\n")
	if errors.Is(err, errBrackets) {
		hand.Lines = strings.Join(braces(es), "\n")
	}
	return hand
}

// decode returns what the file says, aliases and merges resolved.
func decode(n *yaml.Node) map[string]any {
	m := map[string]any{}
	_ = n.Decode(&m) // a file that cannot be decoded equals no expectation
	for k, v := range m {
		if s, ok := v.([]any); ok && len(s) == 0 || v == nil {
			m[k] = []any{}
		}
	}
	return m
}

// valueOf returns the value of a key of an entry, "" for none.
func valueOf(n *yaml.Node, key string) string {
	if n.Kind == yaml.MappingNode {
		if i := keyIndex(n, key); i >= 0 {
			return n.Content[i+1].Value
		}
	}
	return ""
}
