package labels

import (
	"strings"
	"testing"

	"newswatch/monitor/match"
)

func TestScore(t *testing.T) {
	labels, err := Read(strings.NewReader(`{"id":"1","entity":"ICE","text":"ICE agents","relevant":true}
{"id":"2","entity":"ICE","text":"ICE storm","relevant":false}

{"id":"3","entity":"ICE","text":"ICE closes","relevant":false}
{"id":"4","entity":"Nobody","text":"x","relevant":true}
`))
	if err != nil {
		t.Fatal(err)
	}
	scores := Of(map[string]match.Entity{"ice": {Acronyms: []string{"ICE"}, Support: match.Support{Any: []string{"agent"}}, Against: match.Against{Any: []string{"storm"}}}}, labels)
	if len(scores) != 2 || scores[0].Found != (Tally{Hit: 1, False: 1}) || scores[0].Strong != (Tally{Hit: 1}) || scores[1].Known {
		t.Fatalf("Of = %+v", scores)
	}
	var b strings.Builder
	if err := Write(&b, scores); err != nil || !strings.Contains(b.String(), "0.667") {
		t.Errorf("WriteScores = %v\n%s", err, &b)
	}
	if _, err := Read(strings.NewReader("{}\n")); err == nil {
		t.Error("an empty label is accepted")
	}
}
