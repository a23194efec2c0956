package feeds

import "testing"

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
		"controls":                   {"<a\x00\x08b\tc\x1f/>", "", "<ab\tc/>", true},
		"noncharacter":               {"<a\uFFFEb\uFFFD", "", "<ab\uFFFD", true},
	} {
		t.Run(name, func(t *testing.T) {
			got, repaired := toUTF8([]byte(c.doc), c.header)
			if string(got) != c.want || repaired != c.repaired {
				t.Errorf("got %q (repaired %v), want %q (%v)", got, repaired, c.want, c.repaired)
			}
		})
	}
}
