package htmltree

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

// decode returns page in UTF-8, whatever it says about itself: a byte order
// mark decides first, then bytes that can only be UTF-16 or UTF-8, then the
// header, then the page's own declaration.
func decode(page []byte, contentType string) []byte {
	head := page[:min(len(page), 64)]
	wide := 3*bytes.Count(head, []byte{0}) > len(head)
	switch first := bytes.IndexByte(head, 0); {
	case bytes.HasPrefix(page, []byte("\xff\xfe")), wide && first%2 == 1:
		return utf16(page, unicode.LittleEndian)
	case bytes.HasPrefix(page, []byte("\xfe\xff")), wide:
		return utf16(page, unicode.BigEndian)
	case utf8.Valid(page):
		return bytes.TrimPrefix(page, []byte("\xef\xbb\xbf"))
	}
	if _, params, _ := mime.ParseMediaType(contentType); strings.EqualFold(params["charset"], "utf-8") {
		contentType = "" // refuted by the bytes
	}
	encoding, _, _ := charset.DetermineEncoding(page, contentType)
	text, err := encoding.NewDecoder().Bytes(page)
	if err != nil {
		return bytes.ToValidUTF8(page, []byte("\uFFFD"))
	}
	return text
}

func utf16(page []byte, order unicode.Endianness) []byte {
	text, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(page)
	if err != nil {
		text, err = unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(page)
	}
	if err != nil {
		return nil
	}
	return bytes.TrimPrefix(text, []byte("\uFEFF"))
}
