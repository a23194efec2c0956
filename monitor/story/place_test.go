package story

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const raid = `Federal agents searched the harbour warehouse of Corvane Logistics in Port Ellery early on Tuesday and carried away
	boxes of customs papers, according to two people who watched from the pier. A spokesman for the company, Tomas Veld, said it was
	helping the inquiry and expected to be cleared. The search follows a complaint that the firm billed the border agency twice for
	112 containers in 2024. Prosecutors in Ellery County declined to say whether charges were planned. Mayor Ines Okafor called the
	news deeply troubling and asked the council to review its own contract with Corvane, worth $4.2 million over three years.`

func TestPlace(t *testing.T) {
	headed := func(lead string) string { return lead + " " + strings.Join(strings.Fields(raid), " ") }
	tests := map[string]struct {
		a, b Report
		role Role
		kind string // of the first reason, "" for none
	}{
		"same address": {Report{Title: "One", URL: "https://a.example/1"}, Report{Title: "Quite another", URL: "https://a.example/1"}, Repeat, "url"},
		"address of a guid": {Report{Title: "One", URL: "https://a.example/1", Alias: "https://a.example/?p=7"},
			Report{Title: "One more", URL: "https://a.example/?p=7"}, Repeat, "url"},
		"front page for an address": {Report{Title: "Harbour fire spreads", URL: "https://a.example/"},
			Report{Title: "Council elects mayor", URL: "https://a.example/"}, First, ""},
		"same title and day in one outlet": {Report{Title: "Morning briefing", Outlet: "A"}, Report{Title: "Morning briefing", Outlet: "A"}, Repeat, "title"},
		"a column the next day": {Report{Title: "Morning briefing", Outlet: "A"},
			Report{Title: "Morning briefing", Outlet: "A", Published: day.Add(24 * time.Hour)}, First, ""},
		"a column of two outlets": {Report{Title: "Morning briefing", Outlet: "A", Content: raid},
			Report{Title: "Morning briefing", Outlet: "B", Content: strings.Repeat("Quiet weather is on its way to the northern valleys, say foresters. ", 9)}, First, ""},
		"a number apart": {Report{Title: "Week 12 briefing", Outlet: "A"}, Report{Title: "Week 13 briefing", Outlet: "A"}, First, ""},
		"a number apart in two outlets": {Report{Title: "Corvane quarterly results 2024"},
			Report{Title: "Corvane quarterly results 2025"}, First, ""},
		"a weekday apart": {Report{Title: "Stocks to watch Monday"}, Report{Title: "Stocks to watch Tuesday"}, First, ""},
		"same text elsewhere": {Report{Title: "Agents search Corvane warehouse", Outlet: "A", Content: raid},
			Report{Title: "Harbour raid stuns Ellery", Outlet: "B", Content: headed("PORT ELLERY (AP) -")}, Reprint, "text"},
		"same text cut": {Report{Title: "Agents search Corvane warehouse", Outlet: "A", Content: raid},
			Report{Title: "Harbour raid", Outlet: "B", Summary: raid[:330]}, Reprint, "text"},
		"same headline elsewhere": {Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "A"},
			Report{Title: "Agents search Corvane warehouse in Port Ellery - The Ellery Post", Outlet: "B"}, Reprint, "title"},
		"headline edited": {Report{Title: "Agents search Corvane warehouse in Port Ellery"},
			Report{Title: "Federal agents search Corvane warehouse in Port Ellery harbour"}, Reprint, "title"},
		"headline told otherwise": {Report{Title: "Agents search Corvane warehouse in Port Ellery"},
			Report{Title: "Corvane warehouse in Port Ellery raided by border police"}, Original, "similar"},
		"same headline over words of their own": {
			Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "A", Summary: "Boxes of customs papers were carried off on Tuesday."},
			Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "B", Summary: "Neighbours woke to sirens as a dozen officers went in."}, Original, "title"},
		"same headline over long texts of their own": {
			Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "A", Content: raid},
			Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "B", Content: strings.Repeat("The shipper at the pier got visitors: a dozen officers "+
				"with a warrant left before noon, and its lawyers called the visit a misunderstanding. ", 3)}, Original, "title"},
		"same headline, one short text cut": {
			Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "A", Summary: "Boxes of customs papers were carried off on Tuesday."},
			Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "B", Summary: "Boxes of customs papers were carried..."}, Reprint, "title"},
		"same headline, the summary says it again": {
			Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "A", Summary: "Boxes of customs papers were carried off on Tuesday."},
			Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "B", Summary: "Agents search Corvane warehouse in Port Ellery. Read more"}, Reprint, "title"},
		"same headline, one credits an agency": {
			Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "AP", Summary: "Boxes of customs papers were carried off on Tuesday."},
			Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "B", Summary: "(AP) Neighbours woke to sirens as a dozen officers went in."}, Reprint, "title"},
		"another event": {Report{Title: "Agents search Corvane warehouse in Port Ellery"},
			Report{Title: "Council of Port Ellery elects a new mayor"}, First, ""},
		"the same number elsewhere": {Report{Title: "Ferry sinks off Kalvo, 41 missing"},
			Report{Title: "Ferry sinks off Kalvo with 41 missing", Outlet: "B"}, Reprint, "title"},
		"little in common but the small words of their language": {
			Report{Title: "Muere en el hospital de la capital el hombre que fue atropellado por un autobús"},
			Report{Title: "Muere en el hospital de la capital la mujer que fue apuñalada por un vecino"}, First, ""},
		"nothing at all": {Report{}, Report{}, First, ""},
		"one letter":     {Report{Title: "A"}, Report{Title: "A"}, First, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			x := NewIndex(0)
			p := told(x, tt.a, tt.b)[1]
			kind := ""
			if len(p.Reasons) > 0 {
				kind = p.Reasons[0].Kind
			}
			if p.Role != tt.role || kind != tt.kind || (p.Story == 0) != (p.Role == First) {
				t.Errorf("Place = %+v, want a %s by %q", p, tt.role, tt.kind)
			}
		})
	}
}

// However long a row of titles is that differ by their numbers alone, each is
// the title of a story of its own.
func TestPlaceLongRows(t *testing.T) {
	for form, title := range map[string]string{"at the end": "Week in contracts, number %d", "within": "Agency awards contract %d to Corvane"} {
		t.Run(form, func(t *testing.T) {
			var row []Report
			for n := range 80 {
				row = append(row, Report{Title: fmt.Sprintf(title, n+1), Outlet: "Wire", Summary: "The weekly letter to subscribers."})
			}
			for i, p := range told(NewIndex(0), row...) {
				if p.Role != First {
					t.Fatalf("number %d is placed %+v", i+1, p)
				}
			}
		})
	}
}

func TestPlaceBoilerplate(t *testing.T) {
	about := strings.Repeat(" ", 1) + `About Corvane: Corvane Logistics of Port Ellery serves shippers on the Marren coast since 1961. Forward-looking statements
		in this release involve risks, uncertainties and other factors described in filings with the Securities Commission. Contact
		Lena Abara, Corvane press office, Harbour Row 4, Port Ellery. Corvane and Seaway are trademarks of Corvane Logistics.`
	x := NewIndex(0)
	ps := told(x,
		Report{Title: "Corvane names Ruth Delmar finance chief", Outlet: "Wire", Content: `Corvane Logistics today said Ruth Delmar will
			join as finance chief from Ostrava Freight, where she led accounting. She follows Piet Haan, who retires in June.` + about},
		Report{Title: "Corvane opens cold store at Marren pier", Outlet: "Wire", Content: `A new cold store for fruit and vaccines opened at
			Marren pier, with room for nine thousand pallets. Governor Sim Tarlow cut the ribbon beside the growers of the valley.` + about})
	if ps[1].Role == Reprint || ps[1].Role == Repeat {
		t.Errorf("a release with shared boilerplate is placed %+v", ps[1])
	}
}

func TestPlaceWireCopies(t *testing.T) {
	filler := func(x *Index) {
		for i := range 300 {
			r := Report{ID: uint64(i + 1), Title: fmt.Sprintf("Note qq%d on topic zz%d", i, i*7), Published: day}
			x.Add(r, x.Place(r), r.ID)
		}
	}
	tests := map[string]struct {
		outlets, summaries [2]string
		role               Role
	}{
		"two outlets print one agency": {[2]string{"Post", "Courier"}, [2]string{"PORT ELLERY (AP) - Searches.", "Boxes left. By Associated Press"}, Reprint},
		"an outlet prints the agency":  {[2]string{"AP News", "Courier"}, [2]string{"", "PORT ELLERY (AP) - Searches."}, Reprint},
		"the agency after an outlet":   {[2]string{"Post", "AP News"}, [2]string{"", "PORT ELLERY (AP) - Searches."}, Original},
		"two agencies":                 {[2]string{"Post", "Courier"}, [2]string{"PORT ELLERY (AP) - Searches.", "PORT ELLERY (Reuters) - Boxes."}, Original},
		"nobody credited":              {[2]string{"Post", "Courier"}, [2]string{"", ""}, Original},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			x := NewIndex(0)
			filler(x)
			ps := told(x,
				Report{Title: "Agents search Corvane warehouse in Port Ellery", Outlet: tt.outlets[0], Summary: tt.summaries[0]},
				Report{Title: "Corvane warehouse raided by agents, Ellery mayor troubled", Outlet: tt.outlets[1], Summary: tt.summaries[1]})
			if p := ps[1]; p.Story != 301 || p.Role != tt.role {
				t.Errorf("Place = %+v, want a %s", p, tt.role)
			}
		})
	}
}

// A report that fits two running stories, and a small one that resembles
// both, makes no bridge between the two.
func TestPlaceBridgesNoStories(t *testing.T) {
	x := NewIndex(0)
	id := uint64(0)
	add := func(story uint64, titles ...string) uint64 {
		for _, title := range titles {
			id++
			r := Report{ID: id, Title: title, Published: day}
			if story == 0 {
				story = id
			}
			x.Add(r, Placement{Story: story, Role: Original}, story)
		}
		return story
	}
	for i := range 300 {
		add(0, fmt.Sprintf("Note qq%d on topic zz%d", i, i*7))
	}
	merger := add(0, "Harlan merger hearing opens", "Senators grill Harlan on merger", "Harlan merger would cut rivals to two",
		"Harlan merger: what regulators ask", "Harlan chief defends merger", "Harlan merger hearing ends", "Rivals lobby against Harlan merger", "Harlan merger vote put off")
	series := add(0, "Nebula series premiere draws millions", "Nebula premiere reviewed", "Nebula series opens tonight",
		"What Nebula series gets right", "Nebula premiere recap", "Nebula series host on science", "Churches answer Nebula series", "Nebula series ratings soar")
	small := add(0, "Tarlow praises Nebula series and Harlan merger")
	id++
	p := x.Place(Report{ID: id, Title: "Tarlow interview: Nebula series ratings, Harlan merger vote", Published: day})
	all := append(p.Merge, p.Story)
	if !slices.Contains(all, small) || slices.Contains(all, merger) && slices.Contains(all, series) {
		t.Errorf("Place = %+v, want %d with at most one of %d and %d", p, small, merger, series)
	}
}

// However large a story is beside all others, its own words do not become common.
func TestPlaceLargeStory(t *testing.T) {
	x := NewIndex(0)
	telling := []string{"Corvane says board picks are not qualified", "Corvane board rejects picks of Tarlow", "Tarlow attacks Corvane board over picks",
		"Corvane and Tarlow fight about board", "Board fight: Tarlow presses Corvane", "Corvane board hits back at Tarlow"}
	for i := range 40 {
		told(x, Report{Title: telling[i%len(telling)], Outlet: fmt.Sprint("outlet ", i), Published: day.Add(time.Duration(i) * time.Minute)})
	}
	told(x, Report{Title: "Ferry Marisol sinks off Kalvo island", Outlet: "A", Published: day}, Report{Title: "Quake shakes Tilden valley vineyards", Outlet: "B", Published: day})
	if n := x.Stories(); n != 3 {
		t.Fatalf("%d stories, want 3", n)
	}
	if p := x.Place(Report{ID: 1000, Title: "What Corvane wants to do about Tarlow and the board", Outlet: "C", Published: day.Add(time.Hour)}); p.Role == First {
		t.Errorf("the 41st report of the largest story opens another: %+v", p)
	}
}

// What was news yesterday goes on today where two names say so. One name, be it
// of two words, may be in another event's headline by then.
func TestPlaceNextDays(t *testing.T) {
	for title, joins := range map[string]bool{
		"Ines Okafor sworn in, Ellery celebrates": true,
		"Okafor sworn in, harbour celebrates":     false,
		"Ines Okafor sworn in, all celebrate":     false,
	} {
		for after, may := range map[time.Duration]bool{time.Hour: true, 16 * time.Hour: joins, 60 * time.Hour: false} {
			x := NewIndex(0)
			for i := range 300 {
				told(x, Report{Title: fmt.Sprintf("Note qq%d on topic zz%d", i, i*7), Published: day})
			}
			ps := told(x, Report{Title: "Ines Okafor wins race in Ellery", Published: day}, Report{Title: title, Published: day.Add(after)})
			if got := ps[1].Story != 0; got != may {
				t.Errorf("%q after %v joins: %v, want %v", title, after, got, may)
			}
		}
	}
}

// A date says nothing of an event.
func TestPlaceDates(t *testing.T) {
	x := NewIndex(0)
	press := newPress(3)
	for i := range 60 {
		told(x, press.report(uint64(i+1), 0))
	}
	told(x, Report{Title: "Brenthurst letter for Tuesday March 11, 2014", Outlet: "A", Published: day.Add(time.Hour)})
	if p := x.Place(Report{ID: 1000, Title: "March 11, 2014, 8:57 pm", Outlet: "B", Published: day.Add(time.Hour)}); p.Role != First {
		t.Errorf("one date joins: %+v", p)
	}
}

func TestPlaceExplainsNames(t *testing.T) {
	x := NewIndex(0)
	for i := range 300 {
		r := Report{ID: uint64(i + 1), Title: fmt.Sprintf("Note qq%d on topic zz%d", i, i*7), Published: day}
		x.Add(r, x.Place(r), r.ID)
	}
	ps := told(x, Report{Title: "Palantir wins ImmigrationOS contract"}, Report{Title: "Senators question ImmigrationOS deal with Palantir"})
	if p := ps[1]; p.Story == 0 || len(p.Reasons) < 2 || p.Reasons[1].Why != "shares ImmigrationOS, Palantir" {
		t.Errorf("Place = %+v, want the shared names as a reason", p)
	}
}

// FuzzPlace feeds an index two reports of strangers, whatever they hold.
func FuzzPlace(f *testing.F) {
	f.Add("Week 12 briefing", "Week 13 briefing", "", "")
	f.Add("", "", raid, raid)
	f.Add("a | b - c \xff", "U.S.' AT&T's 1,000.5s 日本", "\x00.,'’", "’s")
	f.Add(strings.Repeat("x", 5000), strings.Repeat("é ", 5000), " - | - ", "...")
	f.Fuzz(func(t *testing.T, titleA, titleB, textA, textB string) {
		x := NewIndex(0)
		told(x, Report{Title: titleA, Content: textA, Outlet: "A"}, Report{Title: titleB, Summary: textB, Outlet: "B"},
			Report{Title: titleA, Content: textB, Outlet: "C"})
		r := Report{ID: 9, Title: titleB, Content: textA, Outlet: "D", Published: day}
		p, q := x.Place(r), x.Place(r)
		if fmt.Sprint(p) != fmt.Sprint(q) || (p.Story == 0) != (p.Role == First) {
			t.Errorf("Place = %+v and then %+v", p, q)
		}
		x.Expire(day.Add(1000 * time.Hour))
		if len(x.terms)+len(x.byHash)+len(x.stories) != 0 {
			t.Error("traces remain")
		}
	})
}
