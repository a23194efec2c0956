package text

import (
	"bytes"
	"testing"
)

func TestAbbreviates(t *testing.T) {
	for words, want := range map[string]string{
		"immigration and customs enforcement": "ice", "institution of civil engineers": "ice", "customs and border protection": "cbp",
		"department of defense": "dod", "deutsche bahn": "db", "homeland security investigations": "hsi",
	} {
		if !Abbreviates(bytes.Fields([]byte(words)), []byte(want)) {
			t.Errorf("%s does not abbreviate %q", want, words)
		}
	}
	for words, not := range map[string]string{"immigration and customs": "ice", "civil engineers": "ice", "": "a", "border": "ob"} {
		if Abbreviates(bytes.Fields([]byte(words)), []byte(not)) {
			t.Errorf("%s abbreviates %q", not, words)
		}
	}
}
