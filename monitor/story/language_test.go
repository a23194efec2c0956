package story

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestLanguageOfHeadlines(t *testing.T) {
	a := analyst{share: general(), dated: dated(), small: smallWords()}
	for title, want := range map[string]bool{
		"Ferry sinks off Kalvo, 41 missing":              true,
		"Bitcoin exchange faced attacks":                 true,
		"Mayor of La Paz resigns":                        true,
		"Muere en el hospital la mujer apuñalada":        false,
		"Zwei Tote bei Unfall auf der A9":                false,
		"Olympia: Welche Teams dabei sind":               false,
		"Le président annonce une réforme des retraites": false,
		"Governo anuncia novo pacote para a saúde":       false,
		"Il governo chiede la fiducia alla Camera":       false,
		"Game over в Токио: впервые в истории страна отказалась": false,
		"الصين تفوز بثلاث ذهبيات":                                false,
	} {
		if got := a.inEnglish(words(nil, title, titleWords, english)); got != want {
			t.Errorf("%q in English: %v, want %v", title, got, want)
		}
	}
}

// In another language than English the beginnings of words are compared, and
// in any their numbers and the words that english.txt knows as they are.
func TestForeignWords(t *testing.T) {
	a := analyst{share: general(), dated: dated(), small: smallWords()}
	for pair, same := range map[[2]string]bool{
		{"Bundeskanzlerin", "Bundeskanzler"}: true, {"олимпийских", "олимпийской"}: true, {"inmigrantes", "inmigración"}: true,
		{"150001", "150002"}: false, {"Muere", "Murió"}: false, {"Wien", "Wiener"}: false, {"january", "januar"}: false,
	} {
		x, y := words(nil, pair[0], 1, a.foreign), words(nil, pair[1], 1, a.foreign)
		if (x[0].stem == y[0].stem) != same {
			t.Errorf("%q as one: %v, want %v", pair, !same, same)
		}
	}
}

// A word does not stop being a story's own because the story fills the window.
func TestCoreWordOfALargeStory(t *testing.T) {
	x := NewIndex(0)
	add := func(title string, story uint64) uint64 {
		r := Report{ID: uint64(len(x.queue) + 1), Title: title, Published: time.Unix(int64(len(x.queue))*60, 0)}
		x.Add(r, Placement{Story: story, Role: Original}, cmp.Or(story, r.ID))
		return r.ID
	}
	first := add("Corvane board rejects Tarlow", 0)
	for i := range 59 {
		add(fmt.Sprintf("Corvane board and Tarlow, take %c%c", 'a'+i%26, 'k'+i%7), first)
	}
	for i := range 60 {
		add(fmt.Sprintf("Harbour board note qq%d", i), 0)
	}
	for word, want := range map[string]bool{"corvane": true, "tarlow": true, "board": false} {
		if term := x.terms[english([]byte(word))]; (coreWords(x, term, 48, x.stories[first]) == coresAsked(x.stories[first])) != want {
			t.Errorf("%s is enough to join: %v, want %v", word, !want, want)
		}
	}
	x.Expire(time.Unix(30*60, 0).Add(x.window))
	if c := x.stories[first]; c.heard != len(c.members) || c.heard != 30 {
		t.Errorf("%d members are counted of %d left, want 30", c.heard, len(c.members))
	}
}

// A title joins a large story by a word that says what the story is about, not
// by one that half of the window bears.
func TestCoreWord(t *testing.T) {
	x := NewIndex(0)
	report := func(title string) Report {
		return Report{ID: uint64(len(x.queue) + 1), Title: title, Published: time.Unix(int64(len(x.queue))*60, 0)}
	}
	for i := range 120 { // a window of one event and of many stories
		r := report(fmt.Sprintf("Kalvo Games Latest: gold for lane %c%c", 'a'+i%26, 'k'+i%7))
		x.Add(r, Placement{Role: First}, r.ID)
	}
	first := report("Okafor wins judo gold at Kalvo Games").ID
	for _, title := range []string{"Okafor wins judo gold at Kalvo Games", "Kalvo Games Latest: Okafor wins judo gold", "Judo gold for Okafor at Kalvo Games",
		"Kalvo Games: Okafor, judo champion, weeps", "Kalvo Games Latest: Okafor thanks judo coach"} {
		x.Add(report(title), Placement{Story: first, Role: Original}, first)
	}
	if p := x.Place(report("Kalvo Games Latest gold news, home and away")); p.Story == first || slices.Contains(p.Merge, first) {
		t.Errorf("the name of the games alone joins the story of judo: %v", p.Reasons)
	}
	for word, want := range map[string]bool{"judo": true, "okafor": true, "kalvo": false, "games": false} {
		if term := x.terms[english([]byte(word))]; (coreWords(x, term, 5, x.stories[first]) > 0) != want {
			t.Errorf("%s is a core word: %v, want %v", word, !want, want)
		}
	}
}

// The larger a story, the more core words a title must share with it.
func TestCoresAsked(t *testing.T) {
	for size, want := range map[int]int{1: 0, 3: 0, 4: 1, 15: 1, 16: 2, 31: 2, 32: 3, centroidSize: 3} {
		if got := coresAsked(&cluster{latest: make([]*entry, size)}); got != want {
			t.Errorf("a story of %d asks for %d core words, want %d", size, got, want)
		}
	}
}

// What a story is about is asked of other languages, too: the words that half of
// their small window bears join nothing by themselves.
func TestCoreWordsOfOtherLanguages(t *testing.T) {
	x := NewIndex(0)
	report := func(title string) Report {
		return Report{ID: uint64(len(x.queue) + 1), Title: title, Published: time.Unix(int64(len(x.queue))*60, 0)}
	}
	for i := range 120 {
		x.Add(report(fmt.Sprintf("Juegos de Kalvo, última hora: oro para el carril %c%c", 'a'+i%26, 'k'+i%7)), Placement{Role: First}, uint64(i+1))
	}
	first := report("Okafor gana el oro de judo en los Juegos de Kalvo").ID
	for _, title := range []string{"Okafor gana el oro de judo en los Juegos de Kalvo", "Juegos de Kalvo: oro de judo para Okafor",
		"Oro de judo para Okafor en los Juegos de Kalvo", "Juegos de Kalvo: Okafor, campeón de judo, llora", "Juegos de Kalvo: Okafor agradece a su maestro de judo"} {
		x.Add(report(title), Placement{Story: first, Role: Original}, first)
	}
	x.Place(report("Juegos de Kalvo: todo el oro de la última hora"))
	if r := x.resemblance(x.stories[first]); r != 0 {
		t.Errorf("the name of the games alone resembles the story of judo by %.2f", r)
	}
	if p := x.Place(report("El judo celebra a Okafor y su oro")); p.Story != first {
		t.Errorf("judo and Okafor do not join their story: %+v", p)
	}
}
