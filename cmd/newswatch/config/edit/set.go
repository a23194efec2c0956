package edit

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

func (s *list) set(i int, field Field) error {
	n := s.entries[i]
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return errors.New("the entry is not a group of keys")
	}
	if n.Style&yaml.FlowStyle != 0 {
		return s.setFlow(n, field)
	}
	return s.setBlock(i, n, field)
}

// setBlock changes an entry that has a line for every key.
func (s *list) setBlock(i int, n *yaml.Node, field Field) error {
	_, stop, _, err := s.extent(i)
	if err != nil {
		return err
	}
	pad := strings.Repeat(" ", n.Content[0].Column-1)
	k := keyIndex(n, field.Key)
	if k < 0 {
		if field.Value != nil {
			s.insert(s.lastOf(n, len(n.Content)-2, stop, len(pad)), []string{pad + field.block()})
		}
		return nil
	}
	from, to := n.Content[k].Line-1, s.lastOf(n, k, stop, len(pad))
	head := s.f.lines[from][:byteOf(s.f.lines[from], n.Content[k].Column)]
	switch {
	case field.Value != nil:
		line := head + field.block()
		if to == from+1 && n.Content[k+1].LineComment != "" {
			line += " " + n.Content[k+1].LineComment
		}
		s.f.lines = slices.Replace(s.f.lines, from, to, line)
	case strings.TrimSpace(head) != "":
		return errors.New("the key stands on the line of the entry's dash")
	default:
		s.f.lines = slices.Delete(s.f.lines, from, to)
	}
	return nil
}

// lastOf returns the line after the value of n's key at index k.
func (s *list) lastOf(n *yaml.Node, k, stop, indent int) int {
	if k+2 < len(n.Content) {
		stop = n.Content[k+2].Line - 1
	}
	for stop > n.Content[k].Line && s.loose(s.f.lines[stop-1], indent) {
		stop--
	}
	return stop
}

// setFlow changes an entry in braces on one line.
func (s *list) setFlow(n *yaml.Node, field Field) error {
	line := n.Line - 1
	text := s.f.lines[line]
	last := n.Content[len(n.Content)-2]
	if last.Line != n.Line || n.Content[len(n.Content)-1].Line != n.Line {
		return errors.New("the entry is written in braces over several lines")
	}
	open := byteOf(text, n.Content[0].Column)
	closing := open + closingBrace(text[open:])
	if closing < open {
		return errors.New("the entry is written in braces over several lines")
	}
	var fields []string
	for k := 0; k < len(n.Content); k += 2 {
		from, to := byteOf(text, n.Content[k].Column), closing
		if k+2 < len(n.Content) {
			to = byteOf(text, n.Content[k+2].Column)
		}
		fields = append(fields, strings.TrimRight(text[from:to], ", \t"))
	}
	switch k := keyIndex(n, field.Key) / 2; {
	case keyIndex(n, field.Key) < 0 && field.Value != nil:
		fields = append(fields, field.flow())
	case keyIndex(n, field.Key) < 0:
	case field.Value != nil:
		fields[k] = field.flow()
	default:
		fields = slices.Delete(fields, k, k+1)
	}
	s.f.lines[line] = text[:open] + strings.Join(fields, ", ") + text[closing:]
	return nil
}

// closingBrace returns the offset in text, which begins within braces, of the
// brace that ends them; -1 if it is not on the line.
func closingBrace(text string) int {
	depth, quote := 1, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && strings.ContainsRune(" :,[{", rune(text[max(i-1, 0)])):
			quote = c
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func keyIndex(n *yaml.Node, key string) int {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// byteOf returns the offset of a column, which counts characters from 1.
func byteOf(line string, column int) int {
	at := 0
	for range column - 1 {
		_, w := utf8.DecodeRuneInString(line[at:])
		at += w
	}
	return at
}
