package parse

import "bytes"

// repair returns doc, from its root on, as the well-formed document that a
// lenient reader sees in it: tags that nobody opened are dropped, those left
// open are closed where their parent ends, "<" and "]]>" that mean themselves
// are escaped, attributes get quotes, forbidden references, comments and
// instructions go. A document that breaks off ends after its last whole entry,
// or, if it has none, after the last whole part of its first. What grows beyond
// maxRepaired is given up on, half done.
func repair(doc []byte, o outline) []byte {
	r := repairer{doc: doc, kind: o.kind, last: bytes.LastIndexByte(doc, '>'), out: make([]byte, 0, len(doc)-o.root+64)}
	i := o.root
	for i < len(doc) && len(r.out) <= maxRepaired(doc) && (i == o.root || len(r.stack) > 0) {
		j := bytes.IndexByte(doc[i:], '<')
		if j < 0 || i+j+1 == len(doc) {
			break
		}
		r.text(doc[i : i+j])
		i = r.markup(i + j)
	}
	if len(r.out) <= maxRepaired(doc) {
		r.finish()
	}
	return r.out
}

// maxRepaired is more than doc becomes if it is worth repairing: ten megabytes
// of "<" would become forty, and cost the parser four hundred.
func maxRepaired(doc []byte) int { return len(doc) + max(len(doc)/2, 4<<20) }

// An opened element of the repaired document.
type opened struct {
	name  []byte
	from  int // where its tag begins in the output
	whole int // where its last whole child ends in the output
}

type repairer struct {
	doc     []byte
	last    int // where the last ">" is
	kind    string
	out     []byte
	stack   []opened
	entry   int // depth of the open entry, counted from 1; 0 if none is open
	entries int // whole ones so far
}

func (r *repairer) markup(i int) (next int) {
	switch c := r.doc[i+1]; {
	case c == '/':
		return r.endTag(i)
	case c == '!' || c == '?':
		to, kind := skipAside(r.doc, i)
		if kind == asideCDATA {
			if !bytes.HasSuffix(r.doc[i:to], []byte("]]>")) {
				return len(r.doc) // never ends: so does the document
			}
			r.out = append(r.out, r.doc[i:to]...)
		}
		return to
	case isNameStart(c):
		return r.startTag(i)
	}
	r.out = append(r.out, "&lt;"...)
	return i + 1
}

// text copies character data.
func (r *repairer) text(s []byte) {
	for len(s) > 0 {
		n := bytes.IndexAny(s, "&>")
		if n < 0 {
			break
		}
		r.out = append(r.out, s[:n]...)
		s = s[n:]
		if s[0] == '>' {
			r.out = append(r.out, "&gt;"...)
			s = s[1:]
			continue
		}
		if length := reference(s); len(s) > 1 && s[1] == '#' && length > 0 {
			s = s[length:]
			continue
		}
		r.out = append(r.out, '&')
		s = s[1:]
	}
	r.out = append(r.out, s...)
}

func (r *repairer) startTag(i int) (next int) {
	from := len(r.out)
	r.out = append(r.out, '<')
	t := readTag(r.doc, i, r.attribute)
	if t.to == 0 {
		r.out = r.out[:from]
		if i > r.last {
			return len(r.doc) // the document breaks off within
		}
		r.out = append(r.out, "&lt;"...)
		return i + 1
	}
	name := r.doc[t.name.from:t.name.to]
	rest := append([]byte(nil), r.out[from+1:]...)
	r.out = r.out[:from]
	if r.superfluous(name) {
		return t.to
	}
	if home := r.deepest(); r.isEntry(name) && (r.entry == len(r.stack) && r.entry > 0 || r.entry == 0 && len(r.stack) > home) {
		r.close(home) // the last entry, or something before the first, was never closed
	}
	r.open(name, rest, t.empty && !r.isChannel(name))
	return t.to
}

// isChannel tells the tags of the one element that stays open to the end.
func (r *repairer) isChannel(name []byte) bool {
	return r.kind != "atom" && len(name) == 7 && bytes.EqualFold(name, []byte("channel"))
}

// superfluous tells tags around which no reader puts entries: a second channel
// after the first, and the list that RSS 1.1 wraps them in.
func (r *repairer) superfluous(name []byte) bool {
	return r.kind != "atom" && len(r.stack) == 2 && r.entry == 0 && bytes.EqualFold(r.stack[1].name, []byte("channel")) &&
		(bytes.EqualFold(name, []byte("channel")) || bytes.EqualFold(name, []byte("items")))
}

func (r *repairer) open(name, attributes []byte, empty bool) {
	from := len(r.out)
	r.out = append(append(append(r.out, '<'), name...), attributes...)
	r.out = append(r.out, '>')
	r.stack = append(r.stack, opened{name: name, from: from, whole: len(r.out)})
	if r.entry == 0 && len(r.stack) > 1 && len(r.stack) < 4 && r.isEntry(name) {
		r.entry = len(r.stack)
	}
	if empty {
		r.close(len(r.stack) - 1)
	}
}

func (r *repairer) isEntry(name []byte) bool { return isEntry(name, r.kind) }

func (r *repairer) attribute(name, value []byte) {
	r.out = append(append(append(r.out, ' '), name...), '=', '"')
	for len(value) > 0 {
		n := bytes.IndexAny(value, `<"&`)
		if n < 0 {
			break
		}
		r.out = append(r.out, value[:n]...)
		switch value = value[n:]; {
		case value[0] == '<':
			r.out = append(r.out, "&lt;"...)
		case value[0] == '"':
			r.out = append(r.out, "&quot;"...)
		case len(value) > 1 && value[1] == '#' && reference(value) > 0:
			value = value[reference(value)-1:]
		default:
			r.out = append(r.out, '&')
		}
		value = value[1:]
	}
	r.out = append(append(r.out, value...), '"')
}

func (r *repairer) endTag(i int) (next int) {
	j := bytes.IndexByte(r.doc[i:], '>')
	if j < 0 {
		return len(r.doc)
	}
	to := i + j + 1
	name := bytes.TrimSpace(r.doc[i+2 : to-1])
	if r.isChannel(name) {
		return to // open to the end: there may be a second one, or entries behind it
	}
	for k := len(r.stack) - 1; k >= 0; k-- {
		if bytes.EqualFold(r.stack[k].name, name) {
			r.close(k)
			break
		}
	}
	return to
}

// close ends all elements from the one at k on.
func (r *repairer) close(k int) {
	for len(r.stack) > k {
		last := r.stack[len(r.stack)-1]
		r.out = append(append(append(r.out, '<', '/'), last.name...), '>')
		if len(r.out)-last.from > maxDateElement && isDateElement(last.name) {
			r.out = r.out[:last.from]
		}
		if len(r.stack) == r.entry {
			r.entry = 0
			r.entries++
		}
		if r.stack = r.stack[:len(r.stack)-1]; len(r.stack) > 0 {
			r.stack[len(r.stack)-1].whole = len(r.out)
		}
	}
}

// finish closes what a cut-off document left open.
func (r *repairer) finish() {
	if len(r.stack) == 0 {
		return
	}
	keep := len(r.stack)
	if r.entry > 0 && r.entries > 0 {
		keep = r.entry - 1
	} else if r.entry > 0 {
		keep = r.entry
	} else {
		keep = min(keep, r.deepest())
	}
	if keep < len(r.stack) || r.entry > 0 {
		r.out = r.out[:r.stack[keep-1].whole]
		r.stack = r.stack[:keep]
	}
	r.close(0)
}

// deepest is how many open elements may hold entries. What else is open
// outside an entry was left open.
func (r *repairer) deepest() int {
	if len(r.stack) > 1 && bytes.EqualFold(r.stack[1].name, []byte("channel")) {
		return 2
	}
	return 1
}
