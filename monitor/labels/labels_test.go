package labels

import (
	"strings"
	"testing"

	"newswatch/monitor/match"
)

// TestJudge scores lines of an entity that there is and of one that there is not.
func TestJudge(t *testing.T) {
	lines, err := Read(strings.NewReader(`{"id":"1","entity":"ICE","text":"ICE agents","relevant":true}
{"id":"2","entity":"ICE","text":"ICE storm","relevant":false}

{"id":"3","entity":"ICE","text":"ICE closes","relevant":false}
{"id":"4","entity":"Nobody","text":"x","relevant":true}
`))
	if err != nil {
		t.Fatal(err)
	}
	s, _ := match.Compile(map[string]match.Entity{"ice": {Acronyms: []string{"ICE"}, Not: []string{"ICE storm"}, Support: match.Support{Any: []string{"agents"}}}}, nil)
	scores := Judge(s, lines)
	if len(scores) != 2 || scores[0].Found != (Tally{Hit: 1, False: 1}) || scores[0].Strong != (Tally{Hit: 1}) || scores[1].Known {
		t.Fatalf("Judge = %+v", scores)
	}
	var b strings.Builder
	if err := Write(&b, scores); err != nil || !strings.Contains(b.String(), "0.667") {
		t.Errorf("Write = %v\n%s", err, &b)
	}
	if _, err := Read(strings.NewReader("{}\n")); err == nil {
		t.Error("an empty label is accepted")
	}
}
