package farm

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The vocabulary of every feed. Words near the front of common are chosen far
// more often than those at its end, as in natural text.
var (
	common = strings.Fields(`the of and to in a that for on with is was by at as from it be has an are its were which
		this after had will said their or not but been who they more about than one also would new over two when before between
		could last into other first year up out all there during against under since no some may week while month because
		through most three many where such those only day how so if what state around per city made still country part
		according several until public without including former every report group next number called both like now early
		official back court plan local national cost company federal office later project being large department program
		billion million left own long health high people area line house road money water school team work season half
		water river night morning spring winter letter record agreement detail response request board member question
		evidence estimate district review figure budget decision process measure service field statement community`)
	subjects = strings.Fields(`mayor regulator insurer harbor council brewery parliament orchestra shipyard publisher airline
		utility bakery observatory union senator prosecutor hospital railway foundry archive cooperative startup museum
		ministry broadcaster supplier laboratory pension fund builder printer refinery zoo library carrier bank retailer`)
	actions = strings.Fields(`approves rejects delays funds sues audits opens closes expands recalls defends questions
		postpones wins loses renews cancels publishes leaks restores abandons buys sells doubles halves inspects merges`)
	objects = strings.Fields(`contract merger bridge tunnel festival vaccine turbine archive satellite ferry pipeline
		database stadium reactor orchard timetable license tariff subsidy verdict census harvest strike survey reservoir
		settlement curriculum frequency observatory terminal quarry dividend loan exhibit battery charter`)
	qualities = strings.Fields(`disputed costly overdue secret regional record unusual cautious unanimous partial
		historic second joint modest temporary independent sweeping narrow annual digital`)
	towns = strings.Fields(`Aldermoor Brakefield Castelnau Dunwick Eschenau Fjordby Grünhain Hollins Inverlee Jarovo
		Kestridge Lindqvist Montréjeau Novaria Oakhaven Pellworm Quintana Rostovice Sálvora Tarnby Ulmstadt Vesterås
		Whitcombe Ystrad Zellwood`)
	names = strings.Fields(`Adele Boris Carmen Dmitri Elif Farouk Greta Haruto Imani Jorge Katya Liam Mireille Noor
		Otto Paloma Quincy Renée Stellan Tomoko Uma Viktor Wanda Xavier Yusuf Zofia`)
	surnames = strings.Fields(`Abbott Bergström Castillo Demir Eklund Fontaine Grimaldi Hartmann Ibáñez Jankowski
		Kimura Lambert Mbeki Nowak Oduya Pereira Quist Rasmussen Schäfer Tremblay Underwood Valdez Whitlock Yamada Zubair`)
	sections = strings.Fields("Politics Business Science Culture Sport Regions Weather Justice Transport Health Energy")
)

// A writer makes up text. Equal sources of chance give equal text.
type writer struct{ *rand.Rand }

func pick(w writer, from []string) string { return from[w.IntN(len(from))] }

func (w writer) person() string { return pick(w, names) + " " + pick(w, surnames) }

// commonWord favours the front of the list by the square of an even chance.
func (w writer) commonWord() string {
	x := w.Float64()
	return common[int(x*x*float64(len(common)))]
}

// headline makes a title in one of the shapes that newsrooms use.
func (w writer) headline() string {
	switch w.IntN(5) {
	case 0:
		return fmt.Sprintf("%s %s %s %s %s", pick(w, towns), pick(w, subjects), pick(w, actions), pick(w, qualities), pick(w, objects))
	case 1:
		return fmt.Sprintf("%s: %s %s after %s %s", capital(pick(w, objects)), pick(w, subjects), pick(w, actions), pick(w, qualities), pick(w, objects))
	case 2:
		return fmt.Sprintf("%s’s “%s” %s, and why the %s %s it", w.person(), pick(w, qualities), pick(w, objects), pick(w, subjects), pick(w, actions))
	case 3:
		return fmt.Sprintf("%d %ss later, %s & the %s %s in %s", 2+w.IntN(900), pick(w, objects), w.person(), pick(w, qualities), pick(w, objects), pick(w, towns))
	default:
		return fmt.Sprintf("%s %s %s %s – %s", capital(pick(w, qualities)), pick(w, subjects), pick(w, actions), pick(w, objects), w.person())
	}
}

// sentence appends one sentence of HTML.
func (w writer) sentence(b *strings.Builder) {
	for i := range 7 + w.IntN(19) {
		word := w.oneWord()
		if i == 0 {
			word = capital(word)
		} else {
			b.WriteString(w.space())
		}
		b.WriteString(word)
	}
	b.WriteString(". ")
}

// oneWord is mostly a common one.
func (w writer) oneWord() string {
	switch n := w.IntN(100); {
	case n < 5:
		return pick(w, objects)
	case n < 9:
		return pick(w, subjects)
	case n < 12:
		return pick(w, qualities)
	case n < 14:
		return w.person()
	case n < 16:
		return pick(w, towns)
	case n < 17:
		return fmt.Sprintf("%d.%d%%", w.IntN(99), w.IntN(10))
	case n < 18:
		return "&#8220;" + pick(w, qualities) + "&#8221;"
	case n < 19:
		return pick(w, subjects) + "&rsquo;s"
	}
	return w.commonWord()
}

// space is what stands between two words: now and then more than a space.
func (w writer) space() string {
	switch w.IntN(70) {
	case 0, 1:
		return ", "
	case 2:
		return " &mdash; "
	case 3:
		return "&nbsp;"
	}
	return " "
}

// markup makes about size bytes of HTML as content systems write it, with
// links and pictures below site.
func (w writer) markup(size int, site string) string {
	var b strings.Builder
	b.Grow(size + 600)
	if w.IntN(3) == 0 {
		n := w.IntN(1e6)
		fmt.Fprintf(&b, `<figure class="wp-block-image"><img loading="lazy" src="%s/media/%d.jpg?w=800&amp;q=75" alt="%s" width="800" height="450"/></figure>`+"\n", site, n, pick(w, objects))
	}
	for b.Len() < size {
		switch w.IntN(10) {
		case 0:
			fmt.Fprintf(&b, "<h3>%s</h3>\n", pick(w, qualities)+" "+pick(w, objects))
		case 1:
			b.WriteString("<ul>")
			for range 2 + w.IntN(3) {
				fmt.Fprintf(&b, "<li>%s %s</li>", pick(w, qualities), pick(w, objects))
			}
			b.WriteString("</ul>\n")
		default:
			w.paragraph(&b, size, site)
		}
	}
	return b.String()
}

func (w writer) paragraph(b *strings.Builder, size int, site string) {
	b.WriteString("<p>")
	for range 1 + w.IntN(4) {
		w.sentence(b)
		if w.IntN(8) == 0 {
			fmt.Fprintf(b, `<a href="%s/topic/%d?utm_source=feed&amp;utm_medium=rss"><strong>%s</strong></a> `, site, w.IntN(1e5), pick(w, objects))
		}
		if b.Len() >= size {
			break
		}
	}
	b.WriteString("</p>\n")
}

// capital raises the first letter of a word that begins with a small one.
func capital(s string) string {
	if s != "" && 'a' <= s[0] && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}
