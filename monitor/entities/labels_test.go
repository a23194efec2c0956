package entities

import (
	"strings"
	"testing"

	"newswatch/monitor/match"
)

func TestLabels(t *testing.T) {
	labels, err := ReadLabels(strings.NewReader(`{"id":"1","entity":"ice","text":"ICE agents","relevant":true}
{"id":"2","entity":"ice","text":"ICE storm","relevant":false}

{"id":"3","entity":"nobody","text":"x","relevant":true}
`))
	if err != nil || len(labels) != 3 || labels[1].ID != "2" || labels[0].Relevant == labels[1].Relevant {
		t.Fatalf("ReadLabels = %+v, %v", labels, err)
	}
	set, _ := match.Compile(map[string]match.Entity{"ice": {Words: []string{"ICE"}}}, nil)
	var b strings.Builder
	if err := WriteScores(&b, set.Score(labels)); err != nil || !strings.Contains(b.String(), "0.667") || !strings.Contains(b.String(), "not defined") {
		t.Errorf("WriteScores = %v\n%s", err, &b)
	}
	if _, err := ReadLabels(strings.NewReader("{}\n")); err == nil {
		t.Error("an empty label is accepted")
	}
}
