package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadAnswers(t *testing.T) {
	for answer, want := range map[string]string{
		"": "console", "screen": "console", "https://hooks.slack.com/services/a": "slack", "https://x.example/in": "webhook",
		"desk@paper.example": "email", "nobody": "", "a@b@c": "", "desk@paper.example, two@paper.example": "", "ftp://x.example": "",
	} {
		if got, err := ReadDestination(answer); got.Kind != want || (err == nil) != (want != "") {
			t.Errorf("destination %q: %+v, %v, want %s", answer, got, err, want)
		}
	}
	for answer, want := range map[string]string{"": "07:00", "none": "", "6:30": "06:30", "18": "18:00", "7 am": "07:00", "7:15pm": "19:15", "soon": "!", "25:00": "!"} {
		if got, err := ReadDigest(answer); got != strings.Trim(want, "!") || (err == nil) != (want != "!") {
			t.Errorf("digest %q: %q, %v, want %q", answer, got, err, want)
		}
	}
}

// Whatever the answers, the text is the one kept in testdata, at most sixty
// lines long.
func TestText(t *testing.T) {
	for name, a := range map[string]Answers{
		"screen": {Query: "ferry", Tell: Destination{Kind: "console"}, Digest: "07:00", Feeds: []Feed{{"wire", "https://wire.example/feed"}}},
		"mail":   {Query: `{ice} AND "it's: ${HOME} # no" OR <b>`, Tell: Destination{"email", "desk@paper.example"}, Allow: []string{"10.0.0.0/8", "::1/128"}},
		"slack":  {Query: "ferry", Tell: Destination{"slack", "https://hooks.slack.com/services/a"}, Digest: "06:30"},
	} {
		golden := filepath.Join("testdata", name+".yaml")
		got := a.Text()
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
		if n := strings.Count(string(got), "\n"); n > 60 {
			t.Errorf("%s has %d lines", name, n)
		}
	}
}
