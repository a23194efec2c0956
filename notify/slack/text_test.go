package slack

import (
	"strings"
	"testing"
)

// FuzzText checks what makes mentions impossible: no angle bracket stands
// unescaped, every ampersand begins an entity, and nothing grows past its
// bound.
func FuzzText(f *testing.F) {
	for _, s := range []string{"<!channel>", "&lt;!here&gt;", "a|b", "*x* _y_ ~z~ `c`", ":tada:", "\x00<\u202e", strings.Repeat("<", 900), "👩‍👩‍👧‍👦&"} {
		f.Add(s, 100)
	}
	f.Fuzz(func(t *testing.T, s string, max int) {
		max = max%2000 + 1
		fitted, flat := fitEscaped(s, max), fitLines(s, max+2)
		for _, got := range []string{escape(s), literal(s), fitted, flat} {
			if strings.ContainsAny(got, "<>") {
				t.Errorf("%q became %q", s, got)
			}
			for _, rest := range strings.Split(got, "&")[1:] {
				if !strings.HasPrefix(rest, "amp;") && !strings.HasPrefix(rest, "lt;") && !strings.HasPrefix(rest, "gt;") {
					t.Errorf("%q became %q, with half an entity", s, got)
				}
			}
		}
		if max > 0 && (units(fitted) > max || units(flat) > max+2) {
			t.Errorf("%d and %d units, want %d at most", units(fitted), units(flat), max)
		}
		if strings.ContainsAny(literal(s), "*~`") {
			t.Errorf("%q still formats: %q", s, literal(s))
		}
	})
}
