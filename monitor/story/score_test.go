package story

import (
	"compress/gzip"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Score runs on the real corpora where there are any.
func TestScore(t *testing.T) {
	dir := os.Getenv("NEWSWATCH_SHARED")
	if dir == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	if err := Score(filepath.Join(dir, "data/corpora"), t.Output()); err != nil {
		t.Fatal(err)
	}
}

func TestScoreOfSmallCorpora(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, lines ...string) {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		text := strings.Join(lines, "\n") + "\n"
		if !strings.HasSuffix(name, ".gz") {
			if _, err := file.WriteString(text); err != nil {
				t.Fatal(err)
			}
			return
		}
		z := gzip.NewWriter(file)
		if _, err := z.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := Score(dir, t.Output()); err == nil {
		t.Error("Score of an empty folder: no error")
	}
	write("uci_news_2014.jsonl.gz",
		`{"title":"Ferry sinks off Kalvo","publisher":"A","story":"s1","timestamp_ms":1394470920294}`,
		`{"title":"Ferry sinks off Kalvo","publisher":"B","story":"s1","timestamp_ms":1394470920300}`)
	write("og2021_clusters.jsonl.gz",
		`{"title":"Council elects Okafor mayor","cluster":"c1","lang":"eng","published":"2021-07-01T08:01:00Z"}`,
		`{"title":"Rat wählt Okafor","cluster":"c1","lang":"deu","published":"2021-07-01T08:02:00Z"}`)
	write("story_pairs.jsonl.gz",
		`{"corpus":"uci2014","kind":"copy","reviewed":null,"hours_apart":1.5,"a":"Ferry sinks off Kalvo","b":"Ferry sinks off Kalvo"}`)
	write("url_variants.jsonl",
		`{"a":"http://a.example/1?utm_source=x","b":"https://www.a.example/1","relation":"guid-url"}`)
	var out strings.Builder
	if err := Score(dir, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"uci2014 2 1 1 1.000 1.000 1.000 1.000",
		"copy 1 1.000 0.000 1.000 0.000",
		"og2021 deu 1 1 1 1.000 1.000 1.000 1.000",
		"copies joined 1.000 0.98",
		"guid-url 1 1 1 0",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
			t.Errorf("Score printed no line %q in\n%s", want, out.String())
		}
	}
	write("url_variants.jsonl", `{"a":`)
	if err := Score(dir, &out); err == nil || !strings.Contains(err.Error(), "url_variants.jsonl:1:") {
		t.Errorf("Score of a broken file: %v, want its place", err)
	}
}

func TestBCubed(t *testing.T) {
	items := make([]Labelled, 5)
	for i, gold := range []string{"a", "a", "a", "b", "b"} {
		items[i].Gold = gold
	}
	tests := map[string]struct {
		told              []uint64
		precision, recall float64
	}{
		"as people do": {[]uint64{1, 1, 1, 4, 4}, 1, 1},
		"all apart":    {[]uint64{1, 2, 3, 4, 5}, 1, (3*1/3. + 2*1/2.) / 5},
		"all in one":   {[]uint64{1, 1, 1, 1, 1}, (3*3/5. + 2*2/5.) / 5, 1},
		"one astray":   {[]uint64{1, 1, 4, 4, 4}, (2 + 1/3. + 2*2/3.) / 5, (2*2/3. + 1/3. + 2) / 5},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, r, f := BCubed(items, tt.told)
			if math.Abs(p-tt.precision) > 1e-9 || math.Abs(r-tt.recall) > 1e-9 || math.Abs(f-2*p*r/(p+r)) > 1e-9 {
				t.Errorf("BCubed = %s, want %.3f %.3f", fmt.Sprintf("%.3f %.3f %.3f", p, r, f), tt.precision, tt.recall)
			}
		})
	}
}
