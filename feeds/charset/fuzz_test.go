package charset

import (
	"testing"
	"unicode/utf8"

	"newswatch/feeds"
)

// FuzzToUTF8: whatever the header and the document say of the charset, the text
// is UTF-8 without controls, and a charset that is not known is told in a line.
func FuzzToUTF8(f *testing.F) {
	for _, contentType := range []string{"text/xml; charset=koi8-r", `text/xml;charset="`, "application/xml; charset=iso-2022-kr", "; charset=cp737", "text/xml;charset=utf-16"} {
		f.Add(contentType, "<?xml version='1.0' encoding='"+contentType+"'?><rss><channel><item><title>\x80\x0e0!</title></item></channel></rss>")
	}
	f.Fuzz(func(t *testing.T, contentType, doc string) {
		text, _, unknown := ToUTF8([]byte(doc), contentType)
		if !utf8.Valid(text) || control(text) >= 0 || len(unknown) > 40 {
			t.Errorf("text %q, unknown %q", text, unknown)
		}
		if flaws := (feeds.Document{Charset: unknown}).Flaws(); len(flaws) > 300 || !utf8.ValidString(flaws) {
			t.Errorf("flaws %q", flaws)
		}
	})
}
