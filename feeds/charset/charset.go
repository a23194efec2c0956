// Package charset turns a document in any charset into UTF-8.
package charset

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"newswatch/feeds/plain"
)

// ToUTF8 decides once in which charset doc is written and returns it in
// UTF-8, without byte order mark and control characters. A byte order mark
// decides first, then the bytes where they can only be UTF-16, UTF-32 or
// UTF-8, then the HTTP header, then the document's own declaration. repaired
// reports bytes that no charset explains, unknown is the charset by whose name
// they should have been read but which is not known here, "" for none.
func ToUTF8(doc []byte, contentType string) (text []byte, repaired bool, unknown string) {
	if enc, skip := byMark(doc); enc != nil {
		text, repaired = decoded(enc, doc[skip:])
	} else if doc = bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf")); utf8.Valid(doc) {
		text = doc
		if hasShifts(doc) {
			text, repaired, unknown = iso2022(doc, contentType)
		}
	} else if enc, unknown = byLabel(doc, contentType); enc != nil {
		text, repaired = decoded(enc, doc)
	} else {
		text, repaired = bytes.ToValidUTF8(doc, []byte("\uFFFD")), true
	}
	if i := control(text); i >= 0 {
		return withoutControls(text, i), true, unknown
	}
	return text, repaired, unknown
}

// byMark recognises the wide encodings by their mark, or by the zero bytes
// around the first character, and EBCDIC by its "<?xm".
func byMark(doc []byte) (enc encoding.Encoding, skip int) {
	wide := func(e unicode.Endianness) encoding.Encoding { return unicode.UTF16(e, unicode.IgnoreBOM) }
	wider := func(e utf32.Endianness) encoding.Encoding { return utf32.UTF32(e, utf32.IgnoreBOM) }
	for _, m := range []struct {
		mark string
		enc  encoding.Encoding
		skip int
	}{
		{"\xff\xfe\x00\x00", wider(utf32.LittleEndian), 4},
		{"\x00\x00\xfe\xff", wider(utf32.BigEndian), 4},
		{"\xff\xfe", wide(unicode.LittleEndian), 2},
		{"\xfe\xff", wide(unicode.BigEndian), 2},
		{"<\x00\x00\x00", wider(utf32.LittleEndian), 0},
		{"\x00\x00\x00<", wider(utf32.BigEndian), 0},
		{"<\x00", wide(unicode.LittleEndian), 0},
		{"\x00<", wide(unicode.BigEndian), 0},
		{"{\x00", wide(unicode.LittleEndian), 0},
		{"\x00{", wide(unicode.BigEndian), 0},
		{"\x4c\x6f\xa7\x94", charmap.CodePage037, 0},
	} {
		if bytes.HasPrefix(unpadded(doc, m.skip), []byte(m.mark)) {
			return m.enc, m.skip
		}
	}
	return nil, 0
}

// unpadded returns the beginning of doc, without the white space of wide encodings
// where no mark, of skip bytes, is looked for.
func unpadded(doc []byte, skip int) []byte {
	if skip > 0 || len(doc) < 8 || bytes.IndexByte(doc[:8], 0) < 0 {
		return doc
	}
	at := bytes.IndexFunc(doc[:min(len(doc), 1024)], func(r rune) bool { return r != 0 && r != ' ' && r != '\t' && r != '\r' && r != '\n' })
	if at < 0 {
		return doc
	}
	width := 2
	if bytes.Count(doc[:8], []byte{0}) > 4 {
		width = 4
	}
	return doc[at-at%width:]
}

// byLabel chooses for bytes that are not UTF-8. nil means UTF-8 with errors.
// unknown is the first label that should have decided and is not known.
func byLabel(doc []byte, contentType string) (enc encoding.Encoding, unknown string) {
	utf := false
	for _, label := range labels(doc, contentType) {
		enc, name := byName(label)
		switch {
		case enc == nil, name == "replacement", name == "x-user-defined":
			unknown = cmp.Or(unknown, label)
		case strings.HasPrefix(name, "utf-16"):
			continue // refuted by the bytes
		case name == "utf-8":
			utf = true
		case name == "gbk":
			return simplifiedchinese.GB18030, "" // what GB2312 and GBK documents really use
		default:
			return enc, ""
		}
	}
	if utf || mostlyUTF8(doc) {
		return nil, ""
	}
	return charmap.Windows1252, unknown
}

// labels are the charsets that the HTTP header and the document itself name,
// in the order in which they count.
func labels(doc []byte, contentType string) []string {
	var out []string
	for _, label := range [...]string{httpCharset(contentType), declaredCharset(doc)} {
		if label = plain.Shorten(plain.Tidy(strings.ToValidUTF8(label, "")), 40); label != "" {
			out = append(out, label)
		}
	}
	return out
}

// byName looks a label up as browsers do, then as IANA does, then under the
// names that programming languages and careless publishers give. The name is
// the one that browsers know the encoding by.
func byName(label string) (enc encoding.Encoding, name string) {
	label = strings.ToLower(strings.TrimSpace(label))
	if enc, name = charset.Lookup(label); enc != nil {
		return enc, name
	}
	if enc, err := ianaindex.IANA.Encoding(label); err == nil && enc != nil {
		return enc, label
	}
	label = strings.NewReplacer("_", "-", "windows", "", "win", "", "cp", "", "csibm", "", "ibm", "", "ms", "", "x-", "").Replace(label)
	label = strings.TrimPrefix(label, "-")
	if page, ok := codePages[label]; ok {
		return page, label
	}
	if other := nicknames[label]; other != "" {
		return charset.Lookup(other)
	}
	return charset.Lookup("windows-" + label)
}

// nicknames are further names of encodings, without what says that they are
// code pages of Windows.
var nicknames = map[string]string{
	"932": "shift_jis", "sjis": "shift_jis", "shift-jis": "shift_jis", "shift-jisx0213": "shift_jis", "shift-jis-2004": "shift_jis", "31j": "shift_jis",
	"936": "gbk", "euc-cn": "gbk", "euccn": "gbk", "gb-2312": "gbk", "gb-18030": "gb18030",
	"949": "euc-kr", "ks-c-5601-1992": "euc-kr", "uhc": "euc-kr", "euckr": "euc-kr", "950": "big5", "big5hkscs": "big5", "big-5": "big5",
	"euc-jp": "euc-jp", "eucjp": "euc-jp", "euc-jis-2004": "euc-jp",
	"mac-roman": "macintosh", "macroman": "macintosh", "mac-cyrillic": "x-mac-cyrillic", "maccyrillic": "x-mac-cyrillic",
	"latin-1": "latin1", "latin": "latin1", "ansi": "windows-1252", "utf": "utf-8", "utf8mb4": "utf-8", "unicode": "utf-8",
	"koi8": "koi8-r", "koi-8": "koi8-r", "tis620": "windows-874",
}

// mostlyUTF8 reports whether more multi-byte sequences are right than wrong.
func mostlyUTF8(doc []byte) bool {
	good, bad := 0, 0
	for len(doc) > 0 {
		if doc[0] < utf8.RuneSelf {
			doc = doc[1:]
			continue
		}
		r, n := utf8.DecodeRune(doc)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		doc = doc[n:]
	}
	return good > bad
}

func decoded(enc encoding.Encoding, doc []byte) (text []byte, repaired bool) {
	out, err := enc.NewDecoder().Bytes(doc)
	if err != nil {
		return bytes.ToValidUTF8(doc, []byte("\uFFFD")), true
	}
	return bytes.TrimPrefix(out, []byte("\uFEFF")), bytes.Contains(out, []byte("\uFFFD"))
}

func httpCharset(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if label := params["charset"]; err == nil && label != "" {
		return strings.Trim(label, `"' `)
	}
	_, label, _ := strings.Cut(strings.ToLower(contentType), "charset=")
	label, _, _ = strings.Cut(label, ";")
	return strings.Trim(label, `"' `)
}

// declaredCharset reads the encoding of an XML declaration.
func declaredCharset(doc []byte) string {
	doc = bytes.TrimLeft(doc[:min(len(doc), 1024)], " \t\r\n")
	if !bytes.HasPrefix(doc, []byte("<?xml")) {
		return ""
	}
	head, _, _ := bytes.Cut(doc, []byte("?>"))
	_, rest, ok := bytes.Cut(head, []byte("encoding"))
	rest = bytes.TrimLeft(rest, " \t\r\n=")
	if !ok || len(rest) < 2 {
		return ""
	}
	label, _, _ := bytes.Cut(rest[1:], rest[:1])
	return strings.TrimSpace(string(label))
}

// control returns the offset of the first character that XML forbids, or -1.
// It looks at eight bytes at a time: every document passes here.
func control(text []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(text); i += 8 {
		w := binary.LittleEndian.Uint64(text[i:])
		if (w-0x20*ones)&^w&highs == 0 {
			continue
		}
		for k := i; k < i+8; k++ {
			if isControl(text[k]) {
				return k
			}
		}
	}
	for ; i < len(text); i++ {
		if isControl(text[i]) {
			return i
		}
	}
	return nonCharacter(text)
}

func isControl(c byte) bool { return c < 0x20 && c != '\t' && c != '\n' && c != '\r' }

// nonCharacter finds U+FFFE and U+FFFF.
func nonCharacter(text []byte) int {
	for at := 0; ; at += 2 {
		i := bytes.Index(text[at:], []byte("\xef\xbf"))
		if i < 0 {
			return -1
		}
		at += i
		if at+2 < len(text) && text[at+2] >= 0xbe {
			return at
		}
	}
}

func withoutControls(text []byte, from int) []byte {
	out := append(make([]byte, 0, len(text)), text[:from]...)
	for i := from; i < len(text); i++ {
		if isControl(text[i]) {
			continue
		}
		if text[i] == 0xef && i+2 < len(text) && text[i+1] == 0xbf && text[i+2] >= 0xbe {
			i += 2
			continue
		}
		out = append(out, text[i])
	}
	return out
}
