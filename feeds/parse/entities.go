package parse

import (
	"bytes"
	"regexp"
)

// entityDeclaration is an internal general entity of a DOCTYPE (XML 1.0, section
// 4.2.1) whose value is text: one that refers to no other entity, so that no
// document grows beyond what it has bytes for.
var entityDeclaration = regexp.MustCompile(`<!ENTITY\s+([A-Za-z_][\w.-]{0,63})\s+(?:"((?:[^"&%<]|&#\w{1,8};)*)"|'((?:[^'&%<]|&#\w{1,8};)*)')\s*>`)

// expandEntities puts the text of the entities that a document declares in its
// prolog, the part before root, in the place of their references. Those in CDATA
// sections and comments stay, as they are none there. ok is false where there is
// nothing to do.
func expandEntities(text []byte, root int) (_ []byte, ok bool) {
	if root < 0 || !bytes.Contains(text[:root], []byte("<!ENTITY")) {
		return nil, false
	}
	values := map[string][]byte{}
	for _, m := range entityDeclaration.FindAllSubmatch(text[:root], 64) {
		if _, twice := values[string(m[1])]; !twice { // the first one binds
			values[string(m[1])] = append(m[2], m[3]...)
		}
	}
	out := append(make([]byte, 0, len(text)), text[:root]...)
	for at := root; at < len(text); {
		n := bytes.IndexAny(text[at:], "&<")
		if n < 0 {
			n = len(text) - at
		}
		out, at = append(out, text[at:at+n]...), at+n
		next := at
		switch {
		case at == len(text):
		case bytes.HasPrefix(text[at:], []byte("<!")):
			next, _ = skipAside(text, at)
			out = append(out, text[at:next]...)
		case text[at] == '&':
			var value []byte
			if value, next = referenced(text, at, values); len(out)+len(value) > 2*len(text) {
				return nil, false
			}
			out = append(out, value...)
		default:
			next = at + 1
			out = append(out, '<')
		}
		at = next
	}
	return out, true
}

// referenced returns what stands for the "&" at at, and the offset behind that.
func referenced(text []byte, at int, values map[string][]byte) (value []byte, next int) {
	if end := bytes.IndexByte(text[at:min(len(text), at+66)], ';'); end > 0 {
		if v, ok := values[string(text[at+1:at+end])]; ok {
			return v, at + end + 1
		}
	}
	return text[at : at+1], at + 1
}
