package charset

import (
	"strings"
	"testing"
)

func TestToUTF8(t *testing.T) {
	declared := func(label, text string) string { return `<?xml version="1.0" encoding="` + label + `"?>` + text }
	for name, c := range map[string]struct {
		doc, header, want string
		repaired          bool
	}{
		"ascii":                      {"<a/>", "", "<a/>", false},
		"mark":                       {"\xef\xbb\xbf<a/>", "", "<a/>", false},
		"mark beats header":          {"\xff\xfe<\x00\xe9\x00", "text/xml; charset=koi8-r", "<é", false},
		"utf-8 beats header":         {"<é", "text/xml; charset=iso-8859-1", "<é", false},
		"header beats declaration":   {declared("koi8-r", "<\xe9"), "text/xml; charset=windows-1252", declared("koi8-r", "<é"), false},
		"declaration":                {declared("koi8-r", "<\xe9"), "text/xml", declared("koi8-r", "<И"), false},
		"unknown header":             {declared("koi8-r", "<\xe9"), "text/xml; charset=nonsense", declared("koi8-r", "<И"), false},
		"latin-1 means windows-1252": {"<\x93\xe9\x94", `text/xml; charset="ISO-8859-1"`, "<“é”", false},
		"utf-16 declared, not used":  {declared("utf-16", "<\xe9"), "", declared("utf-16", "<é"), false},
		"nothing said":               {"<caf\xe9", "", "<café", false},
		"one bad byte in utf-8":      {"<é\xffé", "", "<é\uFFFDé", true},
		"utf-8 declared and broken":  {declared("utf-8", "<\xff"), "", declared("utf-8", "<\uFFFD"), true},
		"escape sequences":           {"<\x1b$B9A\x1b(B", "text/xml; charset=iso-2022-jp", "<港", false},
		"Korean shifts":              {"\x1b$)C<\x0e0!\x0f<a>\x0e0!\n<b>", "text/xml; charset=ISO-2022-KR", "<가<a>가\n<b>", false},
		"Greek DOS":                  {declared("cp737", "<\x80\xe1"), "", declared("cp737", "<Αά"), false},
		"Greek DOS, second":          {declared("IBM869", "<\xa4\x9b"), "", declared("IBM869", "<Αά"), false},
		"Baltic DOS":                 {declared("csIBM775", "<\x80"), "", declared("csIBM775", "<Ć"), false},
		"Turkish DOS":                {declared("857", "<\x98\xd5"), "", declared("857", "<İ\uFFFD"), true},
		"Central European Mac":       {declared("x-mac-ce", "<\xe4"), "", declared("x-mac-ce", "<š"), false},
		"the same by another name":   {declared("mac_latin2", "<\xe4"), "", declared("mac_latin2", "<š"), false},
		"Greek Mac":                  {declared("mac-greek", "<\xb0"), "", declared("mac-greek", "<Α"), false},
		"Turkish Mac":                {declared("macturkish", "<\xda"), "", declared("macturkish", "<Ğ"), false},
		"controls":                   {"<a\x00\x08b\tc\x1f/>", "", "<ab\tc/>", true},
		"noncharacter":               {"<a\uFFFEb\uFFFD", "", "<ab\uFFFD", true},
	} {
		t.Run(name, func(t *testing.T) {
			got, repaired, unknown := ToUTF8([]byte(c.doc), c.header)
			if string(got) != c.want || repaired != c.repaired || unknown != "" {
				t.Errorf("got %q (repaired %v, unknown %q), want %q (%v)", got, repaired, unknown, c.want, c.repaired)
			}
		})
	}
}

func BenchmarkToUTF8(b *testing.B) {
	doc := []byte(strings.Repeat("<description>Some plain words, a caf\u00e9.</description>\n", 1000))
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, repaired, _ := ToUTF8(doc, ""); repaired {
			b.Fatal("repaired")
		}
	}
}
