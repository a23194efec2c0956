package trial

import (
	"strings"
	"testing"

	"newswatch/monitor/match"
)

// TestDraw holds that the caret stands under the mistake, whatever
// stands before it.
func TestDraw(t *testing.T) {
	for _, q := range []string{"ice NEAR x", "ice\tNEAR x", "étè “a” NEAR x", strings.Repeat("ice ", 90) + "NEAR x", "ice OR\n\tdhs\nNEAR x\nice", "ice\r\nNEAR x"} {
		_, problems := match.Check(nil, q)
		p := problems[len(problems)-1]
		lines := strings.Split(Draw(q, p), "\n")
		if len(lines) != 3 {
			t.Fatalf("%q: drawn as %q", q, lines)
		}
		caret := []rune(lines[1])[strings.IndexByte(lines[2], '^'):]
		if !strings.HasPrefix(string(caret), "NEAR") {
			t.Errorf("%q: the caret of %q is under %q", q, lines, string(caret))
		}
		if number, _, found := strings.Cut(lines[0], ":"); strings.Contains(q, "\n") && (!found || !strings.HasPrefix(number, "line ")) {
			t.Errorf("%q: no line in %q", q, lines[0])
		}
	}
}
