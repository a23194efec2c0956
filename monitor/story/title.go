package story

import "strings"

// coreTitle returns the headline proper: the name of an outlet that
// aggregators and web pages put behind it (or before a bar) is cut off.
func coreTitle(title, outlet string) string {
	title = strings.TrimSpace(title)
	for range 3 {
		head, tail, bar, ok := lastPart(title)
		if !ok {
			break
		}
		if outlet != "" && strings.EqualFold(tail, outlet) && head != "" {
			title = head
			continue
		}
		h, t := len(strings.Fields(head)), len(strings.Fields(tail))
		if t > 5 || h < 4 || h < t || strings.ContainsAny(tail, "0123456789?!") || !bar && !nameLike(tail) {
			break
		}
		title = head
	}
	if head, tail, ok := strings.Cut(title, " | "); ok && len(strings.Fields(head)) <= 3 && len(strings.Fields(tail)) >= 4 {
		title = tail
	}
	return title
}

// lastPart cuts title at its last separator; bar reports whether that was a
// sign used for nothing but setting a name apart.
func lastPart(title string) (head, tail string, bar, ok bool) {
	cut, width := -1, 0
	for _, sep := range []string{" | ", " - ", " – ", " — ", " :: ", " • "} {
		if i := strings.LastIndex(title, sep); i > cut {
			cut, width, bar = i, len(sep), sep == " | " || sep == " :: " || sep == " • "
		}
	}
	if cut < 0 {
		return "", "", false, false
	}
	return strings.TrimSpace(title[:cut]), strings.TrimSpace(title[cut+width:]), bar, true
}

// nameLike reports whether every longer word of s is capitalised or a host.
func nameLike(s string) bool {
	for f := range strings.FieldsSeq(s) {
		if c := f[0]; len(f) > 3 && 'a' <= c && c <= 'z' && !strings.Contains(f, ".") {
			return false
		}
	}
	return true
}

// wires are the agencies whose copy other outlets print, as they are credited.
var wires = []struct{ credit, name string }{
	{"(AP)", "AP"}, {"Associated Press", "AP"}, {"(Reuters)", "Reuters"}, {"Reuters) -", "Reuters"}, {"(AFP)", "AFP"},
	{"Agence France-Presse", "AFP"}, {"(UPI)", "UPI"}, {"(Bloomberg)", "Bloomberg"}, {"(dpa)", "dpa"}, {"(ANI)", "ANI"},
	{"(PTI)", "PTI"}, {"(Xinhua)", "Xinhua"}, {"(EFE)", "EFE"}, {"(Kyodo)", "Kyodo"}, {"(CNN)", "CNN"}, {"(TASS)", "TASS"},
	{"(Canadian Press)", "Canadian Press"}, {"Press Association", "PA"}, {"States Newsroom", "States Newsroom"},
}

// credited returns the agency that r names as its source, "" if it names none
// or is the agency's own.
func credited(r Report) string {
	const near = 240 // bytes at either end in which credits stand
	for _, text := range []string{r.Content, r.Summary, r.Title} {
		if text == "" {
			continue
		}
		head, tail := text, ""
		if len(text) > near {
			head, tail = text[:near], text[len(text)-near:]
		}
		for _, w := range wires {
			if !isWire(r.Outlet, w.name) && (strings.Contains(head, w.credit) || strings.Contains(tail, w.credit)) {
				return w.name
			}
		}
	}
	return ""
}

// isWire reports whether an outlet is an agency itself.
func isWire(outlet, agency string) bool {
	return strings.Contains(outlet, agency) || agency == "AP" && strings.Contains(outlet, "Associated Press")
}
