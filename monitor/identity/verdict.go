package identity

// A vote is what one key says of two entries.
type vote int

const (
	silent    vote = iota // one of them has none, or it names several
	alike                 // they are the same
	otherwise             // they are not
)

// votes are what the four keys of two entries say of them.
type votes struct {
	guid, link, title, text vote // the title with its day; the text is all there is
}

// A Verdict is whether two entries of a feed are one item.
type Verdict int

// The verdicts.
const (
	Other  Verdict = iota // two items
	Same                  // one item, perhaps reworded
	Unsure                // a guid alone says one: reading both decides, see Reworded
)

// verdict weighs the votes, and says why in one line. No key alone outvotes two
// that differ; the title with its day, which columns and registers give to
// everything, and a text that comes again decide only together.
func (v votes) verdict() (Verdict, string) {
	switch {
	case v.text == alike && (v.guid == alike || v.link == alike):
		return Same, "the same text under the same guid or address"
	case v.text == alike && v.title == alike:
		return Same, "the same title, day and text: issued again"
	case v.text == alike && v.guid != otherwise && v.link != otherwise:
		return Same, "the same text, and no guid or address says otherwise"
	case v.text == alike:
		return Other, "a text that comes again on another day, as another entry"
	case v.guid == alike && v.link != otherwise:
		return Same, "the same guid: reworded"
	case v.guid == alike && v.title == alike:
		return Same, "the same guid, title and day: moved and reworded"
	case v.guid == alike:
		return Unsure, "the same guid, with another address, title and text"
	case v.link == alike && v.guid == otherwise:
		return Other, "another guid and another text at one address"
	case v.link == alike:
		return Same, "the same address: reworded"
	case v.title == alike && v.guid != otherwise && v.link != otherwise:
		return Same, "the same title and day, and neither guid nor address: reworded"
	case v.title == alike:
		return Other, "the same title and day alone"
	}
	return Other, "no key in common"
}

// ask has the keys of two entries vote. A guid that is an address may be the
// link of the other.
func ask(a, b Seen, amb map[uint64]bool) votes {
	return votes{guid: voteOf(a.GUID, b.GUID, b.URL, amb), link: voteOf(a.URL, b.URL, b.GUID, amb),
		title: voteOf(a.Title, b.Title, 0, amb), text: voteOf(a.Text, b.Text, 0, nil)}
}

// voteOf compares a key with its counterpart, and with another that may stand
// for it.
func voteOf(key, counterpart, instead uint64, amb map[uint64]bool) vote {
	switch {
	case key == 0 || amb[key]:
		return silent
	case key == counterpart || key == instead:
		return alike
	case counterpart == 0:
		return silent
	}
	return otherwise
}
