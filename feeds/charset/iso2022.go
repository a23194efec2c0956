package charset

import (
	"bytes"
	"cmp"
	"strings"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// hasShifts reports whether doc, all of whose bytes are ASCII or UTF-8, has the
// signs by which some charsets of East Asia switch from ASCII to their own.
func hasShifts(doc []byte) bool {
	return bytes.IndexByte(doc, 0x1b) >= 0 || bytes.IndexByte(doc, shiftOut) >= 0 || bytes.Contains(doc, []byte("~{"))
}

// iso2022 reads such a document by its label; without one it is left as it is.
// unknown is a label that belongs to such a charset but cannot be read.
func iso2022(doc []byte, contentType string) (text []byte, repaired bool, unknown string) {
	for _, label := range labels(doc, contentType) {
		switch label = strings.ToLower(label); label {
		case "iso-2022-jp", "csiso2022jp", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-2004", "iso-2022-jp-ext":
			text, repaired = decoded(japanese.ISO2022JP, doc)
			return text, repaired, ""
		case "iso-2022-kr", "csiso2022kr":
			text, repaired = decoded(korean.EUCKR, eucKR(doc))
			return text, repaired, ""
		case "hz-gb-2312", "hz", "hzgb", "hz-gb":
			text, repaired = decoded(simplifiedchinese.HZGB2312, doc)
			return text, repaired, ""
		}
		if enc, name := byName(label); enc == nil || name == "replacement" {
			unknown = cmp.Or(unknown, label)
		}
	}
	return doc, false, unknown
}

// The signs of ISO-2022-KR (RFC 1557).
const (
	shiftOut   = 0x0e // to Korean
	shiftIn    = 0x0f // back to ASCII
	designator = "\x1b$)C"
)

// eucKR turns ISO-2022-KR into EUC-KR: the same codes, told from ASCII by
// their high bit and not by what stands before them. A line begins in ASCII.
func eucKR(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	korean := false
	for _, c := range bytes.ReplaceAll(doc, []byte(designator), nil) {
		switch {
		case c == shiftOut:
			korean = true
		case c == shiftIn:
			korean = false
		case korean && c > ' ' && c < 0x7f:
			out = append(out, c|0x80)
		default:
			korean = korean && c != '\n'
			out = append(out, c)
		}
	}
	return out
}
