package translate

import (
	"testing"

	"newswatch/monitor/query"
)

// foreignSeeds are queries, of other tools or not.
var foreignSeeds = []string{
	`cloud AROUND(5) detention -intitle:ice`, `(azure OR aws) NEAR/10 immigration^9`, `headline("border wall" OR fence) AND NOT cs(BEST) w/5 cent*r`,
	`allintitle: “curly” | 1..5`, `atleast3(fence!) ANDNOT hlead(x)`, "a\xffb", "((a))", `"a * b"~4 pre/3 "c"`,
}

func FuzzTranslate(f *testing.F) {
	for _, s := range foreignSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, q string) {
		for _, d := range dialects {
			if out, _, err := Translate(d, q); err == nil {
				if _, _, m := query.Parse(out); m != nil {
					t.Fatalf("Translate(%s, %q) = %q, which is refused: %v", d, q, out, m)
				}
			}
		}
	})
}
