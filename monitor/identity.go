package monitor

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"newswatch/feeds"
)

// An entry is one listed item beside what is known of it.
type entry struct {
	item    feeds.Item
	at      int   // its place in the document
	keys    Known // keys computed from item; ID, Day and Listed unset
	known   int   // index into the known entries, -1 for a new one
	twin    int   // index of an earlier entry that is the same new item, -1 for none
	changed bool  // known, and its title or summary reads differently now

	shared, sharedGUID bool // its address or guid is that of other entries too, and says nothing
}

// A listing is a document held against what its feed has shown before.
type listing struct {
	entries   []entry // those the document gave in full, see inOrder
	listed    []bool  // which known entries it lists
	withdrawn []int   // known entries that vanished while older ones stayed
	shared    float64 // share of the listed entries that were known; 1 for an empty document
	rekeyed   bool    // the feed has given its items new identities
}

// A feed that shows this many entries, nearly none of them known by guid,
// address or day, is suspected of having re-keyed them.
const (
	rekeyAtLeast = 5
	rekeyUnseen  = 0.8
	rekeyAlike   = 0.5
)

// identify tells which entries of doc are known. Any one key suffices, but a
// key that different entries of one document share is no key. It touches
// nothing.
func identify(known []Known, doc feeds.Document, now time.Time) listing {
	l := listing{listed: make([]bool, len(known))}
	book := newKeybook(known)
	for _, span := range doc.Same {
		if i, ok := book.span[FeedKey(span)]; ok {
			l.listed[i] = true
		}
	}
	l.entries = make([]entry, len(doc.Items))
	for i, it := range doc.Items {
		l.entries[i] = entry{item: it, at: i, keys: keysOf(it, now), known: -1, twin: -1}
	}
	inOrder(l.entries, now)
	amb := ambiguous(known, l)
	unseen := 0
	for i := range l.entries {
		e := &l.entries[i]
		e.shared, e.sharedGUID = amb[e.keys.URL], amb[e.keys.GUID]
		if amb[URLKey(e.item.Proxy)] {
			e.item.Proxy = ""
		}
		if e.known = book.find(e.keys, amb); e.known < 0 {
			unseen++
		}
	}
	if unseen >= rekeyAtLeast && float64(unseen) >= rekeyUnseen*float64(len(l.entries)+len(doc.Same)) {
		l.rekeyed = book.alias(l.entries, unseen)
	}
	l.pair(amb)
	l.settle(known, len(doc.Same))
	return l
}

// inOrder sorts entries into the order in which they are judged: that of
// publication. Those of one time, or of none, come in an order that depends on
// what they say and not on where the document has them, so that a feed which
// shuffles its items changes nothing of what is told.
func inOrder(entries []entry, now time.Time) {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Or(a.item.Published, now).Compare(cmp.Or(b.item.Published, now)),
			cmp.Compare(a.keys.Text, b.keys.Text), cmp.Compare(a.keys.URL, b.keys.URL), cmp.Compare(a.keys.GUID, b.keys.GUID), cmp.Compare(b.at, a.at))
	})
}

// pair finds new items that the document lists more than once.
func (l *listing) pair(amb map[uint64]bool) {
	first := map[uint64]int{}
	for i := range l.entries {
		e := &l.entries[i]
		if e.known >= 0 {
			continue
		}
		keys := [...]uint64{e.keys.GUID, e.keys.URL, e.keys.Title}
		if e.keys.GUID == 0 && e.keys.URL == 0 {
			keys[0] = e.keys.Text
		}
		for _, k := range keys {
			if j, ok := first[k]; ok && k != 0 && !amb[k] && e.twin < 0 {
				e.twin = j
			}
		}
		for _, k := range keys {
			if _, ok := first[k]; !ok && e.twin < 0 {
				first[k] = i
			}
		}
	}
}

// settle marks what is listed, changed and withdrawn, and counts what is shared.
func (l *listing) settle(known []Known, same int) {
	fresh := 0
	oldest := ItemID(0)
	for i := range l.entries {
		e := &l.entries[i]
		if e.known < 0 {
			if e.twin < 0 {
				fresh++
			}
			continue
		}
		l.listed[e.known] = true
		e.changed = known[e.known].Text != e.keys.Text
	}
	l.shared = 1
	if n := same + len(l.entries); n > 0 {
		l.shared = float64(n-fresh) / float64(n)
	}
	for i, on := range l.listed {
		if on && (oldest == 0 || known[i].ID < oldest) {
			oldest = known[i].ID
		}
	}
	for i, on := range l.listed {
		// IDs of one poll differ in their low bits only: compare whole
		// milliseconds, or the order within a document would look like age.
		if !on && known[i].Listed && oldest>>idBits != 0 && known[i].ID>>idBits > oldest>>idBits {
			l.withdrawn = append(l.withdrawn, i)
		}
	}
}

// keybook finds known entries by key.
type keybook struct{ guid, url, title, text, span map[uint64]int }

func newKeybook(known []Known) keybook {
	n := len(known)
	b := keybook{make(map[uint64]int, n), make(map[uint64]int, n), make(map[uint64]int, n), make(map[uint64]int, n), make(map[uint64]int, n)}
	for i, k := range known {
		b.guid[k.GUID], b.url[k.URL], b.title[k.Title], b.text[k.Text] = i, i, i, i
		if k.Listed {
			b.span[k.Span] = i
		}
	}
	for _, m := range []map[uint64]int{b.guid, b.url, b.title, b.text, b.span} {
		delete(m, 0)
	}
	return b
}

// find returns the known entry that any usable key of k names, -1 for none.
func (b keybook) find(k Known, amb map[uint64]bool) int {
	for _, key := range [...]uint64{k.GUID, k.URL} {
		// A guid that is an address may be another entry's link.
		for _, m := range [...]map[uint64]int{b.guid, b.url} {
			if i, ok := m[key]; ok && !amb[key] {
				return i
			}
		}
	}
	if i, ok := b.title[k.Title]; ok && !amb[k.Title] {
		return i
	}
	if k.GUID == 0 && k.URL == 0 {
		if i, ok := b.text[k.Text]; ok {
			return i
		}
	}
	return -1
}

// alias recognises unseen entries by their text alone if so many of them read
// like known ones that the feed must have re-keyed them all. Singly that is no
// proof: a daily column may have one fixed title.
func (b keybook) alias(entries []entry, unseen int) bool {
	alike := 0
	for _, e := range entries {
		if _, ok := b.text[e.keys.Text]; ok && e.known < 0 {
			alike++
		}
	}
	if float64(alike) < rekeyAlike*float64(unseen) {
		return false
	}
	for i := range entries {
		if j, ok := b.text[entries[i].keys.Text]; ok && entries[i].known < 0 {
			entries[i].known = j
		}
	}
	return true
}

// ambiguous returns the keys that entries with different texts share within
// one document.
func ambiguous(known []Known, l listing) map[uint64]bool {
	texts := make(map[uint64]uint64, 3*len(l.entries))
	amb := map[uint64]bool{}
	add := func(text uint64, keys ...uint64) {
		for _, key := range keys {
			if key == 0 {
				continue
			}
			if other, ok := texts[key]; ok && other != text {
				amb[key] = true
			}
			texts[key] = text
		}
	}
	for i, on := range l.listed {
		if on {
			add(known[i].Text, known[i].GUID, known[i].URL, known[i].Title)
		}
	}
	for _, e := range l.entries {
		add(e.keys.Text, e.keys.GUID, e.keys.URL, e.keys.Title)
		if e.item.Proxy != "" {
			add(e.keys.Text, URLKey(e.item.Proxy))
		}
	}
	return amb
}

// keysOf computes the keys of an item. Kinds of key are hashed apart, so that
// a guid never equals an address.
func keysOf(it feeds.Item, now time.Time) Known {
	k := Known{Span: FeedKey(it.Span), URL: FeedKey(URLKey(it.URL)), Text: FeedKey(textKey(it))}
	if k.GUID = FeedKey(URLKey(it.Alias())); k.GUID == 0 && it.GUID != "" {
		k.GUID = FeedKey(key("g", it.GUID))
	}
	day := it.Published
	if day.IsZero() {
		day = now
	}
	text := day.UTC().AppendFormat(append(make([]byte, 0, 256), 't'), time.DateOnly)
	text = append(text, 0)
	dated := len(text)
	if text = appendNormal(text, it.Title); len(text) > dated {
		k.Title = FeedKey(keyOf(text))
	}
	return k
}

// URLKey is the key of a canonical address, 0 for one that names no article:
// none, or a site's front page.
func URLKey(canonical string) uint64 {
	u, err := url.Parse(canonical)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") == "" && u.RawQuery == "" {
		return 0
	}
	return key("u", canonical)
}

// textKey is a fingerprint of what an item says, blind to markup, case and
// punctuation.
func textKey(it feeds.Item) uint64 {
	text := make([]byte, 0, 2<<10) // on the stack, and longer ones are rare
	text = appendNormal(append(text, "x\x00"...), it.Title)
	text = appendNormal(append(text, '\n'), it.Summary)
	return keyOf(text)
}

// keyBits is how much of a hash is kept of an address, which is compared with
// all that a store can hold: at ten million of them the chance that a new one
// meets a wrong one is 1 in 28 million. Other keys are compared within one
// feed: at a thousand entries the chance is 1 in 270 million.
const (
	keyBits     = 48
	feedKeyBits = 40
)

// FeedKey shortens a key, or a span's hash, to what is compared within one
// feed. 0 stays 0, and nothing else becomes it.
func FeedKey(key uint64) uint64 {
	if short := key & (1<<feedKeyBits - 1); short != 0 || key == 0 {
		return short
	}
	return 1
}

// key hashes a text among its kind.
func key(kind, s string) uint64 {
	text := append(append(make([]byte, 0, 256), kind...), 0)
	return keyOf(append(text, s...))
}

// keyOf hashes a text that begins with its kind and a zero byte.
func keyOf(text []byte) uint64 { return max(xxhash.Sum64(text)>>(64-keyBits), 1) }

// normal reduces a text to its letters and digits in lower case, single spaced.
func normal(s string) string { return string(appendNormal(make([]byte, 0, len(s)), s)) }

// appendNormal appends what normal returns.
func appendNormal(b []byte, s string) []byte {
	begin := len(b)
	gap := false
	for i := 0; i < len(s); {
		c := plain[s[i]]
		size := 1
		var r rune
		switch {
		case c == other:
			r, size = utf8.DecodeRuneInString(s[i:])
			switch {
			case unicode.IsLetter(r) || unicode.IsDigit(r):
				r = unicode.ToLower(r)
			case r == '’':
				r = 0
			default:
				r, gap = 0, true
			}
		case c == space:
			gap = true
		case c != mute:
			r = rune(c)
		}
		i += size
		if r == 0 {
			continue
		}
		if gap && len(b) > begin {
			b = append(b, ' ')
		}
		gap = false
		b = utf8.AppendRune(b, r)
	}
	return b
}

// What plain makes of a byte that is no letter or digit.
const (
	space = ' '  // keeps words apart
	mute  = '\'' // leaves no trace
	other = 0xff // begins a rune beyond ASCII
)

// plain maps every ASCII letter and digit to its lower case.
var plain = func() (t [256]byte) {
	for i := range t {
		switch c := byte(i); {
		case c >= utf8.RuneSelf:
			t[i] = other
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z':
			t[i] = c
		case 'A' <= c && c <= 'Z':
			t[i] = c | 0x20
		case c == '\'':
			t[i] = mute
		default:
			t[i] = space
		}
	}
	return t
}()
