package story

import (
	"testing"
)

// An award, its changes and the news about it are one story; two awards are two,
// however alike.
func TestPlaceByAward(t *testing.T) {
	row := func(award, title string) Report { return Report{Title: title, Award: award, Outlet: "USAspending"} }
	tests := map[string]struct {
		a, b Report
		role Role
		kind string
	}{
		"a modification":             {row("70CDCR26FR0000042", "THE GEO GROUP: DETENTION, $15 (ICE)"), row("70CDCR26FR0000042", "Another description altogether"), Original, "award"},
		"written with hyphens":       {row("70CDCR26FR0000042", "THE GEO GROUP: DETENTION"), row("70CDCR-26-F-R0000042", "Something else"), Original, "award"},
		"news that names its number": {row("70CDCR26FR0000042", "THE GEO GROUP: DETENTION"), Report{Title: "Prison firm paid again", Content: "Contract 70CDCR26FR0000042 was signed."}, Original, "award"},
		"the number of the news":     {Report{Title: "Prison firm paid again", Summary: "Contract 70CDCR-26-F-R0000042 was signed."}, row("70CDCR26FR0000042", "THE GEO GROUP: DETENTION"), Original, "award"},
		"another award of one title": {row("70CDCR26FR0000042", "THE GEO GROUP: DETENTION SERVICES, $15 (ICE)"), row("70CDCR26FR0000043", "THE GEO GROUP: DETENTION SERVICES, $15 (ICE)"), First, ""},
		"another award of one text":  {Report{Title: "GEO", Award: "A1", Outlet: "A", Content: raid}, Report{Title: "GEO", Award: "A2", Outlet: "B", Content: raid}, First, ""},
		"the same row once more":     {row("70CDCR26FR0000042", "THE GEO GROUP: DETENTION, $15 (ICE)"), row("70CDCR26FR0000042", "THE GEO GROUP: DETENTION, $15 (ICE)"), Repeat, "title"},
		"news without its number":    {row("70CDCR26FR0000042", "Corvane Logistics: searches of the harbour warehouse in Port Ellery"), Report{Title: "Corvane Logistics searches harbour warehouse in Port Ellery", Outlet: "B"}, Reprint, "title"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			x := NewIndex(0)
			tt.a.ID, tt.b.ID, tt.a.Published, tt.b.Published = 1, 2, day, day
			x.Add(tt.a, x.Place(tt.a), 1)
			p := x.Place(tt.b)
			kind := ""
			if len(p.Reasons) > 0 {
				kind = p.Reasons[0].Kind
			}
			if p.Role != tt.role || kind != tt.kind {
				t.Errorf("%s by %q, want %s by %q", p.Role, kind, tt.role, tt.kind)
			}
		})
	}
}

// A report that fits the stories of two awards makes no bridge between them.
func TestAwardsAreNotMerged(t *testing.T) {
	x := NewIndex(0)
	for i, award := range []string{"A1", "A2"} {
		r := Report{ID: uint64(i + 1), Title: "Agents search Corvane warehouse in Port Ellery", Award: award, Outlet: "rows", Published: day}
		x.Add(r, x.Place(r), r.ID)
	}
	if x.Stories() != 2 {
		t.Fatalf("%d stories", x.Stories())
	}
	news := Report{ID: 3, Title: "Corvane warehouse in Port Ellery searched by agents", Outlet: "B", Published: day}
	if p := x.Place(news); len(p.Merge) > 0 {
		t.Errorf("placed %+v", p)
	}
}
