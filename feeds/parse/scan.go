package parse

import (
	"bytes"
	"fmt"
	"strings"

	"newswatch/feeds"
)

// Limits before trust (measured attacks on the parser behind them are nested
// elements, namespaces, attributes and split texts, each quadratic or worse).
const (
	maxDepth      = 128     // open elements
	maxAttributes = 128     // of one element
	maxPieces     = 20_000  // children, comments and CDATA sections of one element inside an entry
	maxElements   = 1 << 20 // of one document
	maxCopied     = 1 << 33 // bytes that joining the pieces of one element may copy
	maxLookups    = 1 << 23 // namespace declarations in scope, summed over all elements
	maxInVain     = 1 << 27 // bytes read for tags that proved to be none
)

// A span is a part of a document, from and to in bytes.
type byteRange struct{ from, to int }

// An outline is what one scan learns about an XML document: where its entries
// are and whether it is well formed, without building anything.
type outline struct {
	kind    string // rss, rdf or atom; "" if the root is something else
	name    string // of the root element, without prefix
	root    int    // where the root begins; -1 if there is no element
	end     int    // past the root
	entries []byteRange
	flawed  bool // something in it has to be repaired before parsing
	mixed   bool // the parser may order the entries differently than the document does
	cut     bool // it ends before its root does
}

// A frame is an open element.
type frame struct {
	name   byteRange
	from   int // of its tag
	pieces int
	spaces int // namespaces it declares
}

// A scanner reads the tags of a document, nothing else.
type scanner struct {
	doc      []byte
	stack    []frame
	out      outline
	elements int
	spaces   int // namespaces in scope
	lookups  int
	inVain   int // bytes read for tags that proved to be none
	cdata    int // CDATA sections seen
	channels int
	level    int // depth of the entries
}

// scan outlines doc, which is UTF-8 without control characters. It reads every
// byte once and fails, with Fault TooLarge, on structures that would cost the
// parser more than reading them.
func scan(doc []byte) (outline, error) {
	s := scanner{doc: doc, stack: make([]frame, 0, 16)}
	s.out.root = -1
	err := s.run()
	if s.out.root >= 0 && !s.out.flawed {
		s.out.flawed = s.out.cut || badReference(doc) >= 0 || bytes.Count(doc, []byte("]]>")) != s.cdata
	}
	return s.out, err
}

func (s *scanner) run() error {
	for i := 0; ; {
		j := bytes.IndexByte(s.doc[i:], '<')
		if j < 0 || i+j+1 == len(s.doc) {
			break
		}
		i += j
		next, err := s.markup(i)
		if err != nil {
			return err
		}
		if i = next; s.out.root >= 0 && len(s.stack) == 0 {
			s.out.end = i
			return nil
		}
	}
	s.out.end, s.out.cut = len(s.doc), true
	return nil
}

// markup reads what begins with the "<" at i.
func (s *scanner) markup(i int) (next int, err error) {
	switch c := s.doc[i+1]; {
	case c == '/':
		return s.endTag(i), nil
	case c == '!' || c == '?':
		return s.aside(i)
	case isNameStart(c):
		return s.startTag(i)
	}
	s.out.flawed = true // a "<" that means itself
	return i + 1, nil
}

// aside skips comments, CDATA sections, processing instructions and
// declarations.
func (s *scanner) aside(i int) (next int, err error) {
	to, kind := skipAside(s.doc, i)
	if len(s.stack) == 0 {
		return to, nil // before the root; the parser never sees it
	}
	switch kind {
	case asideCDATA:
		if s.cdata++; to == len(s.doc) && !bytes.HasSuffix(s.doc, []byte("]]>")) {
			s.out.flawed = true
		}
	case asideComment:
		body := s.doc[min(i+4, to):max(to-3, min(i+4, to))]
		s.out.flawed = s.out.flawed || bytes.Contains(body, []byte("--")) || bytes.HasSuffix(body, []byte("-")) ||
			to == len(s.doc)
	default:
		s.out.flawed = true
	}
	return to, s.piece(i)
}

// piece counts a part of the innermost element, whose parts the parser joins.
func (s *scanner) piece(i int) error {
	if len(s.stack) <= s.level {
		return nil
	}
	f := &s.stack[len(s.stack)-1]
	if f.pieces++; f.pieces > maxPieces || f.pieces*(i-f.from) > maxCopied {
		return tooLarge("an element in more than %d pieces", maxPieces)
	}
	return nil
}

func (s *scanner) startTag(i int) (next int, err error) {
	t := readTag(s.doc, i, nil)
	if !t.sound {
		s.out.flawed = true
		if t.to == 0 {
			return i + 1, s.waste(t.read - i)
		}
	}
	if s.out.root < 0 {
		s.begin(i, t)
	}
	s.elements++
	s.lookups += s.spaces + t.spaces
	switch {
	case len(s.stack) >= maxDepth:
		return 0, tooLarge("elements nested more than %d deep", maxDepth)
	case t.attributes > maxAttributes:
		return 0, tooLarge("an element with more than %d attributes", maxAttributes)
	case s.elements > maxElements:
		return 0, tooLarge("more than %d elements", maxElements)
	case s.lookups > maxLookups:
		return 0, tooLarge("too many namespaces over too many elements")
	}
	if err := s.piece(i); err != nil {
		return 0, err
	}
	s.note(i, t)
	if t.empty {
		return t.to, nil
	}
	s.stack = append(s.stack, frame{name: t.name, from: i, spaces: t.spaces})
	s.spaces += t.spaces
	return t.to, nil
}

// waste counts bytes that will be read again: each of a million tags that never
// end might be looked for through the whole document.
func (s *scanner) waste(n int) error {
	if s.inVain += n; s.inVain > maxInVain {
		return tooLarge("too many tags that do not end")
	}
	return nil
}

// begin learns the format from the root's tag at i.
func (s *scanner) begin(i int, t tag) {
	s.out.root = i
	local := s.doc[t.name.from:t.name.to]
	local = local[bytes.IndexByte(local, ':')+1:]
	s.out.name = string(bytes.ToLower(local[:min(len(local), 40)]))
	switch s.out.name {
	case "rss", "rdf":
		s.out.kind, s.level = s.out.name, 2
	case "feed":
		s.out.kind, s.level = "atom", 1
	}
}

// note records an entry whose tag begins at i.
func (s *scanner) note(i int, t tag) {
	name := s.doc[t.name.from:t.name.to]
	depth := len(s.stack)
	if depth == 1 && len(name) == 7 && bytes.EqualFold(name, []byte("channel")) {
		if s.channels++; s.channels > 1 && s.out.kind != "atom" {
			s.out.flawed = true // the parser would keep the last one only
		}
	}
	if depth == 2 && len(name) == 5 && s.out.kind == "rss" && bytes.EqualFold(name, []byte("items")) && s.in("channel") {
		s.out.flawed = true // a list around the entries, in which the parser does not look
	}
	if !s.isEntry(name, depth) {
		return
	}
	if n := len(s.out.entries); n > 0 && s.level != depth && s.out.kind == "rss" {
		s.out.mixed = true
	}
	s.level = depth
	s.out.entries = append(s.out.entries, byteRange{i, t.to})
}

func (s *scanner) isEntry(name []byte, depth int) bool {
	return depth > 0 && depth < 3 && isEntry(name, s.out.kind) && (depth == 1 || s.out.kind != "atom" && s.in("channel"))
}

// isEntry reports whether elements of this name are entries in a feed of this
// kind: item or entry, with or without prefix. Other vocabularies have items
// too; where the parser knows better, excerpts.match notices.
func isEntry(name []byte, kind string) bool {
	if len(name) > 24 {
		return false
	}
	local := name[bytes.LastIndexByte(name, ':')+1:]
	switch kind {
	case "atom":
		return len(local) == 5 && bytes.EqualFold(local, []byte("entry"))
	case "rss", "rdf":
		return len(local) == 4 && bytes.EqualFold(local, []byte("item"))
	}
	return false
}

// in reports whether the innermost element is called name.
func (s *scanner) in(name string) bool {
	n := s.stack[len(s.stack)-1].name
	local := s.doc[n.from:n.to]
	local = local[bytes.LastIndexByte(local, ':')+1:]
	return len(local) == len(name) && bytes.EqualFold(local, []byte(name))
}

func (s *scanner) endTag(i int) (next int) {
	j := bytes.IndexByte(s.doc[i:], '>')
	if j < 0 {
		s.out.flawed = true
		return len(s.doc)
	}
	to := i + j + 1
	name := bytes.TrimRight(s.doc[i+2:to-1], " \t\r\n")
	if len(s.stack) == 0 {
		return to
	}
	f := s.stack[len(s.stack)-1]
	if string(name) != string(s.doc[f.name.from:f.name.to]) {
		s.out.flawed = true
		return to
	}
	if to-f.from > maxDateElement && isDateElement(name) {
		s.out.flawed = true // the parser would try its 150 layouts on it
	}
	s.stack = s.stack[:len(s.stack)-1]
	s.spaces -= f.spaces
	if n := len(s.out.entries); n > 0 && s.out.entries[n-1].from == f.from {
		s.out.entries[n-1].to = to
	}
	return to
}

// maxDateElement is more than a date element with its attributes ever takes.
const maxDateElement = 1 << 10

// isDateElement tells the elements that the parser reads as dates.
func isDateElement(name []byte) bool {
	local := name[bytes.LastIndexByte(name, ':')+1:]
	for _, date := range [...]string{"pubDate", "lastBuildDate", "updated", "published", "issued", "modified", "date"} {
		if len(local) == len(date) && strings.EqualFold(string(local), date) {
			return true
		}
	}
	return false
}

func tooLarge(format string, args ...any) error {
	return &feeds.FetchError{Fault: feeds.TooLarge, Err: fmt.Errorf("refused: "+format, args...)}
}
